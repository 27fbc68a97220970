"""YAML 1.2 in its core schema, read safely and strictly.

PyYAML reads YAML 1.1, in which `010` is eight, `1:30` ninety and `no` false. It parses here; what
the parts mean is decided below, where the work that a text can make is bounded as well.
"""

import math
from collections.abc import Iterator
from typing import Any

import yaml

from .scalars import plain_value

__all__ = ["load_plain", "load_yaml"]

_DEEPEST = 20
_TOO_DEEP = f"brackets or indents in more than {_DEEPEST} others"
_MOST_VALUES = 500_000
_TAG = "tag:yaml.org,2002:"
# The parser in C where PyYAML has it: a table of all states and days takes a second, not twenty.
_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NO_KEY = object()


class _RefusedError(Exception):
    def __init__(self, problem: str, event: yaml.Event):
        super().__init__(problem)
        self.place = _place(event.start_mark)


class _Container:
    """A list or a mapping that is being read, and the key whose value comes next."""

    def __init__(self, content: list[Any] | dict[Any, Any]):
        self.content = content
        self.key: Any = _NO_KEY

    def wants_key(self) -> bool:
        return isinstance(self.content, dict) and self.key is _NO_KEY

    def place(self) -> Any:
        """Where in the container the next value goes."""
        return len(self.content) if isinstance(self.content, list) else self.key

    def add(self, value: Any) -> None:
        if isinstance(self.content, list):
            self.content.append(value)
        elif self.key is _NO_KEY:
            self.key = value
        else:
            self.content[self.key] = value
            self.key = _NO_KEY


def load_yaml(text: str, lines: dict[tuple[Any, ...], int] | None = None) -> Any:
    """Read YAML: lists, mappings, text, finite and other numbers, truth values and nothing else.

    Dates are text. There are no aliases and no merge keys, at most 500,000 values, and none is
    within more than 20 others, so that the work is in proportion to the length of the text.

    Args:
        text: of one document.
        lines: where to put the line of each value, by the keys and places that lead to it.

    Raises:
        ValueError: if it is something else, or has a key twice. The message, meant for "a YAML
            file (...)", says what is wrong in which line and column.
    """
    try:
        return _document(yaml.parse(text, Loader=_Parser), lines)
    except _RefusedError as error:
        raise ValueError(f"{error.place}: {error}") from None
    except yaml.MarkedYAMLError as error:
        where = _place(error.problem_mark or error.context_mark)
        # Newer parsers have a limit of their own, and come to it before the first bracket is seen.
        problem = _TOO_DEEP if "nesting depth" in str(error.problem) else error.problem
        raise ValueError(f"not valid YAML, {where}: {problem}") from None
    except yaml.YAMLError as error:
        # A character that no YAML may have; the parser says where in its own way.
        reason = str(error).partition("\n")[0]
        raise ValueError(f"not valid YAML: {reason}") from None
    except UnicodeEncodeError:
        raise ValueError("not valid YAML: it has what is no character") from None


def load_plain(text: str, lines: dict[tuple[Any, ...], int] | None = None) -> Any:
    """Read YAML that holds nothing but what JSON has, for what is kept as JSON.

    Raises:
        ValueError: as `load_yaml`, and for a key that is no text or a number that is not finite.
    """
    result = load_yaml(text, lines)
    _check_plain(result)
    return result


def _line(mark: Any) -> int:
    return int(mark.line) + 1


def _place(mark: Any) -> str:
    return f"line {_line(mark)}, column {mark.column + 1}"


def _check_plain(value: Any) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise ValueError(f"a key has to be a word, and {key!r} is none")
            _check_plain(item)
    elif isinstance(value, list):
        for item in value:
            _check_plain(item)
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value!r} is no finite number")


def _document(events: Iterator[yaml.Event], lines: dict[tuple[Any, ...], int] | None) -> Any:
    outer = [_Container([])]
    count = documents = 0
    for event in events:
        inner = outer[-1]
        if isinstance(event, yaml.CollectionEndEvent):
            outer.pop()
            outer[-1].add(inner.content)
            continue
        if isinstance(event, yaml.AliasEvent):
            raise _RefusedError(f"an alias (*{event.anchor}); write it out", event)
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _RefusedError("a second document; a file has one", event)
        if not isinstance(event, yaml.NodeEvent):
            continue
        count += 1
        if count > _MOST_VALUES:
            raise _RefusedError(f"more than {_MOST_VALUES:,} values", event)
        if lines is not None and not inner.wants_key():
            lines[tuple(one.place() for one in outer[1:])] = _line(event.start_mark)
        if isinstance(event, yaml.ScalarEvent):
            value = _scalar(event)
            if inner.wants_key():
                _check_key(value, inner.content, event)
            inner.add(value)
            continue
        if inner.wants_key():
            raise _RefusedError("a list or a mapping in the place of a key", event)
        if len(outer) > _DEEPEST:
            raise _RefusedError(_TOO_DEEP, event)
        listed = isinstance(event, yaml.SequenceStartEvent)
        _check_tag(event, "seq" if listed else "map")
        outer.append(_Container([] if listed else {}))
    (root,) = outer
    return root.content[0] if root.content else None


def _check_key(key: Any, content: Any, event: yaml.ScalarEvent) -> None:
    # 1, 1.0 and true are one key to Python, and nobody means both.
    if key in content:
        raise _RefusedError(f"a key that comes twice, {event.value}", event)
    if key == "<<" and event.implicit[0]:
        raise _RefusedError("a merge key (<<); write out what it stands for", event)


def _scalar(event: yaml.ScalarEvent) -> Any:
    # The parser lets half of a pair of surrogates pass, which is no character.
    if not event.value.isascii() and not event.value.isprintable():
        try:
            event.value.encode()
        except UnicodeEncodeError:
            raise _RefusedError("an escape that is no character", event) from None
    if event.tag is None or event.tag == "!":
        plain = event.tag is None and event.implicit[0]
        try:
            return plain_value(event.value) if plain else event.value
        except ValueError as error:
            raise _RefusedError(str(error), event) from None
    kind = event.tag.removeprefix(_TAG)
    if kind == "str":
        return event.value
    kinds: dict[str, tuple[type, ...]] = {
        **{"int": (int,), "float": (int, float), "bool": (bool,), "null": (type(None),)}
    }
    if kind not in kinds:
        raise _RefusedError(f"the tag {event.tag}; there is no such kind of value here", event)
    try:
        value = plain_value(event.value)
    except ValueError as error:
        raise _RefusedError(str(error), event) from None
    if type(value) not in kinds[kind]:
        raise _RefusedError(f"this is no {kind}", event)
    return float(value) if kind == "float" else value


def _check_tag(event: Any, kind: str) -> None:
    if event.tag not in (None, "!", _TAG + kind):
        raise _RefusedError(f"the tag {event.tag}; there is no such kind of value here", event)
