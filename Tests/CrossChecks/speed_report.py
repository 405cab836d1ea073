"""speed.md from what compare_speed.py measured."""

import generator_cost

# A training step is five passes forward, and per pass the gradients of inputs and weights cost another two.
PASSES = {"infer": 1, "train": 15}
NAMES = {"infer": "imputation, per slice", "train": "training step"}
TITLES = {
    "collagan": "**collagan, float32**", "collagan-bf16": "**collagan, bfloat16**", "torch": "PyTorch",
    "torch-compile": "PyTorch, `torch.compile`", "torch-bf16": "PyTorch, autocast bfloat16",
    "onnxruntime": "ONNX Runtime", "openvino": "OpenVINO", "openvino@4": "OpenVINO, 4 slices a call", "ncnn": "ncnn",
    "mnn": "MNN", "openvino-bf16": "OpenVINO, bfloat16", "openvino-bf16@4": "OpenVINO, bfloat16, 4 slices a call",
}


def number(value):
    """Three significant digits, without an exponent."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def is_bfloat16(side):
    return "bf16" in side


def markdown(header, lines):
    rows = [header, ["---"] * len(header), *lines]
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in rows)


def fastest(row, bfloat16):
    """The fastest peer of a row, in one precision: its name and its median; None where there is none."""
    peers = [(side["median_ms"], name) for name, side in row["sides"].items()
             if not name.startswith("collagan") and is_bfloat16(name) == bfloat16]
    return min(peers, default=None)


def place(row):
    return f"ngf {row['ngf']}, {row['cores']} core{'s' if row['cores'] > 1 else ''}"


def table(rows):
    """One line a runtime, one column a width and number of cores: ms,
    in brackets how many times as long as collagan in float32."""
    sides = [side for side in TITLES if any(side in row["sides"] for row in rows)]
    lines = []
    for side in sides:
        cells, errors, memory = [], [], []
        for row in rows:
            own, entry = row["sides"]["collagan"]["median_ms"], row["sides"].get(side)
            cells.append("–" if entry is None else f"{number(entry['median_ms'])} ({entry['median_ms'] / own:.2f})")
            if entry:
                memory.append(entry["peak_mb"])
                errors += [entry["error"]] if entry["error"] is not None else []
        error = f"{max(errors):.0e}" if errors and max(errors) > 0 else "–"
        lines.append([TITLES[side], *cells, f"{memory[0]:.0f}", error])
    return markdown(["", *map(place, rows), f"MB, {place(rows[0])}", "largest error"], lines)


def ahead(rows):
    lines = []
    for row in rows:
        cells = [place(row)]
        for bfloat16, own in ((False, "collagan"), (True, "collagan-bf16")):
            best = fastest(row, bfloat16)
            cells.append("–" if best is None or own not in row["sides"] else
                         f"{best[0] / row['sides'][own]['median_ms']:.2f} ({TITLES[best[1]]})")
        cells.append(f"{row['sides']['collagan']['median_ms'] / row['sides']['collagan-bf16']['median_ms']:.2f}"
                     if "collagan-bf16" in row["sides"] else "–")
        lines.append(cells)
    return markdown(["", "fastest float32 peer ÷ our float32", "fastest bfloat16 peer ÷ our bfloat16",
                     "our float32 ÷ our bfloat16"], lines)


def tables(result):
    parts = []
    for mode, name in NAMES.items():
        rows = [row for row in result["rows"] if row["mode"] == mode]
        if rows:
            parts.append(f"{name[0].upper()}{name[1:]}, ms (in brackets: times collagan's float32):\n\n"
                         f"{table(rows)}\n\n{ahead(rows)}")
    return "\n\n".join(parts)


def costs(result):
    lines = []
    for ngf, size in sorted({(row["ngf"], row["size"]) for row in result["rows"]}, reverse=True):
        cost = generator_cost.cost(ngf, size)
        lines.append([
            ngf, f"{size}×{size}", number(cost["gflop"]), f"{100 * cost['share_3x3']:.1f} %",
            number(cost["gflop_winograd"]), f"{cost['gflop'] / cost['gflop_winograd']:.2f}",
            number(1e3 * cost["gbyte"]),
        ])
    return markdown(["ngf", "slice", "GFLOP", "in 3×3 convolutions", "GFLOP left by F(4×4, 3×3)", "saved ×",
                     "MB moved at least"], lines)


def floors(result):
    lines = []
    for row in result["rows"]:
        rate = result["rates"].get(str(row["cores"]))
        cost, passes = generator_cost.cost(row["ngf"], row["size"]), PASSES[row["mode"]]
        measured = row["sides"]["collagan"]["median_ms"]
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
        f"{cores} core{'s' if cores != '1' else ''}: GEMM {number(rate['gemm_gflop_s'])} GFLOP/s,"
        f" memory {number(rate['bandwidth_gb_s'])} GB/s"
        for cores, rate in sorted(result["rates"].items())) + " (`collagan benchmark --ops`)."


def versions(result):
    found = {}
    for row in result["rows"]:
        for side, entry in row["sides"].items():
            if entry.get("version"):
                found[TITLES[side.split("-")[0].split("@")[0]]] = entry["version"].split("-")[0]
    return ", ".join(f"{name} {version}" for name, version in found.items())


def page(result, name):
    machine, own, settings = result["machine"], result["versions"], result["settings"]
    rounds = sorted({row["rounds"] for row in result["rows"]})
    repeats, sizes = settings["repeats"], sorted({row["size"] for row in result["rows"]})
    isa = result["rows"][0]["isa"]
    batch = next((row["sides"]["collagan"]["batch"] for row in result["rows"] if row["mode"] == "infer"), 1)
    return f"""# collagan and other runtimes on the same machine

