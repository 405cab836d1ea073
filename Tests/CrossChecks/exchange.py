"""The exported generator in other runtimes against the program's own engine, on real slices of every target.

For each sample patient and each target: `collagan impute` of float32 images (so that its NIfTI holds the engine's
output as it is) against onnxruntime, OpenVINO and PyTorch on the same slices; then the recipe that imputes by
onnxruntime alone, as a user calls it. One line per check; ends with a table of the largest errors in normalised
intensity (the brain's mean is 0.4).
"""
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import nibabel as nib
import numpy as np
import onnx
import onnxruntime
import openvino
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch_collagan import ImputingGenerator

ROOT = pathlib.Path(__file__).resolve().parents[2]
RECIPE = ROOT / "Pipelines/recipes/impute_onnx.py"
sys.path.insert(0, str(RECIPE.parent))
import impute_onnx  # noqa: E402

COLLAGAN = os.environ["COLLAGAN"]
MODEL = ROOT / "Pipelines/models/collagan-multisite.safetensors"
PATIENTS = {
    "patient26": {"T1": "T1", "T1Gd": "T1POST", "T2": "T2", "FLAIR": "FLAIR"},
    "TCIA01_378": {name: f"TCIA01_378_{name}" for name in ("T1", "T1Gd", "T2", "FLAIR")},
}
failures = 0


def check(name, condition, detail=""):
    global failures
    failures += not condition
    print("ok  " if condition else "FAIL", name, detail)


def run(*arguments, status=0):
    result = subprocess.run([COLLAGAN, *map(str, arguments)], capture_output=True, text=True)
    assert result.returncode == status, result.stderr
    return result.stdout if status == 0 else result.stderr


def thin(patient, folder):
    """4 slices of every contrast, as float32."""
    paths = {}
    for contrast, name in PATIENTS[patient].items():
        image = nib.load(ROOT / f"SampleData/complete/{patient}/{name}.nii.gz").slicer[:, :, 58:62]
        paths[contrast] = folder / f"{contrast}.nii.gz"
        nib.save(nib.Nifti1Image(image.get_fdata(dtype=np.float32), image.affine), paths[contrast])
    return paths


