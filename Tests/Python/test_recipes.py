"""The recipes in Pipelines/recipes, on small patients."""
import csv
import json
import pathlib
import subprocess
import sys

import nibabel

from test_collagan import ROOT, thin


def test_complete_the_set_for_nnunet(tmp_path):
    dataset = tmp_path / "Dataset137"
    numbers = {"T1": 0, "T1Gd": 1, "T2": 2, "FLAIR": 3}
    (dataset / "imagesTs").mkdir(parents=True)
    for case, contrasts in (("case_1", ["T1", "T1Gd", "T2"]), ("case_2", ["T1", "T2"])):
        thin(tmp_path / case, contrasts)
        for contrast in contrasts:
            (tmp_path / case / f"{contrast}.nii.gz").rename(dataset / f"imagesTs/{case}_{numbers[contrast]:04}.nii.gz")
    (dataset / "dataset.json").write_text(json.dumps({"channel_names": {"0": "T1", "1": "T1ce", "2": "T2", "3": "FLAIR"}}))
    out = tmp_path / "out"
    for _ in range(2):
        result = subprocess.run([sys.executable, ROOT / "Pipelines/recipes/complete_nnunet.py", dataset / "imagesTs", out],
                                capture_output=True, text=True)
        assert result.returncode == 0, result.stderr
        files = sorted(path.name for path in (out / "imagesTs").iterdir())
        assert files == [f"case_{case}_{number:04}.nii.gz" for case in (1, 2) for number in range(4)]
        with open(out / "synthetic.tsv", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
        assert sorted((row["case"], row["contrast"]) for row in rows) == [
            ("case_1", "FLAIR"), ("case_2", "FLAIR"), ("case_2", "T1Gd")]
        marked = {name for name in files
                  if nibabel.load(out / "imagesTs" / name).header["descrip"].item().startswith(b"synthetic")}
        assert marked == {row["file"] for row in rows}
    assert not list(pathlib.Path(dataset / "imagesTs").glob("*imputed*"))
