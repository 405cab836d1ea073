extension ImageMetrics {
    /// NMSE = Σ(x−x̂)² ÷ Σx² of images that lie in memory alike, over the pixels where `included` is true, over all
    /// without it.
    ///
    /// NaN if both sums are 0, infinite if only the truth's is.
    ///
    /// - Precondition: equal sizes.
    package static func nmse(truth: [Float], imputed: [Float], where included: [Bool]? = nil) -> Double {
        precondition(truth.count == imputed.count && included?.count ?? truth.count == truth.count, "image size")
        var sums = RegionSums()
        for index in truth.indices where included?[index] ?? true {
            sums.add(truth: Double(truth[index]), imputed: Double(imputed[index]))
        }
        return sums.nmse
    }
}
