"""Table and page of Pipelines/comparison.sh, from what `collagan train` and `evaluate` wrote and what speed.py
measured; Python's own library is all that it needs.

    python3 page.py TESTS OUT MINUTES STEPS METHOD ...
"""

import html
import json
import pathlib
import sys

from pictures import gallery
from speed import QUIET

METRICS = [("nmse_brain", "NMSE", 4), ("ssim_brain", "SSIM", 3), ("psnr_brain", "PSNR", 1),
           ("sharpness", "sharpness", 2)]


def read(path):
    return json.loads(path.read_text())


def mean(values):
    values = [value for value in values if value is not None]
    return sum(values) / len(values) if values else None


def number(value, decimals):
    return "–" if value is None else f"{value:.{decimals}f}"


def average(scores):
    return {key: mean([score.get(key) for score in scores]) for key, _, _ in METRICS}


def kinds(model, contrast, with_baselines):
    """What is compared, by title, as scores of one patient's contrast."""
    subsets = [subset for subset in contrast["subsets"] if subset.get("scores")]
    most = max(len(subset["inputs"]) for subset in subsets)

    def of(count, key="scores"):
        return average([subset[key] for subset in subsets if len(subset["inputs"]) == count and subset.get(key)])

    result = {}
    if with_baselines:
        result |= {"best copy": of(most, "copy"), f"regression from {most}": of(most, "regression")}
    if model["sources"]:
        return result | {f"{model['name']}, best source": of(most), f"{model['name']}, mean over sources": of(1)}
    return result | {f"{model['name']} from {count}": of(count) for count in range(1, most + 1)}


def evaluated(out, methods):
    """By patient, the record of each method; of patients whom every method has made all contrasts of, so that all rows
    are of the same ones; and the names of the others."""
    contrasts = set(read(out / methods[0] / "model.json")["contrasts"])
    found, names = {}, []
    for method in methods:
        for entry in read(out / method / "evaluate/run.json")["patients"]:
            names.append(entry["name"])
            record = next((file for file in entry["files"] if file.endswith("metrics.json")), None)
            if record:
                found.setdefault(entry["name"], {})[method] = read(out / method / "evaluate" / record)
    patients = {method: read(out / method / "model.json")["provenance"]["patients"] for method in methods}
    if len(set(patients.values())) > 1:
        sys.exit(f"{out}: methods were trained on different patients; see provenance in their model.json, remove the "
                 "folder of the odd one and run again")
    whole = {name: records for name, records in found.items()
             if all(set(records.get(method, {}).get("contrasts", {})) == contrasts for method in methods)}
    if not whole:
        sys.exit(f"{out}: no test patient has all of {', '.join(sorted(contrasts))}, evaluated by all methods")
    return whole, [name for name in dict.fromkeys(names) if name not in whole]


def scores(out, methods, patients):
    """Scores by title, contrast and patient."""
    result = {}
    for method in methods:
        model = read(out / method / "model.json")
        for patient, records in patients.items():
            for name, contrast in records[method]["contrasts"].items():
                for title, values in kinds(model, contrast, method == methods[0]).items():
                    result.setdefault(title, {}).setdefault(name, {})[patient] = values
    return result


def costs(out, speeds, method):
    model, speed = read(out / method / "model.json"), read(speeds / f"{method}.json")
    lines = (out / method / "train/training.jsonl").read_text().splitlines()
    taken = max(json.loads(line).get("seconds", 0) for line in lines)
    steps = int(model["provenance"]["steps"])
    training = json.loads(model["provenance"]["configuration"])
    classifier = training.get("classifierFirstSteps", 0)
    seconds = (steps - classifier) / speed["stepsPerSecond"]
    if classifier:
        seconds += classifier / speed["classifierStepsPerSecond"]
    return [str(model["generators"]), f"{model['parameters'] / 1e6:.2f}", number(model["gmac"], 1), str(steps),
            f"{seconds / 60:.1f}", f"{taken / 60:.1f}", f"{speed['millisecondsPerSlice']:.0f}"]


def section(out, speeds, methods, patients):
    """Tables (title, head, rows), those of all patients apart from those that tell them apart."""
    compared = scores(out, methods, patients)
    contrasts = read(out / methods[0] / "model.json")["contrasts"]
    whole, single = [], []
    for key, title, decimals in METRICS:
        rows = []
        for name, values in compared.items():
            means = [mean([score[key] for score in values.get(contrast, {}).values()]) for contrast in contrasts]
            rows.append([name] + [number(value, decimals) for value in means + [mean(means)]])
        whole.append((title, ["", *contrasts, "mean"], rows))
    head = ["", "generators", "parameters, million", "GMAC a slice", "steps", "training, min", "taken, min",
            "ms a slice"]
    whole.append(("Cost", head, [[method] + costs(out, speeds, method) for method in methods]))
    for contrast in contrasts:
        for key, title, decimals in METRICS:
            rows = [[name] + [number(values.get(contrast, {}).get(patient, {}).get(key), decimals)
                              for patient in patients]
                    for name, values in compared.items()]
            single.append((f"{contrast}, {title}", ["", *patients], rows))
    return whole, single


