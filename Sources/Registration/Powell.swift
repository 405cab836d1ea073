/// Minimises a function of several values without derivatives: one direction after the other, the set of directions
/// turned towards where it goes down (Powell, Computer Journal 7, 1964; with Acton's test of when to replace one).
package struct Powell {
    /// Where the line search stops, as a share of the direction's length.
    private let tolerance: Double
    /// Sweeps stop where one gains less than this share of the value.
    private let leastGain: Double
    /// The function is asked no more often than about this.
    private let most = 2500

    private let function: ([Double]) -> Double
    private var asked = 0
    package private(set) var place: [Double]
    package private(set) var value: Double

    /// - Parameter start: where to begin.
    package init(
        from start: [Double], tolerance: Double, leastGain: Double, _ function: @escaping ([Double]) -> Double
    ) {
        (self.function, self.tolerance, self.leastGain) = (function, tolerance, leastGain)
        place = start
        value = function(start)
    }

    /// - Parameter step: length of the first directions, which are the axes.
    package mutating func minimise(step: Double) {
        let count = place.count
        var directions = (0..<count).map { axis in (0..<count).map { $0 == axis ? step : 0 } }
        while asked < most {
            let (start, before) = (place, value)
            var largest = (gain: 0.0, index: 0)
            for (index, direction) in directions.enumerated() {
                let old = value
                searchLine(along: direction)
                if old - value > largest.gain { largest = (old - value, index) }
            }
            guard before - value > leastGain * abs(before) else { return }
            let whole = zip(place, start).map { $0 - $1 }
            let beyond = asking(zip(place, whole).map { $0 + $1 })
            guard beyond < before else { continue }
            let rest = before - value - largest.gain
            let bend = 2 * (before - 2 * value + beyond) * rest * rest
            let drop = before - beyond
            guard bend < largest.gain * drop * drop else { continue }
            searchLine(along: whole)
            directions.remove(at: largest.index)
            directions.append(whole)
        }
    }

    private mutating func asking(_ place: [Double]) -> Double {
        asked += 1
        return function(place)
    }

    private func at(_ t: Double, along direction: [Double]) -> [Double] { zip(place, direction).map { $0 + t * $1 } }

    /// Goes to the lowest place found along a line through the present one.
    private mutating func searchLine(along direction: [Double]) {
        guard var bracket = bracket(along: direction) else { return }
        // Parabolas through three points, golden sections where those do not help.
        while bracket.high.t - bracket.low.t > 2 * tolerance, asked < most {
            let t = next(bracket)
            let point = Point(t: t, value: asking(at(t, along: direction)))
            if point.value < bracket.middle.value {
                if t < bracket.middle.t { bracket.high = bracket.middle } else { bracket.low = bracket.middle }
                let moved = abs(t - bracket.middle.t)
                bracket.middle = point
                if moved < tolerance / 2 { break }
            } else {
                let moved = abs(t - bracket.middle.t)
                if t < bracket.middle.t { bracket.low = point } else { bracket.high = point }
                if moved < tolerance { break }
            }
        }
        guard bracket.middle.value < value else { return }
        place = at(bracket.middle.t, along: direction)
        value = bracket.middle.value
    }

    private struct Point {
        let t: Double
        let value: Double
    }

    private typealias Bracket = (low: Point, middle: Point, high: Point)

    /// Three places of which the middle one is not higher than the others; nil where it goes down without end.
    private mutating func bracket(along direction: [Double]) -> Bracket? {
        let here = Point(t: 0, value: value)
        let ahead = Point(t: 1, value: asking(at(1, along: direction)))
        if ahead.value >= here.value {
            let behind = Point(t: -1, value: asking(at(-1, along: direction)))
            if behind.value >= here.value { return (behind, here, ahead) }
            return bracket(from: here, past: behind, along: direction)
        }
        return bracket(from: here, past: ahead, along: direction)
    }

    private mutating func bracket(from first: Point, past second: Point, along direction: [Double]) -> Bracket? {
        var (before, best) = (first, second)
        for _ in 0..<40 {
            let t = best.t + Self.golden * (best.t - before.t)
            let point = Point(t: t, value: asking(at(t, along: direction)))
            if point.value >= best.value {
                return point.t > before.t ? (before, best, point) : (point, best, before)
            }
            (before, best) = (best, point)
        }
        return nil
    }

    private static let golden = 1.618_033_988_749_895

    /// Where to look next inside a bracket.
    private func next(_ bracket: Bracket) -> Double {
        let (a, b, c) = bracket
        let (left, right) = (b.t - a.t, c.t - b.t)
        let (p, q) = (left * (b.value - c.value), right * (b.value - a.value))
        let section = left > right ? b.t - left * (2 - Self.golden) : b.t + right * (2 - Self.golden)
        guard p + q != 0 else { return section }
        let t = b.t - 0.5 * (left * p - right * q) / (p + q)
        // Too close to what is known tells nothing new.
        let space = tolerance / 2
        guard t > a.t + space, t < c.t - space else { return section }
        if abs(t - b.t) < space { return left > right ? b.t - space : b.t + space }
        return t
    }
}
