"""Step times of a training on one process, on two ranks of one machine, and on two ranks
in network namespaces of limited bandwidth.

Writes docs/benchmarks/scale.json and scale.svg, and prints the tables of docs/benchmarks/scale.md. For root, with Open
MPI; each rank has one thread, and the machine has nothing else to do.
"""

import argparse
import contextlib
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import batch_patients

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/benchmarks"
COLLAGAN = os.environ.get("COLLAGAN", "")
COMMON = """
ngf: 16
crop: {height: 192, width: 160}
spacing: 1.2
batch: 2
regressionSkip: true
checkpoints: {every: 1000000}
"""
RECIPES = {
    "compact": (
        100,
        COMMON + "weights: {cycle: 0, ssim: 0, adversarial: 0, classification: 0, reconstruction: 10, similarity: 1}"),
    "full objective": (
        50,
        COMMON + "weights: {cycle: 10, ssim: 1, adversarial: 1, classification: 1, reconstruction: 10}"),
}
PLACES = ["one process", "shared memory", "10 Gbit/s", "1 Gbit/s"]
# Gradients of a step, MB: both networks' where both are trained.
MEGABYTES = {"compact": 8.6, "full objective": 9.4}
JITTER = 0.03
LATENCY = 50e-6
NODES = [1, 2, 4, 8, 16, 32, 64]
OPEN_MPI = ["mpirun.openmpi", "--oversubscribe", "--bind-to", "none", "-n", "2"]
AS_ROOT = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}


def ip(*words):
    subprocess.run(["ip", *words], check=True)


@contextlib.contextmanager
def hosts(folder, rate):
    """Two network namespaces behind a bridge, each of so many bits per second; gives what starts ranks in both."""
    names = [f"collagan{os.getpid()}-{part}" for part in ("hub", 1, 2)]
    try:
        for name in names:
            ip("netns", "add", name)
            ip("-n", name, "link", "set", "lo", "up")
        ip("-n", names[0], "link", "add", "br0", "type", "bridge")
        ip("-n", names[0], "link", "set", "br0", "up")
        for number, name in enumerate(names[1:], 1):
            ip("-n", names[0], "link", "add", f"v{number}", "type", "veth", "peer", "name", "eth0", "netns", name)
            ip("-n", names[0], "link", "set", f"v{number}", "master", "br0", "up")
            ip("-n", name, "addr", "add", f"10.77.0.{number}/24", "dev", "eth0")
            ip("-n", name, "link", "set", "eth0", "up")
            limit = ["tbf", "rate", rate, "burst", "2mb" if rate == "10gbit" else "256kb", "latency", "50ms"]
            ip("netns", "exec", name, "tc", "qdisc", "add", "dev", "eth0", "root", *limit)
        agent, list_of_hosts = folder / "agent.sh", folder / "hosts.txt"
        # What ssh is between machines.
        agent.write_text(
            f"#!/bin/sh\nnumber=${{1##*.}}\nshift\n"
            f"exec ip netns exec collagan{os.getpid()}-$number unshare --uts"
            " sh -c \"hostname host$number; exec sh -c '$*'\"\n")
        agent.chmod(0o755)
        list_of_hosts.write_text("10.77.0.1 slots=1\n10.77.0.2 slots=1\n")
        options = ["--map-by", "node", "--hostfile", list_of_hosts]
        for key, value in {"plm_rsh_agent": agent, "oob_tcp_if_include": "eth0", "btl_tcp_if_include": "eth0",
                           "btl": "tcp,self", "pml": "ob1"}.items():
            options += ["--mca", key, value]
        yield ["ip", "netns", "exec", names[1], "unshare", "--uts", "sh", "-c", 'hostname host1; exec "$@"', "sh",
               *OPEN_MPI, *options]
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], stderr=subprocess.DEVNULL)


