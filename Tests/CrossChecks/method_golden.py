"""Makes the golden tensors of StarGAN, CycleGAN and pix2pix (Tests/Fixtures/methods) with PyTorch: weights, images,
what the generators make of them, and the gradients of each turn's objective (docs/explanation/methods.md).

    python3 Tests/CrossChecks/method_golden.py [FOLDER]
"""

import json
import math
import pathlib
import struct
import sys

import torch
import torch.nn.functional as F

CEILING = 2.5
# The first number in 0 ... 1 of the program's random stream of seed 7, by which real and synthesised image are mixed.
SEED = 7


def first_uniform(seed):
    """Of xoshiro256** seeded through SplitMix64, as Sources/Tensors/SeededGenerator.swift."""
    mask, z, state = (1 << 64) - 1, seed, []
    for _ in range(4):
        z = (z + 0x9E3779B97F4A7C15) & mask
        x = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & mask
        state.append(x ^ (x >> 31))
    x = (state[1] * 5) & mask
    return (((((x << 7) | (x >> 57)) & mask) * 9) & mask) / 2**64 // 2**-24 * 2**-24


class Weights:
    """Draws weights as they are asked for, and remembers them by name."""

    def __init__(self):
        self.tensors = {}

    def __call__(self, name, *shape):
        if name not in self.tensors:
            fan = math.prod(shape[1:]) if len(shape) > 1 else 4
            draw = torch.randn(shape, dtype=torch.float32).double() / math.sqrt(fan)
            if name.endswith("norm.weight"):
                draw = (1 + 0.2 * draw).float().double()
            self.tensors[name] = draw.float().double().requires_grad_()
        return self.tensors[name]


def norm(x, scale=None, shift=None):
    y = F.instance_norm(x, eps=1e-5)
    return y if scale is None else y * scale[:, None, None] + shift[:, None, None]


def generator(weights, prefix, x, width, blocks, star):
    """StarGAN's form, or CycleGAN's."""
    def after(y, name, channels, relu=True):
        parts = (weights(f"{name}.norm.weight", channels), weights(f"{name}.norm.bias", channels)) if star else ()
        y = norm(y, *parts)
        return F.relu(y) if relu else y

    def wide(y, name, channels, bias=None):
        weight = weights(f"{name}.weight", channels, y.shape[1], 7, 7)
        return F.conv2d(y, weight, bias, padding=3) if star else F.conv2d(F.pad(y, (3,) * 4, "reflect"), weight, bias)

    def narrow(y, name, relu):
        weight = weights(f"{name}.weight", y.shape[1], y.shape[1], 3, 3)
        padded = F.conv2d(y, weight, padding=1) if star else F.conv2d(F.pad(y, (1,) * 4, "reflect"), weight)
        return after(padded, name, y.shape[1], relu)

    kernel = 4 if star else 3
    y = after(wide(x, f"{prefix}.first", width), f"{prefix}.first", width)
    for level in range(2):
        name, channels = f"{prefix}.down{level}", y.shape[1] * 2
        weight = weights(f"{name}.weight", channels, y.shape[1], kernel, kernel)
        y = after(F.conv2d(y, weight, stride=2, padding=1), name, channels)
    for block in range(blocks):
        name = f"{prefix}.block{block}"
        y = narrow(narrow(y, f"{name}.conv1", True), f"{name}.conv2", False) + y
    for level in range(2):
        name, channels = f"{prefix}.up{level}", y.shape[1] // 2
        weight = weights(f"{name}.weight", y.shape[1], channels, kernel, kernel)
        y = F.conv_transpose2d(y, weight, stride=2, padding=1, output_padding=0 if star else 1)
        y = after(y, name, channels)
    return torch.tanh(wide(y, f"{prefix}.last", 1, None if star else weights(f"{prefix}.last.bias", 1)))


def patches(weights, prefix, x, width):
    """CycleGAN's and pix2pix's discriminator."""
    def convolution(y, layer, channels, stride, bias=False):
        name = f"{prefix}.conv{layer}"
        weight = weights(f"{name}.weight", channels, y.shape[1], 4, 4)
        return F.conv2d(y, weight, weights(f"{name}.bias", channels) if bias else None, stride, 1)

    y = F.leaky_relu(convolution(x, 0, width, 2, True), 0.2)
    for layer in (1, 2, 3):
        y = F.leaky_relu(norm(convolution(y, layer, width << layer, 2 if layer < 3 else 1)), 0.2)
    return convolution(y, 4, 1, 1, True)


def star_discriminator(weights, x, width, contrasts):
    y = x
    for layer in range(6):
        name = f"discriminator.conv{layer}"
        weight = weights(f"{name}.weight", width << layer, y.shape[1], 4, 4)
        y = F.leaky_relu(F.conv2d(y, weight, weights(f"{name}.bias", width << layer), 2, 1), 0.01)
    source = F.conv2d(y, weights("discriminator.source.weight", 1, y.shape[1], 3, 3), padding=1)
    domain = F.conv2d(y, weights("discriminator.domain.weight", contrasts, y.shape[1], *y.shape[2:]))
    return source, domain.flatten(1)


