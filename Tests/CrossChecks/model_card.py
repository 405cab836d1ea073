#!/usr/bin/env python3
"""Tables of a model's card from what `collagan evaluate` wrote: Pipelines/models/README.md.

    model_card.py RESULTS [--patients PATIENTS]

RESULTS is the folder of results. With PATIENTS (the evaluated folders) it also says which part of T1Gd's error lies in
enhancing tissue (label 4 of *seg.nii.gz).
"""
import argparse
import glob
import json
import os

TARGETS = ["T1", "T1Gd", "T2", "FLAIR"]


def best_copy(copies):
    """The copy with the smallest NMSE after the best gain."""
    return min(copies.items(), key=lambda item: item[1]["nmse_gain"])


def mean(values):
    values = list(values)
    return sum(values) / len(values) if values else float("nan")


def table(header, rows):
    print("| " + " | ".join(header) + " |")
    print("|---" * len(header) + "|")
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")
    print()


def both(score, region=""):
    return f"{score['nmse_gain' + region]:.4f} / {score['ssim_gain' + region]:.3f}"


def by_target(records):
    rows, all_rows, better = [], [], 0
    for patient, record in records.items():
        for target in TARGETS:
            contrast = record["contrasts"].get(target)
            if not contrast or not contrast.get("scores"):
                continue
            network, regression = contrast["scores"], contrast["baselines"]["regression"]
            name, copy = best_copy(contrast["baselines"]["copies"])
            wins = all(network["nmse_gain"] < other["nmse_gain"] and network["ssim_gain"] > other["ssim_gain"]
                       for other in (regression, copy))
            better += wins
            all_rows.append((patient, target, network, regression, copy))
            rows.append([patient, target, both(network), both(regression), f"{both(copy)} ({name})",
                         f"{network['nmse']:.4f} / {network['ssim']:.3f}", f"{network['sharpness']:.2f}",
                         "yes" if wins else "no"])
    table(["patient", "target", "network", "regression", "best copy", "network without gain", "sharpness",
           "better than both"], rows)

    def row(name, chosen):
        chosen = [r for r in all_rows if chosen(r)]
        values = [mean(r[i]["nmse_gain"] for r in chosen) for i in (2, 3, 4)]
        similar = [mean(r[i]["ssim_gain"] for r in chosen) for i in (2, 3, 4)]
        return [name] + [f"{v:.4f} / {s:.3f}" for v, s in zip(values, similar)] + [
            f"{values[0] / values[1]:.2f}", f"{values[0] / values[2]:.2f}"]

    lines = [row(patient, lambda r, p=patient: r[0] == p) for patient in records]
    lines += [row(target, lambda r, t=target: r[1] == t) for target in TARGETS]
    lines.append(row("all", lambda r: True))
    table(["mean of", "network", "regression", "best copy", "÷ regression", "÷ copy"], lines)
    print(f"Better than both in NMSE and SSIM in {better} of {len(rows)} rows.\n")


def lesions(records):
    rows = []
    for patient, record in records.items():
        for target in TARGETS:
            contrast = record["contrasts"].get(target, {})
            scores = contrast.get("scores") or {}
            if scores.get("nmse_gain_lesion") is None:
                continue
            regression = contrast["baselines"]["regression"]
            rows.append([patient, target] + [f"{s['nmse_gain' + region]:.4f}"
                                             for region in ("_lesion", "_outside_lesion")
                                             for s in (scores, regression)])
    table(["patient", "target", "in the lesion", "regression", "outside", "regression"], rows)


def subsets(records):
    """Mean over the patients, each set of inputs; how often the best copy is better."""
    scores = {}
    for record in records.values():
        for target, contrast in record["contrasts"].items():
            for subset in contrast.get("subsets") or []:
                if subset.get("scores") and subset.get("copy"):
                    scores.setdefault((tuple(subset["inputs"]), target), []).append(
                        (subset["scores"], subset.get("regression"), subset["copy"]))
    inputs = sorted({key[0] for key in scores}, key=lambda names: (len(names), [TARGETS.index(n) for n in names]))
    rows, worse, count = [], 0, 0
    for names in inputs:
        cells = [", ".join(names)]
        for target in TARGETS:
            found = scores.get((names, target))
            if not found:
                cells.append("–")
                continue
            network, copy = mean(s[0]["nmse_gain"] for s in found), mean(s[2]["nmse_gain"] for s in found)
            regression = [s[1]["nmse_gain"] for s in found if s[1]]
            worse += network >= copy
            count += 1
            cells.append(f"{network:.4f}; {mean(regression):.4f}; {copy:.4f}")
        rows.append(cells)
    table(["from"] + TARGETS, rows)
    print(f"No better than the best copy in {worse} of {count} cells.\n")


def enhancement(records, results, patients):
    import nibabel
    import numpy as np

    rows = []
    for patient in records:
        seg = glob.glob(f"{patients}/{patient}/*seg.nii.gz")
        truth = [f for f in glob.glob(f"{patients}/{patient}/*.nii.gz") if "T1Gd" in os.path.basename(f)]
        imputed = f"{results}/{patient}/{patient}_T1Gd_imputed.nii.gz"
        if not seg or not truth or not os.path.exists(imputed):
            continue
        label, x, y = (np.asarray(nibabel.load(f).dataobj, dtype=np.float64) for f in (seg[0], truth[0], imputed))
        y *= (x * y).sum() / (y * y).sum()
        error, inside = (x - y) ** 2, label == 4
        brain = x > 0
        rows.append([patient, f"{100 * inside.sum() / brain.sum():.1f} %",
                     f"{100 * error[inside].sum() / error.sum():.0f} %",
                     f"{error.sum() / (x**2).sum():.4f}", f"{error[~inside].sum() / (x[~inside]**2).sum():.4f}"])
    if rows:
        table(["patient", "enhancing, of the brain", "of T1Gd's squared error", "NMSE", "NMSE without it"], rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("results")
    parser.add_argument("--patients")
    options = parser.parse_args()
    records = {}
    for file in sorted(glob.glob(f"{options.results}/*/metrics.json")):
        with open(file) as text:
            records[os.path.basename(os.path.dirname(file))] = json.load(text)
    print("NMSE / SSIM after the best gain, each contrast from the three others:\n")
    by_target(records)
    print("NMSE after the best gain in the lesion (tumour) and outside:\n")
    lesions(records)
    print("NMSE after the best gain from every set of inputs, mean over patients: network; regression; best copy:\n")
    subsets(records)
    if options.patients:
        print("T1Gd, with its best gain:\n")
        enhancement(records, options.results, options.patients)


if __name__ == "__main__":
    main()
