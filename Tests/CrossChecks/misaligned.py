"""Contrasts that lie wrong, planted into real patients: which of them `collagan inspect` finds.

    misaligned.py --collagan PROGRAM --data FOLDER

FOLDER holds `glioma`, `openms` and `openms_longitudinal`. Into nine patients (seven skull-stripped, two heads) one
contrast is put that was moved by 3 mm, turned by 8 degrees, mirrored, or is another patient's: found is one whose
warning names that contrast. Then every patient of FOLDER as it is, where each warning is false. Exit status 1 where one
is not found, or a warning is false. Half an hour; docs/benchmarks/inputs.md has the result.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import nibabel as nib
import numpy as np
from scipy import ndimage

STRIPPED = [
    "glioma/CBICA_ABM", "glioma/TCIA01_201", "glioma/TCIA02_135", "glioma/TCIA03_265", "glioma/TCIA05_396",
    "glioma/TCIA10_628", "openms/patient07",
]
HEADS = ["openms_longitudinal/patient01_study1", "openms_longitudinal/patient12_study1"]
KINDS = ("moved", "turned", "mirrored", "another's")
# What the warning says.
WORDS = ("register the contrasts", "compare the two and correct", "the same head as")


def contrasts(folder):
    """Contrast to file, and the mask."""
    files, mask = {}, None
    for file in sorted(folder.glob("*.nii*")):
        word = file.name.split(".")[0].removeprefix(folder.name + "_")
        if word == "brainmask":
            mask = file
        elif word not in ("seg", "GOLD_STANDARD"):
            files["T1Gd" if word == "T1POST" else word] = file
    return files, mask


def moved(image, degrees=(0, 0, 0), shift=(0, 0, 0), flip=None):
    """The image turned about its head's centre and shifted, in mm, or mirrored along a world axis; linear."""
    data = np.asarray(image.dataobj, dtype=np.float32)
    affine = image.affine
    voxels = np.argwhere(data > 0.1 * np.percentile(data[data > 0], 99))
    centre = (affine @ np.append(voxels.mean(axis=0), 1))[:3]
    turn = np.eye(3)
    for axis, angle in enumerate(np.radians(degrees)):
        one = np.eye(3)
        a, b = [k for k in range(3) if k != axis]
        one[a, a] = one[b, b] = np.cos(angle)
        one[a, b], one[b, a] = -np.sin(angle), np.sin(angle)
        turn = turn @ one
    if flip is not None:
        turn[flip, flip] = -1
    world = np.eye(4)
    world[:3, :3] = turn
    world[:3, 3] = centre - turn @ centre - np.array(shift, dtype=float)
    voxel = np.linalg.inv(affine) @ world @ affine
    out = ndimage.affine_transform(data, voxel[:3, :3], voxel[:3, 3], order=1)
    return nib.Nifti1Image(out, affine)


def warnings(program, folder):
    done = subprocess.run([program, "inspect", folder, "--json"], capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"{folder}: {done.stderr}")
    texts = [text for patient in json.loads(done.stdout)["patients"] for text in patient["warnings"]]
    return [text for text in texts if any(words in text for words in WORDS)]


def judged(program, work, folder, contrast, image):
    """The warnings where `image` is the patient's `contrast`."""
    files, mask = contrasts(folder)
    for old in work.iterdir():
        old.unlink()
    for name, file in files.items():
        if name != contrast:
            (work / f"{name}{''.join(file.suffixes)}").symlink_to(file.resolve())
    if mask:
        (work / "brainmask.nii.gz").symlink_to(mask.resolve())
    nib.save(image, work / f"{contrast}.nii")
    return warnings(program, work)


def faults(data):
    """Kind, patient, contrast, what was done, image."""
    for patient in STRIPPED + HEADS:
        files, _ = contrasts(data / patient)
        for contrast in ("T2", "FLAIR"):
            image = nib.load(files[contrast])
            for axis in range(3):
                way = [0, 0, 0]
                way[axis] = 3
                yield "moved", patient, contrast, f"3 mm along {'xyz'[axis]}", moved(image, shift=way)
                way[axis] = 8
                yield "turned", patient, contrast, f"8° about {'xyz'[axis]}", moved(image, degrees=way)
                yield "mirrored", patient, contrast, f"mirrored along {'xyz'[axis]}", moved(image, flip=axis)
    for index, patient in enumerate(STRIPPED):
        other = STRIPPED[(index + 1) % len(STRIPPED)]
        own, _ = contrasts(data / patient)
        grid = nib.load(next(iter(own.values())))
        theirs, _ = contrasts(data / other)
        for contrast in sorted(own.keys() & theirs.keys()):
            image = nib.load(theirs[contrast])
            # Brains' centres on each other, where the grids differ.
            image = image if image.shape == grid.shape else centred(image, grid)
            yield "another's", patient, contrast, other, image


def centred(image, grid):
    def centre(one):
        data = np.asarray(one.dataobj)
        return (one.affine @ np.append(np.argwhere(data > 0).mean(axis=0), 1))[:3]

    world = np.eye(4)
    world[:3, 3] = centre(image) - centre(grid)
    voxel = np.linalg.inv(image.affine) @ world @ grid.affine
    data = np.asarray(image.dataobj, dtype=np.float32)
    out = ndimage.affine_transform(data, voxel[:3, :3], voxel[:3, 3], output_shape=grid.shape, order=1)
    return nib.Nifti1Image(out, grid.affine)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--collagan", required=True)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    options = parser.parse_args()
    counts = {kind: [0, 0] for kind in KINDS}
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as folder:
        for kind, patient, contrast, what, image in faults(options.data):
            texts = judged(options.collagan, pathlib.Path(folder), options.data / patient, contrast, image)
            named = [text for text in texts if text.startswith(f"{contrast} (")]
            counts[kind][0] += 1
            counts[kind][1] += len(named) == len(texts) == 1
            if not len(named) == len(texts) == 1:
                print(f"not found: {patient} {contrast} {what}: {texts or 'no warning'}", flush=True)
    false = 0
    patients = [one for group in ("glioma", "glioma_test", "openms", "openms_longitudinal", "tcga")
                for one in sorted((options.data / group).glob("*/"))]
    for patient in patients:
        for text in warnings(options.collagan, patient):
            false += 1
            print(f"false: {patient.name}: {text}", flush=True)
    for kind, (planted, found) in counts.items():
        print(f"{kind:10} {planted:3} planted, {found:3} found")
    print(f"as they are: {len(patients)} patients, {false} warnings")
    sys.exit(false > 0 or any(planted != found for planted, found in counts.values()))


if __name__ == "__main__":
    main()
