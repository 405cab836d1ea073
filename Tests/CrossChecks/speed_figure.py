"""speed.svg: a bar per runtime for every width and number of cores, relative to collagan in float32."""

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

import speed_report

GREY, BLUE = "#7a8087", "#1f6fb4"
TITLES = {"infer": "Imputation, per slice", "train": "Training step"}


def label(milliseconds):
    if milliseconds >= 1e3:
        return f"{milliseconds / 1e3:.2f} s"
    return f"{milliseconds:.0f} ms" if milliseconds >= 10 else f"{milliseconds:.1f} ms"


def panel(axes, row):
    sides = sorted(row["sides"].items(), key=lambda item: item[1]["median_ms"])
    longest = sides[-1][1]["median_ms"]
    for place, (name, side) in enumerate(sides):
        colour = BLUE if name.startswith("collagan") else GREY
        axes.barh(place, side["median_ms"], 0.72, color=colour, alpha=0.6 if speed_report.is_bfloat16(name) else 1)
        axes.text(side["median_ms"] + 0.01 * longest, place, label(side["median_ms"]), va="center", fontsize=8)
    names = [speed_report.TITLES[name].replace("*", "").replace("`", "") for name, _ in sides]
    axes.set_yticks(range(len(sides)), names, fontsize=8)
    axes.set_ylim(len(sides) - 0.4, -0.6)
    axes.set_xlim(0, longest * 1.15)
    axes.set_xticks([])
    axes.set_title(f"{TITLES[row['mode']]}, {speed_report.place(row)}", loc="left", fontsize=10, fontweight="bold")
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    axes.tick_params(axis="y", length=0)


def draw(result, path):
    plt.rcParams.update({"svg.hashsalt": "collagan", "font.family": "DejaVu Sans"})
    rows = result["rows"]
    heights = [len(row["sides"]) + 1.5 for row in rows]
    figure, panels = plt.subplots(len(rows), 1, figsize=(8, 0.24 * sum(heights)), layout="constrained",
                                  height_ratios=heights, squeeze=False)
    for axes, row in zip(panels[:, 0], rows):
        panel(axes, row)
    figure.supxlabel("medians; paler: bfloat16", fontsize=9)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
