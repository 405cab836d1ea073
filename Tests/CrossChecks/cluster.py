"""Runs a batch in parts under several engines, loses nodes, and compares every file with one run over all patients."""

import argparse
import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from batch import COLLAGAN, ROOT, hashes, manifest

CLUSTER = ROOT / "Pipelines/cluster"
SLURM = ROOT / "Tests/CrossChecks/slurm.sh"
PARTS = 4
PATIENTS = 2 * PARTS
passed = failed = 0


def check(name, condition, detail=""):
    global passed, failed
    passed, failed = passed + bool(condition), failed + (not condition)
    print(f"ok   {name}" if condition else f"FAIL {name} {detail}", flush=True)


def run(*command, **more):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, **more)


def check_results(name, out, whole):
    made, wanted = hashes(out), hashes(whole)
    different = sorted(file for file in made.keys() | wanted.keys() if made.get(file) != wanted.get(file))
    same = not different and len(wanted) > 30
    check(f"{name}: {len(wanted)} files, the bytes of one run", same, " ".join(different[:5]))
    left = [path.name for path in out.glob(".collagan*") if path.name != ".collagan"]
    check(f"{name}: nothing half done is left, state {manifest(out)['state']}",
          not left and manifest(out)["state"] == "finished", " ".join(left))


def wait_for(what, condition, seconds=300, interval=0.1):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(interval)
    check(f"waited {seconds} s for {what}", False)
    sys.exit(1)


def journal(out, part):
    try:
        return json.loads((out / f".collagan/part-{part}-of-{PARTS}.json").read_text())
    except (FileNotFoundError, ValueError):
        return None


def at_work(out, node, done):
    """A part that works on a node with so many patients or more done and one in work, and its process."""
    for part in range(1, PARTS + 1):
        found = journal(out, part)
        counts = found["counts"] if found else {}
        if found and found["state"] == "running" and found["part"]["host"] == node:
            if counts.get("done", 0) >= done and counts.get("running"):
                return part, found["part"]["process"]
    return None


def stopped_at_work(out, node, done):
    """The same, stopped (SIGSTOP) so that it is still at it when it is looked at."""
    found = at_work(out, node, done)
    if not found:
        return None
    with contextlib.suppress(ProcessLookupError):
        os.kill(found[1], signal.SIGSTOP)
        if at_work(out, node, done) == found:
            return found
        os.kill(found[1], signal.SIGCONT)
    return None


def status_of(process):
    """Name and parent of a process; None where there is none."""
    try:
        lines = pathlib.Path(f"/proc/{process}/status").read_text().splitlines()
    except FileNotFoundError:
        return None
    fields = dict(line.split(":", 1) for line in lines if ":" in line)
    return fields["Name"].strip(), int(fields["PPid"])


def ancestors(process):
    """From a job's program up to its slurmstepd."""
    chain = []
    while process > 1:
        name, parent = status_of(process)
        chain.append(process)
        if name == "slurmstepd":
            return chain
        process = parent
    raise RuntimeError("no slurmstepd above the job")


