"""Runs the built program over a messy batch, kills it, lets its disk fill up, and compares every file by hash
with an undisturbed run."""

import argparse
import csv
import hashlib
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import batch_patients

ROOT = pathlib.Path(__file__).resolve().parents[2]
COLLAGAN = os.environ["COLLAGAN"]
TIMED = {"run.json", "report.html"}  # of the whole run: the only files that hold times
passed = failed = 0


def check(name, condition, detail=""):
    global passed, failed
    passed, failed = passed + bool(condition), failed + (not condition)
    print(("ok   " if condition else "FAIL ") + name, detail, flush=True)


def command(patients, out):
    return [COLLAGAN, "impute", str(patients), "--out", str(out), "--threads", "1"]


def impute(patients, out):
    return subprocess.run(command(patients, out), capture_output=True, text=True)


def errors(run):
    return [line for line in run.stderr.splitlines() if line.startswith("error: ")]


def hashes(out):
    """SHA-256 of every file under a final name but those that hold times."""
    found = {}
    for path in sorted(out.rglob("*")):
        name = path.relative_to(out)
        if path.is_file() and str(name) not in TIMED and not any(part.startswith(".") for part in name.parts):
            found[str(name)] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def manifest(out):
    return json.loads((out / "run.json").read_text())


def statuses(out):
    return {entry["name"]: entry["status"] for entry in manifest(out)["patients"]}


def rows(out):
    with open(out / "metrics.csv", newline="") as file:
        return {row["patient"] for row in csv.DictReader(file)}


def untrue(out, whole):
    """What is wrong with a folder of results at this moment: files that differ from the undisturbed run's,
    claims that do not hold."""
    wrong = [name for name, digest in hashes(out).items() if "/" in name and whole.get(name) != digest]
    if (out / "run.json").exists():
        there = rows(out)
        for entry in manifest(out)["patients"]:
            if entry["status"] == "done" and (
                    entry["name"] not in there or not all((out / f).exists() for f in entry["files"])):
                wrong.append(f"{entry['name']} is called done")
    return wrong


def show_broken(folder, data):
    """25 good patients and 15 broken ones; the good ones again, each alone."""
    patients, out = folder / "messy", folder / "messy-out"
    batch_patients.good(ROOT, data, patients, 25)
    batch_patients.broken(ROOT, data, patients)
    begun = time.monotonic()
    run = impute(patients, out)
    seconds = time.monotonic() - begun
    found = statuses(out)
    done = sorted(name for name, status in found.items() if status == "done")
    check("exit status 1", run.returncode == 1, run.returncode)
    check("25 of 40 done", len(done) == 25 and len(found) == 40, f"{seconds:.0f} s")
    check("15 of 40 failed, one line each", len(errors(run)) == 15 and len(set(errors(run))) == 15)
    for kind, (_, says) in batch_patients.BROKEN.items():
        reason = next((line for line in errors(run) if f"error: broken-{kind}: " in line), "no line")
        check(f"reason of {kind}", found[f"broken-{kind}"] == "failed" and says in reason,
              "| " + reason.split(": ", 2)[-1].replace(str(folder), ""))
        check(f"no files of {kind}", not (out / f"broken-{kind}").exists())
    check("metrics.csv has the 25", rows(out) == set(done))
    equal = 0
    for name in done:
        alone = folder / "alone" / name
        impute(patients / name, alone)
        equal += hashes(alone / name) == hashes(out / name) != {}
    check("the same bytes alone", equal == 25, f"{equal}/25")
    warned = manifest(out)["warned"]
    print("     warnings:", {code: len(names) for code, names in warned.items()})


