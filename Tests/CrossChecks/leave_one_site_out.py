#!/usr/bin/env python3
"""Trains recipes with one group of sites left out at a time, and scores them on the patients left out.

The protocol of docs/explanation/protocol.md, whose first look is the fold `mixed`: every choice of a recipe is made
with this, never on a test patient. Recipes are changes of a base configuration (recipes.json). A run that is finished
is not done again; one that was stopped goes on from its last checkpoint; one of another configuration is refused. A run
ends with the scores of its last step: its model is best.safetensors, model.safetensors may be of an earlier checkpoint.

    leave_one_site_out.py --collagan FILE --patients DIR --out DIR [--recipes NAME…] [--folds NAME…] [--seeds N…]
                          [--steps N] [--jobs N] [--table]
"""
import argparse
import concurrent.futures
import json
import os
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TARGETS = ["T1", "T1Gd", "T2", "FLAIR"]


def merged(base, change):
    result = dict(base)
    for key, value in change.items():
        result[key] = merged(base.get(key, {}), value) if isinstance(value, dict) and key != "inputsOnly" else value
    return result


def members(patients, prefixes):
    return [name for name in patients if any(name.startswith(prefix) for prefix in prefixes)]


def folder(options, recipe, fold, seed):
    return f"{options.out}/{recipe}/{options.steps}/{fold}/{seed}"


def records(path):
    try:
        with open(f"{path}/training.jsonl") as file:
            return [json.loads(line) for line in file if line.endswith("\n")]
    except OSError:
        return []


def is_finished(path):
    """Whether the patients left out have been scored after the last step; what follows then is of no use here."""
    log = records(path)
    last = next((record["configuration"]["steps"] for record in log if record["event"] == "start"), None)
    return any(record["event"] == "validation" and record["step"] == last for record in log)