def conditions(speeds, methods):
    """Table of what the steps of so many minutes follow from."""
    rows = []
    for method in methods:
        speed = read(speeds / f"{method}.json")
        rows.append([method, f"{speed['stepsPerSecond']:.2f}", number(speed.get("classifierStepsPerSecond"), 2),
                     f"{speed['seconds']:.0f}", f"{speed['othersProcessors']:.2f}",
                     f"{speed['processor']}, {speed['instructionSet']}, "
                     f"{speed['threads']} thread{'s' * (speed['threads'] > 1)}"])
    head = ["", "steps a second", "of the classifier", "measured for, s", "processors used by others", "on"]
    return ("Speeds", head, rows)


def markdown(tables):
    lines = []
    for title, head, rows in tables:
        lines += [f"### {title}", "", f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
        lines += [f"| {' | '.join(row)} |" for row in rows] + [""]
    return "\n".join(lines) + "\n"


def page(tables):
    parts = []
    for title, head, rows in tables:
        cells = "".join(f"<th>{html.escape(cell)}</th>" for cell in head)
        body = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
        parts.append(f"<div><h3>{html.escape(title)}</h3><table><tr>{cells}</tr>{body}</table></div>")
    return f"<div class=row>{''.join(parts)}</div>"


STYLE = """
body{font:15px system-ui,sans-serif;margin:2rem auto;max-width:90rem;padding:0 1rem}
td,th{padding:.2rem .7rem;text-align:right}td:first-child{text-align:left}tr:nth-child(even){background:#f3f3f3}
summary{font-size:1.1rem;cursor:pointer;margin:.7rem 0}.row{display:flex;flex-wrap:wrap;gap:.5rem 2rem}.row.pictures{gap:.5rem}h3{margin:.8rem 0 .3rem}
figure{margin:0;text-align:center;font-size:.8rem;width:10.5rem}img{width:100%;background:#000}h4{margin:.8rem 0 .3rem}
"""
NOTES = """Scores inside the brain, means over the test patients; sources of networks of one input were chosen on training
patients, the copy is of the contrast that is best for the patient itself, the regression is quadratic, voxel by voxel. "Training" is what
the steps take at the speeds below, "taken" how long they took with what was measured at their end. Before and after the budget: preparing
patients, fitting regressions, sources and self-check."""
BUSY = " The speeds were measured beside other work, so that minutes are no measure here."


def main(tests, out, minutes, steps, *methods):
    out = pathlib.Path(out)
    speeds, title = out / "speeds", "Methods compared on the same patients"
    table = conditions(speeds, methods)
    notes = NOTES + BUSY * any(read(speeds / f"{method}.json")["othersProcessors"] > QUIET for method in methods)
    text, body = [f"{notes}\n\n{markdown([table])}"], [f"<p>{html.escape(notes)}</p>{page([table])}"]
    for folder, heading in (("minutes", f"{minutes} min of training each"), ("steps", f"{steps} steps each")):
        if not (out / folder).exists():
            continue
        patients, others = evaluated(out / folder, methods)
        whole, single = section(out / folder, speeds, methods, patients)
        count = f"{len(patients)} test patient{'s' * (len(patients) > 1)}."
        if others:
            count += f" Left out, as they lack a contrast or could not be evaluated: {', '.join(others)}."
        text.append(f"## {heading}\n\n{count}\n\n{markdown(whole)}\n## {heading}: by patient\n\n{markdown(single)}")
        body.append(f"<h2>{heading}</h2><p>{html.escape(count)}</p>{page(whole)}"
                    f"<details><summary>Scores by patient</summary>{page(single)}</details>"
                    "<h3>Pictures, with the NMSE of the patient's brain</h3>"
                    f"{gallery(tests, out / folder, methods, patients)}")
    (out / "comparison.md").write_text("\n".join(text))
    (out / "comparison.html").write_text(
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title><style>{STYLE}</style>"
        f"<h1>{title}</h1>{''.join(body)}</html>\n")
    print("\n".join(text))
    print(f"{out}/comparison.html")


if __name__ == "__main__":
    main(*sys.argv[1:])
