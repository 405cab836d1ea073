#!/usr/bin/env python3
"""One slice of a patient's four contrasts: acquired, imputed from the three others, absolute error.

    pictures.py RESULTS PATIENT OUT.png    # results of `collagan evaluate`,
                                           # the patient's folder with *seg* or a lesion mask

The slice is the one with most enhancing tumour (label 4), or most lesion where there is none. Gray goes from 0
to the acquired image's 99.5th percentile; the imputed image has its best gain; the error's scale ends at a
third of the gray's.
"""
import glob
import os
import sys

import matplotlib
import nibabel
import numpy as np

matplotlib.use("agg")
import matplotlib.pyplot as plt

ALIASES = {"T1": ("T1",), "T1Gd": ("T1Gd", "T1POST"), "T2": ("T2",), "FLAIR": ("FLAIR",)}


def read(path):
    image = nibabel.as_closest_canonical(nibabel.load(path))
    return np.asarray(image.dataobj, dtype=np.float32)


def acquired(folder, contrast):
    for name in ALIASES[contrast]:
        for path in glob.glob(f"{folder}/*{name}.nii.gz"):
            if os.path.basename(path) in (f"{name}.nii.gz", f"{os.path.basename(folder)}_{name}.nii.gz"):
                return read(path)
    raise SystemExit(f"{folder}: no {contrast}")


def main():
    results, folder, out = sys.argv[1], sys.argv[2].rstrip("/"), sys.argv[3]
    patient = os.path.basename(folder)
    masks = glob.glob(f"{folder}/*seg*.nii.gz") + glob.glob(f"{folder}/GOLD_STANDARD.nii.gz")
    labels = np.rint(read(masks[0]))
    lesion = labels == 4 if (labels == 4).any() else labels > 0
    z = int(lesion.sum((0, 1)).argmax())
    figure, axes = plt.subplots(3, 4, figsize=(8, 7.2), layout="constrained", facecolor="black")
    for column, contrast in enumerate(ALIASES):
        truth = acquired(folder, contrast)
        imputed = read(f"{results}/{patient}/{patient}_{contrast}_imputed.nii.gz")
        imputed = imputed * float((truth * imputed).sum() / (imputed * imputed).sum())
        top = np.percentile(truth[truth > 0], 99.5)
        brain = np.argwhere((truth > 0).any(2))
        (left, back), (right, front) = brain.min(0), brain.max(0) + 1
        for row, image in enumerate([truth, imputed, abs(truth - imputed) * 3]):
            axes[row, column].imshow(image[left:right, back:front, z].T[::-1, ::-1],
                                     cmap="gray" if row < 2 else "inferno", vmin=0, vmax=top,
                                     interpolation="bilinear")
            axes[row, column].set_axis_off()
        axes[0, column].set_title(contrast, color="white", fontsize=11)
    for row, name in enumerate(["acquired", "imputed", "error, × 3"]):
        axes[row, 0].text(-0.04, 0.5, name, color="white", rotation=90, ha="right", va="center", fontsize=11,
                          transform=axes[row, 0].transAxes)
    figure.savefig(out, dpi=110, metadata={"Software": None})


if __name__ == "__main__":
    main()
