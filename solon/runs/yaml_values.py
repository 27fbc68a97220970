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
        ValueError: as `load_yaml`, and if a value refers to itself.
    """
    result = load_yaml(text)
    try:
        json.dumps(result)
    except TypeError:
        raise NotPlainError("it has a value that JSON does not have, such as a date") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except ValueError:
        raise ValueError("it has a value that refers to itself") from None
    return result
