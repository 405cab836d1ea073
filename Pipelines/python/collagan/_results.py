"""What the program says, as dataclasses: lists of them are what `pandas.DataFrame` takes."""
from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Optional


@dataclass(frozen=True)
class PatientResult:
    """One patient of a run."""
    name: str
    #: "done", "failed", "skipped" (complete before), "pending".
    status: str
    reason: Optional[str]
    seconds: Optional[float]
    #: As "code: sentence"; the codes are stable.
    warnings: List[str]
    #: Everything that was written about the patient.
    files: List[Path]


@dataclass(frozen=True)
class ImputedImage:
    """One synthesised image."""
    patient: str
    contrast: str
    #: NIfTI, on the patient's grid, marked as synthetic inside.
    path: Path
    #: JSON: inputs, model, scales, warnings.
    sidecar: Path


@dataclass(frozen=True)
class RunResult:
    """What `impute` and `evaluate` did, or `collect` found."""
    command: str
    output: Path
    patients: List[PatientResult]
    #: None where `collect` found nothing that came to its end.
    seconds: Optional[float]
    #: run.json as it is.
    record: Dict[str, Any] = field(repr=False)

    @property
    def done(self) -> List[PatientResult]:
        """Patients that are complete, now or before."""
        return [patient for patient in self.patients if patient.status in ("done", "skipped")]

    @property
    def failed(self) -> List[PatientResult]:
        return [patient for patient in self.patients if patient.status == "failed"]

    @property
    def images(self) -> List[ImputedImage]:
        """All imputed images of the patients that are complete."""
        import json
        images = []
        for patient in self.done:
            for path in patient.files:
                if path.name.endswith(".nii.gz") and "imputed" in path.name:
                    sidecar = path.with_name(path.name[:-7] + ".json")
                    contrast = json.loads(sidecar.read_text(encoding="utf-8"))["contrast"]
                    images.append(ImputedImage(patient.name, contrast, path, sidecar))
        return images

    @property
    def metrics(self) -> Path:
        """CSV with one row per patient and contrast: `pandas.read_csv(run.metrics)`."""
        return self.output / "metrics.csv"

    @property
    def report(self) -> Path:
        """The page about all patients."""
        return self.output / "report.html"


@dataclass(frozen=True)
class Scores:
    """How far one volume is from another; None where undefined or infinite."""
    nmse: Optional[float]
    psnr: Optional[float]
    mae: Optional[float]
    ssim: Optional[float]
    nmse_brain: Optional[float] = None
    psnr_brain: Optional[float] = None
    mae_brain: Optional[float] = None
    ssim_brain: Optional[float] = None
    nmse_lesion: Optional[float] = None
    psnr_lesion: Optional[float] = None
    mae_lesion: Optional[float] = None
    ssim_lesion: Optional[float] = None
    #: Every score by its key.
    record: Dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class FileInspection:
    """What a file holds."""
    file: Path
    #: A contrast, "brainmask", "lesion", "imputed" or "unrecognised".
    role: str
    reason: str
    #: Why it cannot be used.
    problem: Optional[str]
    #: What the header's checks say.
    findings: List[str]
    #: What the file says of itself, as an imputed image does.
    comment: Optional[str]
    size: Optional[List[int]]
    #: mm.
    spacing: Optional[List[float]]
    orientation: Optional[str]


@dataclass(frozen=True)
class PatientInspection:
    """One patient's files."""
    name: str
    folder: Path
    present: List[str]
    missing: List[str]
    problem: Optional[str]
    warnings: List[str]
    files: List[FileInspection]


@dataclass(frozen=True)
class Inspection:
    """What a file or folder holds."""
    path: Path
    patients: List[PatientInspection]
    record: Dict[str, Any] = field(repr=False)

    @property
    def has_problems(self) -> bool:
        return any(patient.problem or any(file.problem for file in patient.files) for patient in self.patients)


@dataclass(frozen=True)
class PatientPlan:
    """What would be done for a patient."""
    name: str
    folder: Path
    #: "impute", "evaluate", "skip", "fail" …
    action: str
    reason: str
    available: List[str]
    targets: List[str]
    warnings: List[str]


@dataclass(frozen=True)
class Plan:
    """What a run would do."""
    patients: List[PatientPlan]
    record: Dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class TrainingResult:
    """What `train` wrote."""
    output: Path
    #: The weights to use: with validation patients the best so far, else the last; None if none were saved.
    model: Optional[Path]
    record: Dict[str, Any] = field(repr=False)


def run_result(record: Dict[str, Any]) -> RunResult:
    """From run.json."""
    output = Path(record["output"])
    patients = [
        PatientResult(
            entry["name"], entry["status"], entry.get("reason"), entry.get("seconds"), entry.get("warnings", []),
            [output / file for file in entry.get("files", [])])
        for entry in record["patients"]]
    return RunResult(record["command"], output, patients, record.get("seconds"), record)


def inspection(record: Dict[str, Any]) -> Inspection:
    """From the JSON of `collagan inspect`."""
    def file(entry: Dict[str, Any]) -> FileInspection:
        geometry = entry.get("geometry") or {}
        return FileInspection(
            Path(entry["file"]), entry["role"], entry["reason"], entry.get("problem"),
            [finding["text"] for finding in entry["findings"]], entry.get("comment"), geometry.get("size"),
            geometry.get("spacing"), geometry.get("orientation"))
    return Inspection(Path(record["path"]), [
        PatientInspection(
            entry["name"], Path(entry["folder"]), entry["present"], entry["missing"], entry.get("problem"),
            entry["warnings"], [file(one) for one in entry["files"]])
        for entry in record["patients"]], record)


def plan(record: Dict[str, Any]) -> Plan:
    """From the JSON of `--plan`."""
    return Plan([
        PatientPlan(
            entry["name"], Path(entry["folder"]), entry["action"], entry.get("reason", ""), entry.get("available", []),
            entry.get("targets", []), entry.get("warnings", []))
        for entry in record["patients"]], record)


def scores(record: Dict[str, Any]) -> Scores:
    """From the JSON of `collagan metrics`."""
    names = [name for name in Scores.__dataclass_fields__ if name != "record"]
    return Scores(**{name: record.get(name) for name in names}, record=record)
