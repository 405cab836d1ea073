"""Trains the same model on one process and on ranks of several MPI libraries
and compares models and checkpoints bit by bit."""

import argparse
import contextlib
import glob
import hashlib
import json
import os
import pathlib
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

import batch_patients
import cluster
from batch import COLLAGAN, ROOT
from cluster import Slurm, check, wait_for

STEPS = 14
FIRST = 5  # The first checkpoint's.
CONFIGURATION = f"""
ngf: 4
crop: {{height: 96, width: 96}}
spacing: 2
steps: {STEPS - 2}
batch: 4
classifierFirstSteps: 2
reconstructionFirstSteps: 2
weights: {{reconstruction: 1}}
regressionSkip: true
inputDropout: 0.25
averaging: 0.9
optimiser: {{rate: 1.0e-3}}
checkpoints: {{every: {FIRST}, keep: 3}}
validation: {{every: 6, slices: 2}}
split: {{validation: [p02, p03]}}
"""
# Root in a container, more ranks than processors, and no rank bound to one of them.
OPEN_MPI = ["mpirun.openmpi", "--oversubscribe", "--bind-to", "none"]
AS_ROOT = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}


def state(out):
    """Hashes of the model's bytes, of the last checkpoint without its times, and of the best model's bytes."""
    data = sorted(out.glob("checkpoints/step-*"))[-1].read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    position = json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["position"])
    del position["ledger"]["seconds"]
    checkpoint = hashlib.sha256(data[8 + length :] + json.dumps(position, sort_keys=True).encode()).hexdigest()
    models = [hashlib.sha256((out / f"{name}.safetensors").read_bytes()).hexdigest() for name in ("model", "best")]
    return [position["step"], checkpoint, *models]


def log(out):
    """What the log says but for times and for what says how it was computed."""
    times = {"seconds", "stepsPerSecond", "exchange"}
    lines = [json.loads(line) for line in (out / "training.jsonl").read_text().splitlines()]
    return [{key: line[key] for key in line.keys() - times} for line in lines if line["event"] != "start"]


class Check:
    def __init__(self, folder):
        self.folder = folder
        self.environment = os.environ | AS_ROOT
        source = batch_patients.sources(ROOT, pathlib.Path("none"))[0]
        for number in range(1, 4):
            batch_patients.piece(source, folder / f"patients/p{number:02}", 0.3 + 0.1 * number, None, 3)
        (folder / "c.yaml").write_text(CONFIGURATION)

    def command(self, name, *more):
        options = ["--config", self.folder / "c.yaml", "--out", self.folder / name, "--cache", self.folder / "cache"]
        return [str(word) for word in [COLLAGAN, "train", self.folder / "patients", *options, "--threads", "1", *more]]

    def run(self, launcher, name, *more, **variables):
        environment = self.environment | variables
        command = [*launcher, *self.command(name, *more)]
        return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)

    def same(self, what, launcher, name, *more, **variables):
        done = self.run(launcher, name, "--distributed", *more, **variables)
        check(f"{what}: ends with 0", done.returncode == 0, done.stderr[-600:])
        if done.returncode == 0:
            self.same_as_plain(what, name)

    def same_as_plain(self, what, name):
        out, plain = self.folder / name, self.folder / "plain"
        check(f"{what}: model, best model, checkpoint and log of one process",
              state(out) == state(plain) and log(out) == log(plain))

    def begun(self, name, ranks, *more):
        """A training on ranks of Open MPI that has written its first checkpoint, and the processes of its ranks."""
        command = [*OPEN_MPI, "-n", str(ranks), *self.command(name, "--distributed", *more)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env=self.environment)
        first = self.folder / name / f"checkpoints/step-{FIRST:08}.safetensors"
        end = time.monotonic() + 120
        while not first.exists() and process.poll() is None and time.monotonic() < end:
            time.sleep(0.005)
        children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children")
        try:
            return process, [int(child) for child in children.read_text().split()]
        except FileNotFoundError:
            return process, []


