"""What a person names with options behind it: `saez:elasticity=0.5`, `FILE.py:CLASS:level=3`."""

import dataclasses
import pathlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..errors import ConfigurationError, require

__all__ = [
    "NamedAlgorithm",
    "NamedPolicy",
    "assignments",
    "is_own",
    "own_files",
    "own_names",
    "split_name",
    "underscored",
]

_OWN = re.compile(r"(?P<name>.*?\.py:[^:]*)(?::(?P<options>.*))?", re.DOTALL)
_BRACKETS = {"(": ")", "[": "]", "{": "}"}


@dataclasses.dataclass(frozen=True)
class NamedPolicy:
    """A policy by its name.

    Attributes:
        name: of a policy that an application or Solon has, or `FILE.py:CLASS`.
        options: its options by name.
    """

    name: str
    options: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class NamedAlgorithm:
    """An algorithm other than the one that all roles share.

    Attributes:
        name: of `solon.runs.algorithms.ALGORITHMS`, or `FILE.py:CLASS`.
        settings: its settings by name.
    """

    name: str
    settings: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def is_own(name: str) -> bool:
    """Whether a name is `FILE.py:CLASS`."""
    path, separator, _ = name.rpartition(":")
    return bool(separator) and path.endswith(".py")


def own_files(names: Iterable[str]) -> list[tuple[pathlib.Path, str]]:
    """The files among names, each with what is named in it."""
    parts = [name.rpartition(":") for name in names if is_own(name)]
    return [(pathlib.Path(path), attribute) for path, _, attribute in parts]


def split_name(text: str, argument: str) -> tuple[str, dict[str, Any]]:
    """A name and its options.

    Args:
        text: `NAME`, `NAME:key=value,key=value`, or either with `FILE.py:CLASS` as the name. A
            comma inside of brackets or quotes belongs to a value.
        argument: what the user knows it as, for errors.

    Raises:
        ConfigurationError: if the options are not of this form.
    """
    own = _OWN.fullmatch(text)
    if own is not None:
        name, rest = own["name"], own["options"]
    else:
        name, separator, rest = text.partition(":")
        rest = rest if separator else None
    require(name.strip() != "", argument, text, "NAME, or NAME:key=value,key=value")
    if rest is None:
        return name, {}
    require(rest.strip() != "", argument, text, f"{name}, or {name}:key=value,key=value")
    return name, underscored(argument, assignments(argument, _pieces(rest)))


def underscored(argument: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The same by names with underscores, where a person may have typed hyphens.

    Raises:
        ConfigurationError: if a name comes in both forms.
    """
    values: dict[str, Any] = {}
    for key, value in given.items():
        name = key.replace("-", "_")
        allowed = f"a value for {name} once, with hyphens or underscores"
        require(name not in values, argument, key, allowed)
        values[name] = value
    return values


def assignments(argument: str, given: Sequence[str]) -> dict[str, Any]:
    """Read `KEY=VALUE`, the value as YAML 1.2: `true`, `3`, `[0, 0.5]`, `open-quadrant`.

    Args:
        argument: the option that was repeated, for errors.
        given: what was typed.

    Raises:
        ConfigurationError: if it is not of this form, or a key comes twice.
    """
    values: dict[str, Any] = {}
    for text in given:
        key, separator, value = text.partition("=")
        key = key.strip()
        require(bool(separator) and key != "", argument, text, "KEY=VALUE")
        require(key not in values, argument, text, f"a value for {key} once")
        values[key] = _value(argument, key, text, value)
    return values


def _value(argument: str, key: str, text: str, value: str) -> Any:
    # The help of a command, which names what is here, reads no YAML.
    from ..reading.yaml_core import load_plain

    try:
        return load_plain(value)
    except ValueError as error:
        allowed = f"KEY=VALUE with a value in YAML ({error})"
        raise ConfigurationError(f"{argument}.{key}", text, allowed) from None


def _pieces(text: str) -> list[str]:
    """What stands between commas that are in no brackets and no quotes."""
    pieces, closing, quote = [""], "", ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in _BRACKETS:
            closing += _BRACKETS[letter]
        elif closing and letter == closing[-1]:
            closing = closing[:-1]
        elif letter == "," and not closing:
            pieces.append("")
            continue
        pieces[-1] += letter
    return pieces


def own_names(config: Mapping[str, Any]) -> list[str]:
    """All names in users' files that a configuration has: `FILE.py:NAME`."""
    described = [config.get("planner")]
    for field in ("policies", "algorithms"):
        found = config.get(field)
        described += list(found.values()) if isinstance(found, dict) else []
    names = [one.get("name") for one in described if isinstance(one, dict)]
    return [str(name) for name in (config.get("economy"), *names) if is_own(str(name))]
