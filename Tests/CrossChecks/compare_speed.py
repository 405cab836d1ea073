"""Times collagan and PyTorch on this machine in one run, turn about, and writes speed.json, speed.md and speed.svg."""

import argparse
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
COLLAGAN = os.environ["COLLAGAN"]


def turn(command, cores):
    """Runs a benchmark on the first `cores` cores; its JSON with the peak memory in MB (10⁶ bytes) that the kernel accounts to it.

    The kernel hands the parent's own peak on to a child, so this process stays small: no PyTorch, no matplotlib before all turns are done.
    """
    environment = {**os.environ, "OMP_NUM_THREADS": str(cores)}
    pinned = ["taskset", "-c", ",".join(map(str, range(cores))), *map(str, command)]
    process = subprocess.Popen(pinned, stdout=subprocess.PIPE, text=True, env=environment)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(pinned)}: exit status {process.returncode}")
    result = json.loads(output)
    result["peak_mb"] = usage.ru_maxrss * 1024 / 1e6
    return result


def compare(mode, ngf, cores, arguments):
    """One row: PyTorch and collagan in turn, `rounds` times."""
    repeats = arguments.infer_repeats if mode == "infer" else arguments.train_repeats
    common = ["--mode", mode, "--ngf", ngf, "--size", arguments.size, "--repeats", repeats]
    ours = [COLLAGAN, "benchmark", *common, "--threads", cores, "--json"]
    if mode == "infer" and arguments.batch:
        ours += ["--batch", arguments.batch]
    turns = {"torch": [], "collagan": []}
    for number in range(arguments.rounds):
        turns["torch"].append(turn([sys.executable, HERE / "torch_collagan.py", *common], cores))
        turns["collagan"].append(turn(ours, cores))
        pair = [turns[side][-1]["median_ms"] for side in turns]
        print(f"{mode} ngf {ngf} cores {cores} round {number + 1}: PyTorch {pair[0]:.0f} ms, collagan {pair[1]:.0f} ms", file=sys.stderr)
    row = {"mode": mode, "ngf": ngf, "size": arguments.size, "cores": cores}
    for side, results in turns.items():
        medians = [result["median_ms"] for result in results]
        row[side] = {
            "median_ms": statistics.median(medians), "min_ms": min(result["min_ms"] for result in results),
            "peak_mb": max(result["peak_mb"] for result in results), "batch": results[0]["batch"], "turns_ms": medians,
        }
    row["ratio"] = statistics.median(
        a / b for a, b in zip(row["torch"]["turns_ms"], row["collagan"]["turns_ms"]))
    return row, turns["torch"][0], turns["collagan"][0]


def rates(arguments):
    """What `collagan benchmark --ops --json` says, by number of cores."""
    if arguments.ops:
        found = [json.loads(pathlib.Path(path).read_text()) for path in arguments.ops]
    elif arguments.quick:
        found = []
    else:
        command = [COLLAGAN, "benchmark", "--ops", "--json", "--repeats", 3, "--threads"]
        found = [turn([*command, cores], cores) for cores in arguments.cores]
    return {str(result["threads"]): result for result in found}


def first_match(path, prefix):
    for line in pathlib.Path(path).read_text().splitlines():
        if line.startswith(prefix):
            return line[len(prefix):].strip(' \t:="')
    return "unknown"


def text_of(*command):
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT).stdout.strip()


def surroundings(torch, collagan):
    memory = int(first_match("/proc/meminfo", "MemTotal").split()[0]) * 1024 / 1e9
    return {
        "date": datetime.date.today().isoformat(),
        "command": " ".join(["Tests/CrossChecks/compare_speed.sh", *sys.argv[1:]]),
        "machine": {
            "processor": first_match("/proc/cpuinfo", "model name"), "cores": os.cpu_count(), "memory_gb": memory,
            "isa": collagan["isa"], "torch_isa": torch["isa"],
        },
        "torch_import_mb": torch["import_mb"],
        "versions": {
            "collagan": text_of(COLLAGAN, "--version").removeprefix("collagan "),
            "commit": text_of("git", "describe", "--always", "--dirty"), "torch": torch["version"],
            "os": first_match("/etc/os-release", "PRETTY_NAME"), "kernel": platform.release(),
        },
    }


def measure(arguments):
    rows = []
    for mode in ("infer", "train"):
        for ngf in arguments.ngf:
            for cores in arguments.cores:
                row, torch, collagan = compare(mode, ngf, cores, arguments)
                rows.append(row)
    settings = {"rounds": arguments.rounds, "repeats": {"infer": arguments.infer_repeats, "train": arguments.train_repeats}}
    return {**surroundings(torch, collagan), "settings": settings, "rows": rows, "rates": rates(arguments)}


def parse():
    parser = argparse.ArgumentParser(prog="compare_speed.sh", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="turns of either side per row (default 5)")
    parser.add_argument("--size", type=int, default=240, help="height and width in pixels (default 240)")
    parser.add_argument("--ngf", type=int, nargs="+", default=[64, 16])
    parser.add_argument("--cores", type=int, nargs="+", default=[2, 1])
    parser.add_argument("--batch", type=int, help="slices per generator call of collagan's imputation; PyTorch is timed at 1, its best")
    parser.add_argument("--infer-repeats", type=int, default=5, help="timed imputations per turn (default 5)")
    parser.add_argument("--train-repeats", type=int, default=2, help="timed training steps per turn (default 2)")
    parser.add_argument("--ops", nargs="+", metavar="FILE", help="outputs of `collagan benchmark --ops --json`, one per number of cores; measured if left out")
    parser.add_argument("--out", type=pathlib.Path, help="folder for the results (default docs/benchmarks)")
    parser.add_argument("--quick", action="store_true", help="only see that it works: small, few turns, results in a temporary folder")
    parser.add_argument("--report-only", action="store_true", help="make speed.md and speed.svg again from speed.json")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.rounds, arguments.size, arguments.ngf = 2, 96, [16, 8]
        arguments.infer_repeats = arguments.train_repeats = 1
        arguments.out = arguments.out or pathlib.Path(tempfile.mkdtemp(prefix="collagan-speed-"))
    arguments.out = arguments.out or ROOT / "docs/benchmarks"
    return arguments


def main():
    arguments = parse()
    arguments.out.mkdir(parents=True, exist_ok=True)
    record = arguments.out / "speed.json"
    if not arguments.report_only:
        record.write_text(json.dumps(measure(arguments), indent=1) + "\n")
    import speed_figure
    import speed_report
    from page_text import wrapped

    result = json.loads(record.read_text())
    (arguments.out / "speed.md").write_text(wrapped(speed_report.page(result)))
    speed_figure.draw(result, arguments.out / "speed.svg")
    print(speed_report.table(result))
    print(f"{record}, speed.md, speed.svg", file=sys.stderr)


if __name__ == "__main__":
    main()
