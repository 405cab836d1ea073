import Tensors

/// Largest of each 3×3×3 voxels, stride 2, none beyond the border: D,H,W,C → ⌈D/2⌉,⌈H/2⌉,⌈W/2⌉,C.
package func volumeMaxPool(_ volume: Tensor) -> Tensor {
    let (shape, channels) = (volume.shape, volume.shape.c)
    let result = Tensor(Shape((shape.n + 1) / 2, (shape.h + 1) / 2, (shape.w + 1) / 2, channels))
    volumeMaxPool(volume, from: 0, into: result, planes: 0..<result.shape.n)
    return result
}

/// Some planes of the pool, from those slices of the volume that they need.
///
/// - Parameters:
///   - slices: of the volume, from its slice `first` on; where they end it ends, or they suffice.
///   - planes: of the result.
func volumeMaxPool(_ slices: Tensor, from first: Int, into result: Tensor, planes: Range<Int>) {
    let (shape, channels) = (slices.shape, slices.shape.c)
    func seen(_ place: Int, _ extent: Int) -> Range<Int> { max(0, place - 1)..<min(extent, place + 2) }
    withPointers(to: slices, result) { volume, result in
        let target = result.shape
        Parallel.forEach(planes.count * target.h) { task in
            let (plane, line) = (planes.lowerBound + task / target.h, task % target.h)
            for column in 0..<target.w {
                let to = result.row((plane * target.h + line) * target.w + column)
                to.update(repeating: -.infinity, count: channels)
                for z in seen(2 * plane - first, shape.n) {
                    for y in seen(2 * line, shape.h) {
                        for x in seen(2 * column, shape.w) {
                            let from = volume.row((z * shape.h + y) * shape.w + x)
                            for channel in 0..<channels {
                                to[channel] = from[channel] > to[channel] ? from[channel] : to[channel]
                            }
                        }
                    }
                }
            }
        }
    }
}
