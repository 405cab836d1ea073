"""Completes an nnU-Net test set: fills in the channels that cases lack, and says in a flag file
which images are synthetic.

    complete_nnunet.py DATASET/imagesTs OUT [CONTRAST=CHANNEL …]

OUT/imagesTs holds every case with all channels under nnU-Net's names: acquired ones as links, imputed ones as files.
OUT/synthetic.tsv has a line for each that is not acquired: a segmentation of such a case has to be reported apart.
OUT/imputed holds sidecars and reports. Then:

    nnUNetv2_predict -i OUT/imagesTs -o OUT/predictions -d DATASET -c 3d_fullres

Channels are known by `dataset.json` above the folder, else by what the cases' files are; CONTRAST=CHANNEL says it where
neither does. A case that fails is left out of OUT/imagesTs and named; exit status 1 then.

Called again, it first removes the links in OUT/imagesTs and the files that OUT/synthetic.tsv lists. Refused, with exit
status 2: any other file there, one channel for two contrasts or for a contrast to impute and an acquired file, and a
contrast whose channel nothing says.
"""
import csv
import json
import pathlib
import re
import shutil
import sys

import collagan

CHANNEL = re.compile(r"(.+)_(\d{4})\.nii(?:\.gz)?$")
CONTRASTS = {"t1": "T1", "t1n": "T1", "t1w": "T1", "t1gd": "T1Gd", "t1ce": "T1Gd", "t1c": "T1Gd", "t2": "T2",
             "t2w": "T2", "flair": "FLAIR", "t2f": "FLAIR"}


def refuse(reason):
    print(f"complete_nnunet.py: {reason}", file=sys.stderr)
    sys.exit(2)


def channels(images, plan, given):
    """Contrast → channel number."""
    numbers = {name: int(number) for name, number in (text.split("=") for text in given)}
    for patient in plan.record["patients"]:
        for file in patient["files"]:
            match = CHANNEL.match(pathlib.Path(file["path"]).name)
            if match and file["role"] in CONTRASTS.values():
                numbers.setdefault(file["role"], int(match[2]))
    description = images.parent / "dataset.json"
    if description.exists():
        content = json.loads(description.read_text())
        for number, name in (content.get("channel_names") or content.get("modality", {})).items():
            if contrast := CONTRASTS.get(name.lower()):
                numbers.setdefault(contrast, int(number))
    for number in numbers.values():
        if len(same := sorted(name for name in numbers if numbers[name] == number)) > 1:
            refuse(f"channel {number} is said to be {' and '.join(same)}; correct CONTRAST=CHANNEL or dataset.json")
    return numbers


def clear(complete, table):
    """Removes what an earlier call made, and nothing else."""
    if table.exists():
        with open(table, newline="", encoding="utf-8") as file:
            listed = {row["file"] for row in csv.DictReader(file, delimiter="\t")}
        for path in complete.glob("*"):
            if path.is_symlink() or path.name in listed:
                path.unlink()
    if left := sorted(complete.glob("*")):
        refuse(f"{left[0]}: not made by an earlier call; give another folder than {complete.parent}")


def main(images, out, *given):
    images, out = pathlib.Path(images).resolve(), pathlib.Path(out)
    complete, table = out / "imagesTs", out / "synthetic.tsv"
    if complete.resolve() == images:
        refuse(f"{out}: holds the acquired images; give another folder")
    numbers = channels(images, collagan.plan(images, out / "imputed", layout="nnunet"), given)
    clear(complete, table)
    run = collagan.impute(images, out / "imputed", layout="nnunet", check=False)
    if unknown := sorted({image.contrast for image in run.images} - set(numbers)):
        refuse(f"which channel is {', '.join(unknown)}? Add {unknown[0]}=NUMBER")
    acquired = [(path, match[1], int(match[2])) for path in sorted(images.iterdir())
                if (match := CHANNEL.match(path.name))]
    places = {(case, number): path for path, case, number in acquired}
    rows = []
    for image in run.images:
        number = numbers[image.contrast]
        if path := places.get((image.patient, number)):
            refuse(f"{path}: is there, but channel {number} is said to be {image.contrast}, which {image.patient}"
                   " lacks; correct CONTRAST=CHANNEL or dataset.json")
        record = json.loads(image.sidecar.read_text(encoding="utf-8"))
        rows.append([image.patient, number, image.contrast, f"{image.patient}_{number:04}.nii.gz",
                     record["model"]["sha256"], "; ".join(record["warnings"])])
    # Before the images, so that none is ever there unflagged.
    with open(table, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter="\t").writerows(
            [["case", "channel", "contrast", "file", "model_sha256", "warnings"], *rows])
    complete.mkdir(exist_ok=True)
    done = {patient.name for patient in run.done}
    for path, case, _ in acquired:
        if case in done:
            (complete / path.name).symlink_to(path)
    for image, row in zip(run.images, rows):
        copy = complete / row[3]
        # A copy onto a link would go to the acquired image.
        copy.unlink(missing_ok=True)
        shutil.copyfile(image.path, copy)
    for patient in run.failed:
        print(f"{patient.name}: {patient.reason}", file=sys.stderr)
    return 1 if run.failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
