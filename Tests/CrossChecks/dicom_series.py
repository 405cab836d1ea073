"""Writes an imputed contrast as a DICOM series and reads it back with other programs.

    dicom_series.sh --raw SESSION [--keep FOLDER]

SESSION holds T1W.nii.gz, T2W.nii.gz and FLAIR.nii.gz of one raw session. A study of 13 series is made of it, most of
them none of the contrasts, one told from another by a contrast agent alone. `prepare` has to choose the right four,
whatever the files' names. Then T1Gd is left out, and what `impute --prepare --dicom --space` writes is read by pydicom
and dcm2niix: geometry, values, identifiers, patient, and the marks of a synthetic image. Exit status 1 where something
is not as it has to be.
"""

import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import nibabel as nib
import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid
from scipy import ndimage

PLAIN = ["ORIGINAL", "PRIMARY", "M", "ND"]


def spin(repetition, echo, **more):
    return {"ScanningSequence": "SE", "SequenceVariant": "SK", "RepetitionTime": repetition, "EchoTime": echo, **more}


def inversion(repetition, echo, time):
    return spin(repetition, echo, ScanningSequence=["SE", "IR"], InversionTime=time)


def planar(**more):
    return {"ScanningSequence": "EP", "SequenceVariant": "NONE", "RepetitionTime": 8000, "EchoTime": 90, **more}


def gradient(repetition, echo, angle):
    return {
        "ScanningSequence": "GR", "SequenceVariant": "SP", "RepetitionTime": repetition, "EchoTime": echo,
        "FlipAngle": angle,
    }


AGENT = {"ContrastBolusAgent": "GADOVIST", "ContrastBolusVolume": 7}
# Number, image, description, elements, image type, time, what it is.
SERIES = [
    (1, "T1W", "3-Plane Loc", gradient(5, 1.5, 30), ["ORIGINAL", "PRIMARY", "LOCALIZER"], "100000", None),
    (2, "T2W", "AX DWI b1000", planar(), ["ORIGINAL", "PRIMARY", "DIFFUSION"], "100100", None),
    (3, "T2W", "AX T2 FSE", spin(4500, 100), PLAIN, "100500", "T2"),
    (4, "FLAIR", "AX T2 FLAIR", inversion(9000, 125, 2250), PLAIN, "101000", None),
    (5, "T1W", "AX T1", spin(550, 12), PLAIN, "101500", "T1"),
    (6, "T1W", "AX T1 FLAIR", inversion(2200, 24, 860), PLAIN, "101700", None),
    (7, "T2W", "AX T2* GRE", gradient(600, 20, 20), PLAIN, "101900", None),
    (8, "T1W", "AX T1", spin(550, 12, **AGENT), PLAIN, "103000", "T1Gd"),
    (9, "T1W", "Cor T1 MPR", spin(550, 12, **AGENT), ["DERIVED", "SECONDARY", "REFORMATTED"], "103500", None),
    (10, "T2W", "ADC", planar(), ["DERIVED", "PRIMARY", "DIFFUSION", "ADC"], "100101", None),
    # Without a description, later than series 4: the last of two equal ones is taken.
    (11, "FLAIR", None, inversion(9000, 125, 2250), PLAIN, "104000", "FLAIR"),
    (12, "T2W", "COR STIR", inversion(4000, 40, 150), PLAIN, "104500", None),
    (13, "T2W", "AX PD", spin(2500, 15), PLAIN, "104600", None),
]
PATIENT = {"PatientName": "TEST^PHANTOM", "PatientID": "T001", "PatientBirthDate": "19700101", "PatientSex": "O"}