def train(folder, recipe, place, launcher):
    """Seconds of a step, of them on the way and waiting; of the first 20 steps nothing counts."""
    steps, text = RECIPES[recipe]
    configuration, out = folder / "c.yaml", folder / "out"
    configuration.write_text(f"{text}\nsteps: {steps}\n")
    command = [*launcher, COLLAGAN, "train", folder / "patients", "--config", configuration, "--out", out, "--cache",
               folder / "cache", "--threads", "1", "--overwrite", "--quiet"] + (["--distributed"] if launcher else [])
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, env=os.environ | AS_ROOT)
    if done.returncode != 0:
        sys.exit(f"{recipe}, {place}: ended with {done.returncode}: {done.stderr[-800:]}")
    lines = [json.loads(line) for line in (out / "training.jsonl").read_text().splitlines()]
    progress = [line for line in lines if line["event"] == "progress" and line["step"] > 20]
    exchange = [line.get("exchange", {}) for line in progress]
    step = statistics.median(1 / line["stepsPerSecond"] for line in progress)
    return {"recipe": recipe, "place": place, "step": step} | {
        key: statistics.median(one.get(key, 0) for one in exchange) for key in ("seconds", "waited")}


def measure(recipes):
    results = []
    with tempfile.TemporaryDirectory(prefix="collagan-ranks-") as folder:
        folder = pathlib.Path(folder)
        source = batch_patients.sources(ROOT, pathlib.Path("none"))[0]
        for number in range(2):
            batch_patients.piece(source, folder / f"patients/p{number}", 0.3 + 0.2 * number, None, 12)
        for recipe in recipes:
            results.append(train(folder, recipe, PLACES[0], []))
            results.append(train(folder, recipe, PLACES[1], OPEN_MPI))
            for place in PLACES[2:]:
                with hosts(folder, place.replace(" Gbit/s", "gbit")) as launcher:
                    results.append(train(folder, recipe, place, launcher))
            for result in results[-len(PLACES):]:
                print(row(result), flush=True)
    return results


def row(one):
    """A line of the table."""
    hidden = f"{1 - one['waited'] / one['seconds']:.0%}".replace("%", " %") if one["seconds"] else ""
    cells = [one["recipe"], one["place"], f"{one['step'] * 1000:.0f}", f"{2 / one['step']:.1f}"]
    cells += [f"{one[key] * 1000:.0f}" if one["seconds"] else "" for key in ("seconds", "waited")] + [hidden]
    return f"| {' | '.join(cells)} |"


class Model:
    """A step of one sample a node: computing, the slowest of n nodes 3 % · √(2 ln n) late,
    and what of the exchange is not hidden.

    Bytes per second and the hidden seconds are those measured between two ranks;
    a node's computing is that of one rank alone.
    """

    def __init__(self, results, recipe, place):
        found = {one["place"]: one for one in results if one["recipe"] == recipe}
        self.compute = found[PLACES[0]]["step"] / 2
        self.megabytes = MEGABYTES[recipe]
        # Between two ranks each gets and sends as many bytes as the gradient has.
        self.rate = self.megabytes / found[place]["seconds"]
        slow = found[PLACES[3]]
        self.hidden = max(slow["seconds"] - slow["waited"], 0)

    def seconds(self, nodes):
        if nodes == 1:
            return self.compute
        travel = 2 * (nodes - 1) / nodes * self.megabytes / self.rate + 2 * (nodes - 1) * LATENCY
        return self.compute * (1 + JITTER * math.sqrt(2 * math.log(nodes))) + max(travel - self.hidden, 0)

    def gain(self, nodes):
        return nodes * self.compute / self.seconds(nodes)


def projections(results):
    recipes = dict.fromkeys(one["recipe"] for one in results)
    return {(recipe, place): Model(results, recipe, place) for recipe in recipes for place in PLACES[2:]}


def text(x, y, words, anchor="start", colour="#444", size=11):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-size="{size}">{words}</text>'


def line(points, colour, dash=""):
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.6" stroke-dasharray="{dash}"/>'


