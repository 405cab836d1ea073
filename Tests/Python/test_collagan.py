"""The Python package as it is installed, against the program that comes with it."""
import dataclasses
import gzip
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time

import nibabel
import numpy as np
import pandas
import pytest

import collagan
import collagan._arrays

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "SampleData/complete/patient26"
FILES = {"T1": "T1", "T1Gd": "T1POST", "T2": "T2", "FLAIR": "FLAIR"}


def children():
    """Processes of the program that are there, zombies too."""
    found = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue
        parent = int(text.rsplit(")", 1)[1].split()[1])
        if parent == os.getpid() and "(collagan)" in text:
            found.append(text)
    return found


@pytest.fixture(autouse=True)
def no_process_is_left():
    yield
    assert children() == []


def thin(folder, contrasts, slices=4):
    folder.mkdir(parents=True)
    for contrast in contrasts:
        image = nibabel.load(SAMPLE / f"{FILES[contrast]}.nii.gz").slicer[:, :, 60:60 + slices]
        data = np.asanyarray(image.dataobj).astype(np.float32)
        nibabel.save(nibabel.Nifti1Image(data, image.affine), folder / f"{contrast}.nii.gz")


@pytest.fixture()
def patients(tmp_path):
    thin(tmp_path / "in/a", ["T1", "T1Gd", "T2"])
    thin(tmp_path / "in/b", ["T1", "T2", "FLAIR"])
    return tmp_path / "in"


def partial(folder):
    """Files that are not whole: temporary names."""
    return [path for path in folder.rglob("*") if path.name.startswith(".collagan-") or path.name.endswith(".tmp")]


def test_impute_gives_dataclasses_that_pandas_reads(patients, tmp_path):
    seen = []
    run = collagan.impute(patients, tmp_path / "out", progress=lambda *what: seen.append(what))
    assert [patient.name for patient in run.done] == ["a", "b"] and run.failed == []
    frame = pandas.DataFrame(run.images)
    assert list(frame["contrast"]) == ["FLAIR", "T1Gd"]
    assert all(path.exists() for path in [*frame["path"], *frame["sidecar"], run.metrics, run.report])
    assert len(pandas.read_csv(run.metrics)) == 2
    assert sorted(pandas.DataFrame(run.patients)["status"]) == ["done", "done"]
    assert seen and seen[-1][:2] == (2, 2)
    image = nibabel.load(run.images[0].path)
    assert b"synthetic FLAIR" in image.header["descrip"].item()
    assert image.header.extensions[0].get_code() == 6
    again = collagan.impute(patients, tmp_path / "out", progress=False)
    assert {patient.status for patient in again.patients} == {"skipped"}
    assert dataclasses.asdict(run.images[0])["patient"] == "a"


@pytest.mark.parametrize("with_tqdm", [True, False])
def test_progress_on_the_standard_error(patients, tmp_path, monkeypatch, capfd, with_tqdm):
    if not with_tqdm:
        monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    collagan.impute(patients, tmp_path / "out", progress=True)
    shown = capfd.readouterr().err
    assert ("2/2" in shown and "patient" in shown) if with_tqdm else "[2/2] b" in shown, shown


def test_same_bytes_as_the_command_line(patients, tmp_path):
    run = collagan.impute(patients / "a", tmp_path / "python")
    subprocess.run([collagan.program(), "impute", patients / "a", "--out", tmp_path / "shell", "--quiet"], check=True)
    shell = tmp_path / "shell" / run.images[0].path.relative_to(run.output)
    assert run.images[0].path.read_bytes() == shell.read_bytes()
    entry = pathlib.Path(sys.executable).with_name("collagan")
    version = subprocess.run([entry, "--version"], capture_output=True, text=True).stdout.split()[1]
    assert version == collagan.__version__


