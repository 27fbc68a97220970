"""Numbers as text, by the core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema).

Files, tables and what is typed agree: `010` is ten, `1_000` and `1:30` are no numbers.
"""

import math
import re
from typing import Any

__all__ = ["number_of", "plain_value", "whole_of"]

_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_WHOLE = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SPECIAL = re.compile(r"([-+]?)\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
# What 64 bits hold; no quantity here needs more, and beyond it arithmetic fails or rounds.
_LARGEST = 2**63 - 1


def whole_of(text: str) -> int:
    """The whole number that a text is.

    Raises:
        ValueError: if it is none, or has more than 64 bits. The message says so.
    """
    if not _WHOLE.fullmatch(text):
        raise ValueError("it is no whole number")
    digits = text.lstrip("+-").removeprefix("0x").removeprefix("0o").lstrip("0")
    # Python itself refuses to read thousands of digits.
    value = int(text, 10 if text[:2] not in ("0x", "0o") else 0) if len(digits) < 64 else None
    if value is None or abs(value) > _LARGEST:
        raise ValueError(f"it is a whole number of {len(digits)} digits; {_LARGEST} is the largest")
    return value


def number_of(text: str) -> float:
    """The finite number that a text is.

    Raises:
        ValueError: if it is none, or too large to be told from infinity. The message says so.
    """
    if _WHOLE.fullmatch(text):
        return float(whole_of(text))
    if not _NUMBER.fullmatch(text):
        raise ValueError("it is no finite number")
    value = float(text)
    if math.isinf(value):
        raise ValueError("it is a number above all that can be computed with")
    return value


def plain_value(text: str) -> Any:
    """What a text without quotes stands for: nothing, a truth value, a number, or itself.

    Raises:
        ValueError: for a number that is too large.
    """
    if len(text) <= 5 and text in _WORDS:
        return _WORDS[text]
    if not text or text[0] not in "+-.0123456789":
        return text
    if _WHOLE.fullmatch(text):
        return whole_of(text)
    if _NUMBER.fullmatch(text):
        return number_of(text)
    special = _SPECIAL.fullmatch(text)
    if special is None:
        return text
    return math.nan if special[3] else float(f"{special[1]}inf")