def stopped(checks):
    process, _ = checks.begun("stopped", 2)
    process.send_signal(signal.SIGUSR1)
    errors = process.communicate(timeout=120)[1]
    step = int(sorted((checks.folder / "stopped/checkpoints").iterdir())[-1].stem.removeprefix("step-"))
    check(f"SIGUSR1 to 2 ranks: 138 at step {step}, one line that says so",
          process.returncode == 138 and FIRST <= step < STEPS
          and errors.count("error: interrupted at step") == 1, errors[-600:])
    checks.same("gone on with on 4 ranks", [*OPEN_MPI, "-n", "4"], "stopped", "--resume")


def killed(checks):
    process, ranks = checks.begun("killed", 2)
    os.kill(ranks[-1], signal.SIGKILL)
    process.communicate(timeout=120)
    check(f"a rank killed: ends with {process.returncode}", process.returncode not in (0, None))
    done = checks.run([], "killed", "--resume")
    check("gone on with on one process", done.returncode == 0, done.stderr[-600:])
    checks.same_as_plain("gone on with on one process", "killed")


def hung(checks):
    process, ranks = checks.begun("hung", 2, "--timeout", "2")
    os.kill(ranks[-1], signal.SIGSTOP)
    try:
        errors = process.communicate(timeout=60)[1]
    except subprocess.TimeoutExpired:
        errors = "mpirun waits for a rank that is stopped"
    finally:
        for rank in ranks:
            with contextlib.suppress(ProcessLookupError):
                os.kill(rank, signal.SIGKILL)
        process.wait()
    lines = [line for line in errors.splitlines() if line.startswith("error: ")]
    check("a rank that hangs: 75 after --timeout, one line", process.returncode == 75 and len(lines) == 1
          and "no answer from the other ranks for 2 s" in lines[0], errors[-600:])
    checks.same("gone on with on 2 ranks", [*OPEN_MPI, "-n", "2"], "hung", "--resume")


def refused(checks):
    done = checks.run([*OPEN_MPI, "-n", "3"], "refused", "--distributed")
    lines = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    check("3 ranks for 4 samples: refused with one line", done.returncode == 2 and len(lines) == 1
          and "cannot be shared by 3 ranks" in lines[0] and not (checks.folder / "refused").exists(),
          done.stderr[-600:])


def other_folders(checks):
    """Ranks that see the same names and find something else there, each as a program of its own."""
    def lines(first, second):
        command = [*OPEN_MPI, "-n", "1", *first, ":", "-n", "1", *second]
        done = subprocess.run(command, capture_output=True, text=True, env=checks.environment, timeout=120)
        return done.returncode, [line for line in done.stderr.splitlines() if line.startswith("error: ")], done.stderr

    more = ["--distributed", "--resume", "--timeout", "20"]
    status, errors, everything = lines(checks.command("plain", *more), checks.command("elsewhere", *more))
    check("a rank that does not see the checkpoint: refused with one line", status == 2 and len(errors) == 1
          and "rank 1 has another checkpoint" in errors[0] and not (checks.folder / "elsewhere").exists(),
          everything[-600:])
    fewer, cache = checks.folder / "fewer", checks.folder / "cold"
    for name in ("p01", "p02"):
        shutil.copytree(checks.folder / "patients" / name, fewer / name)
    (checks.folder / "all.yaml").write_text(CONFIGURATION.replace("validation: [p02, p03]", "validation: [p02]"))
    options = ["--config", checks.folder / "all.yaml", "--out", checks.folder / "unseen", "--cache", cache, *more]
    commands = [[str(word) for word in [COLLAGAN, "train", patients, *options, "--threads", "1"]]
                for patients in (checks.folder / "patients", fewer)]
    status, errors, everything = lines(*commands)
    check("a rank that sees fewer patients: refused with one line, none is prepared", status == 2 and len(errors) == 1
          and "rank 1 has other patients" in errors[0] and not list(cache.glob("*.slices")), everything[-600:])


def open_mpi(checks):
    for ranks in (1, 2, 4):
        checks.same(f"Open MPI, {ranks} ranks", [*OPEN_MPI, "-n", str(ranks)], f"open-{ranks}")
    stopped(checks)
    killed(checks)
    hung(checks)
    refused(checks)
    other_folders(checks)


