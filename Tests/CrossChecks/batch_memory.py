"""A batch of generated patients, and real ones: resident memory over time, the network's share of the wall time,
overhead per patient.

Writes batch.{md,svg} into the folder given by --out.
"""

import argparse
import json
import os
import re
import subprocess
import tempfile
import time
from pathlib import Path

import nibabel
import numpy

from page_text import wrapped

SIZE = (96, 96, 8)
SHARED = Path("../shared/data")
# Name, folder, what its file of the contrast to impute is called.
REAL = [
    ("SampleData/complete, FLAIR left out", Path("SampleData/complete"), "FLAIR"),
    ("openms/patient07, FLAIR left out", SHARED / "openms/patient07", "FLAIR"),
    ("tcga/TCGA-DU-7294, FLAIR left out", SHARED / "tcga/TCGA-DU-7294", "_fla"),
]


def generate(folder: Path, count: int) -> None:
    """Patients without FLAIR: random smooth contrasts inside an ellipsoid, 1.6×1.6×6 mm."""
    grid = numpy.stack(numpy.meshgrid(*[numpy.linspace(-1, 1, n) for n in SIZE], indexing="ij"))
    brain = (grid**2).sum(axis=0) < 0.9
    affine = numpy.diag([1.6, 1.6, 6, 1])
    for patient in range(count):
        random = numpy.random.default_rng(patient)
        target = folder / f"p{patient:04d}"
        target.mkdir(parents=True)
        for contrast in ["T1", "T1Gd", "T2"]:
            waves = random.uniform(1, 6, (4, 3))
            field = sum(numpy.sin(numpy.tensordot(wave, grid, 1) + random.uniform(0, 6)) for wave in waves)
            image = numpy.where(brain, 400 + 80 * field + random.normal(0, 10, SIZE), 0)
            nibabel.save(nibabel.Nifti1Image(image.astype(numpy.int16), affine), target / f"{contrast}.nii.gz")


def copies(source: Path, left_out: str, folder: Path, count: int) -> None:
    """Links to one real patient's files, `count` times, without one contrast."""
    files = sorted(file for file in source.rglob("*.nii.gz") if left_out not in file.name and "GOLD" not in file.name)
    for number in range(count):
        target = folder / f"copy{number}"
        target.mkdir(parents=True)
        for file in files:
            (target / file.name).symlink_to(file.resolve())


