"""Times collagan and the runtimes that people use on CPUs, on this machine in one run, turn about;
writes NAME.json, NAME.md, NAME.svg."""

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
OURS = {"collagan": "float32", "collagan-bf16": "bfloat16"}
# Per call one slice; OpenVINO also four.
PEERS = {
    "infer": ["torch", "torch-compile", "onnxruntime", "openvino", "openvino@4", "ncnn", "mnn", "torch-bf16",
              "openvino-bf16", "openvino-bf16@4"],
    "train": ["torch", "torch-compile", "torch-bf16"],
}


def turn(side, mode, ngf, cores, arguments):
    """Runs one side's benchmark on the first `cores` cores; its JSON,
    or None where it cannot be run, with the reason told.

    The kernel hands a parent's peak of memory on to its child, so this process stays small: no PyTorch, no matplotlib
    before all turns are done.
    """
    repeats = arguments.infer_repeats if mode == "infer" else arguments.train_repeats
    common = ["--mode", mode, "--ngf", ngf, "--size", arguments.size, "--repeats", repeats, "--threads", cores]
    if side in OURS:
        batch = ["--batch", arguments.batch] if mode == "infer" and arguments.batch else []
        command = [COLLAGAN, "benchmark", *common, *batch, "--precision", OURS[side], "--json"]
    else:
        runtime, _, batch = side.partition("@")
        command = [sys.executable, HERE / "peers.py", "--runtime", runtime, *common, "--batch", batch or 1]
    pinned = ["taskset", "-c", ",".join(map(str, range(cores))), *map(str, command)]
    run = subprocess.run(pinned, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": str(cores)})
    if run.returncode != 0:
        print(f"{side}: left out: {run.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    return json.loads(run.stdout if side in OURS else run.stdout.strip().splitlines()[-1])


def compare(mode, ngf, cores, arguments):
    """One row: all sides in turn, `rounds` times."""
    turns = {side: [] for side in [*OURS, *(side for side in PEERS[mode] if side in arguments.peers)]}
    for number in range(arguments.rounds):
        for side, results in turns.items():
            if number == 0 or results:
                results += filter(None, [turn(side, mode, ngf, cores, arguments)])
        medians = ", ".join(f"{side} {results[-1]['median_ms']:.1f}" for side, results in turns.items() if results)
        print(f"{mode} ngf {ngf} cores {cores} round {number + 1}, ms: {medians}", file=sys.stderr)
    sides = {}
    for side, results in turns.items():
        if results:
            medians = [result["median_ms"] for result in results]
            sides[side] = {
                "median_ms": statistics.median(medians), "min_ms": min(result["min_ms"] for result in results),
                "peak_mb": max(result["peak_mb"] for result in results), "batch": results[0].get("batch", 1),
                "error": results[0].get("error"), "version": results[0].get("version"), "turns_ms": medians,
            }
    isa = {side: turns[side][0]["isa"] for side in OURS if turns[side]}
    return {"mode": mode, "ngf": ngf, "size": arguments.size, "cores": cores, "isa": isa, "rounds": arguments.rounds,
            "sides": sides}


def rates(arguments):
    """What `collagan benchmark --ops --json` says, by number of cores."""
    found = {}
    for cores in [] if arguments.quick else arguments.cores:
        command = [COLLAGAN, "benchmark", "--ops", "--json", "--repeats", 3, "--threads", cores]
        pinned = ["taskset", "-c", ",".join(map(str, range(cores))), *map(str, command)]
        found[str(cores)] = json.loads(subprocess.run(pinned, capture_output=True, text=True, check=True).stdout)
    return found


def first_match(path, prefix):
    for line in pathlib.Path(path).read_text().splitlines():
        if line.startswith(prefix):
            return line[len(prefix):].strip(' \t:="')
    return "unknown"


def text_of(*command):
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT).stdout.strip()


def surroundings():
    memory = int(first_match("/proc/meminfo", "MemTotal").split()[0]) * 1024 / 1e9
    family, model = (first_match("/proc/cpuinfo", name) for name in ("cpu family", "model\t"))
    return {
        "date": datetime.date.today().isoformat(),
        "command": " ".join(["Tests/CrossChecks/compare_speed.sh", *sys.argv[1:]]),
        "machine": {
            "processor": f"{first_match('/proc/cpuinfo', 'model name')} (family {family}, model {model})",
            "cores": os.cpu_count(), "memory_gb": memory,
        },
        "versions": {
            "collagan": text_of(COLLAGAN, "--version").removeprefix("collagan "),
            "commit": text_of("git", "describe", "--always", "--dirty"),
            "os": first_match("/etc/os-release", "PRETTY_NAME"), "kernel": platform.release(),
        },
    }


def key(row):
    return row["mode"], row["ngf"], row["cores"]


def measure(arguments, record):
    """Writes what was measured after every row; with --add, rows of other widths, modes and cores stay."""
    repeats = {"infer": arguments.infer_repeats, "train": arguments.train_repeats}
    result = {**surroundings(), "settings": {"repeats": repeats}, "rows": [], "rates": {}}
    if arguments.add and record.exists():
        earlier = json.loads(record.read_text())
        if (earlier["machine"]["processor"] != result["machine"]["processor"]
                or earlier["settings"] != result["settings"]):
            sys.exit(f"{record}: of another processor, or of other numbers of repeats; measure without --add,"
                     " or under another --name")
        result |= {name: earlier[name] for name in ("rows", "rates")}
    wanted = [(mode, ngf, cores) for mode in arguments.modes for ngf in arguments.ngf for cores in arguments.cores]
    for mode, ngf, cores in wanted:
        row = compare(mode, ngf, cores, arguments)
        result["rows"] = [other for other in result["rows"] if key(other) != key(row)] + [row]
        result["rows"].sort(key=lambda row: (list(PEERS).index(row["mode"]), -row["ngf"], -row["cores"]))
        record.write_text(json.dumps(result, indent=1) + "\n")
    result["rates"] |= rates(arguments)
    record.write_text(json.dumps(result, indent=1) + "\n")


def parse():
    parser = argparse.ArgumentParser(prog="compare_speed.sh", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="turns of every side per row (default 3)")
    parser.add_argument("--size", type=int, default=240, help="height and width in pixels (default 240)")
    parser.add_argument("--modes", nargs="+", choices=list(PEERS), default=list(PEERS))
    parser.add_argument("--ngf", type=int, nargs="+", default=[64, 16])
    parser.add_argument("--cores", type=int, nargs="+", default=[2, 1])
    parser.add_argument("--peers", nargs="+", choices=PEERS["infer"], default=PEERS["infer"])
    parser.add_argument(
        "--batch", type=int, help="slices per generator call of collagan's imputation (default: its own)")
    parser.add_argument("--infer-repeats", type=int, default=5, help="timed imputations per turn (default 5)")
    parser.add_argument("--train-repeats", type=int, default=2, help="timed training steps per turn (default 2)")
    parser.add_argument("--out", type=pathlib.Path, help="folder for the results (default docs/benchmarks)")
    parser.add_argument(
        "--name", default="speed", help="name of the three files (default speed): one for each kind of processor")
    parser.add_argument(
        "--quick", action="store_true", help="only see that it works: small, few turns, results in a temporary folder")
    parser.add_argument("--add", action="store_true", help="keep the rows of NAME.json that are not measured again")
    parser.add_argument("--report-only", action="store_true", help="make page and figure again from NAME.json")
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
    record = arguments.out / f"{arguments.name}.json"
    if not arguments.report_only:
        measure(arguments, record)
    import speed_figure
    import speed_report
    from page_text import wrapped

    result = json.loads(record.read_text())
    (arguments.out / f"{arguments.name}.md").write_text(wrapped(speed_report.page(result, arguments.name)))
    speed_figure.draw(result, arguments.out / f"{arguments.name}.svg")
    print(speed_report.tables(result))
    print(f"{record}, {arguments.name}.md, {arguments.name}.svg", file=sys.stderr)


if __name__ == "__main__":
    main()