def image(height, width):
    """Normalised intensities, smooth and noisy, 0 outside an ellipse."""
    y, x = torch.meshgrid(torch.linspace(-1, 1, height), torch.linspace(-1, 1, width), indexing="ij")
    a, b, c = torch.rand(3) * 6
    value = (0.8 + 0.5 * torch.sin(5 * x + a) * torch.cos(4 * y + b) + 0.2 * torch.sin(11 * y + c)
             + 0.2 * torch.rand(height, width))
    return (value * (x * x + y * y < 0.9)).float().double()[None, None]


def signed(x):
    return 2 * x / CEILING - 1


def gradients(weights, loss, prefix):
    names = [name for name in weights.tensors if name.startswith(prefix)]
    grads = torch.autograd.grad(loss, [weights.tensors[n] for n in names], retain_graph=True)
    return {f"grad.{name}": g for name, g in zip(names, grads)}


def cross_domain(paired):
    """Contrasts 0 and 1; of CycleGAN, slice 0 is of the one and slice 1 of the other."""
    weights, width, ndf, blocks = Weights(), 4, 2, 1
    directions = [(0, 1), (1, 0)]
    images = [image(32, 48), image(32, 48)]
    x = [signed(i) for i in images]

    def make(direction, y):
        return generator(weights, "generator.%dto%d" % direction, y, width, blocks, False)

    def judge(direction, given, y):
        seen = torch.cat([given, y], 1) if paired else y
        return patches(weights, "discriminator.%dto%d" % direction, seen, ndf)

    fakes = {d: make(d, x[d[0]]) for d in directions}
    loss = 0
    for d in directions:
        loss = loss + F.mse_loss(judge(d, x[d[0]], fakes[d]),
                                 torch.ones(()).double().expand_as(judge(d, x[d[0]], fakes[d])))
        if paired:
            loss = loss + 100 * F.l1_loss(fakes[d], x[d[1]])
        else:
            loss = loss + 10 * F.l1_loss(make(d[::-1], fakes[d]), x[d[0]]) + 5 * F.l1_loss(make(d, x[d[1]]), x[d[1]])
    result = gradients(weights, loss, "generator.")
    judged = 0
    for d in directions:
        real, fake = judge(d, x[d[0]], x[d[1]]), judge(d, x[d[0]], fakes[d].detach())
        judged = judged + 0.5 * ((real - 1) ** 2).mean() + 0.5 * (fake**2).mean()
    result |= gradients(weights, judged, "discriminator.")
    result |= {"fake.%dto%d" % d: fakes[d] for d in directions} | {"loss.discriminator": judged}
    return result | weights.tensors | {f"image{i}": images[i] for i in range(2)}


def stargan():
    """Contrast 0 made into contrast 2 of three."""
    weights, width, ndf, blocks, contrasts, own, target = Weights(), 4, 1, 1, 3, 0, 2
    images = [image(64, 128) for _ in range(contrasts)]
    real = signed(images[own])

    def make(y, contrast):
        planes = torch.zeros(1, contrasts, *y.shape[2:]).double()
        planes[:, contrast] = 1
        return generator(weights, "generator", torch.cat([y, planes], 1), width, blocks, True)

    def judge(y):
        return star_discriminator(weights, y, ndf, contrasts)

    fake = make(real, target)
    source, domain = judge(fake)
    loss = -source.mean() + F.cross_entropy(domain, torch.tensor([target])) + 10 * F.l1_loss(make(fake, own), real)
    result = gradients(weights, loss, "generator.")
    (true_source, true_domain), (false_source, _) = judge(real), judge(fake.detach())
    judged = -true_source.mean() + false_source.mean() + F.cross_entropy(true_domain, torch.tensor([own]))
    alpha = first_uniform(SEED)
    mixed = (alpha * real + (1 - alpha) * fake.detach()).requires_grad_()
    slope = torch.autograd.grad(judge(mixed)[0].sum(), mixed, create_graph=True)[0]
    penalty = ((slope.flatten(1).norm(dim=1) - 1) ** 2).mean()
    result |= gradients(weights, judged + 10 * penalty, "discriminator.")
    result |= {"fake.0to2": fake, "loss.discriminator": judged, "loss.penalty": penalty}
    return result | weights.tensors | {f"image{i}": images[i] for i in range(contrasts)}


def save(path, tensors):
    """A safetensors file."""
    header, data = {}, b""
    for name in sorted(tensors):
        values = tensors[name].detach().float().contiguous()
        raw = values.numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    print(f"{path}: {len(tensors)} tensors, {path.stat().st_size} bytes")


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[1] / "Fixtures/methods")
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(20)
    save(folder / "pix2pix.safetensors", cross_domain(True))
    save(folder / "cyclegan.safetensors", cross_domain(False))
    save(folder / "stargan.safetensors", stargan())