def show_kills(folder, data, count, seed):
    """Kills at random moments; whenever a batch completes, its files are compared and another one begins."""
    patients, whole = folder / "batch", folder / "whole"
    batch_patients.good(ROOT, data, patients, 8)
    begun = time.monotonic()
    check("undisturbed", impute(patients, whole).returncode == 0)
    seconds = time.monotonic() - begun
    expected = hashes(whole)
    generator = random.Random(seed)
    kills, rounds, equal, moments = 0, 0, 0, []
    while kills < count:
        rounds += 1
        out, completed = folder / f"killed-{rounds}", False
        while kills < count and not completed:
            process = subprocess.Popen(command(patients, out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                process.wait(timeout=generator.uniform(0, seconds / 3))
                completed = True
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
                kills += 1
                wrong = untrue(out, expected) if out.exists() else []
                if wrong:
                    check(f"after kill {kills}", False, wrong)
                if out.exists() and (out / "run.json").exists():
                    moments.append(sum(status != "pending" for status in statuses(out).values()))
        run = impute(patients, out)
        equal += run.returncode == 0 and hashes(out) == expected
        left = [path.name for path in out.rglob(".*")]
        check(f"batch {rounds} completed", not left and hashes(out) == expected, left)
        shutil.rmtree(out)
    check(f"{kills} kills", equal == rounds, f"{equal}/{rounds} batches equal by hash; settled at the kills: {moments}")


def show_full(folder, data):
    """A file system that fills up at different moments, gets read-only, and a folder that vanishes."""
    patients, whole, mount = folder / "full", folder / "full-whole", folder / "tmpfs"
    batch_patients.good(ROOT, data, patients, 6)
    check("undisturbed", impute(patients, whole).returncode == 0)
    expected = hashes(whole)
    used = sum(path.stat().st_size for path in whole.rglob("*") if path.is_file())
    mount.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", mount], capture_output=True).returncode != 0:
        print("skip a file system that fills up: mounting a tmpfs takes root")
        return
    try:
        for share in (0.02, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.97):
            out = mount / "out"
            size = int(used * share) // 4096 * 4096
            subprocess.run(["mount", "-o", f"remount,size={size}", mount], check=True)
            run = impute(patients, out)
            text = run.stderr.strip().splitlines()
            state = manifest(out).get("state") if (out / "run.json").exists() else None
            done = sum(s == "done" for s in statuses(out).values()) if state else 0
            hidden = [path.name for path in out.rglob(".*")] if out.exists() else []
            check(
                f"full at {share:.0%}",
                run.returncode == 2 and len(errors(run)) == 1 and not untrue(out, expected) and not hidden,
                f"exit {run.returncode}, state {state}, {done} done | {errors(run)[-1:]}".replace(str(folder), ""))
            subprocess.run(["mount", "-o", "remount,size=64m", mount], check=True)
            again = impute(patients, out)
            check("  completed with room", again.returncode == 0 and hashes(out) == expected)
            shutil.rmtree(out)
        subprocess.run(["mount", "-o", "remount,ro", mount], check=True)
        run = impute(patients, out)
        check("read-only", run.returncode == 2 and len(errors(run)) == 1,
              f"exit {run.returncode} | {errors(run)}".replace(str(folder), ""))
        subprocess.run(["mount", "-o", "remount,rw", mount], check=True)
        process = subprocess.Popen(command(patients, out), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        lines = []
        for line in process.stderr:
            lines.append(line)
            if "p02: done" in line:
                shutil.rmtree(out)
        process.wait()
        said = [line for line in lines if line.startswith("error: ")]
        check("output gone", process.returncode == 2 and len(said) == 1,
              f"exit {process.returncode} | {said}".replace(str(folder), ""))
        check("  completed afterwards", impute(patients, out).returncode == 0 and hashes(out) == expected)
    finally:
        subprocess.run(["umount", mount], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shows", nargs="*", help="broken, kills, full (default: all)")
    parser.add_argument("--data", type=pathlib.Path, default=ROOT.parent / "shared/data", help="further real patients")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=pathlib.Path, help="work in this new folder and keep it")
    options = parser.parse_args()
    folder = options.keep or pathlib.Path(tempfile.mkdtemp(prefix="collagan-batch-"))
    folder.mkdir(parents=True, exist_ok=True)
    shows = options.shows or ["broken", "kills", "full"]
    try:
        if "broken" in shows:
            show_broken(folder, options.data)
        if "kills" in shows:
            show_kills(folder, options.data, options.kills, options.seed)
        if "full" in shows:
            show_full(folder, options.data)
    finally:
        if not options.keep:
            shutil.rmtree(folder)
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
