"""Completes an nnU-Net test set: fills in the channels that cases lack, and says in a flag file which images are synthetic.

    complete_nnunet.py DATASET/imagesTs OUT [CONTRAST=CHANNEL …]

OUT/imagesTs holds every case with all channels under nnU-Net's names: acquired ones as links, imputed ones as files. OUT/synthetic.tsv has a
line for each that is not acquired: a segmentation of such a case has to be reported apart. OUT/imputed holds sidecars and reports. Then:

    nnUNetv2_predict -i OUT/imagesTs -o OUT/predictions -d DATASET -c 3d_fullres

Channels are known by `dataset.json` above the folder, else by what the cases' files are; CONTRAST=CHANNEL says it where neither does. A case
that fails is left out of OUT/imagesTs and named; exit status 1 then.
"""
import csv
import json
import pathlib
import re
import shutil
import sys

import collagan

CHANNEL = re.compile(r"(.+)_(\d{4})\.nii(?:\.gz)?$")
ALIASES = {"t1ce": "T1Gd", "t1c": "T1Gd", "t1n": "T1", "t1w": "T1", "t2w": "T2", "t2f": "FLAIR"}


def channels(images, plan, given):
    """Contrast → channel number."""
    numbers = {name: int(number) for name, number in (text.split("=") for text in given)}
    for patient in plan.record["patients"]:
        for file in patient["files"]:
            if match := CHANNEL.match(pathlib.Path(file["path"]).name):
                numbers.setdefault(file["role"], int(match[2]))
    description = images.parent / "dataset.json"
    if description.exists():
        content = json.loads(description.read_text())
        for number, name in (content.get("channel_names") or content.get("modality", {})).items():
            wanted = {target.lower(): target for patient in plan.patients for target in patient.targets}
            contrast = ALIASES.get(name.lower(), wanted.get(name.lower(), name))
            numbers.setdefault(contrast, int(number))
    return numbers


def main(images, out, *given):
    images, out = pathlib.Path(images).resolve(), pathlib.Path(out)
    numbers = channels(images, collagan.plan(images, out / "imputed", layout="nnunet"), given)
    run = collagan.impute(images, out / "imputed", layout="nnunet", check=False)
    unknown = {image.contrast for image in run.images} - set(numbers)
    if unknown:
        sys.exit(f"complete_nnunet.py: which channel is {', '.join(sorted(unknown))}? Add {sorted(unknown)[0]}=NUMBER")
    done = {patient.name for patient in run.done}
    complete = out / "imagesTs"
    complete.mkdir(parents=True, exist_ok=True)
    for path in sorted(images.iterdir()):
        match = CHANNEL.match(path.name)
        if match and match[1] in done:
            link = complete / path.name
            link.unlink(missing_ok=True)
            link.symlink_to(path)
    with open(out / "synthetic.tsv", "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, delimiter="\t")
        table.writerow(["case", "channel", "contrast", "file", "model_sha256", "warnings"])
        for image in run.images:
            name = f"{image.patient}_{numbers[image.contrast]:04}.nii.gz"
            shutil.copyfile(image.path, complete / name)
            record = json.loads(image.sidecar.read_text(encoding="utf-8"))
            table.writerow([image.patient, numbers[image.contrast], image.contrast, name, record["model"]["sha256"],
                            "; ".join(record["warnings"])])
    for patient in run.failed:
        print(f"{patient.name}: {patient.reason}", file=sys.stderr)
    return 1 if run.failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
