"""YAML or JSON, by the ending of a file."""

import os
from typing import Any

from ..errors import ConfigurationError
from .files import ending, read_text
from .json_strict import load_json
from .yaml_core import load_plain, load_yaml

__all__ = ["ENDINGS", "content_of", "read_content"]

ENDINGS = (".yaml", ".yml", ".json")
"""Of files in YAML and JSON, in small letters."""


def content_of(
    text: str,
    path: str | os.PathLike[str],
    argument: str,
    *,
    plain: bool = True,
    lines: dict[tuple[Any, ...], int] | None = None,
) -> Any:
    """What a text in YAML or JSON holds.

    Args:
        text: of the file.
        path: of the file; `.json` in any case is for JSON.
        argument: what the user knows it as, for errors.
        plain: nothing but what JSON has.
        lines: as of `load_yaml`; nothing is put there for JSON.

    Raises:
        ConfigurationError: if it is neither. The message says where.
    """
    try:
        if ending(path) == ".json":
            return load_json(text)
        return load_plain(text, lines) if plain else load_yaml(text, lines)
    except ValueError as error:
        allowed = f"a JSON or YAML file ({error})"
        raise ConfigurationError(argument, os.fspath(path), allowed) from None


def read_content(path: str | os.PathLike[str], argument: str, *, plain: bool = True) -> Any:
    """What a file in YAML or JSON holds; raises as `read_text` and `content_of`."""
    return content_of(read_text(path, argument), path, argument, plain=plain)