def write_series(folder, image, study, frame, number, description, elements, image_type, time):
    """Slices of one series, as a scanner's archive has them, under names that tell nothing."""
    voxels = np.asarray(image.dataobj, dtype=np.float32)
    stored = np.clip(voxels / np.percentile(voxels, 99.9) * 1500, 0, 4000).astype(np.uint16)
    if number == 1:
        stored = stored[:, :, 15:18]
    lps = np.diag([-1.0, -1, 1, 1]) @ image.affine
    spacing = np.linalg.norm(lps[:3, :3], axis=0)
    axes = lps[:3, :3] / spacing
    series, names = generate_uid(), random.Random(number)
    for k in range(stored.shape[2]):
        slice_ = Dataset()
        slice_.file_meta = FileMetaDataset()
        slice_.file_meta.MediaStorageSOPClassUID = slice_.SOPClassUID = MRImageStorage
        slice_.file_meta.MediaStorageSOPInstanceUID = slice_.SOPInstanceUID = generate_uid()
        slice_.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        slice_.StudyInstanceUID, slice_.SeriesInstanceUID, slice_.FrameOfReferenceUID = study, series, frame
        for key, value in PATIENT.items():
            setattr(slice_, key, value)
        slice_.StudyDate = slice_.AcquisitionDate = "20200102"
        slice_.StudyTime, slice_.SeriesTime, slice_.AcquisitionTime = "100000", time, time
        slice_.Modality, slice_.Manufacturer, slice_.MagneticFieldStrength = "MR", "GE MEDICAL SYSTEMS", 1.5
        slice_.SeriesNumber, slice_.InstanceNumber, slice_.StudyID, slice_.AccessionNumber = number, k + 1, "1", "A7"
        if description is not None:
            slice_.SeriesDescription = description
        slice_.ImageType, slice_.PatientPosition, slice_.MRAcquisitionType = image_type, "HFS", "2D"
        slice_.ImageOrientationPatient = [f"{x:.8f}" for x in [*axes[:, 0], *axes[:, 1]]]
        slice_.ImagePositionPatient = [f"{x:.6f}" for x in (lps @ [0, 0, k, 1])[:3]]
        slice_.PixelSpacing = [f"{spacing[1]:.6f}", f"{spacing[0]:.6f}"]
        slice_.SliceThickness = slice_.SpacingBetweenSlices = f"{spacing[2]:.4f}"
        slice_.SamplesPerPixel, slice_.PhotometricInterpretation = 1, "MONOCHROME2"
        slice_.Rows, slice_.Columns = stored.shape[1], stored.shape[0]
        slice_.BitsAllocated, slice_.BitsStored, slice_.HighBit, slice_.PixelRepresentation = 16, 12, 11, 0
        for key, value in elements.items():
            setattr(slice_, key, value)
        slice_.PixelData = np.ascontiguousarray(stored[:, :, k].T).tobytes()
        slice_.save_as(folder / f"IM{names.randrange(10**8):08d}", enforce_file_format=True)


def write_study(folder, session, leaving_out=()):
    folder.mkdir(parents=True)
    study, frame = generate_uid(), generate_uid()
    for number, name, description, elements, image_type, time, _ in SERIES:
        if number not in leaving_out:
            image = nib.load(session / f"{name}.nii.gz")
            write_series(folder, image, study, frame, number, description, elements, image_type, time)


class Check:
    def __init__(self):
        self.failed = []

    def __call__(self, condition, what):
        print(("ok      " if condition else "FAILED  ") + what)
        if not condition:
            self.failed.append(what)


