"""Brain masks by BrainExtraction beside those of deepbet 1.0.2 in PyTorch: docs/benchmarks/brain-mask.md.

    brain_masks.sh [--raw DIR …] [--skull DIR …] [--stripped DIR …] [--limit N] [--ours] [--json FILE]

A DIR holds folders of patients. Of every image (not masks, labels): Dice of the two masks, voxels that differ,
seconds and memory of both on one thread and of ours on two, whose mask has to be the same file. Where a patient with
skull has a brainmask.nii.gz on its images' grid, the Dice with it of every contrast's mask and of that of all
contrasts together (mean, 1 mm larger), and what share of it is left out. Of stripped images, and of all of a patient
together, the Dice with the voxels above 0, and what share of these is left out. Of patients on one grid the smallest
Dice of two contrasts' masks. With --ours PyTorch is left out, and the second thread. Exit status 1 where a Dice with
deepbet is below 0.995.
"""

import argparse
import itertools
import json
import multiprocessing
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time
import warnings

import nibabel as nib
import numpy as np

TRIAL = os.environ.get("BRAIN_TRIAL", "")
WEIGHTS = "Pipelines/models/brain/deepbet-1.0.2.safetensors"
NO_IMAGES = ("mask", "seg", "gold_standard", "lesion")
BAR = 0.995


def dice(a, b):
    return 2 * np.count_nonzero(a & b) / (np.count_nonzero(a) + np.count_nonzero(b))


def read(path):
    return np.asarray(nib.load(path).dataobj)


def ours(threads, target, images):
    out = subprocess.run([TRIAL, str(threads), WEIGHTS, str(target), *map(str, images)], capture_output=True, text=True)
    if out.returncode:
        raise SystemExit(f"{images}: {out.stderr}")
    return json.loads(out.stdout), read(target) > 0.5


def deepbet(path, queue):
    warnings.simplefilter("ignore")
    import torch
    from deepbet.bet import BrainExtraction
    torch.set_num_threads(1)
    extraction = BrainExtraction(no_gpu=True)
    image = nib.load(path)
    image.get_fdata(dtype=np.float32)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.time()
    _, mask, _ = extraction.run(image)
    seconds = time.time() - began
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 / 1e6
    queue.put((np.packbits(np.asarray(mask.dataobj) > 0), seconds, memory))


def theirs(path, shape):
    """In a process of its own, for its memory."""
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    process = context.Process(target=deepbet, args=(str(path), queue))
    process.start()
    bits, seconds, memory = queue.get()
    process.join()
    return np.unpackbits(bits, count=int(np.prod(shape))).reshape(shape) > 0, seconds, memory


def images(folder):
    names = sorted(folder.glob("*.nii.gz"))
    return [n for n in names if not any(word in n.name.lower() for word in NO_IMAGES)]


def compare(image, folder, is_stripped, given, is_ours):
    one, two = folder / "one.nii.gz", folder / "two.nii.gz"
    took, mask = ours(1, one, [image])
    row = {
        "image": f"{image.parent.name}/{image.name}", "millilitres": took["millilitres"], "seconds": took["seconds"],
        "megabytes": took["megabytes"] - took["megabytesBefore"]}
    if not is_ours:
        took_two, _ = ours(2, two, [image])
        reference, seconds, memory = theirs(image, mask.shape)
        row |= {
            "dice": dice(mask, reference), "differing": int(np.count_nonzero(mask ^ reference)),
            "voxels": int(np.count_nonzero(reference)),
            "same_with_two_threads": one.read_bytes() == two.read_bytes(), "seconds_two": took_two["seconds"],
            "seconds_torch": seconds, "megabytes_torch": memory}
    if is_stripped:
        row["dice_support"] = dice(mask, read(image) > 0)
    if given is not None:
        row["dice_given"] = dice(mask, given)
        row["missing"] = np.count_nonzero(given & ~mask) / np.count_nonzero(given)
    return row, mask


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--raw", nargs="*", default=[], help="every image on a grid of its own")
    parser.add_argument("--skull", nargs="*", default=[])
    parser.add_argument("--stripped", nargs="*", default=[])
    parser.add_argument("--limit", type=int, default=10**6, help="patients of each folder")
    parser.add_argument("--ours", action="store_true")
    parser.add_argument("--json")
    options = parser.parse_args()
    rows, together, agreement = [], [], {}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        places = [(p, False) for p in options.raw + options.skull] + [(p, True) for p in options.stripped]
        for place, is_stripped in places:
            patients = [p for p in sorted(pathlib.Path(place).iterdir()) if p.is_dir()][:options.limit]
            for patient in patients:
                contrasts = images(patient)
                path = patient / "brainmask.nii.gz"
                given = read(path) > 0 if path.exists() else None
                masks = []
                for image in contrasts:
                    row, mask = compare(image, folder, is_stripped, given, options.ours)
                    rows.append(row)
                    masks.append(mask)
                    print(json.dumps(row), flush=True)
                if len({mask.shape for mask in masks}) == 1 and place not in options.raw:
                    agreement[f"{place}/{patient.name}"] = min(dice(*pair) for pair in itertools.combinations(masks, 2))
                if given is not None or is_stripped:
                    took, mask = ours(1, folder / "all.nii.gz", contrasts)
                    row = {"patient": patient.name, "seconds": took["seconds"], "millilitres": took["millilitres"]}
                    if is_stripped:
                        support = np.any([read(image) > 0 for image in contrasts], axis=0)
                        row["dice_support"] = dice(mask, support)
                        row["support_left_out"] = np.count_nonzero(support & ~mask) / np.count_nonzero(support)
                    if given is not None:
                        row["dice_given"] = dice(mask, given)
                        row["missing"] = np.count_nonzero(given & ~mask) / np.count_nonzero(given)
                    together.append(row)
                    print(json.dumps(row), flush=True)
    if options.json:
        record = {"images": rows, "all_contrasts": together, "agreement": agreement}
        pathlib.Path(options.json).write_text(json.dumps(record, indent=1))
    print("smallest Dice of two contrasts of a patient:", json.dumps(agreement))
    if options.ours:
        return
    worst = min(rows, key=lambda row: row["dice"])
    print(f"{len(rows)} images, smallest Dice with deepbet {worst['dice']:.5f} ({worst['image']}), "
          f"{sum(row['differing'] for row in rows)} voxels differ of {sum(row['voxels'] for row in rows)}")
    sys.exit(0 if worst["dice"] >= BAR and all(row["same_with_two_threads"] for row in rows) else 1)


if __name__ == "__main__":
    main()