def train(options, configuration, recipe, fold, held, seed):
    path = folder(options, recipe, fold, seed)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    whole = merged(configuration, {"steps": options.steps, "seed": seed, "name": recipe})
    whole["steps"] = max(1, round(options.steps * configuration.get("stepShare", 1)))
    whole.pop("stepShare", None)
    whole["split"] = {"validation": held}
    whole["validation"] = {"every": max(1, whole["steps"] // options.looks), "slices": options.slices}
    whole["checkpoints"] = {"every": 1000, "keep": 1}
    file = f"{path}.yaml"
    if os.path.isdir(path) and os.path.exists(file):
        with open(file) as before:
            if json.load(before) != whole:
                sys.exit(f"{path} is of another configuration ({file}); take another --out, or remove it")
    if is_finished(path):
        return
    with open(file, "w") as out:
        json.dump(whole, out)
    command = [options.collagan, "train", options.patients, "--config", file, "--out", path, "--cache", options.cache,
               "--threads", "1", "--quiet"]
    if os.path.isdir(f"{path}/checkpoints") and os.listdir(f"{path}/checkpoints"):
        command.append("--resume")
    elif os.path.isdir(path):
        command.append("--overwrite")
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            if is_finished(path):
                process.kill()
                return
            time.sleep(2)
        print(f"{recipe} without {fold}, seed {seed}: {process.stderr.read().strip()[-400:]}", file=sys.stderr)


def scores(path):
    """By patient and target: scores of network, regression and copy."""
    rows = {}
    for record in records(path):
        if record["event"] == "baselines":
            for method in ["regression", "copy"]:
                for target, score in record[method].items():
                    for patient, values in score["perPatient"].items():
                        rows.setdefault((patient, target), {})[method] = values
        if record["event"] == "validation":
            for target, score in record["scores"].items():
                for patient, values in score["perPatient"].items():
                    rows.setdefault((patient, target), {})["network"] = values
    return {key: row for key, row in rows.items() if "network" in row and "regression" in row}


def mean(values):
    return statistics.fmean(values) if values else float("nan")


def missing(options, recipe, folds):
    return [f"{recipe} without {fold}, seed {seed}" for seed in options.seeds for fold in folds
            if not is_finished(folder(options, recipe, fold, seed))]


def table(options, recipes, folds):
    """One line a recipe whose runs are all finished: means over patients and targets, with the spread of the ratio over
    patients and of seeds."""
    print("| recipe | NMSE | regression | best copy | ratio (sd over patients) | SSIM | regression"
          " | better than regression, NMSE and SSIM | " + " | ".join(folds) + " | " + " | ".join(TARGETS)
          + " | seeds |")
    print("|---" * (9 + len(folds) + len(TARGETS)) + "|")
    unfinished = [run for recipe in recipes for run in missing(options, recipe, folds)]
    for recipe in recipes:
        if missing(options, recipe, folds):
            continue
        by_seed, rows = {}, []
        for seed in options.seeds:
            for fold in folds:
                for (patient, target), row in scores(folder(options, recipe, fold, seed)).items():
                    rows.append((fold, patient, target, row))
                    by_seed.setdefault(seed, []).append(row["network"]["nmse_gain"])

        def of(method, metric, chosen=lambda row: True):
            return mean([row[3][method][metric] for row in rows if chosen(row)])

        patients = sorted({row[1] for row in rows})
        ratios = [of("network", "nmse_gain", lambda row: row[1] == p)
                  / of("regression", "nmse_gain", lambda row: row[1] == p) for p in patients]
        better = sum(r["network"]["nmse_gain"] < r["regression"]["nmse_gain"]
                     and r["network"]["ssim_gain"] > r["regression"]["ssim_gain"] for *_, r in rows)
        cells = [recipe, f"{of('network', 'nmse_gain'):.4f}", f"{of('regression', 'nmse_gain'):.4f}",
                 f"{of('copy', 'nmse_gain'):.4f}", f"{mean(ratios):.3f} ({statistics.pstdev(ratios):.3f})",
                 f"{of('network', 'ssim_gain'):.4f}", f"{of('regression', 'ssim_gain'):.4f}",
                 f"{better} of {len(rows)}"]
        cells += [f"{of('network', 'nmse_gain', lambda row: row[0] == f):.4f}" for f in folds]
        cells += [f"{of('network', 'nmse_gain', lambda row: row[2] == t):.4f}" for t in TARGETS]
        cells.append(", ".join(f"{mean(values):.4f}" for _, values in sorted(by_seed.items())))
        print("| " + " | ".join(cells) + " |")
    if unfinished:
        sys.exit(f"not finished, so not in the table: {'; '.join(unfinished)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--collagan", default=f"{HERE}/../../.build/release/collagan")
    parser.add_argument("--patients", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--cache")
    parser.add_argument("--file", default=f"{HERE}/recipes.json")
    parser.add_argument("--recipes", nargs="*")
    parser.add_argument("--folds", nargs="*")
    parser.add_argument("--seeds", nargs="*", type=int, default=[1, 2])
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--slices", type=int, default=24)
    parser.add_argument("--looks", type=int, default=1, help="how often the patients left out are scored on the way")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--table", action="store_true", help="only print what is there")
    options = parser.parse_args()
    options.cache = options.cache or f"{options.out}/cache"
    with open(options.file) as file:
        plan = json.load(file)
    recipes = options.recipes or list(plan["recipes"])
    known = plan["groups"] | {"mixed": plan["mixed"]}
    folds = options.folds or list(plan["groups"])
    patients = sorted(os.listdir(options.patients))
    if not options.table:
        work = [(merged(plan["base"], plan["recipes"][recipe]), recipe, fold, members(patients, known[fold]), seed)
                for seed in options.seeds for recipe in recipes for fold in folds]
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            list(pool.map(lambda run: train(options, *run), work))
    table(options, recipes, folds)


if __name__ == "__main__":
    main()