def test_collagan_names_another_program(tmp_path, monkeypatch):
    entry = pathlib.Path(sys.executable).with_name("collagan")

    def version(program):
        monkeypatch.setenv("COLLAGAN", str(program))
        return subprocess.run([entry, "--version"], capture_output=True, text=True, timeout=60)

    # The command itself, as scripts do that take the program from there, is no circle.
    assert version(entry).stdout.split()[1] == collagan.__version__
    image = tmp_path / "a.nii"
    nibabel.save(nibabel.Nifti1Image(np.ones((4, 4, 4), np.float32), np.eye(4)), image)
    assert len(collagan.inspect(image).patients) == 1
    nowhere = version(tmp_path / "nowhere")
    assert nowhere.returncode == 126 and "$COLLAGAN" in nowhere.stderr and nowhere.stderr.count("\n") == 1
    with pytest.raises(collagan.Refused, match=r"\$COLLAGAN"):
        collagan.inspect(image)


def test_evaluate_metrics_inspect_plan(tmp_path):
    thin(tmp_path / "in/a", FILES)
    run = collagan.evaluate(tmp_path / "in", tmp_path / "out", targets=["T2"], subsets=False)
    image = run.images[0]
    scores = collagan.metrics(tmp_path / "in/a/T2.nii.gz", image.path, range=1000)
    assert 0 < scores.nmse < 1 and scores.record["nmse"] == scores.nmse and scores.nmse_brain is None
    masked = collagan.metrics(tmp_path / "in/a/T2.nii.gz", image.path, mask=tmp_path / "in/a/T1.nii.gz")
    assert masked.nmse_brain > 0
    seen = collagan.inspect(image.path)
    assert "synthetic" in seen.patients[0].files[0].comment and not seen.has_problems
    patient = collagan.inspect(tmp_path / "in").patients[0]
    assert patient.present == list(FILES) and {file.role for file in patient.files} == set(FILES)
    plan = collagan.plan(tmp_path / "in", tmp_path / "out2")
    assert plan.patients[0].name == "a" and plan.patients[0].targets == []
    assert not (tmp_path / "out2").exists()


def test_collect_puts_calls_with_participants_together(patients, tmp_path):
    for name in ("a", "b"):
        run = collagan.impute(patients, tmp_path / "out", participants=[name])
        assert [patient.name for patient in run.done] == [name] and not run.metrics.exists()
    run = collagan.collect(tmp_path / "out")
    assert [image.contrast for image in run.images] == ["FLAIR", "T1Gd"] and run.seconds > 0 and run.report.exists()
    assert list(pandas.read_csv(run.metrics)["patient"]) == ["a", "b"]


def test_memory_that_is_short_is_not_used(monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(1000, 701, 299))
    assert collagan._arrays._memory(100) is None
    assert collagan._arrays._memory(99) == pathlib.Path("/dev/shm")


def test_arrays_leave_nothing_in_memory():
    before = set(pathlib.Path("/dev/shm").glob("collagan-*"))
    images = {contrast: nibabel.load(SAMPLE / f"{name}.nii.gz").slicer[:, :, 60:64] for contrast, name in FILES.items()}
    volumes = {contrast: (image.get_fdata(dtype=np.float32), image.affine) for contrast, image in images.items()}
    truth = volumes.pop("T2")[0]
    imputed = collagan.impute_volumes(volumes)
    assert list(imputed) == ["T2"]
    assert imputed["T2"].array.shape == truth.shape and imputed["T2"].array.dtype == np.float32
    assert np.allclose(imputed["T2"].affine, images["T1"].affine, atol=1e-4)
    inside = truth > 0
    assert np.corrcoef(imputed["T2"].array[inside], truth[inside])[0, 1] > 0.7
    masked = collagan.impute_volumes(volumes, brainmask=volumes["T1"][0] > 0)
    assert masked["T2"].array.shape == truth.shape
    with pytest.raises(collagan.Refused):
        collagan.impute_volumes({"T1": (np.zeros((8, 8, 2)), np.eye(4))})
    with pytest.raises(collagan.WrongUsage):
        collagan.impute_volumes(volumes, brainmask=np.ones((8, 8, 2)))
    assert set(pathlib.Path("/dev/shm").glob("collagan-*")) == before


