"""Scores that `collagan metrics` gives against those of other packages:
scikit-image, piq, torchmetrics, inpainting, NumPy."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import nibabel as nib
import numpy as np
import piq
import torch
from inpainting.challenge_metrics_2023 import generate_metrics
from skimage.metrics import structural_similarity
from torchmetrics.image import StructuralSimilarityIndexMeasure

COLLAGAN = os.environ["COLLAGAN"]
TOLERANCE = 1e-5
failed = 0
worst = {}


def check(case, key, ours, theirs):
    global failed
    difference = abs(ours - theirs)
    agrees = difference < TOLERANCE
    failed += not agrees
    worst[key] = max(worst.get(key, 0), difference)
    print(f"{'ok  ' if agrees else 'FAIL'} {case}: {key} {ours:.8f}, {difference:.1e}")


def images(size, seed, background):
    """A truth, an imputed volume of another scale, a brain mask, a lesion."""
    rng = np.random.default_rng(seed)
    at = np.stack(np.meshgrid(*(np.linspace(-1, 1, n) for n in size), indexing="ij"))
    brain = (at**2).sum(0) < 0.9
    smooth = 1 + 0.3 * np.sin(7 * at[0]) * np.cos(5 * at[1]) + 0.2 * np.sin(9 * at[2] + at[0])
    truth = np.where(brain, 400 * smooth + 60 * rng.random(size), background * rng.random(size))
    imputed = np.where(brain, 300 * smooth**1.2 + 80 * rng.random(size), background * rng.random(size))
    lesion = (at[0] - 0.2) ** 2 + at[1] ** 2 + (at[2] + 0.1) ** 2 < 0.15
    return truth.astype(np.float32), imputed.astype(np.float32), brain, lesion


def edge(size):
    """As `images`, of a volume that tissue and lesion fill to its faces."""
    truth, imputed, brain, lesion = images(size, 7, 300)
    lesion[:4, :7, -6:] = True
    return truth, imputed, np.ones_like(brain), lesion


def run(folder, truth, imputed, brain, lesion, value_range):
    names = {"truth": truth, "imputed": imputed, "brain": brain.astype(np.uint8), "lesion": lesion.astype(np.uint8)}
    for name, data in names.items():
        nib.save(nib.Nifti1Image(data, np.diag([1, 1, 1, 1])), folder / f"{name}.nii.gz")
    paths = {name: folder / f"{name}.nii.gz" for name in names}
    output = subprocess.run(
        [COLLAGAN, "metrics", paths["truth"], paths["imputed"], "--mask", paths["brain"], "--lesion", paths["lesion"],
         "--range", str(value_range)], check=True, capture_output=True, text=True).stdout
    return json.loads(output)


def gain_and_sharpness(case, ours, truth, imputed, brain, value_range):
    x, y = truth.astype(np.float64), imputed.astype(np.float64)
    gain = (x * y)[brain].sum() / (y * y)[brain].sum()
    y = gain * y
    check(case, "gain", ours["gain"], gain)
    check(case, "nmse_gain", ours["nmse_gain"], ((x - y) ** 2).sum() / (x**2).sum())
    check(case, "psnr_gain_brain", ours["psnr_gain_brain"],
          10 * np.log10(value_range**2 / ((x - y)[brain] ** 2).mean()))
    slices = [k for k in range(x.shape[2]) if brain[..., k].any()]
    ssim = [structural_similarity(x[..., k], y[..., k], gaussian_weights=True, sigma=1.5, use_sample_covariance=False,
                                  data_range=value_range) for k in slices]
    check(case, "ssim_gain", ours["ssim_gain"], np.mean(ssim))
    # Axial slices as our rows and columns.
    pairs = torch.tensor(np.stack([x, y])[..., slices]).permute(0, 3, 2, 1)
    gmsd = [piq.gmsd(a[None, None], b[None, None], data_range=value_range).item() for a, b in zip(*pairs)]
    check(case, "gmsd", ours["gmsd"], np.mean(gmsd))
    padded = [1 << (n - 1).bit_length() for n in x.shape[:2]]
    radius = np.hypot(np.fft.fftfreq(padded[0])[:, None], np.fft.fftfreq(padded[1])[None])
    energy = [(np.abs(np.fft.fft2(v[..., slices], padded, (0, 1)))[radius > 0.25] ** 2).sum() for v in (x, y)]
    check(case, "sharpness", ours["sharpness"], energy[1] / energy[0])


def brasyn(case, ours, truth, imputed, lesion):
    def normalised(volume):
        low, high = np.percentile(volume, [0.5, 99.5])
        low = max(low, 0)
        return (np.clip(volume, low, high) - low) / (high - low)

    x, y = normalised(truth.astype(np.float64)), normalised(imputed.astype(np.float64))
    for name, mask in (("tumor", lesion), ("healthy", ~lesion)):
        pair = [torch.tensor(v * mask)[None, None] for v in (y, x)]
        mean, every = StructuralSimilarityIndexMeasure(return_full_image=True)(*pair)
        check(case, f"brasyn_ssim_{name}", ours[f"brasyn_ssim_{name}"], mean.item())
        interior = every[..., 5:-5, 5:-5, 5:-5].mean().item()
        check(case, f"brasyn_ssim_{name}_interior", ours[f"brasyn_ssim_{name}_interior"], interior)


def inpainting(case, ours, truth, imputed, lesion):
    voided = np.where(lesion, 0, truth).astype(np.float32)
    theirs = generate_metrics(*(torch.tensor(v)[None] for v in (imputed, truth, voided, lesion)))
    for key, value in theirs.items():
        check(case, f"inpainting_{key}", ours[f"inpainting_{key}"], value)


def main():
    cases = {
        "skull-stripped": images((60, 71, 49), 1, 0), "noise around": images((49, 40, 31), 2, 50),
        "to the faces": edge((24, 33, 18)),
    }
    folder = pathlib.Path(tempfile.mkdtemp(prefix="collagan-image-metrics-"))
    try:
        for case, (truth, imputed, brain, lesion) in cases.items():
            ours = run(folder, truth, imputed, brain, lesion, 2000)
            gain_and_sharpness(case, ours, truth, imputed, brain, 2000)
            brasyn(case, ours["challenge"], truth, imputed, lesion)
            inpainting(case, ours["challenge"], truth, imputed, lesion)
    finally:
        shutil.rmtree(folder)
    print("largest differences: " + ", ".join(f"{key} {value:.1e}" for key, value in worst.items()))
    print("all agree" if failed == 0 else f"{failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
