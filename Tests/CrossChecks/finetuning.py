#!/usr/bin/env python3
"""Fine-tuning against training from scratch, on patients of a site that a model was not trained on.

Goes on from MODEL (Pipelines/finetune.yaml), and starts from nothing (Pipelines/multisite.yaml), with the first 1, 2
and 4 of the patients to learn from, for the same steps; scores the patients held out on the way. MODEL must have been
trained without all of them: best.safetensors of a fold of leave_one_site_out.py. What is finished is not done again,
and refused if it is of another model or configuration.

    finetuning.py --model FILE --patients DIR --learn NAME… --held NAME… --out DIR [--steps N] [--seed N] [--jobs N]
    finetuning.py --out DIR [DIR…] --figure FILE       # a table and a figure, means over the folders
"""
import argparse
import concurrent.futures
import hashlib
import json
import os
import re
import shutil
import statistics
import subprocess
import sys

from leave_one_site_out import HERE, records

PRESETS = f"{HERE}/../../Pipelines"
COUNTS = (1, 2, 4)
TITLES = {"untouched": "model untouched", "scratch": "from scratch", "tuned": "fine-tuned"}


def configuration(preset, options, steps, rate=None):
    with open(f"{PRESETS}/{preset}.yaml") as file:
        text = file.read()
    text = re.sub(r"^(steps|seed|checkpoints):.*\n", "", text, flags=re.M)
    if rate:
        text = re.sub(r"rate: [^,]*", f"rate: {rate}", text)
    return text + f"""
steps: {steps}
seed: {options.seed}
checkpoints: {{every: 1000, keep: 1}}
split: {{validation: [{", ".join(options.held)}]}}
validation: {{every: {max(1, steps // options.looks)}, slices: {options.slices}}}
"""


def hash_of(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def train(options, name, count, preset, steps, model=None, rate=None):
    """One training in OUT/name, of the first `count` patients and those held out."""
    path = f"{options.out[0]}/{name}"
    asked = {"model": model and hash_of(model), "patients": options.learn[:count] + options.held,
             "recipe": configuration(preset, options, steps, rate)}
    if os.path.exists(f"{path}/done"):
        with open(f"{path}/done") as file:
            if file.read() != json.dumps(asked):
                sys.exit(f"{path} is of another model, recipe or list of patients; take another --out, or remove it")
        return
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(f"{path}/patients")
    for patient in options.learn[:count] + options.held:
        os.symlink(os.path.realpath(f"{options.patients}/{patient}"), f"{path}/patients/{patient}")
    with open(f"{path}/recipe.yaml", "w") as file:
        file.write(asked["recipe"])
    command = [options.collagan, "train", f"{path}/patients", "--config", f"{path}/recipe.yaml", "--out",
               f"{path}/training", "--cache", options.cache or f"{options.out[0]}/cache", "--threads", "1", "--quiet"]
    subprocess.run(command + (["--from", model] if model else []), check=True)
    with open(f"{path}/done", "w") as file:
        file.write(json.dumps(asked))


def run(options):
    # One step at next to no rate: the model as it is, scored in the same slices.
    work = [("untouched", 1, "finetune", 1, options.model, 1e-12)]
    for count in COUNTS:
        if count <= len(options.learn):
            work.append((f"tuned-{count}", count, "finetune", options.steps, options.model))
            work.append((f"scratch-{count}", count, "multisite", options.steps))
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        list(pool.map(lambda job: train(options, *job), work))


def curve(folder, name, metric):
    """By step, the mean score over held-out patients and contrasts."""
    points = {}
    for record in records(f"{folder}/{name}/training"):
        if record["event"] == "validation":
            points[record["step"]] = statistics.fmean(
                values[metric] for score in record["scores"].values() for values in score["perPatient"].values())
    return points


def baseline(folder, name, method, metric):
    for record in records(f"{folder}/{name}/training"):
        if record["event"] == "baselines":
            return statistics.fmean(values[metric] for score in record[method].values()
                                    for values in score["perPatient"].values())
    raise SystemExit(f"{folder}/{name}: no baselines were scored")


def mean_curve(folders, name, metric):
    curves = [curve(folder, name, metric) for folder in folders if os.path.exists(f"{folder}/{name}/done")]
    shared = set.intersection(*(set(points) for points in curves)) if curves else set()
    return {step: statistics.fmean(points[step] for points in curves) for step in sorted(shared)}


def table(folders):
    print("| | patients | NMSE | SSIM |\n|---|---|---|---|")

    def line(title, count, values):
        print(f"| {title} | {count} | {values[0]:.4f} | {values[1]:.4f} |")

    metrics = ("nmse_gain", "ssim_gain")
    names = [(kind, count) for kind in ("scratch", "tuned") for count in COUNTS]
    names = [(kind, count) for kind, count in names if mean_curve(folders, f"{kind}-{count}", metrics[0])]
    for method in ("copy", "regression"):
        for count in sorted({count for _, count in names}) if method == "regression" else [names[0][1]]:
            values = [statistics.fmean(baseline(folder, f"scratch-{count}", method, m) for folder in folders)
                      for m in metrics]
            line(method, count if method == "regression" else "", values)
    line(TITLES["untouched"], 0, [list(mean_curve(folders, "untouched", m).values())[-1] for m in metrics])
    for kind, count in names:
        line(TITLES[kind], count, [list(mean_curve(folders, f"{kind}-{count}", m).values())[-1] for m in metrics])


def figure(folders, path):
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    plt.rcParams.update({"svg.hashsalt": "collagan", "font.family": "DejaVu Sans"})
    drawing, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
    shades = {1: 0.45, 2: 0.7, 4: 1}
    untouched = list(mean_curve(folders, "untouched", "nmse_gain").values())[-1]
    axes.axhline(untouched, color="#7a8087", linestyle="--", linewidth=1.2, label=TITLES["untouched"])
    for kind, colour in (("scratch", "#b3261e"), ("tuned", "#1f6fb4")):
        for count in COUNTS:
            points = mean_curve(folders, f"{kind}-{count}", "nmse_gain")
            if not points:
                continue
            start = {0: untouched} if kind == "tuned" else {}
            points = start | points
            axes.plot(list(points), list(points.values()), color=colour, alpha=shades[count], marker="o", markersize=3,
                      label=f"{TITLES[kind]}, {count} patient{'s' if count > 1 else ''}")
    axes.set_xlabel("steps")
    axes.set_ylabel("NMSE after the best gain, mean over contrasts")
    axes.set_ylim(bottom=0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=9)
    drawing.savefig(path, metadata={"Date": None})


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--collagan", default=f"{HERE}/../../.build/release/collagan")
    parser.add_argument("--model")
    parser.add_argument("--patients")
    parser.add_argument("--learn", nargs="*", default=[])
    parser.add_argument("--held", nargs="*", default=[])
    parser.add_argument("--out", nargs="+", required=True)
    parser.add_argument("--cache")
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--looks", type=int, default=6)
    parser.add_argument("--slices", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--figure")
    options = parser.parse_args()
    if options.model:
        run(options)
    table(options.out)
    if options.figure:
        figure(options.out, options.figure)


if __name__ == "__main__":
    main()
