"""speed.md from what compare_speed.py measured."""

import generator_cost

TARGETS = {"infer": 3.0, "train": 2.5}
# A training step is five passes forward, and per pass the gradients of inputs and weights cost another two.
PASSES = {"infer": 1, "train": 15}
NAMES = {"infer": "imputation, per slice", "train": "training step"}


def number(value):
    """Three significant digits, without an exponent."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def markdown(header, lines):
    rows = [header, ["---"] * len(header), *lines]
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in rows)


def table(result):
    header = ["what", "ngf", "cores", "PyTorch ms", "(min)", "collagan ms", "(min)", "ratio", "target", "PyTorch MB", "collagan MB"]
    lines = []
    for row in result["rows"]:
        torch, ours, target = row["torch"], row["collagan"], TARGETS[row["mode"]]
        reached = "reached" if row["ratio"] >= target else "missed"
        lines.append([
            NAMES[row["mode"]], row["ngf"], row["cores"], number(torch["median_ms"]), number(torch["min_ms"]),
            number(ours["median_ms"]), number(ours["min_ms"]), f"**{row['ratio']:.2f}**", f"{target:g} {reached}",
            f"{torch['peak_mb']:.0f}", f"{ours['peak_mb']:.0f}" + (" (more)" if ours["peak_mb"] > torch["peak_mb"] else ""),
        ])
    return markdown(header, lines)


def costs(result):
    lines = []
    for ngf, size in sorted({(row["ngf"], row["size"]) for row in result["rows"]}, reverse=True):
        cost = generator_cost.cost(ngf, size)
        lines.append([
            ngf, f"{size}×{size}", number(cost["gflop"]), f"{100 * cost['share_3x3']:.1f} %", number(cost["gflop_winograd"]),
            f"{cost['gflop'] / cost['gflop_winograd']:.2f}", number(1e3 * cost["gbyte"]),
        ])
    return markdown(["ngf", "slice", "GFLOP", "in 3×3 convolutions", "GFLOP left by F(4×4, 3×3)", "saved ×", "MB moved at least"], lines)


def floors(result):
    lines = []
    for row in result["rows"]:
        rate = result["rates"].get(str(row["cores"]))
        cost, passes = generator_cost.cost(row["ngf"], row["size"]), PASSES[row["mode"]]
        measured = row["collagan"]["median_ms"]
        entry = [NAMES[row["mode"]], row["ngf"], row["cores"]]
        if rate is None:
            lines.append([*entry, "not measured", "not measured", number(measured), ""])
            continue
        floor = 1e3 * passes * cost["gflop_winograd"] / rate["gemm_gflop_s"]
        memory = 1e3 * passes * cost["gbyte"] / rate["bandwidth_gb_s"]
        lines.append([*entry, number(floor), number(memory), number(measured), f"{measured / floor:.2f}"])
    return markdown(["what", "ngf", "cores", "floor ms", "memory ms", "collagan ms", "collagan ÷ floor"], lines)


def rates(result):
    if not result["rates"]:
        return "GEMM rate and memory bandwidth were not measured in this run."
    return "; ".join(
        f"{cores} core{'s' if cores != '1' else ''}: GEMM {number(rate['gemm_gflop_s'])} GFLOP/s, memory {number(rate['bandwidth_gb_s'])} GB/s"
        for cores, rate in sorted(result["rates"].items())) + " (`collagan benchmark --ops`)."


def page(result):
    machine, versions, settings = result["machine"], result["versions"], result["settings"]
    repeats, sizes = settings["repeats"], sorted({row["size"] for row in result["rows"]})
    batch = next(row["collagan"]["batch"] for row in result["rows"] if row["mode"] == "infer")
    return f"""# collagan and PyTorch on the same machine

Made by `{result['command']}` on {result['date']}; the figures are in [speed.json](speed.json).

![Times relative to PyTorch](speed.svg)

{table(result)}

Machine: {machine['processor']}, {machine['cores']} cores, {machine['memory_gb']:.1f} GB. Kernels: collagan {machine['isa']}, PyTorch {machine['torch_isa']}.
Versions: collagan {versions['collagan']} ({versions['commit']}), PyTorch {versions['torch']}, {versions['os']}, Linux {versions['kernel']}.

Slices of {', '.join(f'{size}×{size}' for size in sizes)}, float32, random weights. Both sides ran in turn, {settings['rounds']} times each, every turn a process of its own with an untimed run and
the timed ones ({repeats['infer']} imputations or {repeats['train']} training steps). Times are medians over the turns' medians, in brackets the shortest of all; the ratio is the median of the rounds'
ratios PyTorch ÷ collagan. PyTorch (eager, `torch_collagan.py`) imputes one slice per call, its best; collagan {batch}. One core is `taskset -c 0` and one thread. Memory is the
largest resident size that the kernel accounts to a process, in MB of 10⁶ bytes, the largest of all turns; importing this build of PyTorch takes
{result['torch_import_mb']:.0f} MB of its share.

## Floor
Operations of one pass of the generator, two per multiply-add, from its table of layers:

{costs(result)}

F(4×4, 3×3) needs 36 multiplications for 4×4 pixels instead of 144; tiles at the border count whole, so sides that 4 does not divide save less. Moved at least: every convolution reads its
input and weights once and writes its output once, all else fused into it.

{rates(result)}

{floors(result)}

The floor is the multiplications that F(4×4, 3×3) leaves at the rate of large matrix products: transforms, norms and everything else for nothing. A training step counts as 15 passes: five forward, and
twice as much again for the gradients of inputs and weights. Memory: the bytes above at the measured bandwidth, for the same number of passes; what stays in cache is faster.
"""
