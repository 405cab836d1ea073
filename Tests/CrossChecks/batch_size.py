#!/usr/bin/env python3
"""Trains one recipe with 1, 2, 4 and 8 samples a step and prints the scores of the held-out patients.

At equal samples and at equal steps, with three rules for the learning rate, on the fold `mixed` of recipes.json.

A run that is finished is not done again; one that was stopped goes on from its last checkpoint.

    batch_size.py --collagan FILE --patients DIR --out DIR [--cache DIR] [--samples N] [--seeds N…] [--table]
"""
import argparse
import json
import math
import os
import pathlib
import subprocess
import sys
import time

from leave_one_site_out import HERE, is_finished, mean, merged, scores

RULES = {"same": lambda batch: 1, "square root": math.sqrt, "proportional": lambda batch: batch}
# The widest difference first.
BATCHES = [1, 8, 4, 2]


class Run:
    def __init__(self, options, batch, rule, steps, seed):
        (self.batch, self.rule, self.steps, self.seed) = (batch, rule if batch > 1 else "same", steps, seed)
        self.folder = pathlib.Path(options.out) / f"batch-{batch}-{self.rule.replace(' ', '-')}-{steps}-{seed}"

    def configuration(self, plan):
        whole = merged(plan["base"], plan["recipes"]["subjects"])
        rate = whole["optimiser"]["rate"] * RULES[self.rule](self.batch)
        return merged(whole, {
            "name": self.folder.name, "seed": self.seed, "steps": self.steps, "batch": self.batch,
            "optimiser": {"rate": rate}, "split": {"validation": plan["mixed"]},
            "validation": {"every": self.steps, "slices": 24},
            "checkpoints": {"every": max(self.steps // 5, 1), "keep": 1}})

    def train(self, options, plan):
        if is_finished(self.folder):
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder.with_suffix(".yaml")
        file.write_text(json.dumps(self.configuration(plan)))
        has_checkpoint = any(self.folder.glob("checkpoints/step-*"))
        command = [options.collagan, "train", options.patients, "--config", file, "--out", self.folder,
                   "--threads", "1", "--quiet", "--resume" if has_checkpoint else "--overwrite"]
        if options.cache:
            command += ["--cache", options.cache]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
            while process.poll() is None:
                if is_finished(self.folder):
                    process.kill()  # What follows the last scores is of no use here.
                    return
                time.sleep(1)
            print(f"{self.folder.name}: {process.stderr.read().strip()[-400:]}", file=sys.stderr)

    def result(self):
        """Mean NMSE of the network and of the regression over held-out patients and contrasts, and mean SSIM."""
        if not is_finished(self.folder):
            return None
        rows = scores(self.folder).values()
        return [mean([row[method][metric] for row in rows])
                for method, metric in (("network", "nmse_gain"), ("regression", "nmse_gain"), ("network", "ssim_gain"))]


def runs(options, seed):
    """Those of equal samples, then those of equal steps."""
    steps = options.samples // max(BATCHES)
    plan = [(batch, rule, options.samples // batch) for batch in BATCHES for rule in RULES]
    plan += [(batch, rule, steps) for rule in RULES for batch in BATCHES]
    found = {}
    for batch, rule, count in plan:
        run = Run(options, batch, rule, count, seed)
        found.setdefault(run.folder, run)
    return list(found.values())


def table(options):
    print("| samples a step | steps | samples | rate | NMSE by seed | mean | regression | SSIM |")
    print("|---|---|---|---|---|---|---|---|")
    for same in sorted(zip(*(runs(options, seed) for seed in options.seeds)),
                       key=lambda same: (same[0].batch, same[0].steps)):
        results = [result for run in same if (result := run.result())]
        if results:
            first = same[0]
            columns = [mean(list(column)) for column in zip(*results)]
            by_seed = ", ".join(f"{result[0]:.4f}" for result in results)
            print(f"| {first.batch} | {first.steps} | {first.batch * first.steps} | {first.rule} | {by_seed} |"
                  f" {columns[0]:.4f} | {columns[1]:.4f} | {columns[2]:.4f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--collagan", default=f"{HERE}/../../.build/release/collagan")
    parser.add_argument("--patients", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--cache")
    parser.add_argument("--samples", type=int, default=1200, help="of the runs at equal samples; divisible by 8")
    parser.add_argument("--seeds", nargs="*", type=int, default=[1])
    parser.add_argument("--table", action="store_true", help="only print what is there")
    options = parser.parse_args()
    with open(f"{HERE}/recipes.json") as file:
        plan = json.load(file)
    if not options.table:
        for seed in options.seeds:
            for run in runs(options, seed):
                run.train(options, plan)
    table(options)


if __name__ == "__main__":
    main()
