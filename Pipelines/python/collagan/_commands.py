"""The program's commands as functions."""
from __future__ import annotations

import os
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Union

from ._errors import PatientsFailed
from ._program import Progress, call, options
from ._results import Inspection, Plan, RunResult, Scores, TrainingResult
from ._results import inspection as _inspection
from ._results import plan as _plan
from ._results import run_result, scores

PathLike = Union[str, "os.PathLike[str]"]


def _patterns(patterns: Optional[Dict[str, str]]) -> List[str]:
    return [word for name, glob in (patterns or {}).items() for word in ("--pattern", f"{name}={glob}")]


def _run(check: bool, progress: Progress, words: List[PathLike]) -> RunResult:
    status, record, reason = call([*words, "--json"], progress)
    if not isinstance(record, dict):
        raise PatientsFailed(reason or "nothing was done", status, None)
    result = run_result(record)
    if status == 1 and check:
        failed = result.failed
        if not failed:
            raise PatientsFailed(record.get("reason") or reason or "not all was done", status, result)
        text = "; ".join(f"{patient.name}: {patient.reason}" for patient in failed[:3])
        more = f" and {len(failed) - 3} more" if len(failed) > 3 else ""
        raise PatientsFailed(f"{len(failed)} of {len(result.patients)} patients failed: {text}{more}", status, result)
    return result


def impute(
    patients: PathLike, out: PathLike, model: Optional[PathLike] = None, *, targets: Optional[Sequence[str]] = None,
    patterns: Optional[Dict[str, str]] = None, layout: Optional[str] = None,
    participants: Optional[Sequence[str]] = None, prepare: bool = False, overwrite: bool = False,
    threads: Optional[int] = None, memory: Optional[str] = None, precision: Optional[str] = None, check: bool = True,
    progress: Progress = None,
) -> RunResult:
    """Synthesises every contrast that a patient lacks: image, sidecar, report.
    Called again, it finishes what is missing.

    Args:
        patients: a patient's folder, a folder of patients, or a BIDS dataset. Never modified.
        out: folder for the results.
        model: weight file; the shipped model if None.
        targets: only these contrasts.
        patterns: which file is a contrast, "brainmask" or "lesion", e.g. {"T2": "*_T2w_run-1*"}.
        layout: "bids", "nnunet", "plain", "brats"; found out if None.
        participants: only these patients; `metrics.csv`, `report.html` and `run.json` are `collect`'s to write then.
        prepare: whether images are raw (skull on, not registered) and are prepared first.
        overwrite: whether results that are complete are made again.
        threads: of the network; results do not depend on it.
        memory: that may be taken, e.g. "2G".
        precision: "float32" or "bfloat16".
        check: whether a failed patient raises an exception when the others are done.
        progress: True for a bar (tqdm if it is installed), False for none, None for a bar on a terminal, or a function
            that is told number, count and outcome of every patient.

    Raises:
        PatientsFailed: some failed, the rest is complete; its `result` has the reasons.
        Refused, WrongUsage, Busy, Interrupted, Killed: nothing could start, or it did not come to its end.
    """
    return _run(check, progress, ["impute", patients, "--out", out, *_patterns(patterns), *options(
        model=model, targets=targets, layout=layout, participants=participants, prepare=prepare, overwrite=overwrite,
        threads=threads, memory=memory, precision=precision)])


def evaluate(
    patients: PathLike, out: PathLike, model: Optional[PathLike] = None, *, targets: Optional[Sequence[str]] = None,
    patterns: Optional[Dict[str, str]] = None, layout: Optional[str] = None,
    participants: Optional[Sequence[str]] = None, subsets: bool = True, overwrite: bool = False,
    threads: Optional[int] = None, memory: Optional[str] = None, check: bool = True, progress: Progress = None,
) -> RunResult:
    """Hides each contrast in turn, synthesises it, and scores it against the truth: `pandas.read_csv(result.metrics)`.

    Arguments and exceptions as those of `impute`;
    with `participants` there is no `metrics.csv` and no report until `collect`.

    Args:
        subsets: whether every set of inputs is tried.
    """
    return _run(check, progress, ["evaluate", patients, "--out", out, *_patterns(patterns), *options(
        model=model, targets=targets, layout=layout, participants=participants, no_subsets=not subsets,
        overwrite=overwrite, threads=threads, memory=memory)])


def collect(folder: PathLike, *, check: bool = True) -> RunResult:
    """Puts together what calls with `participants` wrote into one folder:
    `metrics.csv`, `report.html` and `run.json` of all patients.

    Args:
        folder: the `out` of these calls; the patients need not be there.
        check: whether a failed patient, or a call that did not come to its end, raises an exception
            when all is written.

    Raises:
        PatientsFailed: that; its `result` has everything that is there.
        Refused, Busy: the folder holds no such calls' results; one is still at work.
    """
    return _run(check, False, ["collect", folder])


def plan(
    patients: PathLike, out: PathLike, model: Optional[PathLike] = None, *, targets: Optional[Sequence[str]] = None,
    patterns: Optional[Dict[str, str]] = None, layout: Optional[str] = None,
) -> Plan:
    """What `impute` would do, and with which files; nothing is written, no voxel is read."""
    _, record, _ = call(["impute", patients, "--out", out, "--plan", "--json", *_patterns(patterns),
                         *options(model=model, targets=targets, layout=layout)], False)
    return _plan(record)


def metrics(
    truth: PathLike, imputed: PathLike, *, mask: Optional[PathLike] = None, lesion: Optional[PathLike] = None,
    range: float = 1.0,
) -> Scores:
    """How far one volume is from another: NMSE, PSNR, MAE, SSIM and others, volumes as they are.

    Args:
        mask: brain mask: scores inside it, too.
        lesion: lesion mask: scores inside it, too.
        range: dynamic range of the intensities.
    """
    _, record, _ = call(["metrics", truth, imputed, *options(mask=mask, lesion=lesion, range=range), "--json"], False)
    return scores(record)


def inspect(path: PathLike, *, patterns: Optional[Dict[str, str]] = None, layout: Optional[str] = None) -> Inspection:
    """What a file or folder holds: geometry, which contrasts were recognised and why. A file that cannot be used is no
    exception but a `problem`."""
    _, record, _ = call(["inspect", path, "--json", *_patterns(patterns), *options(layout=layout)], False)
    return _inspection(record)


def train(
    patients: PathLike, config: PathLike, out: PathLike, *, from_: Optional[PathLike] = None, resume: bool = False,
    overwrite: bool = False, threads: Optional[int] = None, check: bool = True,
) -> TrainingResult:
    """Trains a model on a folder of patients.

    Args:
        config: training configuration (YAML).
        out: folder for model, checkpoints and log.
        from_: weight file of the model to start from.
        resume: whether to go on from the last checkpoint.

    Raises:
        PatientsFailed: patients were left out, or the training was given up; with `check` only.
    """
    status, record, reason = call(["train", patients, "--config", config, "--out", out, "--json", *options(
        from_=from_, resume=resume, overwrite=overwrite, threads=threads)], False)
    record = record if isinstance(record, dict) else {}
    model = record.get("best") or record.get("model")
    result = TrainingResult(Path(out), Path(model) if model else None, record)
    if status == 1 and check:
        raise PatientsFailed(reason or "patients were left out of the training", status, result)
    return result

