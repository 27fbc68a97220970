"""JSON as its standard has it (RFC 8259), and numbers that can be computed with."""

import json
import re
from typing import Any

from .scalars import number_of, whole_of

__all__ = ["load_json"]

_DEEPEST = 50
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]|[^\s"{}\[\],:]+', re.DOTALL)
_COLON = re.compile(r"\s*:")


class _RefusedError(ValueError):
    pass


def load_json(content: str | bytes) -> Any:
    """Read JSON: without NaN and infinities, keys that come twice, and numbers beyond 64 bits.

    No value is within more than 50 others.

    Args:
        content: text, or bytes in UTF-8.

    Raises:
        ValueError: if it is something else. The message says what is wrong in which line.
    """
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
    except UnicodeDecodeError:
        raise ValueError("it is not text in UTF-8") from None
    try:
        result = json.loads(
            text,
            parse_int=_whole,
            parse_float=_number,
            parse_constant=_no_number,
            object_pairs_hook=_once,
        )
    except json.JSONDecodeError as error:
        problem = error.msg[:1].lower() + error.msg[1:]
        where = f"line {error.lineno}, column {error.colno}"
        raise ValueError(f"not valid JSON, {where}: {problem}") from None
    except RecursionError:
        raise ValueError(f"it is nested in more than {_DEEPEST} brackets") from None
    except _RefusedError as error:
        raise ValueError(f"line {_line_of_refusal(text)}: {error}") from None
    _check_depth(result, 0)
    return result


def _whole(token: str) -> int:
    try:
        return whole_of(token)
    except ValueError as error:
        raise _RefusedError(str(error)) from None


def _number(token: str) -> float:
    try:
        return number_of(token)
    except ValueError as error:
        raise _RefusedError(str(error)) from None


def _no_number(token: str) -> float:
    raise _RefusedError(f"{token} is no number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        for key, _ in pairs:
            # Those that were there already are gone from the mapping by the second time.
            if result.pop(key, result) is result:
                raise _RefusedError(f"a key that comes twice, {key}")
    return result


def _check_depth(value: Any, depth: int) -> None:
    if depth > _DEEPEST:
        raise ValueError(f"it is nested in more than {_DEEPEST} brackets")
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            _check_depth(item, depth + 1)


def _line_of_refusal(text: str) -> int:
    """The line of the first token that is refused; all before it is valid JSON."""
    keys: list[set[str] | None] = []
    for match in _TOKEN.finditer(text):
        token = match[0]
        try:
            if token in "{[":
                keys.append(set() if token == "{" else None)
            elif token in "}]":
                keys.pop()
            elif token[0] != '"':
                json.loads(token, parse_int=_whole, parse_float=_number, parse_constant=_no_number)
            elif _COLON.match(text, match.end()):
                known, key = keys[-1], json.loads(token)
                assert known is not None
                if key in known:
                    raise _RefusedError
                known.add(key)
        except _RefusedError:
            return 1 + text.count("\n", 0, match.start())
    return 1
