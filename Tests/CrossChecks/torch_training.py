"""Trains the generator of method.md with PyTorch by direct reconstruction: the recipe of a collagan training
configuration, on the slices that `collagan preprocess` wrote, for a fixed wall time. Prints one JSON object per line:
validation scores against seconds of training."""

import argparse
import copy
import json
import math
import pathlib
import time

import nibabel as nib
import numpy as np
import torch
import torch.nn.functional as F
from skimage.metrics import structural_similarity
from torch_collagan import Generator

parser = argparse.ArgumentParser()
parser.add_argument("configuration", help="training configuration as JSON (the `configuration` of training.jsonl)")
parser.add_argument("training", type=pathlib.Path, help="folder written by collagan preprocess")
parser.add_argument("validation", type=pathlib.Path, help="the same of held-out patients")
parser.add_argument("--seconds", type=float, required=True)
parser.add_argument("--every", type=float, default=60, help="seconds of training between validations")
parser.add_argument("--slices", type=int, default=24, help="validation slices per patient")
parser.add_argument("--threads", type=int, default=2)


def read(folder, contrasts):
    """Patients as (images: contrast → slices×H×W or None, brain: slices×H×W)."""
    patients = []
    for patient in sorted(p for p in folder.iterdir() if p.is_dir()):
        def image(role):
            path = patient / f"{patient.name}_{role}_preprocessed.nii.gz"
            if not path.exists():
                return None
            return np.ascontiguousarray(np.asarray(nib.load(path).dataobj, np.float32).transpose(2, 1, 0))
        patients.append(([image(c) for c in contrasts], image("brainmask") > 0))
    return patients


class Model(torch.nn.Module):
    """The generator with its optional regression skip (method.md, sections 2 and 10)."""

    def __init__(self, ngf, contrasts, skip):
        super().__init__()
        self.network = Generator(ngf, contrasts)
        for module in self.modules():
            if isinstance(module, (torch.nn.Conv2d, torch.nn.ConvTranspose2d, torch.nn.Linear)):
                torch.nn.init.xavier_uniform_(module.weight)
                if module.bias is not None:
                    torch.nn.init.zeros_(module.bias)
        self.skip = None
        if skip is not None:
            self.skip = torch.nn.Parameter(torch.tensor(skip, dtype=torch.float32))
            torch.nn.init.normal_(self.network.out.weight, std=1e-3)

    def forward(self, x, mask):
        y = self.network.features(x, mask)
        if self.skip is not None:
            brain = (x > 0).any(1, keepdim=True).float()
            phi = torch.cat([x] + [x[:, i:i + 1] * x[:, i:] for i in range(x.shape[1])] + [brain], 1)
            y = (phi * (mask @ self.skip)[:, :, None, None]).sum(1, keepdim=True) + y * brain
        return F.relu(y)


def least_squares(patients, contrasts):
    """Row per target: the quadratic regression from all other contrasts over the brain of the complete patients."""
    pairs = [(i, j) for i in range(contrasts) for j in range(i, contrasts)]
    rows = np.zeros((contrasts, contrasts + len(pairs) + 1))
    whole = [p for p in patients if all(i is not None for i in p[0])]
    values = np.concatenate([np.stack([i[brain] for i in images]) for images, brain in whole], 1).astype(np.float64)
    for target in range(contrasts):
        x = values.copy()
        x[target] = 0
        phi = np.concatenate([x, [x[i] * x[j] for i, j in pairs], np.ones((1, x.shape[1]))])
        used = [f for f in range(len(phi)) if phi[f].any()]
        rows[target, used] = np.linalg.lstsq(phi[used] @ phi[used].T, phi[used] @ values[target], rcond=None)[0]
    return rows


def augmented(images, settings, generator):
    """One random movement and brightness for all contrasts of a slice; bilinear, zeros from outside."""
    def uniform(bound):
        return (2 * generator.random() - 1) * settings.get(bound, 0)
    still = generator.random() < settings.get("still", 0)
    angle, scale = math.radians(uniform("rotation")), 1 + uniform("scale")
    if still:
        angle, scale = 0.0, 1.0
    shift = (round(uniform("shift")), round(uniform("shift")))
    mirror = -1.0 if generator.random() < settings.get("flip", 0) else 1.0
    height, width = images.shape[1:]
    c, s = math.cos(angle) / scale, math.sin(angle) / scale
    # Pixels from the centre → the unit square of affine_grid, columns first.
    theta = torch.tensor([
        [mirror * c, mirror * s * height / width, -mirror * (c * shift[0] + s * shift[1]) * 2 / width],
        [-s * width / height, c, (s * shift[0] - c * shift[1]) * 2 / height],
    ], dtype=torch.float32)
    grid = F.affine_grid(theta[None], [1, 1, height, width], align_corners=False)
    moved = F.grid_sample(images[None], grid, align_corners=False)[0]
    gain, gamma = 1 + uniform("gain"), 1 + uniform("gamma")
    factors = torch.tensor([gain * (1 + uniform("contrastGain")) for _ in images], dtype=torch.float32)
    return factors[:, None, None] * (moved if gamma == 1 else moved.clamp(min=0) ** gamma)


