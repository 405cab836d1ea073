"""Arrays in, arrays out, by files in memory."""
from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence, Tuple, Union

from ._commands import PathLike, impute
from ._errors import PatientsFailed, Refused

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class ImputedVolume:
    """One synthesised contrast."""
    #: float32, on the first input's grid, 0 outside the brain.
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

    Needs NumPy and nibabel. Files lie in memory (/dev/shm) meanwhile and are gone afterwards, whatever happens.

    Args:
        volumes: by contrast ("T1", "T1Gd", "T2", "FLAIR" of the shipped model) a three-dimensional array and its affine.
        model: weight file; the shipped model if None.
        targets: only these contrasts.
        brainmask: on the first volume's grid, above 0 inside the brain.
        folder: where files may lie instead of memory.

    Returns:
        By contrast.

    Raises:
        Refused: the volumes cannot be used; else as `impute`.
    """
    import nibabel
    import numpy as np

    memory = Path("/dev/shm")
    place = folder or (memory if os.access(memory, os.W_OK) else None)
    with tempfile.TemporaryDirectory(prefix="collagan-", dir=place) as name:
        patient = Path(name) / "patients" / "patient"
        patient.mkdir(parents=True)
        patterns = {}
        images = dict(volumes)
        if brainmask is not None and volumes:
            images["brainmask"] = (np.asarray(brainmask) > 0, next(iter(volumes.values()))[1])
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
