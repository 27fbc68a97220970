"""Options from what was typed, and one line where tyro would draw a box."""

import contextlib
import dataclasses
import io
import math
import os
import re
import string
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from .._terminal import visible
from ..errors import ConfigurationError
from ..reading.scalars import number_of, whole_of

__all__ = ["UsageError", "parse"]

Options = TypeVar("Options")

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_LONG = re.compile(r"\S{121,}")
_BORDER = "╭╮╰╯│─ "
_KINDS = {"INTEGER": "an integer", "NUMBER": "a number"}


class UsageError(ConfigurationError):
    """Something was typed that a command does not understand. The message is tyro's."""

    def __init__(self, message: str):
        # What was typed stands in it, however long.
        ValueError.__init__(self, _LONG.sub(lambda word: f"{word[0][:117]}...", message))


def parse(options: type[Options], arguments: Sequence[str], program: str) -> Options | None:
    """Read a command's options.

    Args:
        options: a dataclass whose docstring and fields make up the help.
        arguments: what was typed after the command.
        program: the command, for the help.

    Returns:
        The options, or None if help was asked for and printed.

    Raises:
        UsageError: in one line.
    """
    import tyro

    style = (tyro.conf.FlagCreatePairsOff,)
    if any(argument in ("-h", "--help") for argument in arguments):
        with contextlib.suppress(SystemExit):
            tyro.cli(options, prog=program, args=arguments, config=style)
        return None
    _check_numbers(options, arguments)

    def attempt(words: Sequence[str], box: io.StringIO) -> Options | None:
        # tyro draws the box by what standard output can show.
        able = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        streams = contextlib.redirect_stdout(able), contextlib.redirect_stderr(box)
        with streams[0], streams[1], _wide_terminal(), contextlib.suppress(SystemExit):
            return tyro.cli(options, prog=program, args=words, config=style)
        return None

    box, readable = io.StringIO(), io.StringIO()
    found = attempt(arguments, box)
    if found is not None:
        return _without_blanks(found)
    # Once more for the message: a blank or a control character would not be seen in it.
    attempt([_readable(word) for word in arguments], readable)
    sections = _sections(readable.getvalue() or box.getvalue())
    flag, separator, reason = sections[0].removeprefix("Error parsing ").partition(": ")
    value = _typed(flag, arguments)
    if separator and value is not None:
        meaning = next((s for s in sections[1:] if s.startswith("Argument helptext")), reason)
        meaning = meaning.removeprefix("Argument helptext: ").removeprefix(flag).strip()
        raise ConfigurationError(flag, value, _allowed(meaning))
    line = "; ".join(section[:1].lower() + section[1:] for section in sections)
    raise UsageError(f"{line} (see {program} --help)")


def _check_numbers(options: type[Any], arguments: Sequence[str]) -> None:
    """Numbers are typed as they stand in files; Python would take `1_0` and other digits as well.

    Raises:
        ConfigurationError: for what only Python takes for a number.
    """
    for field in dataclasses.fields(options):
        flag = "--" + field.name.replace("_", "-")
        text, kind = _typed(flag, arguments), re.search(r"\b(int|float)\b", str(field.type))
        if text is None or kind is None:
            continue
        whole = kind[0] == "int"
        try:
            value = int(text) if whole else float(text)
        except ValueError:
            # No number to Python either: tyro says so, with what the option means.
            continue
        if math.isnan(value) or text.lstrip("+-").lower() in ("inf", "infinity"):
            # As they are, and not as a number that is too large for anything else.
            continue
        try:
            (whole_of if whole else number_of)(text)
        except ValueError as error:
            raise ConfigurationError(flag, text, f"a number ({error})") from None


def _readable(word: str) -> str:
    """A word as it can be seen in a message, whatever it consists of."""
    seen = visible(word)
    return seen if word.strip(_BORDER + string.whitespace) else f'"{seen}"'


def _without_blanks(options: Options) -> Options:
    """The options, of which none was given as nothing: `--start=` is no date and no default.

    Positional arguments have no default: their commands say what is wanted in the place of nothing.

    Raises:
        ConfigurationError: if one was.
    """
    import tyro

    for field in dataclasses.fields(options):  # type: ignore[arg-type]
        if tyro.conf.Positional in getattr(field.type, "__metadata__", ()):
            continue
        value = getattr(options, field.name)
        for given in value if isinstance(value, tuple) else (value,):
            if isinstance(given, str) and given.strip() == "" and given != field.default:
                name = field.name.replace("_", "-")
                raise ConfigurationError(name, given, "something; leave it out for the default")
    return options


def _allowed(meaning: str) -> str:
    """`INTEGER How many. (default: 50)` -> `an integer: how many (default: 50)`."""
    kind, _, text = meaning.partition(" ")
    if kind not in _KINDS:
        return meaning
    return f"{_KINDS[kind]}: {text[:1].lower()}{text[1:]}".replace(". (", " (").removesuffix(".")


def _typed(flag: str, arguments: Sequence[str]) -> str | None:
    """The value that was typed for a flag, the last if there are several; None if there is none."""
    for place, argument in reversed(list(enumerate(arguments))):
        if argument.startswith(f"{flag}="):
            return argument.partition("=")[2]
        if argument == flag and place + 1 < len(arguments):
            return arguments[place + 1]
    return None


@contextlib.contextmanager
def _wide_terminal() -> Iterator[None]:
    """Keep long values in one piece."""
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "10000"
    try:
        yield
    finally:
        if before is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = before


def _sections(box: str) -> list[str]:
    """The sections of a box as a line each, without the pointer to the help."""
    sections: list[list[str]] = [[]]
    for line in _COLOUR.sub("", box).splitlines():
        # The first line is the upper edge with a title.
        if line.startswith(("╭", "╰")):
            continue
        text = line.strip(_BORDER)
        if text:
            sections[-1].append(text)
        elif "─" in line:
            sections.append([])
    lines = [" ".join(section) for section in sections if section]
    return [line for line in lines if not line.startswith("For full helptext")] or [box]