def ssim(x, y, value_range):
    taps = torch.exp(-torch.arange(-5, 6, dtype=torch.float32) ** 2 / (2 * 1.5 ** 2))
    window = (taps[:, None] * taps[None] / taps.sum() ** 2)[None, None]
    mx, my, xx, yy, xy = (F.conv2d(v, window) for v in (x, y, x * x, y * y, x * y))
    c1, c2 = (0.01 * value_range) ** 2, (0.03 * value_range) ** 2
    return ((2 * mx * my + c1) * (2 * (xy - mx * my) + c2)
            / ((mx * mx + my * my + c1) * (xx - mx * mx + yy - my * my + c2))).mean()


def loss(imputed, truth, weights, value_range):
    total = weights["reconstruction"] * (imputed - truth).abs().mean()
    if weights.get("squared"):
        total = total + weights["squared"] * ((imputed - truth) ** 2).mean()
    if weights.get("similarity"):
        total = total - weights["similarity"] * torch.log((1 + ssim(imputed, truth, value_range)) / 2)
    return total


def evenly(items, count):
    return items if len(items) <= count else [items[(2 * i + 1) * len(items) // (2 * count)] for i in range(count)]


@torch.inference_mode()
def validate(model, patients, contrasts, slices, flip):
    """Mean over the targets of NMSE and SSIM; medians would hide a bad target."""
    scores = []
    for target in range(contrasts):
        nmse, similarity = [], []
        mask = torch.eye(contrasts)[[target]]
        for images, brain in patients:
            if images[target] is None:
                continue
            error = power = 0.0
            values = []
            for index in evenly([s for s in range(len(brain)) if brain[s].any()], slices):
                x = torch.stack([
                    torch.zeros(brain.shape[1:]) if i is None or c == target else torch.from_numpy(i[index])
                    for c, i in enumerate(images)])[None]
                y = model(x, mask)
                if flip:
                    y = (y + model(x.flip(3), mask).flip(3)) / 2
                y, truth = y[0, 0].numpy() * brain[index], images[target][index]
                error += float(((y - truth).astype(np.float64) ** 2).sum())
                power += float((truth.astype(np.float64) ** 2).sum())
                values.append(structural_similarity(
                    truth, y, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=1))
            nmse.append(error / power)
            similarity.append(np.mean(values))
        scores.append((float(np.mean(nmse)), float(np.mean(similarity))))
    return scores


def main():
    a = parser.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(1)
    configuration = json.loads(pathlib.Path(a.configuration).read_text())
    names, crop = configuration["contrasts"], configuration["crop"]
    n = len(names)
    training, validation = read(a.training, names), read(a.validation, names)
    pixels = crop["height"] * crop["width"]
    pool = [
        (torch.stack([torch.zeros(brain.shape[1:]) if i is None else torch.from_numpy(i[s]) for i in images]),
         [c for c, i in enumerate(images) if i is not None])
        for images, brain in training for s in range(len(brain))
        if brain[s].sum() > configuration["smallestBrain"] * pixels]
    model = Model(configuration["ngf"], n, least_squares(training, n) if configuration["regressionSkip"] else None)
    average = copy.deepcopy(model)
    optimiser = configuration["optimiser"]
    adam = torch.optim.Adam(model.parameters(), optimiser["rate"], betas=(optimiser["beta1"], optimiser["beta2"]))
    generator = np.random.default_rng(1)
    seconds = step = 0
    due = 0.0
    while True:
        if seconds >= due or seconds >= a.seconds:
            scores = validate(average, validation, n, a.slices, configuration["testTimeFlip"])
            print(json.dumps({
                "seconds": round(seconds, 1), "step": step, "nmse": dict(zip(names, (s[0] for s in scores))),
                "ssim": dict(zip(names, (s[1] for s in scores)))}), flush=True)
            due += a.every
            if seconds >= a.seconds:
                break
        began = time.perf_counter()
        images, present = pool[generator.integers(len(pool))]
        target = int(generator.choice(present))
        kept = [c for c in present if c != target]
        if generator.random() < configuration["inputDropout"] and len(kept) > 1:
            for _ in range(1 + generator.integers(len(kept) - 1)):
                kept.pop(generator.integers(len(kept)))
        images = augmented(images, configuration["augmentation"], generator)
        top, left = (images.shape[1] - crop["height"]) // 2, (images.shape[2] - crop["width"]) // 2
        images = images[:, top:top + crop["height"], left:left + crop["width"]]
        inputs = torch.zeros_like(images)
        inputs[kept] = images[kept]
        imputed = model(inputs[None], torch.eye(n)[[target]])
        # The rate falls over the wall time that there is, so that the schedule ends with it.
        for group in adam.param_groups:
            group["lr"] = optimiser["rate"] * max(0, 1 - seconds / a.seconds)
        adam.zero_grad()
        loss(imputed, images[None, [target]], configuration["weights"], configuration["ssimRange"]).backward()
        adam.step()
        decay = min(configuration["averaging"], (1 + step) / (10 + step))
        with torch.no_grad():
            for mean, weight in zip(average.parameters(), model.parameters()):
                mean.lerp_(weight, 1 - decay)
        step += 1
        seconds += time.perf_counter() - began


if __name__ == "__main__":
    main()
