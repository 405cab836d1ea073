"""Many patients in parts: what finding the patients costs each part, and what collecting their records costs,
in seconds and memory.

Patients are generated and small; records are those of one of them under other names, sealed again.
"""

import argparse
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import nibabel
import numpy

COLLAGAN = os.environ["COLLAGAN"]
SIZE = (32, 32, 6)
CONTRASTS = ["T1", "T1Gd", "T2", "FLAIR"]


def images():
    """One patient's files: smooth contrasts inside an ellipsoid, 5×5×20 mm."""
    grid = numpy.stack(numpy.meshgrid(*[numpy.linspace(-1, 1, n) for n in SIZE], indexing="ij"))
    brain = (grid**2).sum(axis=0) < 0.9
    for number, contrast in enumerate(CONTRASTS):
        wave = numpy.sin(numpy.tensordot([2 + number, 4 - number, 1], grid, 1))
        voxels = numpy.where(brain, 400 + 80 * wave, 0).astype(numpy.int16)
        yield contrast, nibabel.Nifti1Image(voxels, numpy.diag([5, 5, 20, 1]))


def generate(folder, count):
    files = {f"{contrast}.nii": image.to_bytes() for contrast, image in images()}
    for number in range(count):
        patient = folder / f"p{number:05}"
        patient.mkdir(parents=True)
        for name, data in files.items():
            (patient / name).write_bytes(data)


def measured(*command):
    """Seconds, those of all processors, and largest resident memory in MB, of a command that has to succeed."""
    begun = time.monotonic()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen([COLLAGAN, *map(str, command)], stdout=subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - begun
        if process.returncode != 0:
            errors.seek(0)
            sys.exit(f"{' '.join(map(str, command))}: ended with {process.returncode}: {errors.read()[-500:].decode()}")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6


def row(what, runs):
    seconds, busy, memory = (sorted(column) for column in zip(*runs))
    print(f"| {what} | {seconds[0]:.2f} – {seconds[-1]:.2f} | {busy[0]:.2f} – {busy[-1]:.2f} | {memory[-1]:.0f} |",
          flush=True)


def discovery(folder, count, parts):
    patients = folder / "planned"
    generate(patients, count)
    common = ["evaluate", patients, "--out", folder / "none", "--plan"]
    each = [measured(*common, "--part", f"{part}/{parts}") for part in range(1, parts + 1)]
    row(f"plan of one of {parts} parts of {count} patients", each)
    row(f"plan of all {count}", [measured(*common)])


def renamed(data, old, new):
    """A record's file, of another patient."""
    text = re.sub(r'("checksum" : ")[0-9a-f]{64}', r"\g<1>" + "0" * 64, data.replace(old, new))
    return text.replace("0" * 64, hashlib.sha256(text.encode()).hexdigest(), 1)


def collection(folder, command, count, parts):
    """Records of `count` patients in the journals of parts, of whom one per part was really there."""
    patients, out = folder / f"{command}-patients", folder / f"{command}-out"
    generate(patients, 1)
    if command == "impute":
        (patients / "p00000/FLAIR.nii").unlink()
    measured(command, patients / "p00000", "--out", folder / f"{command}-one", "--part", "1/1", "--threads", "2",
             "--quiet")
    one = folder / f"{command}-one"
    record = (one / "p00000/metrics.json").read_text()
    journal = json.loads((one / ".collagan/part-1-of-1.json").read_text())
    names = [f"p{number:05}" for number in range(count)]
    for name in names:
        (out / name).mkdir(parents=True)
        (out / name / "metrics.json").write_text(renamed(record, "p00000", name))
    (out / ".collagan").mkdir()
    entry = json.dumps(journal["patients"][0])
    for part in range(1, parts + 1):
        mine = [json.loads(entry.replace("p00000", name)) for name in names[part - 1 :: parts]]
        journal["patients"], journal["counts"] = mine, {"done": len(mine)}
        journal["part"] |= {"number": part, "count": parts}
        (out / f".collagan/part-{part}-of-{parts}.json").write_text(json.dumps(journal))
    runs = [measured("collect", out, "--quiet") for _ in range(3)]
    rows = (out / "metrics.csv").read_text().splitlines()
    found = {row.split(",")[0] for row in rows[1:]}
    if found != set(names) or json.loads((out / "run.json").read_text())["counts"] != {"done": count}:
        sys.exit(f"collect lost patients: {len(found)} of {count} have rows")
    row(f"collect of {count} records of {command} ({len(record) / 1000:.0f} kB each), {parts} parts", runs)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--planned", type=int, default=2000)
    parser.add_argument("--collected", type=int, default=1000)
    parser.add_argument("--parts", type=int, default=16)
    options = parser.parse_args()
    print("| what | s | s of all processors | peak memory, MB |\n|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        discovery(folder, options.planned, options.parts)
        for command in ("impute", "evaluate"):
            collection(folder, command, options.collected, options.parts)


if __name__ == "__main__":
    main()
