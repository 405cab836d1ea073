"""Trains the same network by the same recipe for the same wall time with collagan and with PyTorch, one after the other
on the same cores, and writes docs/benchmarks/quality.{json,md,svg}: scores of held-out patients against time."""

import argparse
import json
import os
import pathlib
import platform
import re
import subprocess
import sys
import tempfile

import matplotlib
import torch

matplotlib.use("svg")
import matplotlib.pyplot as plt

from page_text import wrapped

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/benchmarks"
VALIDATIONS = 6

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("training", nargs="*", type=pathlib.Path, help="folders of patients to train on")
parser.add_argument("--validation", nargs="+", type=pathlib.Path, default=[], help="folders of held-out patients")
parser.add_argument("--configuration", type=pathlib.Path, default=ROOT / "Pipelines/compact.yaml")
parser.add_argument("--without-skip", action="store_true", help="the recipe without its regression skip")
parser.add_argument("--minutes", type=float, default=15)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--report-only", action="store_true", help="page and figure again from quality.json")


def collagan(*arguments):
    subprocess.run([os.environ["COLLAGAN"], *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)


def cohort(folder, patients):
    folder.mkdir(parents=True)
    for patient in patients:
        (folder / patient.resolve().name).symlink_to(patient.resolve())
    return folder


def configured(a, folder, steps, every):
    """The configuration with so many steps, validated at intervals on the held-out patients."""
    text = re.sub(r"(?m)^(steps|checkpoints|validation|split):.*\n", "", a.configuration.read_text())
    if a.without_skip:
        text = re.sub(r"(?m)^regressionSkip:.*\n", "", text)
    names = ", ".join(p.resolve().name for p in a.validation)
    text += f"steps: {steps}\ncheckpoints: {{every: {steps}, keep: 1}}\nvalidation: {{every: {every}, slices: 24}}\n"
    text += f"split: {{validation: [{names}]}}\n"
    path = folder / f"steps-{steps}.yaml"
    path.write_text(text)
    return path


def records(folder):
    return [json.loads(line) for line in (folder / "training.jsonl").read_text().splitlines()]


def measure(a, work):
    everyone = cohort(work / "everyone", a.training + a.validation)
    for role, patients in (("training", a.training), ("validation", a.validation)):
        collagan("preprocess", cohort(work / role, patients), "--out", work / f"{role}-slices", "--quiet")
    common = ["--threads", a.threads, "--quiet", "--cache", work / "cache"]
    collagan("train", everyone, "--config", configured(a, work, 400, 400), "--out", work / "calibration", *common)
    speeds = [r["stepsPerSecond"] for r in records(work / "calibration") if r["event"] == "progress"]
    steps = int(sorted(speeds)[len(speeds) // 2] * a.minutes * 60)
    every = max(1, steps // VALIDATIONS)
    collagan("train", everyone, "--config", configured(a, work, steps, every), "--out", work / "run", *common)
    log = records(work / "run")
    start = next(r for r in log if r["event"] == "start")
    (work / "configuration.json").write_text(json.dumps(start["configuration"]))
    # Steps alone, without validation and checkpoints, as the other side counts.
    elapsed, done, clock = 0.0, 0, {0: 0.0}
    for r in log:
        if r["event"] == "progress":
            elapsed += (r["step"] - done) / r["stepsPerSecond"]
            done = r["step"]
            clock[done] = elapsed
    ours = [
        {"seconds": clock[max(step for step in clock if step <= r["step"])], "step": r["step"],
         "nmse": {c: s["nmse"] for c, s in r["scores"].items()},
         "ssim": {c: s["ssim"] for c, s in r["scores"].items()}} for r in log if r["event"] == "validation"]
    baselines = next(r for r in log if r["event"] == "baselines")["regression"]
    output = subprocess.run(
        [sys.executable, ROOT / "Tests/CrossChecks/torch_training.py", work / "configuration.json",
         work / "training-slices", work / "validation-slices", "--seconds", str(a.minutes * 60),
         "--every", str(a.minutes * 60 / VALIDATIONS), "--threads", str(a.threads)],
        check=True, stdout=subprocess.PIPE, text=True).stdout
    cpu = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), "")
    return {
        "machine": f"{cpu or platform.machine()}, {a.threads} threads", "minutes": a.minutes,
        "torch": torch.__version__.split("+")[0], "configuration": start["configuration"],
        "training": [p.resolve().name for p in a.training], "validation": [p.resolve().name for p in a.validation],
        "regression": {c: {"nmse": s["nmse"], "ssim": s["ssim"]} for c, s in baselines.items()},
        "collagan": ours, "pytorch": [json.loads(line) for line in output.splitlines()]}


def mean(point, metric):
    return sum(point[metric].values()) / len(point[metric])


def recipe(result):
    return "compact" if result["configuration"]["regressionSkip"] else "compact without the skip"


def figure(results):
    plt.rcParams |= {"svg.fonttype": "none", "font.family": "sans-serif", "font.size": 10}
    chart, rows = plt.subplots(len(results), 2, figsize=(9, 3.4 * len(results)), layout="constrained", squeeze=False)
    for axes, result in zip(rows, results):
        regression = result["regression"]
        for axis, metric, name in zip(axes, ("nmse", "ssim"), ("NMSE (lower is better)", "SSIM (higher is better)")):
            for key, label, colour in (("collagan", "collagan", "#1f6fb2"), ("pytorch", "PyTorch", "#c4511a")):
                points = [p for p in result[key] if p["step"] > 0]
                axis.plot([p["seconds"] / 60 for p in points], [mean(p, metric) for p in points], "o-", ms=3,
                          color=colour, label=f"{label}, {points[-1]['step']} steps")
            axis.axhline(sum(s[metric] for s in regression.values()) / len(regression), color="#777", ls="--",
                         label="quadratic regression")
            axis.set(xlabel="minutes of training", title=f"{recipe(result)}: mean {name}")
            axis.title.set_fontsize(9)
            axis.spines[["top", "right"]].set_visible(False)
            axis.grid(alpha=0.25)
        axes[0].legend(frameon=False)
    chart.savefig(PAGE / "quality.svg", metadata={"Date": None})


def table(result):
    ours, theirs = result["collagan"][-1], result["pytorch"][-1]
    names = result["configuration"]["contrasts"]
    lines = [
        f"## {recipe(result).capitalize()}, {result['minutes']:g} minutes", "",
        f"| | steps | {' | '.join(names)} | mean |", "|---|---|" + "---|" * (len(names) + 1)]
    for label, point in (("collagan", ours), ("PyTorch", theirs)):
        cells = [f"{point['nmse'][c]:.4f} / {point['ssim'][c]:.3f}" for c in names]
        lines.append(f"| {label} | {point['step']} | {' | '.join(cells)}"
                     f" | {mean(point, 'nmse'):.4f} / {mean(point, 'ssim'):.4f} |")
    regression = result["regression"]
    cells = [f"{regression[c]['nmse']:.4f} / {regression[c]['ssim']:.3f}" for c in names]
    means = [sum(regression[c][m] for c in names) / len(names) for m in ("nmse", "ssim")]
    lines.append(f"| quadratic regression | | {' | '.join(cells)} | {means[0]:.4f} / {means[1]:.4f} |")
    lines += ["", f"{ours['step'] / theirs['step']:.1f} times the steps in the same time."]
    reached = next((p for p in result["collagan"] if p["step"] > 0 and mean(p, "nmse") <= mean(theirs, "nmse")), None)
    if reached:
        lines += [f"The mean NMSE that PyTorch ends with collagan has after {reached['seconds'] / 60:.1f} minutes"
                  " or less."]
    return lines + [""]


def page(results):
    result = results[0]
    lines = [
        "# Quality per hour", "", "![Scores of the held-out patients against minutes of training](quality.svg)", "",
        f"The recipe of `Pipelines/compact.yaml` for the same wall time on the same cores ({result['machine']}),"
        f" collagan and PyTorch {result['torch']} one after the other; trained on {', '.join(result['training'])},"
        f" scored on {', '.join(result['validation'])} (24 slices, NMSE / SSIM), who is not trained on. The learning"
        " rate falls to 0 over the time that there is, for both. Validation is not counted.", ""]
    for result in results:
        lines += table(result)
    lines += ["```", "Tests/CrossChecks/quality_per_hour.sh PATIENT… --validation PATIENT… [--without-skip]", "```", "",
              "trains both and renews its part of this page; every point is in [quality.json](quality.json)."]
    notes = PAGE / "quality-notes.md"
    if notes.exists():
        lines += ["", notes.read_text().rstrip()]
    (PAGE / "quality.md").write_text(wrapped("\n".join(lines) + "\n"))


def main():
    a = parser.parse_args()
    record = PAGE / "quality.json"
    results = json.loads(record.read_text()) if record.exists() else []
    if not a.report_only:
        with tempfile.TemporaryDirectory() as work:
            result = measure(a, pathlib.Path(work))
        results = sorted([r for r in results if recipe(r) != recipe(result)] + [result], key=recipe)
        record.write_text(json.dumps(results, indent=1) + "\n")
    figure(results)
    page(results)


if __name__ == "__main__":
    main()
