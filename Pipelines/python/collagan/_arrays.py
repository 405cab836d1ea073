"""Arrays in, arrays out, by files in memory."""
from __future__ import annotations

import json
import os
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence, Tuple, Union

from ._commands import PathLike, impute
from ._errors import PatientsFailed, Refused, WrongUsage

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class ImputedVolume:
    """One synthesised contrast."""
    #: float32, on the grid of the first input in the model's order, 0 outside the brain.
    array: "np.ndarray" = field(repr=False)
    #: 4 × 4: voxel indices to mm (RAS+).
    affine: "np.ndarray" = field(repr=False)
    #: As "code: sentence".
    warnings: List[str]
    #: The sidecar: model, inputs, scales, self-check.
    record: Dict[str, Any] = field(repr=False)


def impute_volumes(
    volumes: Dict[str, Tuple["np.ndarray", "np.ndarray"]], model: Optional[PathLike] = None, *,
    targets: Optional[Sequence[str]] = None, brainmask: Optional["np.ndarray"] = None, threads: Optional[int] = None,
    folder: Optional[Union[str, "os.PathLike[str]"]] = None,
) -> Dict[str, ImputedVolume]:
    """Synthesises the contrasts that one patient lacks, from arrays.

    Needs NumPy and nibabel. Files lie in memory (/dev/shm) meanwhile, in the temporary folder where memory is short.
    They are removed afterwards, on an exception too, but not if Python itself is killed.

    Args:
        volumes: by contrast ("T1", "T1Gd", "T2", "FLAIR" of the shipped model)
            a three-dimensional array and its affine.
        model: weight file; the shipped model if None.
        targets: only these contrasts.
        brainmask: above 0 inside the brain, on the grid of the first entry of `volumes`:
            it has its shape and gets its affine.
        folder: where files may lie instead of memory.

    Returns:
        By contrast.

    Raises:
        Refused: the volumes cannot be used.
        WrongUsage: the mask has another shape than the first volume; else as `impute`.
    """
    import nibabel
    import numpy as np

    images = dict(volumes)
    if brainmask is not None and volumes:
        contrast, (first, affine) = next(iter(volumes.items()))
        if np.shape(brainmask) != np.shape(first):
            raise WrongUsage(
                f"brainmask: its shape {np.shape(brainmask)} is not that of {contrast}, {np.shape(first)}", 64)
        images["brainmask"] = (np.asarray(brainmask) > 0, affine)
    place = folder or _memory(sum(4 * np.size(array) for array, _ in images.values()))
    with tempfile.TemporaryDirectory(prefix="collagan-", dir=place) as name:
        patient = Path(name) / "patients" / "patient"
        patient.mkdir(parents=True)
        patterns = {}
        for number, (contrast, (array, affine)) in enumerate(images.items()):
            data = np.asarray(array, np.uint8 if contrast == "brainmask" else np.float32)
            nibabel.save(nibabel.Nifti1Image(data, np.asarray(affine, float)), patient / f"volume-{number}.nii")
            patterns[contrast] = f"volume-{number}.nii"
        try:
            run = impute(patient, Path(name) / "out", model, targets=targets, patterns=patterns, threads=threads,
                         progress=False)
        except PatientsFailed as error:
            reason = error.result.failed[0].reason if error.result and error.result.failed else error.reason
            raise Refused(reason or "the volumes cannot be used", error.status) from None
        results = {}
        for image in run.images:
            file: Any = nibabel.load(image.path)
            record = json.loads(image.sidecar.read_text(encoding="utf-8"))
            results[image.contrast] = ImputedVolume(
                file.get_fdata(dtype=np.float32), np.array(file.affine), record.get("warnings", []), record)
        return results


def _memory(size: int) -> Optional[Path]:
    """/dev/shm if it has room for inputs of this many bytes and for results; None: the ordinary temporary folder."""
    memory = Path("/dev/shm")
    return memory if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= 3 * size else None
