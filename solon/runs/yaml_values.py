"""Plain values from YAML that a user wrote."""

import json
from typing import Any

from .._yaml import load_yaml

__all__ = ["NotPlainError", "parse_yaml"]


class NotPlainError(ValueError):
    """A value that YAML knows and JSON does not, such as a date."""


def parse_yaml(text: str) -> Any:
    """Read YAML (or JSON, which is part of it) that holds nothing but JSON values.

    Raises:
        NotPlainError: if there is a value in it that JSON does not have.
        ValueError: if it is not YAML, has a key twice, refers to itself, or is nested too deeply to
            be read.
    """
    result = load_yaml(text)
    try:
        json.dumps(result)
    except TypeError:
        raise NotPlainError(text) from None
    except RecursionError as error:
        raise ValueError(str(error)) from None
    return result
