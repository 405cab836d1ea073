"""Tumour patients moved by known motions and given back by `prepare`: docs/benchmarks/preparation.md.

    prepared_tumours.sh --glioma GLIOMA [--patients N] [--json FILE] [--threads N]

GLIOMA holds skull-stripped patients with four contrasts on one grid and a tumour label. The headers of T1Gd, T2 and
FLAIR are turned and moved, the label's with FLAIR's. `prepare --reference T1` has to find the motions (errors in mm at
the corners of the brain's box), to see that the skull is off, and to bring the label along. Images lie up to 1 mm off
as they were released; that counts as error here. Exit status 1 where a bar is missed.
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

from registration import apply, drawn

NAMES = {"T1": ["T1", "t1"], "T1Gd": ["T1Gd", "t1ce", "T1POST"], "T2": ["T2", "t2"], "FLAIR": ["FLAIR", "flair"]}
MOVED = ["T1Gd", "T2", "FLAIR"]


def find(folder, names):
    """The file of a patient that is called so, whatever stands before it."""
    for file in sorted(folder.glob("*.nii.gz")):
        if file.name.removesuffix(".nii.gz").split("_")[-1] in names:
            return file
    raise FileNotFoundError(f"{folder}: none of {names}")


def corners(image):
    """Of the box of what an image shows, mm."""
    shown = np.argwhere(np.asarray(image.dataobj) > 0)
    low, high = shown.min(0), shown.max(0)
    box = np.array([[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])])
    return apply(image.affine, box)


def moved(image, motion):
    """The same voxels, where the head is after a motion."""
    return nib.Nifti1Image(np.asarray(image.dataobj), motion @ image.affine, dtype=image.get_data_dtype())


def dice(a, b):
    return 2 * np.count_nonzero(a & b) / max(np.count_nonzero(a) + np.count_nonzero(b), 1)


def measure(source, work, rng, threads):
    folder = work / "in" / source.name
    folder.mkdir(parents=True)
    images = {contrast: nib.load(find(source, names)) for contrast, names in NAMES.items()}
    places = corners(images["T1"])
    motions = {}
    for contrast in MOVED:
        motions[contrast] = drawn(rng, rng.uniform(10, 30), rng.uniform(10, 40), places.mean(0))
        nib.save(moved(images[contrast], motions[contrast]), folder / f"{contrast}.nii.gz")
    nib.save(images["T1"], folder / "T1.nii.gz")
    label = nib.load(find(source, ["seg"]))
    nib.save(moved(label, motions["FLAIR"]), folder / "seg.nii.gz")
    command = [os.environ["COLLAGAN"], "prepare", folder, "--out", work / "out", "--reference", "T1", "--overwrite"]
    done = subprocess.run(
        [*map(str, command), *(["--threads", str(threads)] if threads else [])], capture_output=True, text=True)
    if done.returncode:
        return {"patient": source.name, "failed": done.stderr.strip().splitlines()[-1]}
    out = work / "out" / source.name
    record = json.loads((out / "preparation.json").read_text())
    errors = {}
    for contrast in MOVED:
        found = np.array(json.loads((out / "transforms" / f"{contrast}_to_T1.json").read_text())["matrix"])
        way = np.linalg.norm(apply(found, places) - apply(motions[contrast], places), axis=1)
        errors[contrast] = {
            "mean": way.mean(), "worst": way.max(), "verdict": record["registration"][contrast]["verdict"],
        }
    mask = np.asarray(nib.load(out / f"{source.name}_brainmask.nii.gz").dataobj) > 0
    shown = np.any([np.asarray(image.dataobj) > 0 for image in images.values()], axis=0)
    carried = np.asarray(nib.load(out / f"{source.name}_lesion.nii.gz").dataobj)
    original = np.asarray(label.dataobj)
    return {
        "patient": source.name, "errors": errors, "mask": record["brainMask"]["source"],
        "maskDice": dice(mask, shown), "lesionDice": dice(carried > 0, original > 0),
        "labels": sorted(np.unique(carried).tolist()) == sorted(np.unique(original).tolist()),
        "warnings": record["warnings"],
    }


def report(rows):
    good = [row for row in rows if "errors" in row]
    for row in rows:
        if "failed" in row:
            print(f"{row['patient']:18} FAILED {row['failed']}")
            continue
        errors = "  ".join(
            f"{name} {found['mean']:.2f} {found['worst']:.2f} {found['verdict']}"
            for name, found in row["errors"].items())
        print(
            f"{row['patient']:18} {errors}  mask {row['mask']} {row['maskDice']:.3f}  lesion {row['lesionDice']:.3f}"
            f" {'' if row['labels'] else 'LABELS CHANGED'} {' '.join(row['warnings'])}")
    for name in MOVED:
        means, worst = ([row["errors"][name][key] for row in good] for key in ("mean", "worst"))
        verdicts = [row["errors"][name]["verdict"] for row in good]
        counts = ", ".join(f"{verdicts.count(one)} {one}" for one in sorted(set(verdicts)))
        print(f"{name}: mean {np.mean(means):.2f}, largest mean {max(means):.2f}, worst corner {max(worst):.2f};"
              f" {counts}")
    return len(good) == len(rows) and all(
        row["mask"] == "stripped" and row["labels"] and all(e["mean"] < 2 for e in row["errors"].values())
        for row in good)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--glioma", type=pathlib.Path, required=True)
    parser.add_argument("--patients", type=int, default=10)
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--threads", type=int)
    options = parser.parse_args()
    rng = np.random.default_rng(1)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for source in sorted(one for one in options.glioma.iterdir() if one.is_dir())[: options.patients]:
            rows.append(measure(source, pathlib.Path(folder), rng, options.threads))
            print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
    passed = report(rows)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1))
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
