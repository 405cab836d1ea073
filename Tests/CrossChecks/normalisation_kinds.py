#!/usr/bin/env python3
"""By which statistic of the brain intensities are best divided: docs/benchmarks/normalisation.md.

For every statistic, voxelwise quadratic regressions of each contrast from the three others are fitted on all sites but
one and scored on that one's patients: NMSE in the brain with the truth's own scale, and after the best gain. No test
patient takes part.

    normalisation_kinds.py PATIENTS    (a folder of patients: *T1.nii.gz, *T1Gd or *T1POST, *T2, *FLAIR)
"""
import glob
import json
import os
import re
import sys

import nibabel
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
NAMES = {"T1": "T1", "T1Gd": "T1Gd|T1POST", "T2": "T2", "FLAIR": "FLAIR"}
TARGETS = list(NAMES)


def trimmed(values, low, high):
    a, b = np.percentile(values, [low, high])
    return values[(values >= a) & (values <= b)].mean()


KINDS = {
    "99.5th percentile": lambda v: np.percentile(v, 99.5),
    "90th percentile": lambda v: np.percentile(v, 90),
    "median": np.median,
    "mean": np.mean,
    "mean of the middle 90 %": lambda v: trimmed(v, 5, 95),
    "mean of the middle 80 %": lambda v: trimmed(v, 10, 90),
    "mean of the middle half": lambda v: trimmed(v, 25, 75),
}


def load(folder):
    """The brain's voxels of every contrast; None for one that the patient lacks."""
    files = sorted(glob.glob(f"{folder}/*.nii.gz"))
    images = []
    for target in TARGETS:
        found = [f for f in files if re.search(f"(^|_)({NAMES[target]})[.]nii", os.path.basename(f))]
        images.append(np.clip(np.asarray(nibabel.load(found[0]).dataobj, dtype=np.float32).ravel(), 0, None)
                      if found else None)
    brain = np.all([image > 0 for image in images if image is not None], axis=0)
    return [None if image is None else image[brain] for image in images]


def features(inputs):
    columns = [np.ones(len(inputs[0]))] + list(inputs)
    columns += [inputs[i] * inputs[j] for i in range(3) for j in range(i, 3)]
    return np.stack(columns, axis=1)


def main():
    with open(f"{HERE}/recipes.json") as file:
        folds = json.load(file)["groups"]
    patients = {name: load(f"{sys.argv[1]}/{name}") for name in sorted(os.listdir(sys.argv[1]))}
    results = {}
    for kind, statistic in KINDS.items():
        level, ceiling = (1, 1.5) if kind == "99.5th percentile" else (0.4, 2.5)
        scaled = {name: [None if image is None else np.clip(image * (level / statistic(image)), 0, ceiling)
                         for image in images] for name, images in patients.items()}
        for fold, prefixes in folds.items():
            held = [name for name in patients if any(name.startswith(p) for p in prefixes)]
            for target in range(4):
                others = [c for c in range(4) if c != target]
                gram, moment = np.zeros((10, 10)), np.zeros(10)
                for name, images in scaled.items():
                    if name in held or any(image is None for image in images):
                        continue
                    x = features([images[c][::7].astype(np.float64) for c in others])
                    gram += x.T @ x
                    moment += x.T @ images[target][::7]
                fit = np.linalg.solve(gram, moment)
                for name in held:
                    images = scaled[name]
                    if any(image is None for image in images):
                        continue
                    predicted = np.clip(features([images[c] for c in others]) @ fit, 0, None)
                    truth = images[target].astype(np.float64)
                    own = ((predicted - truth) ** 2).sum() / (truth**2).sum()
                    gain = (predicted @ truth) / (predicted @ predicted)
                    best = ((gain * predicted - truth) ** 2).sum() / (truth**2).sum()
                    results[kind, fold, name, TARGETS[target]] = (own, best)
    print("| divided by | NMSE | after the best gain | " + " | ".join(folds) + " | " + " | ".join(TARGETS)
          + " | worst row |")
    print("|---" * (4 + len(folds) + 4) + "|")
    for kind in KINDS:
        rows = {key[1:]: value for key, value in results.items() if key[0] == kind}
        own = [np.mean([v[0] for v in rows.values()]), np.mean([v[1] for v in rows.values()])]
        by_fold = [np.mean([v[0] for k, v in rows.items() if k[0] == fold]) for fold in folds]
        by_target = [np.mean([v[0] for k, v in rows.items() if k[2] == target]) for target in TARGETS]
        cells = [f"{v:.4f}" for v in own + by_fold + by_target + [max(v[0] for v in rows.values())]]
        print(f"| {kind} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
