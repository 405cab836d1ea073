"""Peak memory of a training against the number of patients: generates cohorts, trains a tiny net on each,
reads VmHWM of the process.

Writes training-memory.{md,svg} into the folder given by --out.
"""

import argparse
import json
import os
import re
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import nibabel
import numpy

from page_text import wrapped

CONTRASTS = ["T1", "T1Gd", "T2", "FLAIR"]
CONFIGURATION = """
ngf: 4
crop: {height: 96, width: 96}
spacing: 1.5
steps: 40
batch: 1
inputDropout: 0.3
weights: {cycle: 1, ssim: 1, adversarial: 0.1, classification: 0.1, reconstruction: 10}
split: {validation: 0.1, test: 0.1}
"""


def generate(folder: Path, first: int, last: int) -> None:
    """Patients of 100×120×40 voxels: random smooth contrasts inside an ellipsoid; every fifth lacks one contrast."""
    size = (100, 120, 40)
    grid = numpy.stack(numpy.meshgrid(*[numpy.linspace(-1, 1, n) for n in size], indexing="ij"))
    brain = (grid**2).sum(axis=0) < 0.9
    affine = numpy.diag([1.5, 1.5, 4, 1])
    for patient in range(first, last):
        random = numpy.random.default_rng(patient)
        target = folder / f"p{patient:04d}"
        target.mkdir(parents=True)
        for index, contrast in enumerate(CONTRASTS):
            if patient % 5 == 4 and index == patient % 4:
                continue
            waves = random.uniform(1, 6, (4, 3))
            field = sum(numpy.sin(numpy.tensordot(wave, grid, 1) + random.uniform(0, 6)) for wave in waves)
            image = numpy.where(brain, 400 + 80 * field + random.normal(0, 10, size), 0)
            nibabel.save(nibabel.Nifti1Image(image.astype(numpy.int16), affine), target / f"{contrast}.nii.gz")


def status(process: int) -> tuple[float, int] | None:
    """VmHWM in MB (10⁶ bytes) and the number of open files; None once the process is gone."""
    try:
        text = Path(f"/proc/{process}/status").read_text()
        files = len(os.listdir(f"/proc/{process}/fd"))
    except (FileNotFoundError, ProcessLookupError):
        return None
    found = re.search(r"VmHWM:\s+(\d+) kB", text)
    return (int(found.group(1)) * 1024 / 1e6, files) if found else None


def train(patients: Path, configuration: Path, out: Path) -> dict:
    """Trains and watches the process; the peak so far is read when the training proper starts,
    and last before the end."""
    program = os.environ["COLLAGAN"]
    process = subprocess.Popen(
        [program, "train", patients, "--config", configuration, "--out", out, "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    seen = {"peak": 0.0, "files": 0}

    def watch() -> None:
        while (now := status(process.pid)) is not None:
            seen["peak"], seen["files"] = max(seen["peak"], now[0]), max(seen["files"], now[1])
            time.sleep(0.002)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    prepared, last = 0.0, ""
    for line in process.stderr:
        if line.startswith("training on"):
            prepared = seen["peak"]
        last = line
    output = process.stdout.read()
    if process.wait() != 0:
        raise SystemExit(f"the training failed with {process.returncode}: {last}")
    watcher.join()
    result = json.loads(output)
    cache = sum(file.stat().st_size for file in (out / "cache").iterdir())
    return {
        "training": len(result["patients"]), "validation": len(result["validation"]), "prepared": prepared,
        "peak": seen["peak"], "files": seen["files"], "cache": cache / 1e6,
    }


def page(rows: list[tuple[int, dict]]) -> str:
    table = "\n".join(
        f"| {count} | {row['training']} | {row['cache']:.0f} | {row['prepared']:.0f} | {row['peak']:.0f}"
        f" | {row['files']} |"
        for count, row in rows)
    return f"""# Memory of a training

```
Tests/CrossChecks/training_memory.sh
```

generates patients of 100×120×40 voxels with four contrasts (every fifth lacks one), trains a net of ngf 4 on 96×96 crops for 40 steps from an empty cache, and reads the
largest resident memory (`VmHWM`) of the process. A tenth of the patients validates, a tenth is for tests. MB are 10⁶ bytes.

| patients | of these trained on | cache, MB | peak until all are prepared, MB | peak of the whole run, MB | most files open at once |
|---|---|---|---|---|---|
{table}

![Peak memory and size of the cache against the number of patients](training-memory.svg)
"""


def figure(rows: list[tuple[int, dict]]) -> str:
    """Both sizes against the number of patients, on logarithmic axes."""
    width, height, left, right, top, bottom = 620, 320, 64, 150, 24, 48
    counts = [count for count, _ in rows]
    highest = max(max(row["cache"], row["peak"]) for _, row in rows) * 1.5
    lowest = min(min(row["cache"], row["peak"]) for _, row in rows) / 1.5

    def x(count: float) -> float:
        span = numpy.log(counts[-1] / counts[0])
        return left + (width - left - right) * numpy.log(count / counts[0]) / span

    def y(size: float) -> float:
        return height - bottom - (height - top - bottom) * numpy.log(size / lowest) / numpy.log(highest / lowest)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for size in [10, 30, 100, 300, 1000, 3000, 10000]:
        if lowest <= size <= highest:
            parts.append(
                f'<line x1="{left}" x2="{width - right}" y1="{y(size):.1f}" y2="{y(size):.1f}" stroke="#ddd"/>')
            parts.append(f'<text x="{left - 8}" y="{y(size) + 4:.1f}" text-anchor="end" fill="#444">{size} MB</text>')
    for count in counts:
        parts.append(
            f'<text x="{x(count):.1f}" y="{height - bottom + 20}" text-anchor="middle" fill="#444">{count}</text>')
    middle = (left + width - right) / 2
    parts.append(f'<text x="{middle}" y="{height - 8}" text-anchor="middle" fill="#444">patients</text>')
    for key, name, colour in [("cache", "cache on disk", "#999999"), ("peak", "peak memory", "#0b6e99")]:
        points = " ".join(f"{x(count):.1f},{y(row[key]):.1f}" for count, row in rows)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for count, row in rows:
            parts.append(f'<circle cx="{x(count):.1f}" cy="{y(row[key]):.1f}" r="3.5" fill="{colour}"/>')
        last = rows[-1][1][key]
        parts.append(
            f'<text x="{x(counts[-1]) + 10:.1f}" y="{y(last) + 4:.1f}" fill="{colour}">{name}, {last:.0f} MB</text>')
    return "\n".join(parts + ["</svg>\n"])


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--counts", type=int, nargs="+", default=[10, 100, 300], help="numbers of patients")
    options.add_argument("--out", type=Path, default=Path("docs/benchmarks"), help="folder for page and figure")
    arguments = options.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "configuration.yaml").write_text(CONFIGURATION)
        done = 0
        for count in sorted(arguments.counts):
            generate(folder / "patients", done, count)
            done = count
            row = train(folder / "patients", folder / "configuration.yaml", folder / f"out{count}")
            print(count, row, flush=True)
            rows.append((count, row))
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "training-memory.md").write_text(wrapped(page(rows)))
    (arguments.out / "training-memory.svg").write_text(figure(rows))


main()