def mpich(checks):
    library = glob.glob("/usr/lib/*/libmpich.so.12")
    if not library or not shutil.which("mpiexec.hydra"):
        print("skipped: MPICH (not installed)")
        return
    launcher = ["mpiexec.hydra", "-n", "2"]
    checks.same("MPICH, 2 ranks", launcher, "mpich", COLLAGAN_MPI=library[0])
    if glob.glob("/usr/lib/*/libmpi.so.40"):
        done = checks.run(launcher, "two-makes", "--distributed")
        check("MPICH's launcher, Open MPI's library: refused", done.returncode == 2
              and "of different makes" in done.stderr and not (checks.folder / "two-makes").exists(),
              done.stderr[-600:])


def installed(checks, prefix):
    """A library in a folder of its own: Open MPI, or one of the MPICH ABI."""
    library = next((found for number in (40, 12) if (found := prefix / f"lib/libmpi.so.{number}").exists()), None)
    if library is None:
        check(f"{prefix}: holds a libmpi.so", False)
        return
    launcher = [prefix / "bin/mpirun", *(OPEN_MPI[1:] if library.suffix == ".40" else [])]
    folders = {"COLLAGAN_MPI": str(library), "LD_LIBRARY_PATH": str(prefix / "lib"), "I_MPI_ROOT": str(prefix),
               "PATH": f"{prefix}/bin:{os.environ['PATH']}"}
    for ranks in (2, 4):
        checks.same(f"{prefix.name}, {ranks} ranks", [*launcher, "-n", str(ranks)], f"{prefix.name}-{ranks}", **folders)


def slurm(checks):
    if os.geteuid() != 0 or not shutil.which("slurmctld") or not shutil.which("munged"):
        print("skipped: Slurm (not root, or not installed)")
        return
    with Slurm(checks.folder / "cluster") as slurm:
        launcher = ["srun", "--nodes=2", "--ntasks=2", "--mpi=pmix", "--kill-on-bad-exit=1"]
        checks.same("Slurm, 2 nodes", launcher, "slurm", SLURM_CONF=slurm.environment["SLURM_CONF"])
        node_lost(checks, slurm)
        time_up(checks, slurm)
        rank_lost(checks, slurm, "rank-killed", signal.SIGKILL)
        rank_lost(checks, slurm, "rank-hung", signal.SIGSTOP, "--timeout", "5")


def requeues(checks):
    """After which statuses of srun, and how often, train.sbatch puts its job back; without a cluster."""
    folder = checks.folder / "requeues"
    (folder / "model/checkpoints").mkdir(parents=True)
    for name, text in [("srun", 'if [ -n "$NEW" ]; then touch "$OUT/checkpoints/$NEW"; fi; exit "$STATUS"'),
                       ("scontrol", 'echo "$@" >"$OUT/requeued"')]:
        (folder / name).write_text(f"#!/bin/bash\n{text}\n")
        (folder / name).chmod(0o755)
    wrong = []
    for number, (status, restarts, is_new, wanted) in enumerate([
            (0, 0, True, False), (1, 0, True, False), (2, 0, True, False), (75, 99, False, True),
            (75, 100, False, False), (138, 99, True, True), (143, 0, False, True), (137, 0, False, True),
            (137, 2, False, True), (137, 3, False, False), (137, 99, True, True), (137, 100, True, False),
            (139, 0, True, False)]):
        variables = {"PATH": f"{folder}:{os.environ['PATH']}", "PATIENTS": "p", "CONFIG": "c",
                     "OUT": folder / "model", "SLURM_CPUS_PER_TASK": 1, "SLURM_JOB_NUM_NODES": 2, "SLURM_JOB_ID": 7,
                     "STATUS": status, "SLURM_RESTART_COUNT": restarts,
                     "NEW": f"step-{number:08}.safetensors" if is_new else ""}
        (folder / "model/requeued").unlink(missing_ok=True)
        done = subprocess.run([cluster.CLUSTER / "train.sbatch"],
                              env=os.environ | {key: str(value) for key, value in variables.items()})
        if done.returncode != status or (folder / "model/requeued").exists() != wanted:
            wrong.append((status, restarts, is_new))
    check("train.sbatch goes back into the queue after a lost rank and a signal, and not for ever", not wrong, wrong)


