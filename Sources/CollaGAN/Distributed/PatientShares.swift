import NeuralNet

/// Work on patients that ranks share by number.
struct PatientShares {
    private let ranks: RankGroup?
    private let first: Int

    /// - Parameter first: the patient that the first rank has in any case; of R ranks, rank r has every R-th from there.
    init(_ ranks: RankGroup?, first: Int = 0) {
        (self.ranks, self.first) = (ranks, first)
    }

    /// One list of words for each patient, by number.
    ///
    /// - Parameters:
    ///   - wordsEach: how long the lists are.
    ///   - body: is called for this rank's patients; nil stops.
    /// - Returns: nil if it was stopped on any rank.
    /// - Throws: on all ranks what `body` throws on one, or `ModelError.Code.unanswered`.
    func map(
        _ count: Int, wordsEach: Int, _ body: (Int) throws(ModelError) -> [UInt64]?
    ) throws(ModelError) -> [[UInt64]]? {
        var lists = Array(repeating: Array(repeating: UInt64(0), count: wordsEach), count: count)
        guard let ranks else {
            for index in 0..<count {
                guard let words = try body(index) else { return nil }
                lists[index] = words
            }
            return lists
        }
        func owner(_ index: Int) -> Int { (index + count - first) % count % ranks.size }
        let isStopped = try ranks.agree { () throws(ModelError) in
            for index in 0..<count where owner(index) == ranks.rank {
                guard let words = try body(index) else { return true }
                lists[index] = words
            }
            return false
        }
        let all = try ranks.gather(lists.flatMap { $0 } + [isStopped ? 1 : 0])
        guard all.allSatisfy({ $0.last == 0 }) else { return nil }
        return (0..<count).map { index in
            Array(all[owner(index)][index * wordsEach..<(index + 1) * wordsEach])
        }
    }
}
