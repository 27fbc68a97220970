"""The command `solon`: one file a command, none of which loads jax before it is run."""

import contextlib
import errno
import importlib
import os
import pkgutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from .._terminal import say, tell
from ..applications import applications
from ..errors import (
    ConfigurationError,
    DamageError,
    EconomyError,
    NotConvergedError,
    did_you_mean,
)
from ..runs.errors import Interrupted, RunError, interruption_status
from ..runs.streams import lasting_streams

__all__ = ["main", "told"]

_OF_APPLICATIONS = {
    name: module for each in applications() for name, module in each.commands.items()
}

# What a person types -> the module of the command: options as a dataclass `Options`, and `run`. The
# main job comes first, and what applications have before what measures.
_COMMANDS = {
    "demo": _OF_APPLICATIONS.pop("demo"),
    "train": f"{__name__}.train",
    "sweep": f"{__name__}.sweep",
    "evaluate": f"{__name__}.evaluate",
    "compare": f"{__name__}.compare",
    "report": f"{__name__}.report",
    "lab": f"{__name__}.lab",
    "zoo": f"{__name__}.zoo",
    "reproduce": f"{__name__}.reproduce",
    **_OF_APPLICATIONS,
    "check": f"{__name__}.check",
    "bench": f"{__name__}.bench",
    "parity": f"{__name__}.parity",
    "list": f"{__name__}.listing",
    "doctor": f"{__name__}.doctor",
}

_MISTAKE, _FAILURE = 2, 1

# What no system can look up, wherever a path is first used: a mistake in what was typed.
_NO_PATHS = (errno.ENAMETOOLONG, errno.ELOOP)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: what was typed after `solon`; the process' own when left out.

    Returns:
        The exit status: 0, 1 if a run could not go on, what Solon wrote is damaged or a user's own
        economy fails or has faults, 2 for a mistake in what was typed or in a file (one line on
        stderr says which), 130 after an interruption, 129 if the terminal was closed (SIGHUP). A
        command whose reader leaves goes on to its end.
    """
    try:
        with lasting_streams(), _hang_up_raises():
            return _attempt(list(sys.argv[1:] if arguments is None else arguments))
    except OSError as error:
        # What was printed last, when the disk that it goes to is full.
        return _fail(f"standard output: {error.strerror or error}", error, _FAILURE)


def _attempt(arguments: list[str]) -> int:
    """Run a command; what is wrong is told in one line."""
    return told(lambda: _dispatch(arguments))


def told(call: Callable[[], int]) -> int:
    """The exit status of a call; what is wrong is told in one line."""
    try:
        return call()
    except ConfigurationError as error:
        damaged = isinstance(error, DamageError)
        return _fail(str(error), error, _FAILURE if damaged else _MISTAKE)
    except (RunError, EconomyError, NotConvergedError) as error:
        return _fail(str(error), error, _FAILURE)
    except Interrupted as error:
        return _fail(str(error), error, error.status)
    except KeyboardInterrupt as error:
        return _fail("interrupted", error, interruption_status(None))
    except OSError as error:
        if error.errno in _NO_PATHS:
            reason = f"a path that can be ({error.strerror})"
            mistake = ConfigurationError("path", error.filename, reason)
            return _fail(str(mistake), error, _MISTAKE)
        # A disk that is full, or a folder that is gone, by the time that something is written.
        place = "" if error.filename is None else f"{error.filename}: "
        return _fail(f"{place}{error.strerror or error}", error, _FAILURE)
    except Exception as error:
        if _is_out_of_memory(error):
            return _fail("out of memory; fewer environments need less", error, _FAILURE)
        from ..own_code import failure

        told = failure(error)
        if told is not None:
            return _fail(f"the economy's own code failed: {told}", error, _FAILURE)
        raise


@contextlib.contextmanager
def _hang_up_raises() -> Iterator[None]:
    """End in good order when the terminal is closed; a process under nohup ignores that as ever."""
    number: Any = getattr(signal, "SIGHUP", None)
    usual = number is not None and signal.getsignal(number) == signal.SIG_DFL
    if not usual or threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: Any) -> None:
        # Once is enough: a second one must not disturb what is put in order.
        signal.signal(number, signal.SIG_IGN)
        raise Interrupted(number, "interrupted, as the terminal was closed (SIGHUP)")

    signal.signal(number, end)
    try:
        yield
    finally:
        signal.signal(number, signal.SIG_DFL)


def _dispatch(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help"):
        say(*_help())
        return 0
    if arguments[0] == "--version":
        from .. import __version__

        say(f"solon {__version__}")
        return 0
    _check_system()
    name, *rest = arguments
    if name not in _COMMANDS:
        allowed = ", ".join(_COMMANDS) + did_you_mean(name, _COMMANDS)
        raise ConfigurationError("command", name, allowed)
    command = importlib.import_module(_COMMANDS[name])

    from ._parse import parse

    first = getattr(command, "FIRST", None)
    if first is not None and rest and not rest[0].startswith("-"):
        rest.insert(0, f"--{first}")
    options = parse(command.Options, rest, f"solon {name}")
    return 0 if options is None else command.run(options)


def _check_system() -> None:
    """Raise `ConfigurationError` where run folders cannot be locked, so that nothing is begun."""
    try:
        import fcntl  # noqa: F401
    except ImportError:
        allowed = "Solon runs on Linux and macOS, and on Windows in its Linux (WSL)"
        raise ConfigurationError("system", sys.platform, allowed) from None


def _help() -> list[str]:
    lines = ["usage: solon COMMAND [OPTIONS]", ""]
    for name, module in _COMMANDS.items():
        lines.append(f"  {name:10}{_summary(module)}")
    return [*lines, "", "solon COMMAND --help tells more about a command."]


def _summary(module: str) -> str:
    """The first line of a module's docstring; the module, and what it needs, is not loaded."""
    import ast

    package, _, name = module.rpartition(".")
    source = pkgutil.get_data(package, f"{name}.py") or b""
    return (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]


def _fail(message: str, error: BaseException, status: int) -> int:
    if os.environ.get("SOLON_TRACEBACK") == "1":
        raise error
    tell(f"solon: error: {' '.join(message.split())}")
    return status


def _is_out_of_memory(error: Exception) -> bool:
    # Told by its name, since jax may not have been loaded.
    from_jax = type(error).__name__ in ("JaxRuntimeError", "XlaRuntimeError")
    return isinstance(error, MemoryError) or (from_jax and "RESOURCE_EXHAUSTED" in str(error))