def impute(patients: Path, out: Path, *options: str) -> dict:
    """Runs a batch and watches it: resident memory over time, peak, times, the last line about time."""
    start = time.monotonic()
    log = out.parent / f"{out.name}.log"
    process = subprocess.Popen(
        [os.environ["COLLAGAN"], "impute", patients, "--out", out, "--quiet", "--json", "--log", log, *options],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    curve, peak = [], 0.0
    while process.poll() is None:
        try:
            text = Path(f"/proc/{process.pid}/status").read_text()
        except (FileNotFoundError, ProcessLookupError):
            break
        resident, highest = (re.search(rf"{name}:\s+(\d+) kB", text) for name in ("VmRSS", "VmHWM"))
        if resident and highest:
            peak = max(peak, int(highest.group(1)) * 1024 / 1e6)
            curve.append((time.monotonic() - start, int(resident.group(1)) * 1024 / 1e6))
        time.sleep(0.02 if len(curve) < 500 else 0.2)
    status = process.wait()
    wall = time.monotonic() - start
    manifest = json.loads((out / "run.json").read_text())
    if status != 0 or manifest["counts"] != {"done": len(manifest["patients"])}:
        raise SystemExit(f"the batch failed with {status}: {manifest['counts']}; see {log}")
    return {
        "patients": len(manifest["patients"]), "wall": wall, "network": manifest["networkSeconds"], "peak": peak,
        "curve": curve,
    }


def estimate(patients: Path, scratch: Path) -> float:
    """What the program says that a patient needs, in MB, told by refusing it."""
    result = subprocess.run(
        [os.environ["COLLAGAN"], "impute", patients, "--out", scratch / "refused", "--memory", "20M"],
        capture_output=True, text=True)
    number, unit = re.search(r"needs about ([\d.]+) (MB|GB)", result.stderr).groups()
    return float(number) * (1000 if unit == "GB" else 1)


def row(name: str, one: dict) -> str:
    share = one["network"] / one["wall"]
    overhead = (one["wall"] - one["network"]) / one["patients"] * 1000
    return (
        f"| {name} | {one['patients']} | {one['wall']:.1f} | {one['wall'] / one['patients']:.2f} | {share:.1%} |"
        f" {overhead:.0f} | {one['peak']:.0f} |").replace("%", " %")


def page(batch: dict, real: list, memory: list) -> str:
    shape = "×".join(map(str, SIZE))
    rows = "\n".join(
        [row(f"generated, {shape} voxels of 1.6×1.6×6 mm", batch)] + [row(name, one) for name, one in real])
    fits = "\n".join(
        f"| {name} | {count} | {told:.0f} | {one['peak']:.0f} | {told / one['peak']:.2f} |"
        for name, count, told, one in memory)
    early, late = (numpy.mean([mb for at, mb in batch["curve"] if low <= at / batch["wall"] < high])
                   for low, high in [(0.1, 0.2), (0.9, 1.0)])
    return f"""# A batch

```
Tests/CrossChecks/batch_memory.sh
```

runs `collagan impute` with the shipped model on {os.cpu_count()} processors. Each patient has T1, T1Gd and T2; FLAIR is imputed, and the self-check makes the other three again: four passes of all slices through the network.
Generated patients are the small end of what is real: {shape} voxels. Real patients are one patient's files under several names. Wall time is that of the process, loading the model included; the network's share is
`networkSeconds` of `run.json` ÷ wall time; overhead is the rest ÷ patients. MB are 10⁶ bytes.

| patients | number | wall time, s | per patient, s | network's share | overhead per patient, ms | peak memory, MB |
|---|---|---|---|---|---|---|
{rows}

![Resident memory over the time of the batch](batch.svg)

Resident memory of the {batch['patients']} generated patients: {early:.0f} MB on average in the second tenth of the time, {late:.0f} MB in the last.

## Estimated and measured memory
What the headers tell ([how](../how-to/run-a-batch.md#memory)) against the largest resident memory of a run over that patient alone.

| patient | number | estimate, MB | measured peak, MB | estimate ÷ peak |
|---|---|---|---|---|
{fits}
"""


def figure(batch: dict) -> str:
    """Resident memory over time, at most 240 points: the largest value of each interval."""
    width, height, left, right, top, bottom = 620, 280, 64, 56, 24, 48
    wall, points = batch["wall"], 240
    highest = {}
    for at, size in batch["curve"]:
        place = min(int(at / wall * points), points - 1)
        highest[place] = max(highest.get(place, 0), size)
    top_size = max(highest.values()) * 1.2

    def x(at: float) -> float:
        return left + (width - left - right) * at / wall

    def y(size: float) -> float:
        return height - bottom - (height - top - bottom) * size / top_size

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    step = next(step for step in [10, 25, 50, 100, 250, 500, 1000, 2500] if top_size / step <= 6)
    for size in range(0, int(top_size) + 1, step):
        parts.append(f'<line x1="{left}" x2="{width - right}" y1="{y(size):.1f}" y2="{y(size):.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 8}" y="{y(size) + 4:.1f}" text-anchor="end" fill="#444">{size} MB</text>')
    for part in range(5):
        at, done = wall * part / 4, batch["patients"] * part // 4
        parts.append(
            f'<text x="{x(at):.1f}" y="{height - bottom + 18}" text-anchor="middle" fill="#444">{at:.0f} s</text>')
        if part:
            parts.append(
                f'<text x="{x(at):.1f}" y="{height - bottom + 34}" text-anchor="middle" fill="#888">'
                f'≈ patient {done}</text>')
    line = " ".join(f"{x((place + 0.5) / points * wall):.1f},{y(size):.1f}" for place, size in sorted(highest.items()))
    parts.append(f'<polyline points="{line}" fill="none" stroke="#0b6e99" stroke-width="1.5"/>')
    return "\n".join(parts + ["</svg>\n"])


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=1000, help="number of generated patients")
    options.add_argument("--copies", type=int, default=4, help="how often each real patient is taken")
    options.add_argument("--out", type=Path, default=Path("docs/benchmarks"), help="folder for page and figure")
    arguments = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        generate(folder / "generated", arguments.count)
        batch = impute(folder / "generated", folder / "out")
        print(row("generated", batch), flush=True)
        real, memory = [], []
        for number, (name, source, left_out) in enumerate(REAL):
            if not source.exists():
                print(f"{source} is not there and left out", flush=True)
                continue
            for count in dict.fromkeys([1, arguments.copies]):
                patients = folder / f"real{number}-{count}"
                copies(source, left_out, patients, count)
                one = impute(patients, folder / f"out{number}-{count}")
                print(row(name, one), flush=True)
                if count == 1:
                    memory.append((name, count, estimate(patients, folder), one))
                if count == arguments.copies:
                    real.append((name, one))
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "batch.md").write_text(wrapped(page(batch, real, memory)))
    (arguments.out / "batch.svg").write_text(figure(batch))


main()
