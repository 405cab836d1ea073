import CKernels
import Tensors

extension Tape {
    /// Concatenation along the channels without copying: `parts` were written into successive channel slices of
    /// `whole`.
    ///
    /// - Precondition: the parts lie in `whole`, in order and without gaps.
    package func join(_ whole: Tensor, parts: [Variable]) -> Variable {
        precondition(parts.reduce(0) { $0 + $1.shape.c } == whole.shape.c, "parts do not fill the whole")
        var first = 0
        let ranges = parts.map { part in
            defer { first += part.shape.c }
            let range = first..<first + part.shape.c
            precondition(part.raw.isSlice(range, of: whole), "a part lies elsewhere")
            return range
        }
        return record(whole, activation: joined(whole, parts, ranges), when: parts.contains(where: \.needsGradient)) {
            dy in
            for (part, range) in zip(parts, ranges) { part.receive(dy.channels(range)) }
        }
    }

    private func joined(_ whole: Tensor, _ parts: [Variable], _ ranges: [Range<Int>]) -> ChannelActivation? {
        guard parts.contains(where: { $0.activation != nil }) else { return nil }
        let activation = ChannelActivation(images: whole.shape.n, channels: whole.shape.c)
        for (part, range) in zip(parts, ranges) { activation.channels(range).set(part.activation) }
        return activation
    }

    /// Concatenation along the channels, copying: N,H,W,C₁ … N,H,W,Cₘ → N,H,W,ΣC.
    package func concatenate(_ parts: [Variable]) -> Variable {
        let shape = parts[0].shape
        let whole = Tensor(Shape(shape.n, shape.h, shape.w, parts.reduce(0) { $0 + $1.shape.c }))
        var first = 0
        var ranges: [Range<Int>] = []
        for part in parts {
            let (channels, values) = (part.shape.c, part.value)
            let target = whole.channels(first..<first + channels)
            withPointers(to: values, target) { values, target in
                Parallel.forEachChunk(of: shape.rows, by: rowsPerChunk(channels)) { rows in
                    ck_copy(
                        values.row(rows.lowerBound), values.stride64, target.row(rows.lowerBound), target.stride64,
                        Int64(rows.count), Int64(channels))
                }
            }
            ranges.append(first..<first + channels)
            first += channels
        }
        return record(whole, when: parts.contains(where: \.needsGradient)) { dy in
            for (part, range) in zip(parts, ranges) { part.receive(dy.channels(range)) }
        }
    }

    /// Concatenation along the batch, copying: images of equal shape, one variable after another.
    package func stack(_ parts: [Variable]) -> Variable {
        let shape = parts[0].shape
        let whole = Tensor(Shape(parts.reduce(0) { $0 + $1.shape.n }, shape.h, shape.w, shape.c))
        var first = 0
        var ranges: [Range<Int>] = []
        for part in parts {
            let (range, values) = (first..<first + part.shape.n, part.value)
            withPointers(to: values, whole.images(range)) { values, target in
                ck_copy(
                    values.pointer, values.stride64, target.pointer, target.stride64, Int64(target.shape.rows),
                    Int64(shape.c))
            }
            ranges.append(range)
            first = range.upperBound
        }
        return record(whole, when: parts.contains(where: \.needsGradient)) { dy in
            for (part, range) in zip(parts, ranges) { part.receive(dy.images(range)) }
        }
    }
}