def runtimes(folder):
    session = onnxruntime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
    compiled = openvino.Core().compile_model(folder / "model.onnx", "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    torch_model = ImputingGenerator.of(load_file(folder / "state.safetensors")).eval()

    def torch_run(x, t):
        with torch.inference_mode():
            return torch_model(torch.from_numpy(x), torch.from_numpy(t)).numpy()
    return session.get_modelmeta().custom_metadata_map, {
        "onnxruntime": lambda x, t: session.run(None, {"images": x, "target": t})[0],
        "OpenVINO": lambda x, t: compiled({"images": x, "target": t})[0],
        "PyTorch": torch_run,
    }


def outputs(folder, meta, runners):
    """Largest error by runtime and target."""
    worst = {}
    for patient in PATIENTS:
        (folder / patient).mkdir()
        paths = thin(patient, folder / patient)
        volumes = {name: nib.as_closest_canonical(nib.load(path)).get_fdata(dtype=np.float32)
                   for name, path in paths.items()}
        for target in PATIENTS[patient]:
            inputs = {name: path for name, path in paths.items() if name != target}
            given = folder / f"{patient}-{target}" / patient
            given.mkdir(parents=True)
            for path in inputs.values():
                (given / path.name).symlink_to(path)
            run("impute", given, "--model", MODEL, "--out", folder / f"{patient}-{target}-out", "--quiet")
            stem = folder / f"{patient}-{target}-out/{patient}/{patient}_{target}_imputed"
            written = nib.load(f"{stem}.nii.gz")
            scale = json.loads(pathlib.Path(f"{stem}.json").read_text())["intensityScale"]
            expected = nib.as_closest_canonical(written).get_fdata(dtype=np.float32) / np.float32(scale)
            images = {name: volumes[name] for name in inputs}
            brain = np.any([image > 0 for image in images.values()], axis=0)
            for name, runner in runners.items():
                given_by = impute_onnx.impute(runner, images, brain, target, meta)
                error = float(abs(given_by - expected).max())
                worst[name, target] = max(worst.get((name, target), 0), error)
            if target not in ("T1Gd", "FLAIR"):
                continue
            out = folder / f"{patient}-{target}.nii.gz"
            subprocess.run([sys.executable, RECIPE, folder / "model.onnx", out, target,
                            *(f"{name}={path}" for name, path in inputs.items())], check=True)
            theirs = nib.load(out)
            error = float(abs(theirs.get_fdata() - written.get_fdata()).max() / scale)
            check(f"{patient} {target}: the recipe's NIfTI",
                  error < 1e-3 and np.allclose(theirs.affine, written.affine), error)
    return worst


def files(folder):
    model = onnx.load(folder / "model.onnx")
    onnx.checker.check_model(model, full_check=True)
    check("opset", model.opset_import[0].version >= 17, model.opset_import[0].version)
    meta = {pair.key: pair.value for pair in model.metadata_props}
    for key in ("contrasts", "normalisation", "cropMultiple", "licence", "sha256", "modelCard", "referenceScales"):
        check(f"metadata {key}", bool(meta.get(key)))
    check("its model's hash", meta["sha256"] == hashlib.sha256(MODEL.read_bytes()).hexdigest(), meta["sha256"])
    check("licence", meta["licence"] == "Apache-2.0", meta["licence"])
    fixed = onnx.load(folder / "fixed.onnx")
    onnx.checker.check_model(fixed, full_check=True)
    sides = [side.dim_value for side in fixed.graph.input[0].type.tensor_type.shape.dim]
    check("fixed shape", sides == [1, 4, *map(int, meta["crop"].split("x"))], sides)
    run("model", "import", folder / "state.safetensors", "--out", folder / "back.safetensors")
    check("export and import give the same file", (folder / "back.safetensors").read_bytes() == MODEL.read_bytes())


def shapes(folder, runners):
    """A batch of two targets on larger slices than the model's own, against each slice alone;
    the fixed shape against the dynamic one."""
    images = np.random.default_rng(1).uniform(0, 1, (2, 4, 208, 176)).astype(np.float32)
    targets = np.array([3, 1])
    for number, target in enumerate(targets):
        images[number, target] = 0
    alone = np.concatenate([runners["PyTorch"](images[n:n + 1], targets[n:n + 1]) for n in (0, 1)])
    for name, runner in runners.items():
        error = float(abs(runner(images, targets) - alone).max())
        check(f"{name}: two targets in one batch, 208×176", error < 1e-4, error)
    session = onnxruntime.InferenceSession(folder / "fixed.onnx", providers=["CPUExecutionProvider"])
    one = np.ascontiguousarray(images[:1, :, :192, :160])
    fixed = session.run(None, {"images": one, "target": targets[:1]})[0]
    error = float(abs(fixed - runners["onnxruntime"](one, targets[:1])).max())
    check("fixed shape against the dynamic one", error < 1e-5, error)


def training_elsewhere(folder):
    """A state dictionary as PyTorch saves it, without metadata, becomes a model with --like."""
    elsewhere = ImputingGenerator.of(load_file(folder / "state.safetensors"))
    state = {name: tensor.contiguous() for name, tensor in elsewhere.state_dict().items()}
    state["out.weight"] = state["out.weight"] * 0.5
    save_file(state, folder / "bare.safetensors")
    check("bare file refused",
          "--like" in run("model", "import", folder / "bare.safetensors", "--out", folder / "x", status=2))
    run("model", "import", folder / "bare.safetensors", "--out", folder / "mine.safetensors", "--like", MODEL,
        "--name", "mine")
    with safe_open(folder / "mine.safetensors", "pt") as ours, safe_open(MODEL, "pt") as theirs:
        half = ours.get_tensor("generator.head.weight") * 2
        check("weights of elsewhere", torch.equal(half, theirs.get_tensor("generator.head.weight")))
        check("name", ours.metadata()["name"] == "mine" and ours.metadata()["crop"] == theirs.metadata()["crop"])


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        run("model", "export", MODEL, "--out", folder / "model.onnx", "--format", "onnx", "--dynamic")
        run("model", "export", MODEL, "--out", folder / "fixed.onnx", "--format", "onnx")
        run("model", "export", MODEL, "--out", folder / "state.safetensors", "--format", "pytorch")
        files(folder)
        training_elsewhere(folder)
        meta, runners = runtimes(folder)
        shapes(folder, runners)
        worst = outputs(folder, meta, runners)
    targets = list(PATIENTS["patient26"])
    print("| runtime |", " | ".join(targets), "|")
    for runtime in runners:
        check(runtime, max(worst[runtime, target] for target in targets) < 1e-4,
              "| " + " | ".join(f"{worst[runtime, target]:.1e}" for target in targets) + " |")
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