def test_train_and_use(tmp_path):
    for name in ("a", "b"):
        thin(tmp_path / "in" / name, FILES)
    config = tmp_path / "training.yaml"
    config.write_text("ngf: 4\ncrop: {height: 192, width: 160}\nsteps: 2\nregressionSkip: true\n"
                      "weights: {cycle: 0, ssim: 0, adversarial: 0, classification: 0, reconstruction: 1}\n")
    training = collagan.train(tmp_path / "in", config, tmp_path / "model", threads=2)
    assert training.record["step"] == 2 and training.model.exists()
    thin(tmp_path / "new/c", ["T1", "T2"])
    run = collagan.impute(tmp_path / "new", tmp_path / "out", training.model)
    assert sorted(image.contrast for image in run.images) == ["FLAIR", "T1Gd"]
    assert len(collagan.train(tmp_path / "in", config, tmp_path / "model", resume=True).record["patients"]) == 2


def test_refusals_are_typed_and_say_why_on_one_line(patients, tmp_path):
    bad = tmp_path / "bad.safetensors"
    bad.write_bytes(b"nothing")
    cases = [
        (lambda: collagan.impute(tmp_path / "nowhere", tmp_path / "o"), collagan.Refused, "nowhere"),
        (lambda: collagan.impute(patients, tmp_path / "o", bad), collagan.Refused, "bad.safetensors"),
        (lambda: collagan.impute(patients, tmp_path / "o", tmp_path / "no.safetensors"), collagan.Refused, "no such"),
        (lambda: collagan.impute(patients, tmp_path / "o", threads=0), collagan.WrongUsage, "threads"),
        (lambda: collagan.impute(patients, tmp_path / "o", participants=[]), collagan.WrongUsage, "participants"),
        (lambda: collagan.evaluate(patients, tmp_path / "o", targets=[]), collagan.WrongUsage, "targets"),
        (lambda: collagan.collect(patients), collagan.Refused, "holds no parts"),
        (lambda: collagan.metrics(tmp_path / "x.nii", tmp_path / "y.nii"), collagan.Refused, "x.nii"),
        (lambda: collagan.train(patients, tmp_path / "no.yaml", tmp_path / "o"), collagan.Refused, "no.yaml"),
        (lambda: collagan.inspect(tmp_path / "nowhere"), collagan.Refused, "nowhere"),
    ]
    for call, kind, word in cases:
        with pytest.raises(kind) as caught:
            call()
        assert word in caught.value.reason and "\n" not in str(caught.value)
        assert isinstance(caught.value, collagan.CollaganError)
    assert not (tmp_path / "o").exists()


def test_a_bad_patient_is_named_and_the_others_are_done(patients, tmp_path):
    (patients / "c").mkdir()
    (patients / "c/T1.nii.gz").write_bytes(gzip.compress(b"no image"))
    with pytest.raises(collagan.PatientsFailed) as caught:
        collagan.impute(patients, tmp_path / "out")
    assert [patient.name for patient in caught.value.result.failed] == ["c"] and "c: " in caught.value.reason
    assert len(caught.value.result.images) == 2
    run = collagan.impute(patients, tmp_path / "out", check=False)
    assert len(run.failed) == 1 and len(run.done) == 2


def running(folder):
    """Process id of the program at work on `folder`."""
    for _ in range(1000):
        for command in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = command.read_bytes().split(b"\0")
            except OSError:
                continue
            if words[0].endswith(b"bin/collagan") and str(folder).encode() in words and (folder / "run.json").exists():
                return int(command.parent.name)
        time.sleep(0.01)
    raise AssertionError("the program did not start")


