"""Runs the built program on the sample patient and opens what it writes with nibabel, NumPy and scikit-image."""

import gzip
import itertools
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import nibabel as nib
import numpy as np
from skimage.metrics import structural_similarity

ROOT = pathlib.Path(__file__).resolve().parents[2]
COLLAGAN = os.environ["COLLAGAN"]
passed = failed = 0


def check(name, condition, detail=""):
    global passed, failed
    passed, failed = passed + bool(condition), failed + (not condition)
    print(("ok   " if condition else "FAIL ") + name, detail)


def run(*arguments):
    return subprocess.run([COLLAGAN, *map(str, arguments)], check=True, capture_output=True, text=True).stdout


def thin(source, target, slices=slice(56, 64)):
    """A few slices of a patient, so that the checks take seconds."""
    target.mkdir(parents=True)
    for path in sorted(source.glob("*.nii.gz")):
        image = nib.load(path)
        part = image.slicer[:, :, slices]
        raw = np.asanyarray(image.dataobj.get_unscaled())[:, :, slices]
        header = part.header.copy()
        slope = image.dataobj.slope
        written = nib.Nifti1Image(raw, part.affine, header)
        written.header.set_slope_inter(1, 0)
        plain = target / path.name[:-3]
        nib.save(written, plain)
        data = bytearray(plain.read_bytes())
        data[112:120] = np.array([slope, 0], "<f4").tobytes()
        (target / path.name).write_bytes(gzip.compress(bytes(data), mtime=0))
        plain.unlink()


def geometry(folder):
    patient = folder / "patients" / "p"
    thin(ROOT / "SampleData/missing-flair/patient26", patient)
    run("impute", patient, "--out", folder / "out")
    imputed = nib.load(folder / "out/p/p_FLAIR_imputed.nii.gz")
    reference = nib.load(patient / "T1.nii.gz")
    values = imputed.get_fdata()
    inputs = np.stack([nib.load(p).get_fdata() for p in sorted(patient.glob("*.nii.gz"))])
    check("shape", imputed.shape == reference.shape, imputed.shape)
    check("affine within 1e-6", np.abs(imputed.affine - reference.affine).max() < 1e-6)
    for code in ("qform_code", "sform_code"):
        check(code + " kept", imputed.header[code] == reference.header[code], int(imputed.header[code]))
    check("integer in, integer out", imputed.get_data_dtype() == reference.get_data_dtype(), imputed.get_data_dtype())
    check("no NaN", np.isfinite(values).all())
    check("zero outside the brain", (values[~(inputs > 0).any(0)] == 0).all())
    check("not empty inside", (values[(inputs > 0).any(0)] > 0).mean() > 0.9)
    return patient, imputed


def orientations(folder, patient, imputed):
    """The 48 axis orders and flips of the same patient give the same imputed volume, voxel for voxel."""
    world = nib.as_closest_canonical(imputed)
    expected = world.get_fdata()
    cohort = folder / "oriented"
    for order in itertools.permutations(range(3)):
        for flips in itertools.product((1, -1), repeat=3):
            target = cohort / ("".join(map(str, order)) + "".join("+-"[f < 0] for f in flips))
            target.mkdir(parents=True)
            for path in patient.glob("*.nii.gz"):
                image = nib.load(path)
                turned = image.as_reoriented(np.stack([order, flips], 1))
                raw = nib.Nifti1Image(
                    nib.apply_orientation(np.asanyarray(image.dataobj.get_unscaled()), np.stack([order, flips], 1)),
                    turned.affine)
                raw.header.set_qform(turned.affine, 1)
                raw.header.set_sform(None, 0)
                plain = target / path.name[:-3]
                nib.save(raw, plain)
                data = bytearray(plain.read_bytes())
                data[112:120] = np.array([image.dataobj.slope, 0], "<f4").tobytes()
                plain.write_bytes(data)
    run("impute", cohort, "--out", folder / "oriented-out", "--quiet")
    agree = 0
    for target in sorted(cohort.iterdir()):
        output = nib.as_closest_canonical(
            nib.load(folder / f"oriented-out/{target.name}/{target.name}_FLAIR_imputed.nii.gz"))
        same = np.array_equal(output.get_fdata(), expected)
        agree += same and np.abs(output.affine - world.affine).max() < 1e-4
    check("48 orientations agree voxel for voxel", agree == 48, f"{agree}/48")


def metrics(folder):
    truth, imputed, mask = (ROOT / f"Tests/Fixtures/metrics/{name}.nii.gz" for name in ("truth", "imputed", "mask"))
    ours = json.loads(run("metrics", truth, imputed, "--mask", mask))
    expected = json.loads((ROOT / "Tests/Fixtures/metrics/expected.json").read_text())
    for key, value in expected.items():
        check(f"metrics {key}", np.allclose(ours[key], value, atol=1e-5, rtol=0))

    rng = np.random.default_rng(1)
    x = rng.random((37, 52, 9)).astype(np.float32)
    y = (x + 0.1 * rng.standard_normal(x.shape)).astype(np.float32)
    for name, data in (("x", x), ("y", y)):
        nib.save(nib.Nifti1Image(data, np.diag([1, 1, 2, 1])), folder / f"{name}.nii.gz")
    ours = json.loads(run("metrics", folder / "x.nii.gz", folder / "y.nii.gz", "--range", 2))
    x, y = x.astype(np.float64), y.astype(np.float64)
    ssim = np.mean([
        structural_similarity(
            x[..., k], y[..., k], gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=2)
        for k in range(x.shape[2])
    ])
    check("ssim as scikit-image", abs(ours["ssim"] - ssim) < 1e-5)
    check("nmse as NumPy", abs(ours["nmse"] - ((x - y) ** 2).sum() / (x**2).sum()) < 1e-6)
    check("psnr as NumPy", abs(ours["psnr"] - 10 * np.log10(4 / ((x - y) ** 2).mean())) < 1e-5)


def evaluation(folder):
    """The scores in metrics.csv are those of the written files."""
    patient = folder / "complete" / "p"
    thin(ROOT / "SampleData/complete/patient26", patient)
    run("evaluate", patient, "--out", folder / "evaluated", "--quiet")
    record = json.loads((folder / "evaluated/p/metrics.json").read_text())
    for name, file in (("T1", "T1"), ("FLAIR", "FLAIR")):
        output = nib.load(folder / f"evaluated/p/p_{name}_imputed.nii.gz")
        truth = nib.load(patient / f"{file}.nii.gz").get_fdata()
        scale = np.percentile(truth[truth > 0], 99.5)
        sidecar = json.loads((folder / f"evaluated/p/p_{name}_imputed.json").read_text())
        check(f"{name} scale of the metrics is the 99.5th percentile", abs(sidecar["metricScale"] / scale - 1) < 1e-5)
        brain = truth[truth > 0].mean() / 0.4
        check(f"{name} scale of the model is the brain's mean over 0.4",
              abs(sidecar["intensityScale"] / brain - 1) < 1e-5)
        x, y = np.clip(truth / scale, 0, 1.5), output.get_fdata() / scale
        nmse = ((x - y) ** 2).sum() / (x**2).sum()
        check(f"{name} NMSE from the written file",
              abs(record["contrasts"][name]["scores"]["nmse"] - nmse) < 1e-5, nmse)


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="collagan-cross-checks-"))
    try:
        patient, imputed = geometry(folder)
        orientations(folder, patient, imputed)
        metrics(folder)
        evaluation(folder)
    finally:
        shutil.rmtree(folder)
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
