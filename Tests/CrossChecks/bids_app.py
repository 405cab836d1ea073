"""`collagan bids` on a dataset of two subjects: its output by the BIDS validator, its descriptor by boutiques, its
images by nibabel and SimpleITK, which have to know them as synthetic, and by ANTs' reader where it is installed
(antspyx: with what it needs as large as all else)."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import nibabel as nib
import numpy as np
import SimpleITK

try:
    import ants
except ImportError:
    ants = None

ROOT = pathlib.Path(__file__).resolve().parents[2]
COLLAGAN = os.environ["COLLAGAN"]
SUBJECTS = {
    "01": ("complete/patient26", {"T1w": "T1", "ce-gadolinium_T1w": "T1POST", "T2w": "T2"}),
    "02": ("complete/TCIA01_378", {"T1w": "TCIA01_378_T1", "T2w": "TCIA01_378_T2", "FLAIR": "TCIA01_378_FLAIR"}),
}
failures = 0


def check(name, condition, detail=""):
    global failures
    failures += not condition
    print("ok  " if condition else "FAIL", name, detail)


def tool(name):
    """A program of the Python environment that runs this."""
    return str(pathlib.Path(sys.executable).with_name(name))


def run(*words, status=0):
    result = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    if result.returncode != status:
        print(result.stdout, result.stderr, sep="\n")
    check(" ".join(str(word).rsplit("/", 1)[-1] for word in words[:4]), result.returncode == status)
    return result.stdout


def dataset(folder):
    for subject, (patient, files) in SUBJECTS.items():
        anat = folder / f"sub-{subject}/anat"
        anat.mkdir(parents=True)
        for suffix, name in files.items():
            image = nib.load(ROOT / f"SampleData/{patient}/{name}.nii.gz").slicer[:, :, 56:60]
            data = image.get_fdata(dtype=np.float32)
            nib.save(nib.Nifti1Image(data, image.affine), anat / f"sub-{subject}_{suffix}.nii.gz")
    (folder / "dataset_description.json").write_text(json.dumps({"Name": "Two subjects", "BIDSVersion": "1.9.0"}))


def validated(folder):
    text = run(tool("bids-validator-deno"), folder, "--format", "json", "--datasetTypes", "derivative")
    issues = json.loads(text[text.index("{"):])["issues"]["issues"]
    errors = [issue for issue in issues if issue.get("severity") == "error"]
    check("the validator finds no error", not errors, errors)
    print("    warnings:", sorted({" ".join(filter(None, (issue["code"], issue.get("subCode")))) for issue in issues}))


def descriptor(folder, data):
    path = folder / "collagan.json"
    path.write_text(run(sys.executable, ROOT / "Pipelines/packaging/boutiques.py", COLLAGAN))
    run(tool("bosh"), "validate", path)
    invocation = folder / "invocation.json"
    invocation.write_text(json.dumps({
        "bids_dir": str(data), "output_dir": str(folder / "out"), "analysis_level": "participant",
        "participant_label": ["01", "02"], "threads": 2, "overwrite": True}))
    run(tool("bosh"), "invocation", path, "-i", invocation)
    text = run(tool("bosh"), "exec", "simulate", path, "-i", invocation)
    check("the simulated command", "participant --participant-label 01 02" in text, text.strip()[-300:])


def ras(direction, spacing, origin):
    """ITK's axes run to the left and to the back, nibabel's to the right and to the front."""
    affine = np.eye(4)
    affine[:3] = np.c_[np.reshape(direction, (3, 3)) * spacing, origin]
    return np.diag([-1, -1, 1, 1]) @ affine


def same(image, voxels, affine):
    return np.allclose(voxels, image.get_fdata(), rtol=1e-6) and np.allclose(affine, image.affine, atol=1e-4)


def marks(out):
    paths = sorted(out.rglob("*_desc-imputed_*.nii.gz"))
    check("imputed images", len(paths) > 0, len(paths))
    for path in paths:
        image = nib.load(path)
        comment = json.loads(image.header.extensions[0].get_content())
        check(f"nibabel: {path.name}", comment["synthetic"] is True and image.header.extensions[0].get_code() == 6)
        read = SimpleITK.ReadImage(str(path))
        voxels = SimpleITK.GetArrayFromImage(read).transpose(2, 1, 0)
        affine = ras(read.GetDirection(), read.GetSpacing(), read.GetOrigin())
        check(f"SimpleITK: {path.name}",
              read.GetMetaData("descrip").startswith("synthetic ") and same(image, voxels, affine))
        if ants is not None:
            read = ants.image_read(str(path))
            affine = ras(read.direction, read.spacing, read.origin)
            check(f"ANTs {ants.__version__}: {path.name}", same(image, read.numpy(), affine))
    if ants is None:
        print("skipped: ANTs (antspyx is not installed)")


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        data, out = folder / "ds", folder / "out"
        dataset(data)
        for subject in SUBJECTS:
            run(COLLAGAN, "bids", data, out, "participant", "--participant-label", subject, "--quiet")
        run(COLLAGAN, "bids", data, out, "group", "--quiet")
        record = json.loads((out / "run.json").read_text())
        check("both subjects are done", record["counts"] == {"done": 2}, record["counts"])
        validated(out)
        marks(out)
        descriptor(folder, data)
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
