"""What the program refuses, by its exit status."""
from __future__ import annotations

from typing import Any, Optional


class CollaganError(Exception):
    """The program did not do what was asked; the text is its one-line reason: what, which file, why, what to do.

    Attributes:
        reason: that line.
        status: the program's exit status; negative: the signal that killed it.
    """

    def __init__(self, reason: str, status: int):
        super().__init__(reason)
        self.reason = reason
        self.status = status


class Refused(CollaganError):
    """Nothing could start, or the run had to stop: no such folder, nothing recognised in it, a bad model (status 2)."""


class WrongUsage(CollaganError):
    """An option that does not exist or a value out of range (status 64)."""


class Busy(CollaganError):
    """Another process is at work on the same folder; later the same call may do (status 75)."""


class Interrupted(CollaganError):
    """A signal ended the program, which left nothing half done; the same call goes on (status 129 to 143)."""


class Killed(CollaganError):
    """The program was killed, or crashed; nothing half done lies under a final name."""


class PatientsFailed(CollaganError):
    """Some patients failed, the rest is complete (status 1).

    Attributes:
        result: what was done, with the reason for each failed patient.
    """

    def __init__(self, reason: str, status: int, result: Any):
        super().__init__(reason, status)
        self.result = result


def error_of(status: int, reason: str) -> Optional[CollaganError]:
    """The exception of an exit status; None for 0 and 1, of which the caller knows more."""
    if status in (0, 1):
        return None
    kind = {2: Refused, 64: WrongUsage, 75: Busy}.get(status)
    if kind is None:
        kind = Interrupted if 128 < status < 160 else Killed
    return kind(reason, status)
