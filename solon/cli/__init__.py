"""The command `solon`: one file a command, none of which loads jax before it is run."""

import errno
import importlib
import io
import os
import pkgutil
import sys
from collections.abc import Sequence

from .._terminal import say, tell
from ..errors import ConfigurationError, DamageError, EconomyError, did_you_mean
from ..runs.errors import RunError

__all__ = ["main"]

# What a person types -> the module of the command: options as a dataclass `Options`, and `run`.
_COMMANDS = {
    "demo": "demo",
    "train": "train",
    "evaluate": "evaluate",
    "compare": "compare",
    "report": "report",
    "lab": "lab",
    "schedule": "schedule",
    "zoo": "zoo",
    "reproduce": "reproduce",
    "pandemic": "pandemic",
    "calibrate": "calibrate",
    "bench": "bench",
    "parity": "parity",
    "list": "listing",
    "doctor": "doctor",
}

_MISTAKE, _FAILURE, _INTERRUPTED = 2, 1, 130

# What no system can look up, wherever a path is first used: a mistake in what was typed.
_NO_PATHS = (errno.ENAMETOOLONG, errno.ELOOP)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: what was typed after `solon`; the process' own when left out.

    Returns:
        The exit status: 0, 1 if a run could not go on, what Solon wrote is damaged or a user's own
        economy fails, 2 for a mistake in what was typed or in a file (one line on stderr says
        which), 130 after an interruption.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Bars and dots that a terminal or a pipe does not know are no reason to stop.
            stream.reconfigure(errors="replace")
    try:
        return _dispatch(list(sys.argv[1:] if arguments is None else arguments))
    except ConfigurationError as error:
        damaged = isinstance(error, DamageError)
        return _fail(str(error), error, _FAILURE if damaged else _MISTAKE)
    except (RunError, EconomyError) as error:
        return _fail(str(error), error, _FAILURE)
    except KeyboardInterrupt as error:
        return _fail("interrupted", error, _INTERRUPTED)
    except BrokenPipeError:
        # Whoever was reading (`solon list | head`) has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
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
    command = importlib.import_module(f".{_COMMANDS[name]}", __name__)

    from ._parse import parse

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

    source = pkgutil.get_data(__name__, f"{module}.py") or b""
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