Made by `{result['command']}` on {result['date']}; the figures are in [{name}.json]({name}.json).

![Times of all runtimes]({name}.svg)

{tables(result)}

Machine: {machine['processor']}, {machine['cores']} cores, {machine['memory_gb']:.1f} GB. Kernels of collagan: {', '.join(isa.values())}.
Versions: collagan {own['collagan']} ({own['commit']}), {versions(result)}, {own['os']}, Linux {own['kernel']}.

Slices of {', '.join(f'{size}×{size}' for size in sizes)}, random weights. All sides ran in turn, {' to '.join(str(n) for n in (rounds[0], rounds[-1])[:len(rounds)])} times each, every turn a process of its own with an untimed run and
the timed ones ({repeats['infer']} imputations or {repeats['train']} training steps). Times are medians over the turns' medians. The peers run PyTorch's network (`torch_collagan.py`), exported where they need it
(`peers.py`), one slice per call unless it says four; collagan {batch}. PyTorch's `torch.compile` and autocast get channels last. The error is the largest difference from PyTorch's float32
output, divided by that output's largest value; collagan's is held to golden tensors by the tests ([numerics](../explanation/numerics.md)). One core is `taskset -c 0` and one thread. Memory is the
largest resident size of a process, in MB of 10⁶ bytes; the peers' hold PyTorch, too, which exported the network.

## Floor
Operations of one pass of the generator, two per multiply-add, from its table of layers:

{costs(result)}

F(4×4, 3×3) needs 36 multiplications for 4×4 pixels instead of 144; tiles at the border count whole, so sides that 4 does not divide save less. Moved at least: every convolution reads its
input and weights once and writes its output once, all else fused into it.

{rates(result)}

{floors(result)}

The floor is the multiplications that F(4×4, 3×3) leaves at the rate of large matrix products in float32: transforms, norms and everything else for nothing. A training step counts as 15 passes: five
forward, and twice as much again for the gradients of inputs and weights. Memory: the bytes above at the measured bandwidth, for the same number of passes; what stays in cache is faster.
"""
