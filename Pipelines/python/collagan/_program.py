"""The program itself: where it lies, and one call of it."""
from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, Callable, Iterable, Iterator, List, NoReturn, Optional, Tuple, Union

from ._errors import Refused, WrongUsage, error_of

Progress = Union[bool, Callable[[int, int, str], None], None]

logger = logging.getLogger("collagan")

_PATIENT = re.compile(r"^\[(\d+)/(\d+)\] (.*)")
_GRACE = 20.0


def program() -> Path:
    """The program that is called: $COLLAGAN if set, else the one that comes with the package."""
    given = os.environ.get("COLLAGAN")
    return Path(given) if given else Path(__file__).parent / "tree" / "bin" / "collagan"


def main() -> NoReturn:
    """The command `collagan`: becomes the program."""
    path = str(program())
    # COLLAGAN may name this very command, which would become itself for ever.
    environment = {name: value for name, value in os.environ.items() if name != "COLLAGAN"}
    try:
        os.execve(path, [path, *sys.argv[1:]], environment)
    except OSError as error:
        print(f"error: {_unstartable(path, error)}", file=sys.stderr)
        sys.exit(126)


def _unstartable(path: str, error: OSError) -> str:
    remedy = "correct $COLLAGAN" if os.environ.get("COLLAGAN") else "install the package again"
    return f"{path}: cannot be started ({error.strerror}); {remedy}"


def call(arguments: Iterable[Union[str, os.PathLike]], progress: Progress = None) -> Tuple[int, Any, str]:
    """Runs the program to its end; returns its exit status, its JSON and the last error it told.

    An exception (Ctrl-C too) leaves no process behind: the program gets the time to leave nothing half done, and is
    waited for. If Python itself is killed, the program goes on.

    Args:
        arguments: after the program's name; `--json` among them.
        progress: see `impute`.

    Raises:
        CollaganError: for every status but 0 and 1.
    """
    words = [str(program()), *(os.fspath(word) for word in arguments)]
    bar = _bar(progress)
    reason = ""
    with tempfile.TemporaryFile() as output:
        child: Optional[subprocess.Popen] = None
        try:
            with _interrupt_kept():
                child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.PIPE)
            assert child.stderr is not None
            with child.stderr as lines:
                for raw in lines:
                    line = raw.decode("utf-8", "replace").rstrip("\n")
                    lowered = line.lower()
                    if lowered.startswith("error: "):
                        reason = line[7:]
                    elif lowered.startswith("warning: "):
                        logger.warning("%s", line[9:])
                    elif match := _PATIENT.match(line):
                        bar(int(match[1]), int(match[2]), match[3])
                    else:
                        logger.info("%s", line)
            status = child.wait()
        except BaseException as error:
            if child is not None:
                _end(child)
            elif isinstance(error, OSError):
                raise Refused(_unstartable(words[0], error), 126) from error
            raise
        finally:
            bar(0, 0, "")
        output.seek(0)
        text = output.read()
    if status < 0:
        reason = reason or f"the program was ended by {signal.Signals(-status).name}; the same call goes on"
    elif status > 128 and not reason:
        reason = "the program was interrupted; the same call goes on"
    refusal = error_of(status, reason or f"the program ended with status {status}")
    if refusal is not None:
        raise refusal
    try:
        return status, json.loads(text or b"null"), reason
    except ValueError:
        raise Refused("the program printed no JSON; is $COLLAGAN another program?", status) from None


@contextlib.contextmanager
def _interrupt_kept() -> Iterator[None]:
    """Keeps Ctrl-C for the end of the block: while a process is started it would leave one that nobody knows."""
    handler = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(handler):
        yield
        return
    kept: List[Any] = []
    signal.signal(signal.SIGINT, lambda *what: kept.append(what))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
    if kept:
        handler(*kept[-1])


def _end(child: subprocess.Popen) -> None:
    """Asks the program to stop, then makes it; returns when it is gone."""
    for number, patience in ((signal.SIGTERM, _GRACE), (signal.SIGKILL, None)):
        if child.poll() is not None:
            return
        child.send_signal(number)
        end = None if patience is None else time.monotonic() + patience
        while child.poll() is None:
            try:
                child.wait(None if end is None else max(end - time.monotonic(), 0))
            except subprocess.TimeoutExpired:
                break
            except KeyboardInterrupt:
                # A second Ctrl-C: at once.
                break


def _bar(progress: Progress) -> Callable[[int, int, str], None]:
    """What is told of every patient: number, count, how it went; 0, 0 at the end."""
    if callable(progress):
        return lambda number, count, text: progress(number, count, text) if number else None
    if progress is False or (progress is None and not sys.stderr.isatty()):
        return lambda number, count, text: None
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return lambda number, count, text: print(f"[{number}/{count}] {text}", file=sys.stderr) if number else None
    bars: List[Any] = []

    def show(number: int, count: int, text: str) -> None:
        if not number:
            for bar in bars:
                bar.close()
            return
        if not bars:
            bars.append(tqdm(total=count, unit="patient"))
        bars[0].update(number - bars[0].n)
        bars[0].set_postfix_str(text[:60])
    return show


def options(**values: Any) -> List[str]:
    """Options of the command line from keywords: None and False are left out, a list follows its option.

    Raises:
        WrongUsage: a list is empty, which the program would take for all.
    """
    words: List[str] = []
    for name, value in values.items():
        if value is None or value is False:
            continue
        words.append("--" + name.rstrip("_").replace("_", "-"))
        if isinstance(value, (list, tuple, set)):
            if not value:
                raise WrongUsage(f"{name}: an empty list; leave it out (None) for all", 64)
            words += [os.fspath(item) if isinstance(item, os.PathLike) else str(item) for item in value]
        elif value is not True:
            words.append(os.fspath(value) if isinstance(value, os.PathLike) else str(value))
    return words


