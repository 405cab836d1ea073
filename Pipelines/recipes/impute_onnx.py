"""Imputes a missing contrast with onnxruntime alone, by a file of `collagan model export --format onnx --dynamic`:

    impute_onnx.py MODEL.onnx OUT.nii.gz FLAIR T1=T1.nii.gz T1Gd=T1Gd.nii.gz T2=T2.nii.gz [brainmask=brain.nii.gz]

The images share one grid, with pixels of the model's spacing; the brain is the mask, else where any of them is above 0.
Needs nibabel, numpy and onnxruntime. What collagan does besides: checks, other grids, inputs that cover a part of the
brain only, report.
"""
import json
import sys

import nibabel as nib
import numpy as np
import onnxruntime


def impute(run, images, brain, target, meta):
    """Volumes in RAS order, by contrast → the target's, normalised;
    `run`: images and targets → the network's output."""
    norm, names = json.loads(meta["normalisation"]), meta["contrasts"].split(",")
    (left, back, _), (right, front, _) = np.argwhere(brain).min(0), np.argwhere(brain).max(0) + 1
    extents = front - back, right - left
    sides = [max(int(least), -(-extent // 16) * 16) for least, extent in zip(meta["crop"].split("x"), extents)]
    y, x = [(side - extent) // 2 for side, extent in zip(sides, extents)]
    box, centre = np.s_[left:right, back:front], np.s_[..., y:y + extents[0], x:x + extents[1]]
    slices, volume = np.zeros((brain.shape[2], len(names), *sides), np.float32), np.zeros(brain.shape, np.float32)
    for name, image in images.items():
        inside = image[brain & (image > 0)]
        level = inside.mean(dtype=float) if norm["kind"] == "mean" else np.percentile(inside, 99.5)
        normalised = np.clip(image / np.float32(level / norm["level"]), 0, norm["ceiling"]) * brain
        slices[:, names.index(name)][centre] = normalised[box].T
    for z in np.flatnonzero(brain.any(axis=(0, 1))):
        output = run(slices[z:z + 1], np.array([names.index(target)]))
        if meta["testTimeFlip"] == "true":
            flipped = run(np.ascontiguousarray(slices[z:z + 1, ..., ::-1]), np.array([names.index(target)]))
            output = (output + flipped[..., ::-1]) / 2
        volume[box][..., z] = output[0, 0][centre].T
    return volume * brain


if __name__ == "__main__":
    model, out, target, *inputs = sys.argv[1:]
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    meta = session.get_modelmeta().custom_metadata_map
    files = {name: nib.load(path) for name, path in (text.split("=", 1) for text in inputs)}
    images = {name: nib.as_closest_canonical(file).get_fdata(dtype=np.float32) for name, file in files.items()}
    mask = images.pop("brainmask", None)
    brain = np.any([image > 0 for image in images.values()], axis=0) if mask is None else mask > 0
    volume = impute(lambda x, t: session.run(None, {"images": x, "target": t})[0], images, brain, target, meta)
    volume *= json.loads(meta["referenceScales"])[meta["contrasts"].split(",").index(target)]
    grid = next(iter(files.values())).affine
    turned = nib.orientations.ornt_transform(nib.io_orientation(np.eye(4)), nib.io_orientation(grid))
    written = nib.Nifti1Image(nib.apply_orientation(volume, turned), grid)
    written.header["descrip"] = f"synthetic {target}, not acquired (onnxruntime)"
    nib.save(written, out)
