"""Table and page of Pipelines/comparison.sh, from what `collagan evaluate`, `train` and `benchmark` wrote; Python's own library is all
that it needs.

    python3 Pipelines/comparison.py TESTS OUT MINUTES STEPS METHOD ...
"""

import base64
import gzip
import html
import json
import os
import pathlib
import struct
import subprocess
import sys
import zlib

METRICS = [("nmse_brain", "NMSE", 4), ("ssim_brain", "SSIM", 3), ("psnr_brain", "PSNR", 1), ("sharpness", "sharpness", 2)]
KINDS = ("copy", "regression")
ONE_INPUT = ("stargan", "cyclegan", "pix2pix")


def mean(values):
    values = [value for value in values if value is not None]
    return sum(values) / len(values) if values else None


def rows(out, methods):
    """(title, method, scores by contrast) for everything that is compared."""
    result, baselines = [], {}
    for method in methods:
        folder = out / method
        model, contrasts = read(folder / "model.json"), read(folder / "evaluate/subsets.json")["contrasts"]
        kept = {}
        for name, contrast in contrasts.items():
            subsets = [s for s in contrast["subsets"] if s.get("scores")]
            most = max(len(s["inputs"]) for s in subsets)
            for kind in KINDS:
                scores = [s.get(kind) for s in subsets if len(s["inputs"]) == most]
                baselines.setdefault(kind, {}).setdefault(name, scores[0])

            def average(count):
                chosen = [s["scores"] for s in subsets if len(s["inputs"]) == count]
                return {key: mean([scores.get(key) for scores in chosen]) for key, _, _ in METRICS}

            if model["method"] in ONE_INPUT:
                kept.setdefault("best source", {})[name] = average(most)
                kept.setdefault("mean over sources", {})[name] = average(1)
            else:
                for count in range(1, most + 1):
                    kept.setdefault(f"from {count}", {})[name] = average(count)
        result += [(f"{model['name']}, {kind}", method, scores) for kind, scores in kept.items()]
    named = {"copy": "copy of the contrast that is best for the test patient", "regression": "quadratic regression from 3"}
    return [(named[kind], None, baselines[kind]) for kind in KINDS] + result


def costs(out, method):
    """Generators that are needed, parameters in millions, minutes of training, ms a slice."""
    folder = out / method
    model, log = read(folder / "model.json"), (folder / "train/training.jsonl").read_text().splitlines()
    seconds = max(json.loads(line).get("seconds", 0) for line in log)
    n = len(model["contrasts"])
    generators = n * (n - 1) if model["method"] in ("cyclegan", "pix2pix") else 1
    timing = subprocess.run(
        [os.environ["COLLAGAN"], "benchmark", "--method", model["method"], "--ngf", str(model["ngf"]),
         "--size", "240", "--json", "--quiet"], capture_output=True, text=True, check=True)
    steps = model["provenance"]["steps"]
    return [str(generators), f"{model['parameters'] / 1e6:.2f}", f"{macs(model):.1f}", f"{seconds / 60:.0f}", steps,
            f"{json.loads(timing.stdout)['median_ms']:.0f}"]


def macs(model):
    """GMAC of one contrast of one slice of 240×240."""
    b, pixels = model["ngf"], 240 * 240
    if model["method"] not in ONE_INPUT:
        # 36.0 GMAC at ngf 64 (docs/explanation/method.md), quadratic in the width but for the first and last layers.
        return 36.0 * (b / 64) ** 2
    star = model["method"] == "stargan"
    taps, inputs = (16, 1 + len(model["contrasts"])) if star else (9, 1)
    wide = 49 * (inputs * b + b) * pixels
    # Halving from the full size and doubling to the half one: taps · in · out at the coarser side.
    scaling = 2 * taps * (2 * b * b / 4 + 8 * b * b / 16) * pixels
    return (wide + scaling + model["blocks"] * 2 * 9 * 16 * b * b / 16 * pixels) / 1e9


def read(path):
    return json.loads(path.read_text())


def number(value, decimals):
    return "–" if value is None else f"{value:.{decimals}f}"


def tables(out, methods):
    """Markdown: scores per target, then costs."""
    compared = rows(out, methods)
    contrasts = list(compared[0][2])
    lines = []
    for key, title, decimals in METRICS:
        lines += [f"### {title}", "| | " + " | ".join(contrasts) + " | mean |", "|---" * (len(contrasts) + 2) + "|"]
        for name, _, scores in compared:
            values = [(scores.get(c) or {}).get(key) for c in contrasts]
            lines.append(f"| {name} | " + " | ".join(number(v, decimals) for v in values + [mean(values)]) + " |")
        lines.append("")
    lines += ["### Cost", "| | generators | parameters, million | GMAC a slice | training, min | steps | ms a slice |", "|---" * 7 + "|"]
    lines += [f"| {method} | " + " | ".join(costs(out, method)) + " |" for method in methods]
    return lines


