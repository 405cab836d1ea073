#!/usr/bin/env python3
"""What a segmentation makes of imputed contrasts: Dice on complete, completed, copied and zero-filled patients.

The segmentation is a simple one, so that it needs no download and can be understood: inside the tumour's bounding box
and 5 voxels around it, voxels above median + k · 1.4826 · MAD of the brain outside the box; whole tumour (labels 1, 2
and 4) on FLAIR, enhancing tumour (label 4) on T1Gd. k is chosen per contrast on the training patients' acquired images.
It shows whether an imputed contrast is bright where the tumour is, inside a region that somebody has already drawn; it
cannot show what a trained segmentation would find, nor false alarms elsewhere.

    downstream.py RESULTS PATIENTS TRAINING   (results of `collagan evaluate` on PATIENTS; folders with *seg.nii.gz)
"""
import glob
import os
import sys

import nibabel
import numpy as np

TASKS = {"FLAIR": ("whole tumour", (1, 2, 4)), "T1Gd": ("enhancing tumour", (4,))}
STEPS = np.arange(0, 8.01, 0.25)


def read(path):
    return np.asarray(nibabel.load(path).dataobj, dtype=np.float32)


def find(folder, contrast):
    files = [f for f in glob.glob(f"{folder}/*.nii.gz") if os.path.basename(f).endswith(f"_{contrast}.nii.gz")]
    return files[0] if files else None


def levels(image, seg):
    """How many robust deviations every voxel of the tumour's box lies above the rest of the brain, and the box."""
    where = np.argwhere(seg > 0)
    low, high = np.maximum(where.min(0) - 5, 0), where.max(0) + 6
    box = tuple(slice(a, b) for a, b in zip(low, high))
    outside = image > 0
    outside[box] = False
    values = image[outside]
    if not values.size:
        return np.full(seg[box].shape, -np.inf), box
    median = np.median(values)
    spread = 1.4826 * np.median(np.abs(values - median))
    return (image[box] - median) / max(spread, 1e-9), box


def dice(found, truth):
    total = found.sum() + truth.sum()
    return 1.0 if total == 0 else 2 * (found & truth).sum() / total


def patients(root):
    for folder in sorted(glob.glob(f"{root}/*")):
        seg = glob.glob(f"{folder}/*seg.nii.gz")
        if seg:
            yield os.path.basename(folder), folder, np.rint(read(seg[0])).astype(int)


def chosen(contrast, labels, training):
    scores = []
    for _, folder, seg in patients(training):
        file = find(folder, contrast)
        truth = np.isin(seg, labels)
        if not file or not truth.any():
            continue
        level, box = levels(read(file), seg)
        scores.append([dice(level > k, truth[box]) for k in STEPS])
    means = np.mean(scores, axis=0)
    return STEPS[means.argmax()], means.max(), len(scores)


def main():
    results, root, training = sys.argv[1:4]
    rows = []
    for contrast, (name, labels) in TASKS.items():
        k, reached, count = chosen(contrast, labels, training)
        print(f"{name} on {contrast}: k = {k:.2f}, mean Dice {reached:.3f} on {count} training patients'"
              " acquired images\n")
        for patient, folder, seg in patients(root):
            truth = np.isin(seg, labels)
            files = {"complete": find(folder, contrast),
                     "completed": f"{results}/{patient}/{patient}_{contrast}_imputed.nii.gz"}
            files |= {f"copy of {other}": find(folder, other)
                      for other in ("T1", "T1Gd", "T2", "FLAIR") if other != contrast}
            row = [patient, name]
            for file in files.values():
                level, box = levels(read(file), seg) if file and os.path.exists(file) else (None, None)
                row.append("–" if level is None else f"{dice(level > k, truth[box]):.3f}")
            row.append(f"{dice(np.zeros_like(truth), truth):.3f}")
            rows.append((list(files), row))
    for contrast, (name, _) in TASKS.items():
        chosen_rows = [(header, row) for header, row in rows if row[1] == name]
        if not chosen_rows:
            continue
        print("| patient | region | " + " | ".join(chosen_rows[0][0]) + " | zero fill |")
        print("|---" * (len(chosen_rows[0][0]) + 3) + "|")
        for _, row in chosen_rows:
            print("| " + " | ".join(row) + " |")
        print()


if __name__ == "__main__":
    main()