class Slurm:
    def __init__(self, folder):
        self.folder = folder
        self.keepers = []  # slurmstepds whose node is cut off, that nobody else ends

    def __enter__(self):
        subprocess.run([SLURM, "up", self.folder, "2"], check=True)
        self.environment = os.environ | {"SLURM_CONF": str(self.folder / "slurm.conf")}
        return self

    def __exit__(self, *_):
        subprocess.run([SLURM, "down", self.folder])
        for process in self.keepers:
            if (status_of(process) or ("",))[0] == "slurmstepd":
                os.kill(process, signal.SIGKILL)

    def __call__(self, *command, **variables):
        return run(*command, env=self.environment | {key: str(value) for key, value in variables.items()})

    def submit(self, patients, out, log):
        options = ["--parsable", f"--output={log}/%A_%a.log", "--cpus-per-task=1", "--mem=1500M", f"--array=1-{PARTS}"]
        batch = self("sbatch", *options, CLUSTER / "impute.sbatch", PATIENTS=patients, OUT=out, PARTS=PARTS)
        job = batch.stdout.strip()
        check(f"Slurm took the array as job {job}", batch.returncode == 0, batch.stderr)
        collect = self("sbatch", "--parsable", f"--dependency=afterany:{job}", f"--output={log}/collect.log",
                       "--wrap", f"'{COLLAGAN}' collect '{out}'")
        check("and collect after it", collect.returncode == 0, collect.stderr)
        return collect.stdout.strip()

    def lose(self, node, process, keeps_job):
        """What a power failure is; with `keeps_job` the node is only cut off, and its program works on."""
        chain = ancestors(process)
        subprocess.run([SLURM, "kill", self.folder, node], check=True)
        if keeps_job:
            self.keepers.append(chain[-1])
        else:
            for lost in reversed(chain):
                # The kernel ends what is stopped when what started it goes.
                with contextlib.suppress(ProcessLookupError):
                    os.kill(lost, signal.SIGKILL)
        self("scontrol", "update", f"NodeName={node}", "State=DOWN", "Reason=lost")

    def start(self, node):
        subprocess.run([SLURM, "start", self.folder, node], check=True)

    def wait(self, job):
        """Until the last job is over."""
        waiting = ["squeue", "--noheader", "--jobs", job, "--states=PD,R,CG,S"]
        wait_for(f"job {job}", lambda: not self(*waiting).stdout.strip(), 900)


def processes_that_name(folder):
    found = []
    for command in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if str(folder).encode() in command.read_bytes():
                found.append(int(command.parent.name))
    return found


def does_not_start(folder):
    """A cluster whose slurmctld ends at once, when munged is there already."""
    base, programs = folder / "cluster-0", folder / "broken"
    programs.mkdir()
    (programs / "slurmctld").symlink_to("/bin/false")
    path = os.environ["PATH"]
    os.environ["PATH"] = f"{programs}:{path}"
    try:
        with Slurm(base):
            check("a cluster without slurmctld does not start", False)
    except subprocess.CalledProcessError:
        left = processes_that_name(base)
        check("a cluster that does not start leaves no process", (base / "munge/key").exists() and not left, left)
    finally:
        os.environ["PATH"] = path


def node_lost(folder, patients, whole):
    with Slurm(folder / "cluster") as slurm:
        out = folder / "node-lost"
        collect = slurm.submit(patients, out, folder)
        part, process = wait_for("a patient in work on node2", lambda: stopped_at_work(out, "node2", 1))
        slurm.lose("node2", process, keeps_job=False)
        slurm.wait(collect)
        check_results("node2 lost in the middle", out, whole)
        again = journal(out, part)
        statuses = [entry["status"] for entry in again["patients"]]
        check(f"part {part} went on on {again['part']['host']}: {', '.join(statuses)}",
              again["part"]["host"] == "node1" and statuses == ["skipped", "done"])


def node_cut_off(folder, patients, whole):
    with Slurm(folder / "cluster-2") as slurm:
        out = folder / "cut-off"
        collect = slurm.submit(patients, out, folder)
        part, process = wait_for("a patient in work on node2", lambda: stopped_at_work(out, "node2", 0))
        slurm.lose("node2", process, keeps_job=True)
        name = journal(out, part)["part"]["job"]
        running = ["squeue", "--noheader", "--array", "--states=R", "--nodelist=node1", "--format=%i"]
        wait_for(f"{name} on node1", lambda: name in slurm(*running).stdout.split())
        check("the part is locked for the second task", run(COLLAGAN, "collect", out).returncode == 75)
        os.kill(process, signal.SIGCONT)
        slurm.wait(collect)
        check_results("node2 cut off, its program alive", out, whole)
        again = journal(out, part)
        check(f"the second task of part {part} had nothing left to do",
              again["part"]["host"] == "node1" and {entry["status"] for entry in again["patients"]} == {"skipped"})


