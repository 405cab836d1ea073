"""Makes golden tensors (method.md, section 9) of a generator with a regression skip by PyTorch
and compares with `collagan model verify`."""

import json
import os
import subprocess
import tempfile

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch_collagan import Discriminator
from torch_training import Model

def generator_names(model):
    """The parameters under the names of method.md, section 8."""
    def named(prefix, blocks):
        for index, block in enumerate(blocks, 1):
            for part, module in (("conv", block.c), ("norm", block.n)):
                yield f"{prefix}.{part}{index}.weight", module.weight
                yield f"{prefix}.{part}{index}.bias", module.bias

    def attention(prefix, module):
        for index, layer in enumerate((module.m[0], module.m[2], module.m[4]), 1):
            yield f"{prefix}.attention.fc{index}.weight", layer.weight
            yield f"{prefix}.attention.fc{index}.bias", layer.bias

    network = model.network
    for contrast, branch in enumerate(network.br):
        for level in range(4):
            yield from named(f"generator.encoder.{contrast}.level{level}", branch.blocks[level])
            yield f"generator.encoder.{contrast}.level{level}.down.weight", branch.pools[level].weight
    yield from named("generator.bottleneck", network.mid)
    yield from attention("generator.bottleneck", network.midatt)
    for place, level in enumerate((3, 2, 1, 0)):
        prefix = f"generator.decoder.level{level}"
        yield f"{prefix}.up.weight", network.up[place].weight
        yield f"{prefix}.up.bias", network.up[place].bias
        yield from named(prefix, network.dec[place])
        if level:
            yield from attention(prefix, network.att[place])
    yield "generator.head.weight", network.out.weight
    if model.skip is not None:
        yield "generator.skip.weight", model.skip


def discriminator_names(model):
    for path, layers in (("path1", (0, 2, 4)), ("path2", (0, 2, 4)), ("path3", (1, 3, 5))):
        module = getattr(model, "p" + path[-1])
        for index, layer in enumerate(layers, 1):
            yield f"discriminator.{path}.conv{index}.weight", module[layer].weight
            yield f"discriminator.{path}.conv{index}.bias", module[layer].bias
    yield "discriminator.path1.down.weight", model.p1[6].weight
    yield "discriminator.path3.down.weight", model.p3[0].weight
    yield "discriminator.merge.conv1.weight", model.cat[0].weight
    yield "discriminator.merge.conv2.weight", model.cat[2].weight
    yield "discriminator.source.conv.weight", model.rf[1].weight
    yield "discriminator.domain_down.conv.weight", model.c3[0].weight
    yield "discriminator.domain.conv.weight", model.cls.weight


def main():
    torch.manual_seed(3)
    ngf, contrasts, height, width = 8, 4, 128, 144
    generator = Model(ngf, contrasts, 0.3 * torch.randn(contrasts, 15).numpy())
    torch.nn.init.normal_(generator.network.out.weight, std=0.3)
    discriminator = Discriminator(size=(height, width)).eval()
    y, x = torch.meshgrid(torch.linspace(-1, 1, height), torch.linspace(-1, 1, width), indexing="ij")
    inside = ((x / 0.7) ** 2 + (y / 0.8) ** 2 < 1).float()
    smooth = F.interpolate(torch.rand(2, contrasts, 16, 18), (height, width), mode="bilinear")
    images = smooth * inside
    targets = torch.tensor([1, 3])
    mask = torch.eye(contrasts)[targets]
    inputs = images * (1 - mask[:, :, None, None])
    truth = images[torch.arange(2), targets][:, None]

    weights = {n: p.detach().clone().contiguous() for n, p in generator_names(generator)}
    weights |= {n: p.detach().clone().contiguous() for n, p in discriminator_names(discriminator)}
    imputed = generator(inputs, mask)
    l1 = (imputed - truth).abs().mean()
    l1.backward()
    source, domain = discriminator(truth)
    d_loss = ((source - 1) ** 2).mean() + F.cross_entropy(domain, targets)
    d_loss.backward()
    case = {
        "images": images, "target_index": targets, "imputed": imputed.detach(), "l1": l1.detach()[None],
        "source_map": source.detach(), "domain_logits": domain.detach(), "d_loss": d_loss.detach()[None]}
    for name, parameter in [*generator_names(generator), *discriminator_names(discriminator)]:
        case[f"grad.{name}"] = parameter.grad.detach().clone()
    adam = torch.optim.Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.999), eps=1e-8)
    for _ in range(2):
        adam.zero_grad()
        (generator(inputs, mask) - truth).abs().mean().backward()
        adam.step()
    case["l1_after_two_adam_steps"] = (generator(inputs, mask) - truth).abs().mean().detach()[None]

    with tempfile.TemporaryDirectory() as folder:
        paths = [f"{folder}/weights.safetensors", f"{folder}/case.safetensors"]
        save_file(weights, paths[0], metadata={"ngf": str(ngf), "contrasts": "T1,T1Gd,T2,FLAIR"})
        save_file({n: t.contiguous() for n, t in case.items()}, paths[1])
        result = subprocess.run([os.environ["COLLAGAN"], "model", "verify", *paths], capture_output=True, text=True)
        print(result.stderr, end="")
        verdict = json.loads(result.stdout)
    worst = max(verdict["gradients"].items(), key=lambda pair: pair[1])
    print({k: verdict[k] for k in ("passed", "forward", "discriminator", "adamLoss")}, "worst gradient", worst,
          "skip", verdict["gradients"]["generator.skip.weight"])
    raise SystemExit(0 if verdict["passed"] else 1)


if __name__ == "__main__":
    main()