@pytest.mark.parametrize("number, kind", [(signal.SIGKILL, "Killed"), (signal.SIGTERM, "Interrupted")])
def test_a_killed_program_is_an_exception_and_the_same_call_goes_on(tmp_path, number, kind):
    thin(tmp_path / "in/a", ["T1", "T1Gd", "T2"], slices=24)
    out = tmp_path / "out"
    killer = threading.Thread(target=lambda: os.kill(running(out), number))
    killer.start()
    with pytest.raises(getattr(collagan, kind)) as caught:
        collagan.impute(tmp_path / "in", out)
    killer.join()
    assert "\n" not in caught.value.reason
    assert not list(out.rglob("*_imputed.nii.gz"))
    assert len(collagan.impute(tmp_path / "in", out).images) == 1
    assert partial(out) == []


def test_ctrl_c_ends_both(tmp_path):
    thin(tmp_path / "in/a", ["T1", "T1Gd", "T2"], slices=24)
    out = tmp_path / "out"
    script = (f"import collagan\ntry:\n    collagan.impute({str(tmp_path / 'in')!r}, {str(out)!r})\n"
              "except KeyboardInterrupt:\n    print('interrupted')\n")
    for group in (True, False):
        python = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True,
                                  start_new_session=True)
        child = running(out)
        # A terminal tells both, a notebook only Python.
        os.killpg(python.pid, signal.SIGINT) if group else os.kill(python.pid, signal.SIGINT)
        told, _ = python.communicate(timeout=60)
        assert told == "interrupted\n" and not pathlib.Path(f"/proc/{child}").exists()
        assert not list(out.rglob("*_imputed.nii.gz")) and partial(out) == []


def test_ctrl_c_while_the_program_starts(tmp_path, monkeypatch):
    thin(tmp_path / "in/a", ["T1", "T1Gd", "T2"])
    started, start = [], subprocess.Popen

    def interrupted(*words, **options):
        started.append(start(*words, **options))
        os.kill(os.getpid(), signal.SIGINT)
        return started[0]

    monkeypatch.setattr(subprocess, "Popen", interrupted)
    with pytest.raises(KeyboardInterrupt):
        collagan.impute(tmp_path / "in", tmp_path / "out")
    assert started[0].poll() is not None
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_exception_ends_the_program_even_where_ctrl_c_is_ignored(tmp_path):
    thin(tmp_path / "in/a", ["T1", "T1Gd", "T2"])
    thin(tmp_path / "in/b", ["T1", "T1Gd", "T2"], slices=24)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with pytest.raises(ZeroDivisionError):
            collagan.impute(tmp_path / "in", tmp_path / "out", progress=lambda *what: 1 / 0)
    finally:
        signal.signal(signal.SIGINT, before)
    assert [path.name[0] for path in (tmp_path / "out").rglob("*_imputed.nii.gz")] == ["a"]


def test_documentation_runs(tmp_path, monkeypatch):
    """The example of docs/start/python.md, block after block."""
    page = (ROOT / "docs/start/python.md").read_text()
    blocks = re.findall(r"```python\n(.*?)```", page, re.S)
    assert len(blocks) >= 3
    thin(tmp_path / "PATIENTS/a", ["T1", "T1Gd", "T2"])
    thin(tmp_path / "COMPLETE/a", FILES)
    monkeypatch.chdir(tmp_path)
    names = {}
    for block in blocks:
        exec(compile(block, "docs/start/python.md", "exec"), names)
    assert len(names["run"].images) == 1


def test_start_up(capsys):
    """What a call costs over the program's own start; printed."""
    image = nibabel.Nifti1Image(np.ones((4, 4, 4), np.float32), np.eye(4))
    path = pathlib.Path("/dev/shm/collagan-start.nii")
    nibabel.save(image, path)
    try:
        def median(call):
            times = []
            for _ in range(15):
                began = time.perf_counter()
                call()
                times.append(time.perf_counter() - began)
            return statistics.median(times) * 1e3
        bare = median(lambda: subprocess.run(
            [collagan.program(), "inspect", path, "--json"], capture_output=True, check=True))
        python = median(lambda: collagan.inspect(path))
    finally:
        path.unlink()
    with capsys.disabled():
        print(f"\ncall from Python: {python:.1f} ms, the program alone {bare:.1f} ms")
    assert python < bare + 100
