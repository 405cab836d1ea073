"""How far masks of different makers move the scales of a patient's contrasts: docs/benchmarks/normalisation.md.

    python3 Tests/CrossChecks/mask_scales.py PATIENTS PREPARED

PATIENTS holds sessions with skull whose masks came with the data, PREPARED what `prepare` made of their images alone,
by the network. Scales (the mean of the voxels above 0) from the mask itself, and from the mask with a rim taken off,
are divided by those of the network's mask: a number is by how much a contrast is taken for brighter or darker because
of the mask's maker.
"""

import pathlib
import sys

import nibabel as nib
import numpy as np
from scipy import ndimage

CONTRASTS = ["T1", "T2", "FLAIR"]
RIMS = [0, 3, 6, 10]


def inward(mask, spacing):
    """How deep each voxel of a mask lies, mm; 0 outside."""
    return ndimage.distance_transform_edt(np.pad(mask, 1), sampling=spacing)[1:-1, 1:-1, 1:-1]


def main():
    patients, prepared = map(pathlib.Path, sys.argv[1:])
    moves = {}
    for folder in sorted(one for one in prepared.iterdir() if one.is_dir()):
        name = folder.name
        image = nib.load(folder / f"{name}_brainmask.nii.gz")
        spacing = image.header.get_zooms()[:3]
        network = np.asarray(image.dataobj) > 0
        given = np.asarray(nib.load(patients / name / "brainmask.nii.gz").dataobj) > 0
        box = ndimage.find_objects((network | given).astype(int))[0]
        box = tuple(slice(max(0, one.start - 8), one.stop + 8) for one in box)
        network, given = network[box], given[box]
        voxels = {c: np.asarray(nib.load(folder / f"{name}_{c}.nii.gz").dataobj)[box] for c in CONTRASTS}
        inside, outside = inward(network, spacing), ndimage.distance_transform_edt(~network, sampling=spacing)
        masks = {
            "network": network, "given": given, "-4 mm": inside > 4, "-2 mm": inside > 2, "+2 mm": outside <= 2,
            "+5 mm": outside <= 5,
        }
        depths = {maker: inward(mask, spacing) for maker, mask in masks.items()}

        def scales(maker, rim):
            chosen = depths[maker] > rim
            return np.array([voxels[c][chosen & (voxels[c] > 0)].mean() for c in CONTRASTS])

        for rim in RIMS:
            for maker in masks:
                moves.setdefault((rim, maker), []).append(scales(maker, rim) / scales("network", rim))
    makers = ["given", "-4 mm", "-2 mm", "+2 mm", "+5 mm"]
    print("| rim taken off | " + " | ".join(makers) + " |")
    print("|---" * (len(makers) + 1) + "|")
    for rim in RIMS:
        cells = []
        for maker in makers:
            ratios = np.array(moves[rim, maker])
            # All contrasts alike is a gain of the image; what differs between contrasts is worse.
            between = (ratios.max(1) / ratios.min(1) - 1).max()
            moved = np.abs(ratios - 1)
            cells.append(f"{100 * moved.mean():.1f}, {100 * moved.max():.1f}; {100 * between:.1f}")
        print(f"| {rim} mm | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
