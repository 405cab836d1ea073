"""Pipelines/comparison.sh from patients to page, with two methods and budgets of some steps: one training patient
cannot be read, the test patients are a BIDS dataset of two sessions, one of which lacks a contrast."""
import gzip
import json
import os
import pathlib
import re
import subprocess
import tempfile

import nibabel as nib
import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMPLETE = ROOT / "SampleData/complete"
ROLES = {"patient26": {"T1": "T1", "T1Gd": "T1POST", "T2": "T2", "FLAIR": "FLAIR"},
         "TCIA01_378": {role: f"TCIA01_378_{role}" for role in ("T1", "T1Gd", "T2", "FLAIR")}}
BIDS = {"T1": "T1w", "T1Gd": "ce-gadolinium_T1w", "T2": "T2w", "FLAIR": "FLAIR"}
failures = 0


def check(name, condition, detail=""):
    global failures
    failures += not condition
    print("ok  " if condition else "FAIL", name, detail)


def piece(patient, first, folder, names, slices=4):
    """Some slices of a sample patient, called as `names` say."""
    folder.mkdir(parents=True)
    for role, name in names.items():
        image = nib.load(COMPLETE / patient / f"{ROLES[patient][role]}.nii.gz").slicer[:, :, first:first + slices]
        plain = nib.Nifti1Image(image.get_fdata(dtype=np.float32), image.affine)
        (folder / f"{name}.nii.gz").write_bytes(gzip.compress(plain.to_bytes(), 1, mtime=0))


def main():
    with tempfile.TemporaryDirectory() as place:
        place = pathlib.Path(place)
        training, tests, out = place / "training", place / "tests", place / "out"
        for index, (patient, first) in enumerate([("patient26", 50), ("patient26", 70), ("TCIA01_378", 60)]):
            piece(patient, first, training / f"p{index}", {role: role for role in BIDS})
        piece("TCIA01_378", 70, training / "torn", {role: role for role in BIDS})
        torn = training / "torn/T2.nii.gz"
        torn.write_bytes(torn.read_bytes()[:1000])
        for session, lacks in (("1", None), ("2", "FLAIR")):
            names = {role: f"sub-01_ses-{session}_{suffix}" for role, suffix in BIDS.items() if role != lacks}
            piece("TCIA01_378", 55, tests / f"sub-01/ses-{session}/anat", names)
        (tests / "dataset_description.json").write_text(json.dumps({"Name": "One subject", "BIDSVersion": "1.9.0"}))
        (out / "speeds").mkdir(parents=True)
        for method in ("compact", "pix2pix-small"):
            (out / f"speeds/{method}.json").write_text(json.dumps({
                "stepsPerSecond": 0.1, "millisecondsPerSlice": 1, "othersProcessors": 0, "processor": "none",
                "instructionSet": "none", "threads": 2, "seconds": 1,
                "preset": [line for line in (ROOT / f"Pipelines/{method}.yaml").read_text().splitlines()
                           if line and not line.startswith("#")]}))
        command = [ROOT / "Pipelines/comparison.sh", "--minutes", "1", "--threads", "2", training, tests, out]
        environment = os.environ | {"METHODS": "compact pix2pix-small"}
        for turn in ("first", "again"):
            result = subprocess.run(command, capture_output=True, text=True, env=environment)
            check(f"comparison.sh, {turn}", result.returncode == 0, result.stderr[-2000:] if result.returncode else "")
        page, text = (out / "comparison.html").read_text(), (out / "comparison.md").read_text()
        check("a page of its own",
              not re.search(r'(src|href)=(?!"data:)', page) and page.count("data:image/png") == 4 * 5,
              page.count("data:image/png"))
        said = "1 test patient. Left out, as they lack a contrast or could not be evaluated: sub-01_ses-2."
        check("who is compared", said in text and said in page)
        rows = [line for line in text.splitlines() if line.startswith("| ")]
        for title in ("best copy", "regression from 3", "collagan-compact from 3", "pix2pix-small, best source"):
            row = next((row for row in rows if row.startswith(f"| {title} |")), "")
            check(title, len(re.findall(r"\d\.\d", row)) == 5, row)
        costs = next((row for row in rows if row.startswith("| pix2pix-small | 12 |")), "")
        check("costs", "| 1.9 | 6 | 1.0 |" in costs, costs)
    raise SystemExit(failures > 0)


if __name__ == "__main__":
    main()
