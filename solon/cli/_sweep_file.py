"""The file of a sweep: what its trainings share, in the words of `solon train`, and what varies.

A setting has the name of an option of `solon train`; a `KEY=VALUE` of an option that is repeated
there is a setting of its own, `ppo.learning_rate` or `param.labor_cost`.
"""

import dataclasses
import hashlib
import itertools
import json
import re
import typing
from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import did_you_mean, require
from ..reading.content import ENDINGS, read_content
from ..reading.files import ending
from ..runs.named import split_name
from ._seeds import seeds_of
from .train import Options

__all__ = ["Point", "Sweep", "read_sweep"]

_FIELDS = ("train", "seeds", "grid", "points", "together", "metric")
_ELSEWHERE = (
    *("seed", "seeds", "together", "run", "resume", "quiet", "trust"),
    *("devices", "processes", "coordinator", "process"),
)
"""Options of `solon train` that are no setting: the sweep has its own, or none."""

_KINDS = {
    name: str(kind)
    for name, kind in typing.get_type_hints(Options).items()
    if name not in _ELSEWHERE
}
_NESTED = ("option", "param", "curriculum")
"""Options whose keys are names joined by dots."""

_NAMED = ("policy", "learn")
"""Options whose values are names, with settings behind a colon."""

_NAME = re.compile(r"[\w][\w.=,+-]{0,99}")
_MOST = 10_000


@dataclasses.dataclass(frozen=True)
class Point:
    """A setting of what varies.

    Attributes:
        name: of its folder.
        settings: what varies, by name; the others are those of all points.
        options: what `solon train` would be typed with, but for seed and run folder.
    """

    name: str
    settings: Mapping[str, Any]
    options: Options


@dataclasses.dataclass(frozen=True)
class Sweep:
    """What a file asks for.

    Attributes:
        points: in the order of the file.
        seeds: with which each point is trained.
        together: all trainings are one program.
        metrics: columns of the learning curves that the table shows; none for the usual ones.
        content: of the file.
    """

    points: tuple[Point, ...]
    seeds: tuple[int, ...]
    together: bool
    metrics: tuple[str, ...]
    content: Mapping[str, Any]


def read_sweep(path: str) -> Sweep:
    """Read the file of a sweep.

    Raises:
        ConfigurationError: for whatever is unknown or has no meaning in it.
    """
    require(ending(path) in ENDINGS, "file", path, f"a file that ends in {', '.join(ENDINGS)}")
    content = read_content(path, "file")
    fields = f"a mapping with {', '.join(_FIELDS)}, of which seeds, grid or points says what varies"
    require(isinstance(content, dict), "file", path, fields)
    for name in content:
        close = did_you_mean(str(name), _FIELDS)
        require(name in _FIELDS, str(name), content[name], f"{', '.join(_FIELDS)}{close}")
    require(any(n in content for n in ("seeds", "grid", "points")), "file", path, fields)
    together, metric = content.get("together", False), content.get("metric", [])
    require(isinstance(together, bool), "together", together, "true or false")
    metrics = [metric] if isinstance(metric, str) else metric
    named = isinstance(metrics, list) and all(isinstance(m, str) for m in metrics)
    require(named, "metric", metric, "a column of the learning curves, or a list of them")
    seeds = _seeds(content.get("seeds", 0))
    base = _flat("train", content.get("train", {}))
    varied = list(_points(content))
    require(len(varied) * len(seeds) <= _MOST, "file", path, f"at most {_MOST:,} trainings")
    names = _names([name for name, _ in varied])
    points = tuple(
        Point(name, settings, _options(base | settings))
        for name, (_, settings) in zip(names, varied, strict=True)
    )
    return Sweep(points, seeds, together, tuple(metrics), content)


def _seeds(given: Any) -> tuple[int, ...]:
    if isinstance(given, list):
        given = ",".join(map(str, given))
    return seeds_of(str(given))