def bars(results):
    """Left: a step's seconds, of them those waiting for the exchange."""
    parts = [text(16, 20, "Seconds of a step of two samples", size=12)]
    longest = max(one["step"] for one in results)
    for index, one in enumerate(results):
        y = 54 + 26 * index + 24 * (index // len(PLACES))
        whole, waited = (230 * one[key] / longest for key in ("step", "waited"))
        parts += [
            text(128, y + 13, one["place"], "end"),
            f'<rect x="136" y="{y}" width="{whole - waited:.1f}" height="17" fill="#1f6fb2"/>',
            f'<rect x="{136 + whole - waited:.1f}" y="{y}" width="{waited:.1f}" height="17" fill="#c4511a"/>',
            text(142 + whole, y + 13, f"{one['step']:.2f}")]
        if index % len(PLACES) == 0:
            parts.append(text(128, y - 7, one["recipe"], "end", "#888"))
    y += 36
    for x, colour, words in ((136, "#1f6fb2", "computing"), (226, "#c4511a", "waiting for gradients")):
        parts += [f'<rect x="{x}" y="{y}" width="12" height="12" fill="{colour}"/>', text(x + 17, y + 10, words)]
    return parts


def curves(results):
    """Right: samples per second over those of one node."""
    left, right, top, bottom = 470, 700, 36, 268

    def x(nodes):
        return left + (right - left) * math.log2(nodes) / 6

    def y(gain):
        return bottom - (bottom - top) * math.log2(gain) / 6

    parts = [text(left, 20, "Projected speed-up over one node", size=12)]
    for nodes in NODES:
        parts += [f'<line x1="{left}" x2="{right}" y1="{y(nodes):.1f}" y2="{y(nodes):.1f}" stroke="#ddd"/>',
                  text(left - 6, y(nodes) + 4, f"{nodes}", "end"), text(x(nodes), bottom + 16, f"{nodes}", "middle")]
    parts.append(text(right, bottom + 32, "nodes", "end"))
    parts.append(line([(x(nodes), y(nodes)) for nodes in NODES], "#aaa", "2 3"))
    for index, ((recipe, place), model) in enumerate(projections(results).items()):
        colour, dash = ("#1f6fb2", "#c4511a")[index // 2], ("", "5 4")[index % 2]
        parts.append(line([(x(nodes), y(max(model.gain(nodes), 1))) for nodes in NODES], colour, dash))
        at = bottom + 50 + 16 * index
        parts += [line([(left, at - 4), (left + 30, at - 4)], colour, dash), text(left + 38, at, f"{recipe}, {place}")]
    return parts


def figure(results):
    return "\n".join([
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 730 386" font-family="sans-serif">',
        '<rect width="730" height="386" fill="white"/>', *bars(results), *curves(results), "</svg>\n"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipes", nargs="+", choices=list(RECIPES), default=list(RECIPES),
                        help="those that are measured; of others what was measured stays")
    parser.add_argument("--report-only", action="store_true", help="tables and figure again from scale.json")
    options = parser.parse_args()
    record = PAGE / "scale.json"
    if not options.report_only:
        kept = ([one for one in json.loads(record.read_text()) if one["recipe"] not in options.recipes]
                if record.exists() else [])
        record.write_text(json.dumps(kept + measure(options.recipes), indent=1) + "\n")
    results = json.loads(record.read_text())
    print("| recipe | ranks over | step, ms | samples/s | gradients on their way, ms | of them waiting, ms | hidden |")
    print("|---|---|---|---|---|---|---|")
    print("\n".join(map(row, results)))
    print(f"\n| nodes | {' | '.join(map(str, NODES))} |\n|---|{'---|' * len(NODES)}")
    for (recipe, place), model in projections(results).items():
        print(f"| {recipe}, {place} | {' | '.join(f'{model.gain(nodes):.1f}' for nodes in NODES)} |")
    (PAGE / "scale.svg").write_text(figure(results))


if __name__ == "__main__":
    main()
