"""Fills in the MRI contrast that a patient's scan lacks: the program `collagan`, called from Python.

    import collagan
    run = collagan.impute("PATIENTS", "RESULTS")
    pandas.DataFrame(run.images)

Every function calls the program that comes with the package and returns dataclasses; what it refuses is an exception
with the program's one-line reason. Research use only: this is not a medical device.
"""
from ._arrays import ImputedVolume, impute_volumes
from ._commands import collect, evaluate, impute, inspect, metrics, plan, train
from ._errors import Busy, CollaganError, Interrupted, Killed, PatientsFailed, Refused, WrongUsage
from ._program import program
from ._results import (FileInspection, ImputedImage, Inspection, PatientInspection, PatientPlan, PatientResult, Plan,
                       RunResult, Scores, TrainingResult)
from ._version import __version__

__all__ = [
    "Busy", "CollaganError", "FileInspection", "ImputedImage", "ImputedVolume", "Inspection", "Interrupted", "Killed",
    "PatientInspection", "PatientPlan", "PatientResult", "PatientsFailed", "Plan", "Refused", "RunResult", "Scores",
    "TrainingResult", "WrongUsage", "__version__", "collect", "evaluate", "impute", "impute_volumes", "inspect",
    "metrics", "plan", "program", "train",
]