def _points(content: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and settings of each point: those that are named, each with all of the grid."""
    grid, named = content.get("grid", {}), content.get("points", {"": {}})
    require(isinstance(grid, dict), "grid", grid, "a mapping from settings to lists of values")
    axes = {}
    for key, values in grid.items():
        listed = isinstance(values, list) and len(values) > 0
        require(listed, f"grid.{key}", values, "a list of values")
        texts = [_text(value) for value in values]
        require(len(set(texts)) == len(texts), f"grid.{key}", values, "each value once")
        name = _setting(f"grid.{key}", key)
        whole = "." in name or "tuple" not in _KINDS[name]
        require(whole, f"grid.{key}", values, f"{name}.KEY with a list of values")
        axes[name] = values
    allowed = "a mapping from names to settings"
    require(isinstance(named, dict) and len(named) > 0, "points", named, allowed)
    for name, given in named.items():
        fits = "points" not in content or _NAME.fullmatch(name) is not None
        allowed = "names of up to 100 letters, digits and . = , + - _, beginning with a letter"
        require(fits, "points", name, allowed)
        settings = _flat(f"points.{name}", given)
        for key in settings:
            require(key not in axes, f"points.{name}.{key}", settings[key], "one place, not grid")
        for values in itertools.product(*axes.values()):
            chosen = dict(zip(axes, values, strict=True))
            words = [f"{key}={_word(value)}" for key, value in chosen.items()]
            yield ",".join([*([name] if name else []), *words]) or "base", settings | chosen


def _names(words: list[str]) -> list[str]:
    """The same as names of folders, each another one."""
    found: list[str] = []
    for word in words:
        name = re.sub(r"[^\w.=,+-]+", "-", word)
        if len(name) > 100 or name in found:
            name = f"{name[:90]}-{hashlib.sha256(word.encode()).hexdigest()[:8]}"
        require(name not in found, "points", word, "a name that no other point has")
        found.append(name)
    return found


def _flat(argument: str, given: Any) -> dict[str, Any]:
    """Settings by one name each: `{"ppo": {"epochs": 2}}` -> `{"ppo.epochs": 2}`."""
    require(isinstance(given, dict), argument, given, "a mapping from settings to values")
    found: dict[str, Any] = {}

    def put(key: str, value: Any, shown: str) -> None:
        require(key not in found, shown, value, "a value once")
        found[key] = value

    def open_up(key: str, value: Any, shown: str, deeper: bool) -> None:
        if not isinstance(value, dict) or not value:
            put(key, value, shown)
            return
        for name, inner in value.items():
            if deeper:
                open_up(f"{key}.{name}", inner, f"{shown}.{name}", deeper)
            else:
                put(f"{key}.{name}", inner, f"{shown}.{name}")

    for key, value in given.items():
        name = _setting(f"{argument}.{key}", key)
        option = name.partition(".")[0]
        if name == option and "tuple" in _KINDS[name]:
            mapping = isinstance(value, dict)
            require(mapping, f"{argument}.{key}", value, "a mapping from keys to values")
        open_up(name, value, f"{argument}.{key}", option in _NESTED)
    return {key: value for key, value in found.items() if value != {}}


def _setting(shown: str, key: str) -> str:
    """The name of a setting, its option with underscores."""
    option, dot, rest = key.partition(".")
    option = option.replace("-", "_")
    places = {"seed": "seeds", "seeds": "seeds", "together": "together"}
    allowed = f"an option of solon train: {', '.join(_KINDS)}{did_you_mean(option, _KINDS)}"
    if option in places:
        allowed = (
            f"an option of solon train, but for {option}: the file has {places[option]} itself"
        )
    require(option in _KINDS, shown, key, allowed)
    repeated = "tuple" in _KINDS[option]
    require(repeated or not dot, shown, key, f"{option}, which has no parts")
    require(not dot or rest != "", shown, key, f"{option}.KEY")
    return f"{option}{dot}{rest}"


def _options(settings: Mapping[str, Any]) -> Options:
    """What would be typed."""
    typed: dict[str, Any] = {}
    named: dict[tuple[str, str], list[str]] = {}
    for setting, value in settings.items():
        option, _, key = setting.partition(".")
        kind = _KINDS[option]
        if option in _NAMED:
            role, dot, name = key.partition(".")
            require(
                bool(dot) or isinstance(value, str),
                setting,
                value,
                "a name, with its settings behind a colon",
            )
            # The name comes first, whatever stands first in the file.
            parts = named.setdefault((option, role), [])
            parts.insert(len(parts) if dot else 0, f"{name}={_text(value)}" if dot else value)
            continue
        if "tuple" in kind:
            typed.setdefault(option, []).append(f"{key}={_text(value)}")
            continue
        number = "int" in kind
        fits = type(value) is int if number else isinstance(value, str)
        require(fits, setting, value, "an integer" if number else "text")
        typed[option] = value
    for (option, role), (first, *more) in named.items():
        there = f"{option}.{role}" in settings
        require(there, f"{option}.{role}", None, f"a name, to which {more or first} belongs")
        joint = "," if split_name(first, option)[1] else ":"
        text = first + (joint + ",".join(more) if more else "")
        typed.setdefault(option, []).append(f"{role}={text}")
    fields: Any = {name: tuple(v) if isinstance(v, list) else v for name, v in typed.items()}
    return Options(**fields)


def _text(value: Any) -> str:
    """A value as it is typed: JSON is YAML, too."""
    return json.dumps(value)


def _word(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":")).strip("[]")