def volume(path):
    """Size, voxels and datatype's scale of a NIfTI-1 image."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    order = "<" if struct.unpack("<i", data[:4])[0] == 348 else ">"
    size = struct.unpack(order + "8h", data[40:56])[1:4]
    kind = {2: "B", 4: "h", 8: "i", 16: "f", 64: "d", 256: "b", 512: "H", 768: "I"}[struct.unpack(order + "h", data[70:72])[0]]
    start, slope, shift = struct.unpack(order + "3f", data[108:120])
    count = size[0] * size[1] * size[2]
    values = struct.unpack_from(f"{order}{count}{kind}", data, int(start))
    return size, values, slope or 1.0, shift


def picture(path, scale):
    """PNG of the middle slice, and the 99.5th percentile of its positive voxels."""
    (width, height, depth), values, slope, shift = volume(path)
    plane = [v * slope + shift for v in values[width * height * (depth // 2): width * height * (depth // 2 + 1)]]
    positive = sorted(v for v in plane if v > 0) or [1]
    scale = scale or positive[int(0.995 * (len(positive) - 1))]
    lines = b""
    for y in range(height - 1, -1, -1):
        lines += b"\0" + bytes(min(255, max(0, int(255 * v / scale))) for v in plane[y * width:(y + 1) * width])

    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">2I5B", width, height, 8, 0, 0, 0, 0))
    return png + chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b""), scale


def gallery(tests, out, methods):
    """One line of pictures for every contrast of the first test patient: truth, then every method."""
    evaluated = read(out / methods[0] / "evaluate/run.json")["patients"]
    patient = next(entry["name"] for entry in evaluated)
    record = read(out / methods[0] / "evaluate" / patient / "metrics.json")
    lines = []
    for contrast in record["contrasts"]:
        name = next(entry["file"] for entry in record["inputs"] if entry["role"] == contrast)
        truth = next((p for p in (pathlib.Path(tests) / patient / name, pathlib.Path(tests) / name) if p.exists()), None)
        shown = [("truth", truth)] if truth else []
        shown += [(m, out / m / "evaluate" / read(out / m / "evaluate" / patient / "metrics.json")["contrasts"][contrast]["file"])
                  for m in methods]
        scale, cells = None, []
        for title, path in shown:
            png, scale = picture(path, scale)
            text = base64.b64encode(png).decode()
            cells.append(f'<figure><img alt="{contrast}, {title}" src="data:image/png;base64,{text}"><figcaption>{title}</figcaption></figure>')
        lines.append(f"<h3>{html.escape(contrast)}</h3><div class=row>{''.join(cells)}</div>")
    return f"<h2>{html.escape(patient)}, middle slice</h2>" + "".join(lines)


def page(title, sections):
    """One file with everything in it."""
    body = []
    for heading, lines, pictures in sections:
        body.append(f"<h2>{html.escape(heading)}</h2>")
        table = []
        for line in lines + [""]:
            if line.startswith("|---"):
                continue
            if line.startswith("|"):
                cells = [cell.strip() for cell in line.strip("|").split("|")]
                tag = "th" if not table else "td"
                table.append("<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>")
                continue
            if table:
                body.append(f"<table>{''.join(table)}</table>")
                table = []
            if line.startswith("#"):
                body.append(f"<h3>{html.escape(line.lstrip('# '))}</h3>")
        body.append(pictures)
    style = ("body{font:15px system-ui,sans-serif;margin:2rem;max-width:75rem}td,th{padding:.2rem .7rem;text-align:right}"
             "td:first-child{text-align:left}tr:nth-child(even){background:#f3f3f3}.row{display:flex;flex-wrap:wrap;gap:.5rem}"
             "figure{margin:0;text-align:center}img{width:11rem;background:#000}")
    return (f"<!doctype html><html lang=en><meta charset=utf-8><title>{html.escape(title)}</title><style>{style}</style>"
            f"<h1>{html.escape(title)}</h1>{''.join(body)}</html>\n")


def main(tests, out, minutes, steps, *methods):
    out, sections, text = pathlib.Path(out), [], []
    for folder, heading in (("minutes", f"{minutes} minutes of training each"), ("steps", f"{steps} steps each")):
        if not (out / folder).exists():
            continue
        lines = tables(out / folder, methods)
        sections.append((heading, lines, gallery(tests, out / folder, methods)))
        text += [f"## {heading}"] + lines
    (out / "comparison.md").write_text("\n".join(text) + "\n")
    (out / "comparison.html").write_text(page("Methods compared on the same patients", sections))
    print("\n".join(text))
    print(f"{out}/comparison.html")


if __name__ == "__main__":
    main(*sys.argv[1:])
