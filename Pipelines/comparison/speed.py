"""How many steps a preset makes in a minute of a quiet machine, and the configuration of a training of so many steps;
Python's own library is all that it needs.

    python3 speed.py measure PRESET SPEED PATIENTS CACHE THREADS SECONDS [--busy]
    python3 speed.py steps SPEED MINUTES
    python3 speed.py configuration PRESET SPEED STEPS
"""

import ctypes
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

# Of a processor: what others may use while a speed is measured.
QUIET = 0.1
# Of all steps: those that teach the classifier, where the method begins with it.
CLASSIFIER_SHARE = 0.1


def has_classifier(preset):
    return re.search(r"^classifierFirstSteps:", preset, re.MULTILINE) is not None


def keys(preset):
    """The preset without its comments."""
    return [line for line in preset.splitlines() if line and not line.startswith("#")]


def configured(preset, steps, classifier, every):
    """The preset for so many steps, after so many of the classifier, with a checkpoint every so many."""
    for pattern, line in (("steps: .*", f"steps: {steps}"),
                          ("classifierFirstSteps: .*", f"classifierFirstSteps: {classifier}"),
                          ("checkpoints: .*", f"checkpoints: {{every: {every}, keep: 2}}")):
        preset = re.sub(f"^{pattern}$", line, preset, flags=re.MULTILINE)
    return preset


def used(process):
    """Seconds of processors that all processes, and this one with those that it waited for, have used so far."""
    tick = os.sysconf("SC_CLK_TCK")
    everybody = [int(value) for value in pathlib.Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    own = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    # All but idle and waiting for the disk.
    return (sum(everybody) - everybody[3] - everybody[4]) / tick, sum(int(value) for value in own[11:15]) / tick


def progress(log):
    """(step, seconds) of every report, the log's start."""
    lines = log.read_text().splitlines(keepends=True) if log.exists() else []
    records = [json.loads(line) for line in lines if line.endswith("\n")]
    start = next((record for record in records if record["event"] == "start"), {})
    return [(record["step"], record["seconds"]) for record in records if record["event"] == "progress"], start


def stopped_with_us():
    """Has the process that is started interrupted when this one ends, however it does."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def timed(yaml, folder, patients, cache, threads, seconds):
    """Steps per second of a training that is stopped after so many seconds, without what comes before its first report;
    processors that others used meanwhile; the log's start."""
    folder.mkdir(parents=True)
    (folder / "training.yaml").write_text(yaml)
    training = subprocess.Popen(
        [os.environ["COLLAGAN"], "train", patients, "--config", folder / "training.yaml", "--out", folder / "train",
         "--cache", cache, "--threads", threads], preexec_fn=stopped_with_us)
    begun = None
    try:
        while True:
            time.sleep(0.2)
            if training.poll() is not None:
                sys.exit(f"{folder}: the training ended with status {training.returncode} before its speed was known")
            reports, start = progress(folder / "train/training.jsonl")
            if reports and begun is None:
                begun = (time.monotonic(), *used(training.pid))
            if len(reports) > 1 and reports[-1][1] - reports[0][1] >= seconds:
                break
        taken = time.monotonic() - begun[0]
        everybody, own = (now - then for now, then in zip(used(training.pid), begun[1:]))
    finally:
        if training.poll() is None:
            # A shell's background jobs ignore an interrupt.
            training.terminate()
            try:
                training.wait(60)
            except subprocess.TimeoutExpired:
                training.kill()
                training.wait()
    return (reports[-1][0] - reports[0][0]) / (reports[-1][1] - reports[0][1]), max(0, everybody - own) / taken, start


def measure(preset, result, patients, cache, threads, seconds, busy=None):
    result, yaml = pathlib.Path(result), pathlib.Path(preset).read_text()
    if result.exists():
        if json.loads(result.read_text()).get("preset") != keys(yaml):
            sys.exit(f"{result}: was measured with another {preset}; take another OUT, or remove it with what was"
                     " trained by it")
        return
    folder = result.with_suffix("")
    shutil.rmtree(folder, ignore_errors=True)

    def speed(name, classifier):
        return timed(configured(yaml, 10**8, classifier, 10**8), folder / name, patients, cache, threads,
                     float(seconds))

    rate, others, start = speed("all", 0)
    speeds = {"stepsPerSecond": rate}
    if has_classifier(yaml):
        speeds["classifierStepsPerSecond"], more, _ = speed("classifier", 10**8)
        others = max(others, more)
    before, begun = used(os.getpid()), time.monotonic()
    timing = subprocess.run(
        [os.environ["COLLAGAN"], "benchmark", "--model", folder / "all/train/model.safetensors", "--size", "240",
         "--precision", "float32", "--threads", threads, "--json", "--quiet"],
        stdout=subprocess.PIPE, text=True, check=False)
    if timing.returncode:
        sys.exit(f"{result.stem}: collagan benchmark ended with status {timing.returncode}")
    everybody, own = (now - then for now, then in zip(used(os.getpid()), before))
    others = max(others, (everybody - own) / (time.monotonic() - begun))
    speeds |= {"millisecondsPerSlice": json.loads(timing.stdout)["median_ms"], "othersProcessors": round(others, 2),
               "processor": start["processor"], "instructionSet": start["instructionSet"], "threads": int(threads),
               "seconds": float(seconds), "preset": keys(yaml)}
    shutil.rmtree(folder)
    print(f"{result.stem}: {rate:.2f} steps a second; others used {others:.2f} processors meanwhile", file=sys.stderr)
    if others > QUIET and not busy:
        sys.exit(f"{result.stem}: the machine was not quiet while the speed was measured; run again when it is,"
                 " or with --busy")
    unfinished = result.with_suffix(".partial")
    unfinished.write_text(json.dumps(speeds, indent=1) + "\n")
    unfinished.rename(result)


def steps(speed, minutes):
    """What a tenth of the classifier's and the rest of the others' steps make in so many minutes."""
    speed = json.loads(pathlib.Path(speed).read_text())
    seconds = 1 / speed["stepsPerSecond"]
    if "classifierStepsPerSecond" in speed:
        seconds = CLASSIFIER_SHARE / speed["classifierStepsPerSecond"] + (1 - CLASSIFIER_SHARE) * seconds
    print(max(1, int(60 * float(minutes) / seconds)))


def configuration(preset, speed, count):
    preset, count = pathlib.Path(preset).read_text(), int(count)
    classifier = int(CLASSIFIER_SHARE * count) if has_classifier(preset) else 0
    # Two minutes are lost at most where a training is killed.
    every = int(120 * json.loads(pathlib.Path(speed).read_text())["stepsPerSecond"]) + 1
    sys.stdout.write(configured(preset, count - classifier, classifier, every))


if __name__ == "__main__":
    {"measure": measure, "steps": steps, "configuration": configuration}[sys.argv[1]](*sys.argv[2:])
