"""Imputes one patient's missing contrast with onnxruntime alone, from a file of `collagan model export --format onnx --dynamic`:

    impute_onnx.py MODEL.onnx OUT.nii.gz FLAIR T1=T1.nii.gz T1Gd=T1Gd.nii.gz T2=T2.nii.gz [brainmask=brain.nii.gz]

The images share one grid, with pixels of the model's spacing; the brain is the mask, else where any of them is above 0. Needs nibabel,
numpy and onnxruntime. What collagan does besides: checks, other grids, inputs that cover a part of the brain only, report.
"""
import json
import sys

import nibabel as nib
import numpy as np
import onnxruntime


def prepare(images, brain, meta):
    """Volumes in RAS order, by contrast → slices × contrasts × rows × columns, the window of the volume that they are."""
    norm, names = json.loads(meta["normalisation"]), meta["contrasts"].split(",")
    stack = np.zeros((len(names), *brain.shape), np.float32)
    for name, image in images.items():
        inside = np.maximum(image[brain], 0)
        inside = inside[inside > 0]
        level = inside.mean(dtype=float) if norm["kind"] == "mean" else np.percentile(inside, 99.5)
        stack[names.index(name)] = np.minimum(np.maximum(image, 0) / np.float32(level / norm["level"]), norm["ceiling"]) * brain
    window = []
    for axis, least in ((0, 1), (1, 0)):
        filled = np.flatnonzero(brain.any(axis=(1 - axis, 2)))
        extent = filled[-1] - filled[0] + 1
        side = max(int(meta["crop"].split("x")[least]), (extent + 15) // 16 * 16)
        window.append((filled[0] - (side - extent) // 2, side))
    padded = np.pad(stack, [(0, 0)] + [(side, side) for _, side in window] + [(0, 0)])
    (x, width), (y, height) = window
    return padded[:, x + width:x + 2 * width, y + height:y + 2 * height].transpose(3, 0, 2, 1), window


def restore(output, brain, window):
    """Slices × rows × columns → the volume in RAS order, 0 outside the brain."""
    volume = np.zeros([size + 2 * side for size, (_, side) in zip(brain.shape, window)] + [brain.shape[2]], np.float32)
    (x, width), (y, height) = window
    volume[x + width:x + 2 * width, y + height:y + 2 * height] = output.transpose(2, 1, 0)
    return volume[width:width + brain.shape[0], height:height + brain.shape[1]] * brain


def impute(run, images, brain, target, meta):
    """`run` maps images and targets to slices; returns the normalised volume."""
    slices, window = prepare(images, brain, meta)
    index = np.array([meta["contrasts"].split(",").index(target)])
    output = np.zeros((len(slices), *slices.shape[2:]), np.float32)
    for place in np.flatnonzero(brain.any(axis=(0, 1))):
        x = np.ascontiguousarray(slices[place:place + 1])
        output[place] = run(x, index)[0, 0]
        if meta["testTimeFlip"] == "true":
            output[place] = (output[place] + run(np.ascontiguousarray(x[..., ::-1]), index)[0, 0, :, ::-1]) / 2
    return restore(output, brain, window)


def main(model, out, target, *inputs):
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    meta = session.get_modelmeta().custom_metadata_map
    files = {name: nib.load(path) for name, path in (text.split("=", 1) for text in inputs)}
    images = {name: nib.as_closest_canonical(file).get_fdata(dtype=np.float32) for name, file in files.items()}
    mask = images.pop("brainmask", None)
    brain = mask > 0 if mask is not None else np.any([image > 0 for image in images.values()], axis=0)
    volume = impute(lambda x, t: session.run(None, {"images": x, "target": t})[0], images, brain, target, meta)
    volume *= json.loads(meta["referenceScales"])[meta["contrasts"].split(",").index(target)]
    first = next(iter(files.values()))
    turned = nib.orientations.ornt_transform(nib.io_orientation(np.eye(4)), nib.io_orientation(first.affine))
    written = nib.Nifti1Image(nib.apply_orientation(volume, turned), first.affine)
    written.header["descrip"] = f"synthetic {target}, not acquired (onnxruntime)"
    nib.save(written, out)


if __name__ == "__main__":
    main(*sys.argv[1:])
