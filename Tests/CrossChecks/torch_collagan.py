"""PyTorch implementation of the CollaGAN MRI generator and discriminator: the peer that collagan is timed against.

Prints JSON with the keys of `collagan benchmark --json`, as far as it knows them.

Architecture per arXiv:1905.04105's released configuration: four encoder branches (ngf/4 channels each), a shared
decoder with conditional channel attention, instance norm (affine, eps 1e-6), leaky ReLU 0.2, stride-2 2x2 convs as
pooling, 2x2 transposed convs as unpooling, ReLU output.
"""
import argparse
import json
import resource
import statistics
import time

import torch
import torch.nn as nn
import torch.nn.functional as F


class CNR(nn.Module):
    def __init__(s, i, o):
        super().__init__()
        s.c = nn.Conv2d(i, o, 3, padding=1, bias=True)
        s.n = nn.InstanceNorm2d(o, eps=1e-6, affine=True)

    def forward(s, x):
        return F.leaky_relu(s.n(s.c(x)), 0.2)


class CCAM(nn.Module):
    def __init__(s, c, n=4, r=4):
        super().__init__()
        s.m = nn.Sequential(nn.Linear(c + n, c // r), nn.LeakyReLU(0.2), nn.Linear(c // r, c // r), nn.LeakyReLU(0.2),
                            nn.Linear(c // r, c), nn.Sigmoid())

    def forward(s, x, mask):
        return x * s.m(torch.cat([mask, x.mean((2, 3))], 1))[:, :, None, None]


class Branch(nn.Module):
    def __init__(s, a, n=4):
        super().__init__()
        ch = [a, 2 * a, 4 * a, 8 * a]
        s.blocks = nn.ModuleList()
        s.pools = nn.ModuleList()
        i = 1 + n
        for k, c in enumerate(ch):
            s.blocks.append(nn.Sequential(CNR(i, c), CNR(c, c)))
            s.pools.append(nn.Conv2d(c, 2 * c, 2, 2, bias=False))
            i = 2 * c

    def forward(s, x):
        skips = []
        for b, p in zip(s.blocks, s.pools):
            x = b(x)
            skips.append(x)
            x = p(x)
        return skips, x


class Generator(nn.Module):
    def __init__(s, ngf=64, n=4):
        super().__init__()
        s.n = n
        s.br = nn.ModuleList([Branch(ngf // 4, n) for _ in range(n)])
        ch = [ngf, 2 * ngf, 4 * ngf, 8 * ngf, 16 * ngf]
        s.mid = nn.Sequential(CNR(ch[4], ch[4]), CNR(ch[4], ch[4]))
        s.midatt = CCAM(ch[4])
        s.up = nn.ModuleList([nn.ConvTranspose2d(ch[k + 1], ch[k], 2, 2) for k in (3, 2, 1, 0)])
        s.dec = nn.ModuleList([nn.Sequential(CNR(2 * ch[k], ch[k]), CNR(ch[k], ch[k])) for k in (3, 2, 1, 0)])
        s.att = nn.ModuleList([CCAM(ch[k]) for k in (3, 2, 1)])
        s.out = nn.Conv2d(ch[0], 1, 1, bias=False)

    def features(s, x, mask):
        m = mask[:, :, None, None].expand(-1, -1, *x.shape[2:])
        sk, bot = zip(*[b(torch.cat([x[:, i:i + 1], m], 1)) for i, b in enumerate(s.br)])
        y = s.midatt(s.mid(torch.cat(bot, 1)), mask)
        for k, lvl in enumerate((3, 2, 1, 0)):
            y = s.dec[k](torch.cat([t[lvl] for t in sk] + [s.up[k](y)], 1))
            if k < 3:
                y = s.att[k](y, mask)
        return s.out(y)

    def forward(s, x, mask):
        return F.relu(s.features(x, mask))


class ImputingGenerator(Generator):
    """With the regression skip (method.md, section 10), of images and the target's index:
    what `collagan model export --format pytorch` writes the state dictionary of. An absent contrast is all 0."""

    def __init__(s, ngf, n, rows):
        super().__init__(ngf, n)
        s.skip = nn.Parameter(torch.zeros(rows, n + n * (n + 1) // 2 + 1)) if rows else None

    @classmethod
    def of(cls, state):
        """The module that a state dictionary is of, with its weights."""
        module = cls(state["out.weight"].shape[1], state["br.0.blocks.0.0.c.weight"].shape[1] - 1,
                     state["skip"].shape[0] if "skip" in state else 0)
        module.load_state_dict(state)
        return module

    def forward(s, images, target):
        one_hot = torch.eye(s.n)[target]
        x = images * (1 - one_hot)[:, :, None, None]
        y = s.features(x, one_hot)
        if s.skip is not None:
            brain = (x > 0).any(1, keepdim=True).float()
            phi = torch.cat([x] + [x[:, i:i + 1] * x[:, i:] for i in range(s.n)] + [brain], 1)
            row = target
            if len(s.skip) > s.n:
                row = (x != 0).any(3).any(2).long() @ (s.n * 2 ** torch.arange(s.n)) + target
            y = (phi * s.skip[row][:, :, None, None]).sum(1, keepdim=True) + y * brain
        return F.relu(y)


class Discriminator(nn.Module):
    def __init__(s, nd=4, classes=4, p=0.5, size=(240, 240)):
        super().__init__()
        c = [nd * 2 ** k for k in range(8)]
        C = lambda i, o: nn.Conv2d(i, o, 3, padding=1)
        s.p1 = nn.Sequential(C(1, c[0]), nn.LeakyReLU(.2), C(c[0], c[0]), nn.LeakyReLU(.2), C(c[0], c[0]),
                             nn.LeakyReLU(.2), nn.Conv2d(c[0], c[2], 4, 4, bias=False))
        s.p2 = nn.Sequential(C(1, c[0]), nn.MaxPool2d(2), C(c[0], c[1]), nn.MaxPool2d(2), C(c[1], c[2]),
                             nn.LeakyReLU(.2))
        s.p3 = nn.Sequential(nn.Conv2d(1, c[2], 4, 4, bias=False), C(c[2], c[2]), nn.LeakyReLU(.2), C(c[2], c[2]),
                             nn.LeakyReLU(.2), C(c[2], c[2]))
        s.cat = nn.Sequential(nn.Conv2d(3 * c[2], c[3], 4, 2, bias=False), nn.LeakyReLU(.2),
                              nn.Conv2d(c[3], c[4], 4, 2, bias=False), nn.LeakyReLU(.2))
        s.rf = nn.Sequential(nn.Dropout(p), nn.Conv2d(c[4], 1, 3, bias=False))
        s.c3 = nn.Sequential(nn.Conv2d(c[4], c[5], 4, 2, bias=False), nn.LeakyReLU(.2), nn.Dropout(p))
        side = lambda n: (((n // 4 - 4) // 2 + 1 - 4) // 2 + 1 - 4) // 2 + 1
        # 5x5 at 240, then mean over positions
        s.cls = nn.Conv2d(c[5], classes, tuple(min(5, side(n)) for n in size), bias=False)

    def forward(s, x):
        h = s.cat(torch.cat([s.p1(x), s.p2(x), s.p3(x)], 1))
        return s.rf(h), s.cls(s.c3(h)).mean((2, 3))


def train_step(G, D, og, od, imgs, t):
    """One CollaGAN step at batch 1: forward imputation + 4 cyclic reconstructions,
    G and D updates (LSGAN, clsf, L1)."""
    n = imgs.shape[1]
    eye = torch.eye(n)
    keep = 1 - eye[t][None, :, None, None]
    rec = G(imgs * keep, eye[t][None])
    filled = imgs * keep + rec * (1 - keep)
    outs, cls = [rec], [t]
    for k in range(n):
        outs.append(G(filled * (1 - eye[k][None, :, None, None]), eye[k][None]))
        cls.append(k)
    fake = torch.cat(outs, 0)
    real = torch.cat([imgs[:, c:c + 1] for c in cls], 0)
    y = torch.tensor(cls)
    rf, cl = D(fake)
    lg = (5 * ((rf - 1) ** 2).mean() + 5 * F.cross_entropy(cl, y)
          + 10 * (fake[1:] - real[1:]).abs().mean((1, 2, 3)).sum())
    og.zero_grad(); lg.backward(); og.step()
    rfr, clr = D(real)
    rff, _ = D(fake.detach())
    ld = ((rfr - 1) ** 2).mean() + (rff ** 2).mean() + F.cross_entropy(clr, y)
    od.zero_grad(); ld.backward(); od.step()
    return lg.item(), ld.item()


def timed(repeats, work):
    times = []
    for i in range(repeats):
        began = time.perf_counter()
        work(i)
        times.append((time.perf_counter() - began) * 1e3)
    return times


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--ngf", type=int, default=64)
    ap.add_argument("--size", type=int, default=240)
    ap.add_argument("--batch", type=int, default=1)
    ap.add_argument("--repeats", type=int, default=5)
    ap.add_argument("--mode", choices=["infer", "train"], default="infer")
    a = ap.parse_args()
    import_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    torch.manual_seed(0)
    G = Generator(a.ngf)
    x = torch.rand(a.batch, 4, a.size, a.size)
    m = torch.eye(4)[torch.zeros(a.batch, dtype=torch.long)]
    if a.mode == "infer":
        G.eval()
        with torch.inference_mode():
            G(x, m)
            times = [t / a.batch for t in timed(a.repeats, lambda i: G(x, m))]
    else:
        D = Discriminator(size=(a.size, a.size))
        og = torch.optim.Adam(G.parameters(), 1e-5, betas=(.5, .999))
        od = torch.optim.Adam(D.parameters(), 1e-5, betas=(.5, .999))
        train_step(G, D, og, od, x[:1], 1)
        times = timed(a.repeats, lambda i: train_step(G, D, og, od, x[:1], i % 4))
    print(json.dumps({
        "mode": a.mode, "ngf": a.ngf, "size": a.size, "batch": a.batch, "repeats": a.repeats,
        "median_ms": statistics.median(times), "min_ms": min(times), "threads": torch.get_num_threads(),
        "isa": torch.backends.cpu.get_cpu_capability(), "version": torch.__version__, "import_mb": import_mb,
    }))


if __name__ == "__main__":
    main()
