"""Reads nibabel's own test images with nibabel and with the reader of this program and compares them voxel for voxel.

nibabel_images.py [--markdown]: the second prints the table of docs/benchmarks/nifti-reader.md.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

import nibabel as nib
import numpy as np

FUZZ = os.environ["NIFTI_FUZZ"]
MM = {"meter": 1000, "micron": 0.001}
# What the reason for a refusal has to name.
REASONS = {
    ".gii": "XML", ".dcm": "DICOM", ".dcm.gz": "DICOM", ".mnc": "MINC", ".mgz": "FreeSurfer", ".v": "ECAT",
    ".dconn.nii": "CIFTI", "analyze.hdr": "ANALYZE", "nifti1.hdr": ".hdr and .img", "nifti2.hdr": ".hdr and .img",
    ".nii": "volumes along", ".nii.gz": "volumes along",
}
IMAGES = (".nii", ".nii.gz", ".hdr", ".mgz", ".mgh", ".mnc", ".v", ".BRIK", ".BRIK.gz", ".REC", ".gii", ".dcm",
          ".dcm.gz")


def ours(path, folder):
    """What the reader says and the voxels it gives."""
    voxels = folder / "voxels.f32"
    voxels.unlink(missing_ok=True)
    output = subprocess.run([FUZZ, "replay", str(path), str(voxels)], check=True, capture_output=True, text=True).stdout
    record = json.loads(output)
    data = np.fromfile(voxels, "<f4").reshape(record["size"], order="F") if "size" in record else None
    return record, data


def theirs(path):
    """nibabel's image, or why it has none."""
    try:
        image = nib.load(path)
        return image, np.asanyarray(image.dataobj) if hasattr(image, "dataobj") else None, ""
    except Exception as error:
        return None, None, type(error).__name__


def world(image):
    """nibabel's affine in mm; it leaves the unit alone."""
    unit = image.header.get_xyzt_units()[0] if isinstance(image, nib.Nifti1Image) else "mm"
    return np.diag([MM.get(unit, 1)] * 3 + [1]) @ image.affine


def agreement(image, data, record, voxels):
    """Why the two disagree; empty where they agree. Voxels to the bit after rounding to float32, affines to 1e-4 mm."""
    expected = data.reshape(data.shape[:3]).astype(np.float32)
    if expected.shape != voxels.shape:
        return f"shape {voxels.shape}"
    if not np.array_equal(expected, voxels, equal_nan=True):
        return f"{(expected != voxels).sum()} voxels differ"
    if record["affine_from"] == "pixdim":
        return ""  # nibabel centres and flips such images, the standard's method 1 does not
    if not np.allclose(world(image)[:3], record["affine"], atol=1e-4, rtol=1e-6):
        return "affine differs"
    return ""


def compare(path, folder, name):
    """One row: file, what nibabel reads, what we do, whether that is right."""
    image, data, problem = theirs(path)
    record, voxels = ours(path, folder)
    if data is not None and data.dtype.names is None and data.dtype.kind in "iuf":
        text = (f"{' × '.join(map(str, data.shape))} {data.dtype}, {np.nanmin(data):.6g} … {np.nanmax(data):.6g},"
                f" mean {np.nanmean(data):.6g}")
    else:
        text = "a surface" if image is not None and data is None else "nothing" if image is None else "no numbers"
        text += f" ({problem})" if problem else ""
    if "size" in record:
        wrong = agreement(image, data, record, voxels) if image is not None else "read, nibabel cannot"
        return name, text, wrong or "the same voxels and affine", not wrong
    reason = record["message"].removeprefix(str(path)).strip(" :")
    expected = next((words for suffix, words in REASONS.items() if path.name.endswith(suffix)), "")
    return name, text, "refused: " + reason, expected in reason


def volumes(image, data):
    """The 3-D volumes of an image, converted to NIfTI by nibabel in its own datatype where NIfTI has it."""
    kind = data.dtype.newbyteorder("=")
    kind = kind if kind in (np.uint8, np.int16, np.int32, np.float32, np.float64, np.uint16) else np.dtype(np.float32)
    data = data.reshape(data.shape[:3] + (-1,)) if data.ndim >= 3 else data.reshape(data.shape + (1,) * (4 - data.ndim))
    for n in range(min(data.shape[3], 3)):
        yield np.ascontiguousarray(data[..., n].astype(kind)), image.affine


def converted(images, folder):
    """Every volume nibabel can read, written by it as NIfTI-1 and -2, both byte orders, plain
    and compressed: (all, agreeing)."""
    count = agreeing = 0
    for path in images:
        image, data, _ = theirs(path)
        if data is None or data.ndim < 3 or data.dtype.kind not in "iuf" or not hasattr(image, "affine"):
            continue
        for values, affine in volumes(image, data):
            for kind in (nib.Nifti1Image, nib.Nifti2Image):
                for order, suffix in (("<", ".nii"), (">", ".nii.gz")):
                    header = kind.header_class(endianness=order)
                    header.set_data_dtype(values.dtype)
                    written = kind(values, affine, header)
                    written.header.set_xyzt_units("mm")
                    target = folder / ("converted" + suffix)
                    nib.save(written, target)
                    again = nib.load(target)
                    record, voxels = ours(target, folder)
                    wrong = (agreement(again, np.asanyarray(again.dataobj), record, voxels)
                             if "size" in record else record["message"])
                    count, agreeing = count + 1, agreeing + (not wrong)
                    if wrong:
                        print("FAIL", path.name, kind.__name__, order, suffix, wrong)
    return count, agreeing


def main():
    root = pathlib.Path(nib.__file__).parent
    images = sorted(p for p in root.glob("**/tests/data/*") if p.name.endswith(IMAGES))
    rows = []
    with tempfile.TemporaryDirectory(prefix="collagan-nibabel-") as name:
        folder = pathlib.Path(name)
        for path in images:
            rows.append(compare(path, folder, str(path.relative_to(root)).replace("tests/data/", "")))
        count, agreeing = converted(images, folder)
    if "--markdown" in sys.argv:
        print("| file | nibabel reads | collagan |\n|---|---|---|")
        groups = {}
        for name, text, result, _ in rows:
            groups.setdefault((text, result), []).append(f"`{name}`")
        for (text, result), names in groups.items():
            print(f"| {', '.join(names)} | {text} | {result} |")
    else:
        for name, text, result, right in rows:
            print("ok   " if right else "FAIL ", f"{name}: {text}: {result}")
    read = sum(not result.startswith("refused") for _, _, result, _ in rows)
    print(f"nibabel {nib.__version__}: {len(rows)} images, {read} read, {len(rows) - read} refused;"
          f" {agreeing}/{count} volumes that nibabel converted agree")
    failed = [name for name, _, _, right in rows if not right]
    sys.exit(bool(failed) or agreeing < count or read < 3 or count < 50)


if __name__ == "__main__":
    main()