def run(*arguments):
    done = subprocess.run([os.environ["COLLAGAN"], *map(str, arguments)], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def check_choice(work, session, check):
    write_study(work / "all" / "p1", session)
    status, output, errors = run("prepare", work / "all", "--out", work / "plan", "--plan", "--json")
    check(status == 0, f"the plan of 13 series: {errors.strip()[-200:]}")
    series = {one["number"]: one for one in json.loads(output)["patients"][0]["series"]}
    for number, _, description, _, _, _, contrast in SERIES:
        found = series[number]
        check(
            found.get("contrast") == contrast,
            f"series {number} ({description}): {found.get('contrast') or 'left out'}: {found['reason']}",
        )


def check_series(work, session, check):
    write_study(work / "in" / "p1", session, leaving_out=[8, 9])
    status, _, errors = run(
        "impute", work / "in", "--prepare", "--dicom", "--space", "T2", "--targets", "T1Gd", "--out", work / "out"
    )
    check(status == 0, f"impute --prepare --dicom --space T2: {errors.strip().splitlines()[-1]}")
    folder = work / "out" / "p1"
    image = nib.load(folder / "p1_T1Gd_imputed.nii.gz")
    files = sorted((folder / "dicom" / "T1Gd").iterdir())
    ours = [pydicom.dcmread(file) for file in files]
    theirs = [pydicom.dcmread(file) for file in (work / "in" / "p1").iterdir()]
    reference = [one for one in theirs if one.SeriesNumber == 5]
    check(len(ours) == len(reference), f"{len(ours)} slices, as many as the reference has")
    same = ["StudyInstanceUID", "FrameOfReferenceUID", "AccessionNumber", "StudyID", *PATIENT]
    for key in same:
        check({getattr(a, key) for a in ours} == {getattr(b, key) for b in theirs}, f"{key} is the study's")
    check(len({a.SeriesInstanceUID for a in ours}) == 1, "one series")
    check(not {a.SeriesInstanceUID for a in ours} & {b.SeriesInstanceUID for b in theirs}, "a series of its own")
    check(len({a.SOPInstanceUID for a in ours}) == len(ours), "every object has an identifier of its own")
    check(all(a.SeriesInstanceUID.startswith("2.25.") and a.SeriesInstanceUID.is_valid for a in ours),
          "valid identifiers")
    first = ours[0]
    check(list(first.ImageType)[:2] == ["DERIVED", "SECONDARY"], f"image type {list(first.ImageType)}")
    check(first.ContentQualification == "RESEARCH", "ContentQualification RESEARCH")
    check("IMPUTED T1Gd" in first.SeriesDescription, first.SeriesDescription)
    check("Synthetic" in first.DerivationDescription, first.DerivationDescription)
    by_instance = {b.SOPInstanceUID: b for b in reference}
    places = [
        np.allclose(a.ImagePositionPatient,
                    by_instance[a.SourceImageSequence[0].ReferencedSOPInstanceUID].ImagePositionPatient)
        for a in ours
    ]
    check(all(places), "each slice names the acquired one at its place")
    back = work / "back"
    back.mkdir()
    subprocess.run(
        ["dcm2niix", "-b", "n", "-z", "n", "-w", "0", "-f", "back", "-o", back, folder / "dicom" / "T1Gd"],
        check=True, capture_output=True,
    )
    found = list(back.iterdir())
    check(len(found) == 1, f"dcm2niix makes one volume: {[file.name for file in found]}")
    again = nib.load(found[0])
    # Both as RAS, as dcm2niix may store the rows the other way round.
    a, b = nib.as_closest_canonical(image), nib.as_closest_canonical(again)
    check(a.shape == b.shape, f"the same size {a.shape}")
    corners = np.array([[i, j, k, 1] for i in (0, a.shape[0]) for j in (0, a.shape[1]) for k in (0, a.shape[2])])
    apart = np.abs(corners @ a.affine.T - corners @ b.affine.T).max()
    check(apart < 1e-3, f"corners at most {apart:.2g} mm apart")
    values = np.asarray(a.dataobj, dtype=float), np.asarray(b.dataobj, dtype=float)
    step = float(first.RescaleSlope)
    worst = np.abs(values[0] - values[1]).max()
    check(worst <= 0.51 * step + 1e-6 * values[0].max(), f"values at most {worst / step:.3f} of a grey level apart")
    check(values[0].max() > 0, "the image shows something")

    space = nib.load(folder / "p1_T1Gd_imputed_space-T2.nii.gz")
    own = nib.load(session / "T2W.nii.gz")
    check(space.shape == own.shape, f"on the grid of T2: {space.shape}")
    moved = nib.as_closest_canonical(space), nib.as_closest_canonical(own)
    check(np.abs(moved[0].affine - moved[1].affine).max() < 1e-3, "whose place it has")
    transform = json.loads((work / "out" / "prepared" / "p1" / "transforms" / "T2_to_T1.json").read_text())
    voxels = np.linalg.inv(image.affine) @ np.linalg.inv(np.array(transform["matrix"])) @ space.affine
    expected = ndimage.affine_transform(
        np.asarray(image.dataobj, dtype=float), voxels[:3, :3], voxels[:3, 3], output_shape=space.shape, order=1
    )
    found = np.asarray(space.dataobj, dtype=float)
    inner = ndimage.binary_erosion(found > 0, iterations=3)
    worst = np.abs(expected - found)[inner].max() / found.max()
    check(worst < 1e-5, f"and shows there what scipy puts there by the inverse motion, to {worst:.1g}")
    secrets = ["TEST^", "PHANTOM", "T001", "19700101", "20200102"]
    told = [
        str(file)
        for file in (work / "out").rglob("*")
        if file.suffix in (".json", ".html", ".csv") and any(word in file.read_text() for word in secrets)
    ]
    check(not told and not any(word in errors for word in secrets), f"no name and no date elsewhere {told}")
    before = {file: file.read_bytes() for file in files}
    status, _, errors = run(
        "impute", work / "in", "--prepare", "--dicom", "--space", "T2", "--targets", "T1Gd", "--out", work / "out",
        "--overwrite",
    )
    check(status == 0 and all(file.read_bytes() == old for file, old in before.items()), "again: the same bytes")
    # Put into the study by hand: not taken for an acquired T1Gd.
    for file in files:
        (work / "in" / "p1" / file.name).write_bytes(file.read_bytes())
    status, output, _ = run("prepare", work / "in", "--out", work / "plan", "--plan", "--json")
    series = json.loads(output)["patients"][0]["series"]
    taken = {one["contrast"]: one["number"] for one in series if one.get("contrast")}
    check("T1Gd" not in taken, f"a synthetic series is no input: {taken}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--raw", type=pathlib.Path, required=True, help="one raw session")
    parser.add_argument("--keep", type=pathlib.Path, help="an empty folder for what is made")
    options = parser.parse_args()
    check = Check()
    with tempfile.TemporaryDirectory() as folder:
        work = options.keep or pathlib.Path(folder)
        check_choice(work, options.raw, check)
        check_series(work, options.raw, check)
    print(f"{len(check.failed)} failed")
    sys.exit(1 if check.failed else 0)


if __name__ == "__main__":
    main()
