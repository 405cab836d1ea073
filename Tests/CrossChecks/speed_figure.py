"""speed.svg: one pair of bars per row, times relative to PyTorch."""

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

import speed_report

GREY, BLUE, RED = "#7a8087", "#1f6fb4", "#b3261e"
TITLES = {"infer": "Imputation", "train": "Training step"}


def label(milliseconds):
    return f"{milliseconds / 1e3:.2f} s" if milliseconds >= 1e3 else f"{milliseconds:.0f} ms" if milliseconds >= 10 else f"{milliseconds:.1f} ms"


def panel(axes, mode, rows):
    target = speed_report.TARGETS[mode]
    for place, row in enumerate(rows):
        length = 1 / row["ratio"]
        for offset, extent, colour, side in ((-0.2, 1, GREY, row["torch"]), (0.2, length, BLUE, row["collagan"])):
            axes.barh(place + offset, extent, 0.36, color=colour)
            axes.text(0.012, place + offset, label(side["median_ms"]), va="center", fontsize=9, color="white")
        clear = max(length, 1 / target)
        axes.text(clear + 0.012, place + 0.2, f"{row['ratio']:.2f}×", va="center", fontsize=9, fontweight="bold", color=BLUE)
    axes.axvline(1 / target, color=RED, linestyle="--", linewidth=1.2)
    axes.text(1 / target, -0.62, f"target {target:g}×", color=RED, fontsize=9, ha="center", va="bottom")
    axes.set_yticks(range(len(rows)), [f"ngf {row['ngf']}, {row['cores']} core{'s' if row['cores'] > 1 else ''}" for row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(0, max(1.02, *(1 / row["ratio"] + 0.1 for row in rows)))
    axes.set_title(TITLES[mode], loc="left", fontsize=11, fontweight="bold", pad=16)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(axis="y", length=0)


def draw(result, path):
    plt.rcParams.update({"svg.hashsalt": "collagan", "font.family": "DejaVu Sans"})
    figure, panels = plt.subplots(2, 1, figsize=(8, 6), layout="constrained")
    for axes, mode in zip(panels, ("infer", "train")):
        panel(axes, mode, [row for row in result["rows"] if row["mode"] == mode])
    panels[1].set_xlabel("time relative to PyTorch; bold: how many times faster collagan is")
    handles = [plt.Rectangle((0, 0), 1, 1, color=colour) for colour in (GREY, BLUE)]
    figure.legend(handles, [f"PyTorch {result['versions']['torch']}", "collagan"], loc="outside upper right", ncols=2, frameon=False, fontsize=9)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