def parallel(folder, patients, whole):
    out = folder / "parallel"
    parts = [str(part) for part in range(1, PARTS + 1)]
    command = [COLLAGAN, "impute", patients, "--out", out, "--part", f"{{}}/{PARTS}", "--threads", "1", "--quiet"]
    done = run("parallel", "-j2", "--retries", "2", "--joblog", folder / "jobs.log", *command, ":::", *parts)
    check("GNU parallel ran all parts", done.returncode == 0, done.stderr[-300:])
    check("and they were collected", run(COLLAGAN, "collect", out).returncode == 0)
    check_results("GNU parallel", out, whole)


def snakemake(folder, patients, whole):
    out = folder / "snakemake"
    program = pathlib.Path(sys.executable).parent / "snakemake"
    configuration = [f"patients={patients}", f"out={out}", f"parts={PARTS}", "threads=1", "mem_mb=1500"]
    command = [program, "-s", CLUSTER / "Snakefile", "--directory", folder, "--cores", "2", "--quiet", "all",
               "--config", *configuration, f"collagan={COLLAGAN}"]
    words = [str(word) for word in command]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    host = os.uname().nodename.split(".")[0]
    found = wait_for("a patient in work under Snakemake", lambda: stopped_at_work(out, host, 1))
    os.kill(found[1], signal.SIGKILL)
    errors = process.communicate()[1]
    check(f"Snakemake tried part {found[0]} again after a kill", process.returncode == 0, errors[-300:])
    check_results("Snakemake", out, whole)
    statuses = [entry["status"] for entry in journal(out, found[0])["patients"]]
    check(f"its first patient was skipped: {', '.join(statuses)}", statuses == ["skipped", "done"])
    collected, part = folder / f"{out.name}.parts/collected", out / f".collagan/part-3-of-{PARTS}.json"
    record = part.read_text()

    def again():
        collected.unlink(missing_ok=True)
        return run(*command)

    part.unlink()
    done = again()
    check("Snakemake fails where collect finds that a part never ran", done.returncode != 0 and not collected.exists()
          and "part 3 of 4 never ran" in done.stderr and manifest(out)["state"] == "incomplete", done.stderr[-300:])
    entries = json.loads(record)
    entries["patients"][0] |= {"status": "failed", "reason": "cannot be used", "files": []}
    part.write_text(json.dumps(entries))
    done = again()
    check("but not for a patient that cannot be used", done.returncode == 0 and collected.exists()
          and manifest(out)["counts"].get("failed") == 1, done.stderr[-300:])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=pathlib.Path, help="a folder of eight; else pieces of the sample patient")
    parser.add_argument("--keep", action="store_true", help="keep the folder")
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="collagan-cluster-"))
    begun = time.monotonic()
    patients, whole = options.patients, folder / "whole"
    if patients is None:
        import batch_patients

        patients = folder / "patients"
        batch_patients.good(ROOT, pathlib.Path("none"), patients, PATIENTS)
    done = run(COLLAGAN, "impute", patients, "--out", whole, "--quiet")
    check(f"one run over {PATIENTS} patients", done.returncode == 0, done.stderr[-300:])
    if os.geteuid() == 0 and shutil.which("slurmctld") and shutil.which("munged"):
        does_not_start(folder)
        node_lost(folder, patients, whole)
        node_cut_off(folder, patients, whole)
    else:
        print("skipped: Slurm (not root, or not installed)")
    if shutil.which("parallel"):
        parallel(folder, patients, whole)
    else:
        print("skipped: GNU parallel (not installed)")
    if (pathlib.Path(sys.executable).parent / "snakemake").exists():
        snakemake(folder, patients, whole)
    else:
        print("skipped: Snakemake (not installed)")
    if not options.keep and not failed:
        shutil.rmtree(folder)
    where = f"; files in {folder}" if folder.exists() else ""
    print(f"{passed} passed, {failed} failed in {time.monotonic() - begun:.0f} s{where}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
