import CKernels
import Tensors

/// Height and width of a convolution's kernel.
package struct KernelSize: Sendable, Equatable {
    package var height: Int
    package var width: Int

    package init(height: Int, width: Int) {
        (self.height, self.width) = (height, width)
    }

    var taps: Int { height * width }
}

/// Geometry of a 2-D convolution: kernel size, stride and zero padding.
package struct ConvolutionGeometry: Sendable, Equatable {
    package var kernelSize: KernelSize
    package var stride: Int
    package var padding: Int
    /// Where it is not the same on the left as above.
    private var leftPadding: Int?

    package init(kernelSize: KernelSize, stride: Int = 1, padding: Int = 0, leftPadding: Int? = nil) {
        (self.kernelSize, self.stride, self.padding) = (kernelSize, stride, padding)
        self.leftPadding = leftPadding
    }

    /// Output shape for an input of `shape`, with `channels` channels.
    package func output(of shape: Shape, channels: Int) -> Shape {
        func side(_ input: Int, _ kernel: Int) -> Int { (input + 2 * padding - kernel) / stride + 1 }
        return Shape(shape.n, side(shape.h, kernelSize.height), side(shape.w, kernelSize.width), channels)
    }

    var taps: Int { kernelSize.taps }
    var isPointwise: Bool { taps == 1 && stride == 1 && padding == 0 && (leftPadding ?? 0) == 0 }

    /// As the kernels take it, for patches of x.
    func ckPatches(of x: Tensor.Pointers, output: Shape) -> ck_patches {
        ck_patches(
            height: Int64(x.shape.h), width: Int64(x.shape.w), channels: Int64(x.shape.c), stride: x.stride64,
            out_height: Int64(output.h), out_width: Int64(output.w), kernel_height: Int64(kernelSize.height),
            kernel_width: Int64(kernelSize.width), step: Int64(stride), pad_top: Int64(padding),
            pad_left: Int64(leftPadding ?? padding))
    }
}
