"""What one pass of the CollaGAN generator costs, from its table of layers."""

import math
from dataclasses import dataclass

CONTRASTS = 4


@dataclass
class Layer:
    """A convolution of a height × width map; `pixels` is the side of the map its products are counted on."""

    name: str
    kernel: int
    pixels: int
    inputs: int
    outputs: int
    count: int = 1

    @property
    def products(self):
        """Multiply-adds of the direct algorithm."""
        return self.count * self.pixels**2 * self.inputs * self.outputs * self.kernel**2

    @property
    def products_left(self):
        """Multiplications by F(4×4, 3×3): 36 per tile of 4×4 pixels instead of 144, tiles at the border whole."""
        if self.kernel != 3:
            return self.products
        return self.count * (6 * math.ceil(self.pixels / 4)) ** 2 * self.inputs * self.outputs

    @property
    def bytes(self):
        """Input and weights read once, output written once, float32."""
        # A step of 2 reads (and its transpose writes) four times the pixels that its products are counted on.
        fine = 4 if self.kernel == 2 else 1
        up = self.name.endswith("up")
        maps = self.pixels**2 * (self.inputs * (1 if up else fine) + self.outputs * (fine if up else 1))
        return 4 * self.count * (maps + self.inputs * self.outputs * self.kernel**2)


def layers(ngf, size):
    """Every convolution of the generator (the attention's dense layers cost nothing beside them)."""
    table = []
    branch = ngf // CONTRASTS
    for level in range(4):
        width, side = branch << level, size >> level
        first = 1 + CONTRASTS if level == 0 else width
        table += [
            Layer(f"encoder {level} first", 3, side, first, width, CONTRASTS),
            Layer(f"encoder {level} second", 3, side, width, width, CONTRASTS),
            Layer(f"encoder {level} down", 2, side // 2, width, 2 * width, CONTRASTS),
        ]
    table.append(Layer("bottleneck", 3, size >> 4, 16 * ngf, 16 * ngf, 2))
    for level in reversed(range(4)):
        width, side = ngf << level, size >> level
        table += [
            Layer(f"decoder {level} up", 2, side // 2, 2 * width, width),
            Layer(f"decoder {level} first", 3, side, 2 * width, width),
            Layer(f"decoder {level} second", 3, side, width, width),
        ]
    table.append(Layer("head", 1, size, ngf, 1))
    return table


def cost(ngf, size):
    """GFLOP (two per product) and GB of one pass."""
    table = layers(ngf, size)
    total = sum(layer.products for layer in table)
    return {
        "gflop": 2e-9 * total,
        "share_3x3": sum(layer.products for layer in table if layer.kernel == 3) / total,
        "gflop_winograd": 2e-9 * sum(layer.products_left for layer in table),
        "gbyte": 1e-9 * sum(layer.bytes for layer in table),
    }
