"""The recipes in Pipelines/recipes, on small patients."""
import csv
import json
import os
import pathlib
import subprocess
import sys

import nibabel
import pytest

from test_collagan import ROOT, thin

NUMBERS = {"T1": 0, "T1Gd": 1, "T2": 2, "FLAIR": 3}


@pytest.fixture()
def dataset(tmp_path):
    dataset = tmp_path / "Dataset137"
    (dataset / "imagesTs").mkdir(parents=True)
    for case, contrasts in (("case_1", ["T1", "T1Gd", "T2"]), ("case_2", ["T1", "T2"])):
        thin(tmp_path / case, contrasts)
        for contrast in contrasts:
            (tmp_path / case / f"{contrast}.nii.gz").rename(dataset / f"imagesTs/{case}_{NUMBERS[contrast]:04}.nii.gz")
    channels = {"0": "T1", "1": "T1ce", "2": "T2", "3": "FLAIR"}
    (dataset / "dataset.json").write_text(json.dumps({"channel_names": channels}))
    return dataset


def complete(dataset, out, *given):
    return subprocess.run(
        [sys.executable, ROOT / "Pipelines/recipes/complete_nnunet.py", dataset / "imagesTs", out, *given],
        capture_output=True, text=True)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def check(out, cases, synthetic):
    """All channels of these cases are there, and exactly those that are marked as synthetic inside are listed."""
    files = sorted(path.name for path in (out / "imagesTs").iterdir())
    assert files == [f"{case}_{number:04}.nii.gz" for case in cases for number in range(4)]
    with open(out / "synthetic.tsv", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert sorted((row["case"], row["contrast"]) for row in rows) == synthetic
    marked = {name for name in files
              if nibabel.load(out / "imagesTs" / name).header["descrip"].item().startswith(b"synthetic")}
    assert marked == {row["file"] for row in rows}


def test_complete_the_set_for_nnunet(dataset, tmp_path):
    acquired = contents(dataset / "imagesTs")
    out = tmp_path / "out"
    for _ in range(2):
        result = complete(dataset, out)
        assert result.returncode == 0, result.stderr
        check(out, ["case_1", "case_2"], [("case_1", "FLAIR"), ("case_2", "FLAIR"), ("case_2", "T1Gd")])
    assert contents(dataset / "imagesTs") == acquired

    # A case that fails now, one that went, and one whose channel was acquired after all leave nothing stale behind.
    (dataset / "imagesTs/case_2_0000.nii.gz").write_bytes(b"no image")
    result = complete(dataset, out)
    assert result.returncode == 1 and "case_2: " in result.stderr
    check(out, ["case_1"], [("case_1", "FLAIR")])
    for path in (dataset / "imagesTs").glob("case_2_*"):
        path.unlink()
    (tmp_path / "FLAIR").mkdir()
    thin(tmp_path / "FLAIR/case_1", ["FLAIR"])
    (tmp_path / "FLAIR/case_1/FLAIR.nii.gz").rename(dataset / "imagesTs/case_1_0003.nii.gz")
    result = complete(dataset, out)
    assert result.returncode == 0, result.stderr
    check(out, ["case_1"], [])

    (out / "imagesTs/mine.nii.gz").write_bytes(b"")
    result = complete(dataset, out)
    assert result.returncode == 2 and "mine.nii.gz" in result.stderr and (out / "imagesTs/mine.nii.gz").exists()


def test_an_acquired_image_is_never_written_over(dataset, tmp_path):
    # A fifth channel that is no contrast, so that only its number speaks against FLAIR=4.
    names = {"0": "T1", "1": "T1ce", "2": "T2", "3": "FLAIR", "4": "ADC"}
    (dataset / "dataset.json").write_text(json.dumps({"channel_names": names}))
    (dataset / "imagesTs/case_2_0004.nii.gz").write_bytes((dataset / "imagesTs/case_2_0000.nii.gz").read_bytes())
    acquired = contents(dataset / "imagesTs")
    for given, word in (("FLAIR=2", "channel 2"), ("FLAIR=4", "case_2_0004.nii.gz")):
        result = complete(dataset, tmp_path / "out", given)
        assert result.returncode == 2 and word in result.stderr.splitlines()[-1], result.stderr
        assert contents(dataset / "imagesTs") == acquired
    result = complete(dataset, dataset)
    assert result.returncode == 2 and contents(dataset / "imagesTs") == acquired


def tsv(path):
    with open(path, newline="") as file:
        return list(csv.reader(file, delimiter="\t"))


def test_complete_patients_by_the_shell(tmp_path):
    patients, out = tmp_path / "in", tmp_path / "out"
    thin(patients / "a b", ["T1", "T1Gd", "T2"])
    thin(patients / "c", ["T1", "T2", "FLAIR"])
    # Half of a brain, which is a warning about the whole patient.
    image = nibabel.load(patients / "c/T1.nii.gz")
    half = image.get_fdata() > 0
    half[half.shape[0] // 2:] = False
    nibabel.save(nibabel.Nifti1Image(half.astype("uint8"), image.affine), patients / "c/brainmask.nii.gz")

    def recipe(folder, *given):
        script = ROOT / "Pipelines/recipes/complete_patients.sh"
        program = pathlib.Path(sys.executable).with_name("collagan")
        return subprocess.run(["bash", script, folder, out, *given], capture_output=True, text=True,
                              env=os.environ | {"COLLAGAN": str(program)}, timeout=600)

    def synthetic():
        return [row[:2] for row in tsv(out / "synthetic.tsv")[1:]]

    def complete():
        """Contrast files by patient;
        those that say of themselves that they are synthetic are exactly the listed ones."""
        files = sorted((out / "complete").glob("*/*.nii.gz"))
        marked = [[path.parent.name, path.name.split(".")[0]] for path in files
                  if nibabel.load(path).header["descrip"].item().startswith(b"synthetic")]
        assert sorted(marked) == sorted(synthetic())
        return {folder.name: sorted(path.name.split(".")[0] for path in folder.iterdir())
                for folder in (out / "complete").iterdir()}

    every = sorted(NUMBERS)
    done = recipe(patients)
    assert done.returncode == 0, done.stderr
    assert complete() == {"a b": every, "c": sorted(["brainmask", *every])}
    assert synthetic() == [["a b", "FLAIR"], ["c", "T1Gd"]]
    assert ["the brain mask" in row[4] for row in tsv(out / "synthetic.tsv")[1:]] == [False, True]
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert lines[0][0].startswith("2 images imputed")
    assert sorted(line[1:] for line in lines[1:]) == [["a b", "FLAIR"], ["c", "T1Gd"]]
    assert float(lines[1][0]) >= float(lines[2][0]) > 0

    # What was acquired after all takes the imputed one's place; who fails is left out and named.
    thin(tmp_path / "later", ["FLAIR"])
    (tmp_path / "later/FLAIR.nii.gz").rename(patients / "a b/FLAIR.nii.gz")
    (patients / "c/T2.nii.gz").write_bytes(b"no image")
    failed = recipe(patients)
    assert failed.returncode == 1 and "c\t" in failed.stderr and failed.stdout.startswith("0 images imputed")
    assert [row[:2] for row in tsv(out / "synthetic.tsv")] == [["patient", "contrast"]]
    assert complete() == {"a b": every} and synthetic() == [] and [row[0] for row in tsv(out / "failed.tsv")] == ["c"]

    refused = recipe(tmp_path / "nowhere")
    assert refused.returncode == 2 and "nowhere" in refused.stderr and complete() == {"a b": every}
    raw = recipe(patients, "--prepare")
    assert raw.returncode == 2 and "collagan prepare" in raw.stderr and complete() == {"a b": every}
    (out / "synthetic.tsv").unlink()
    foreign = recipe(patients)
    assert foreign.returncode == 2 and "not of an earlier call" in foreign.stderr and (out / "complete").is_dir()
    assert not list(out.glob(".complete*"))
