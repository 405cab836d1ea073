"""Small pieces of real patients, good and broken ones, for batch.py."""

import gzip
import os
import pathlib
import shutil

import nibabel as nib
import numpy as np

NAMES = {"T1": ["T1", "t1"], "T1Gd": ["T1POST", "t1c"], "T2": ["T2", "t2"], "FLAIR": ["FLAIR", "fla"]}


def sources(root, data):
    """Folders of whole patients: the sample patient and, if they are at hand, further ones."""
    found = [root / "SampleData/complete/patient26"]
    if data.is_dir():
        found += sorted(data.glob("openms/patient07")) + sorted(data.glob("openms/patient19"))
        found += sorted(data.glob("openms_longitudinal/patient*")) + sorted(data.glob("tcga/*-*"))
    return [{"files": files(folder), "name": folder.name} for folder in found]


def files(folder):
    result = {}
    for role, stems in NAMES.items():
        for path in folder.glob("*.nii.gz"):
            if path.name[: -len(".nii.gz")].split("_")[-1] in stems:
                result[role] = path
    mask = folder / "brainmask.nii.gz"
    if mask.exists():
        result["brainmask"] = mask
    return result


def piece(source, target, first, lacks, slices=4):
    """Some slices of a patient without one contrast."""
    target.mkdir(parents=True)
    for role, path in source["files"].items():
        if role != lacks:
            image = nib.load(path)
            start = int(image.shape[2] * first)
            part = np.asanyarray(image.dataobj)[:, :, start : start + slices]
            affine = image.affine @ np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, start], [0, 0, 0, 1]])
            kind = np.uint8 if role == "brainmask" else np.float32
            plain = nib.Nifti1Image(part.astype(kind), affine)
            (target / f"{role}.nii.gz").write_bytes(gzip.compress(plain.to_bytes(), 1, mtime=0))


def good(root, data, target, count):
    """That many pieces that can be imputed."""
    found = sources(root, data)
    for number in range(count):
        source = found[number % len(found)]
        there = [role for role in NAMES if role in source["files"]]
        lacks = there[number // len(found) % len(there)] if len(there) == 4 else None
        piece(source, target / f"p{number + 1:02}", 0.35 + 0.3 * number / count, lacks)


def image_of(folder, name="T2"):
    path = folder / f"{name}.nii.gz"
    return path, nib.load(path)


def save(image, path):
    path.write_bytes(gzip.compress(image.to_bytes(), 1, mtime=0))


def change(folder, function, name="T2"):
    """Replaces the voxels."""
    path, image = image_of(folder, name)
    save(nib.Nifti1Image(function(np.asanyarray(image.dataobj).copy()).astype(np.float32), image.affine), path)


def edit(folder, offset, data):
    """Replaces bytes of the header."""
    path, _ = image_of(folder)
    raw = bytearray(gzip.decompress(path.read_bytes()))
    raw[offset : offset + len(data)] = data
    path.write_bytes(gzip.compress(bytes(raw), 1, mtime=0))


def cut(folder):
    path = folder / "T2.nii.gz"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def damaged(folder):
    path = folder / "T2.nii.gz"
    data = bytearray(path.read_bytes())
    data[-6] ^= 0x55
    path.write_bytes(data)


def apart(folder):
    path, image = image_of(folder)
    affine = image.affine.copy()
    affine[:3, 3] += 900
    save(nib.Nifti1Image(np.asanyarray(image.dataobj), affine), path)


def series(folder):
    path, image = image_of(folder)
    data = np.asanyarray(image.dataobj)
    save(nib.Nifti1Image(np.stack([data, data], 3), image.affine), path)


def link(folder, target):
    path = folder / "T2.nii.gz"
    path.unlink()
    path.symlink_to(target)


def pipe(folder):
    path = folder / "T2.nii.gz"
    path.unlink()
    os.mkfifo(path)


def maskless(folder):
    path, image = image_of(folder)
    save(nib.Nifti1Image(np.zeros(image.shape, np.uint8), image.affine), folder / "brainmask.nii.gz")


def with_nan(voxels):
    voxels[:] = np.nan
    return voxels


# How each is broken, and what the reason must hold.
BROKEN = {
    "cut": (cut, "truncated"),
    "damaged": (damaged, "damaged"),
    "text": (lambda f: (f / "T2.nii.gz").write_text("no image\n"), "T2.nii.gz"),
    "empty": (lambda f: (f / "T2.nii.gz").write_bytes(b""), "empty"),
    "apart": (apart, "overlap"),
    "zeros": (lambda f: change(f, lambda v: v * 0), "no voxel above 0"),
    "nan": (lambda f: change(f, with_nan), "no voxel above 0"),
    "constant": (lambda f: change(f, lambda v: (v > 0) * 7.0), "same value"),
    "series": (series, "T2.nii.gz"),
    "huge": (lambda f: edit(f, 42, np.array([30000] * 3, "<i2").tobytes()), "T2.nii.gz"),
    "singular": (lambda f: edit(f, 280, np.zeros(12, "<f4").tobytes()), "T2.nii.gz"),
    "dangling": (lambda f: link(f, f / "gone.nii.gz"), "T2.nii.gz"),
    "pipe": (pipe, "pipe"),
    "twice": (lambda f: shutil.copy(f / "T2.nii.gz", f / "T2_run-2.nii.gz"), "two files for T2"),
    "maskless": (maskless, "brainmask.nii.gz"),
}


def broken(root, data, target):
    """One patient broken in each way."""
    source = sources(root, data)[0]
    for kind, (spoil, _) in BROKEN.items():
        piece(source, target / f"broken-{kind}", 0.5, "FLAIR")
        spoil(target / f"broken-{kind}")
