import Tensors

/// Largest of each 3×3×3 voxels, stride 2, none beyond the border: D,H,W,C → ⌈D/2⌉,⌈H/2⌉,⌈W/2⌉,C.
package func volumeMaxPool(_ volume: Tensor) -> Tensor {
    let (shape, channels) = (volume.shape, volume.shape.c)
    let result = Tensor(Shape((shape.n + 1) / 2, (shape.h + 1) / 2, (shape.w + 1) / 2, channels))
    func seen(_ place: Int, _ extent: Int) -> Range<Int> { max(0, 2 * place - 1)..<min(extent, 2 * place + 2) }
    withPointers(to: volume, result) { volume, result in
        let target = result.shape
        Parallel.forEach(target.n * target.h) { line in
            let (planes, lines) = (seen(line / target.h, shape.n), seen(line % target.h, shape.h))
            for column in 0..<target.w {
                let to = result.row(line * target.w + column)
                to.update(repeating: -.infinity, count: channels)
                for z in planes {
                    for y in lines {
                        for x in seen(column, shape.w) {
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
    return result
}