def job(checks, slurm, name, nodes, *more):
    """train.sbatch on so many nodes, stopped after its first checkpoint;
    the job's number and the process on the last node."""
    options = ["--parsable", f"--nodes={nodes}", "--cpus-per-task=1", "--mem=1500M",
               f"--output={checks.folder}/{name}.log"]
    out = checks.folder / name
    submitted = slurm("sbatch", *options, cluster.CLUSTER / "train.sbatch", *more, PATIENTS=checks.folder / "patients",
                      CONFIG=checks.folder / "c.yaml", OUT=out)
    check(f"Slurm took train.sbatch on {nodes} node{'s' * (nodes > 1)}", submitted.returncode == 0, submitted.stderr)
    number = submitted.stdout.strip()
    first = out / f"checkpoints/step-{FIRST:08}.safetensors"
    wait_for("the first checkpoint", first.exists, interval=0.005)
    node = slurm("squeue", "--noheader", "--jobs", number, "--format=%N").stdout.strip()
    process = process_of(out, f"node{nodes}" if nodes > 1 else node)
    check(f"it is stopped in the middle, on {node}", process is not None and (out / "training.jsonl").exists()
          and not any(line["event"] == "end"
                      for line in map(json.loads, (out / "training.jsonl").read_text().splitlines())))
    return number, process


def process_of(out, node):
    """A training's process on a node, stopped."""
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            if words[0] == COLLAGAN.encode() and str(out).encode() in words \
                    and f"SLURMD_NODENAME={node}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                os.kill(int(folder.name), signal.SIGSTOP)
                return int(folder.name)
    return None


def ended(checks, slurm, number, name, what):
    slurm.wait(number)
    said = slurm("scontrol", "show", "job", number).stdout
    check(f"{what}: requeued once, ends with 0", "Restarts=1" in said and "ExitCode=0:0" in said
          and "JobState=COMPLETED" in said, said[:600] + (checks.folder / f"{name}.log").read_text()[-600:])
    checks.same_as_plain(what, name)


def node_lost(checks, slurm):
    number, process = job(checks, slurm, "node-lost", 2)
    slurm.lose("node2", process, keeps_job=False)
    slurm.start("node2")
    ended(checks, slurm, number, "node-lost", "one of two nodes lost")


def time_up(checks, slurm):
    """What Slurm does five minutes before a job's time is up."""
    number, process = job(checks, slurm, "time-up", 1)
    slurm("scancel", "--signal=USR1", number)
    time.sleep(1)
    os.kill(process, signal.SIGCONT)
    ended(checks, slurm, number, "time-up", "SIGUSR1 to a job on one node")


def rank_lost(checks, slurm, name, number_of_signal, *more):
    """One of two ranks, whose node works on."""
    number, process = job(checks, slurm, name, 2, *more)
    os.kill(process, number_of_signal)
    ended(checks, slurm, number, name, f"{name.replace('-', ' ')} under Slurm")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prefixes", nargs="*", type=pathlib.Path, help="folders of further MPI libraries (bin, lib)")
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="collagan-distributed-"))
    begun = time.monotonic()
    checks = Check(folder)
    done = checks.run([], "plain")
    check(f"one process, {STEPS} steps of 4 samples", done.returncode == 0, done.stderr[-600:])
    if shutil.which("mpirun.openmpi"):
        open_mpi(checks)
    else:
        print("skipped: Open MPI (not installed)")
    mpich(checks)
    for prefix in options.prefixes:
        installed(checks, prefix)
    requeues(checks)
    slurm(checks)
    if not cluster.failed:
        shutil.rmtree(folder)
    where = f"; files in {folder}" if folder.exists() else ""
    print(f"{cluster.passed} passed, {cluster.failed} failed in {time.monotonic() - begun:.0f} s{where}")
    sys.exit(1 if cluster.failed else 0)


if __name__ == "__main__":
    main()
