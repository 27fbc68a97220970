"""Outcomes in a folder: Parquet tables that any tool can read, and one npz file."""

import hashlib
import io
import json
import math
import os
import pathlib
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ConfigurationError, DamageError, require
from ..reading.files import UnreadableError, bytes_of
from ..runs.atomic import restore_folder, write_folder
from ..runs.seals import DamagedError, parquet_bytes, read_parquet
from .outcomes import Outcomes

if TYPE_CHECKING:
    import pyarrow

__all__ = [
    *("EPISODES", "TRAJECTORY", "checked_contents", "columns_of", "content_of", "header_of"),
    *("load", "packed_arrays", "save", "table_of", "tabulated", "unpacked_arrays", "write"),
]

EPISODES = "episodes.parquet"
TRAJECTORY = "trajectory.npz"
_SERIES = "series.parquet"
_FORMAT, _FIRST = "solon-outcomes@2", b"solon-outcomes@1"
_HEADER = {"regime", "labels", "roles", "shapes", "digests"}
_ANY = "surrogatepass"


def save(outcomes: Outcomes, folder: str | os.PathLike[str]) -> None:
    """What `Outcomes.save` does."""
    groups: dict[str, tuple[Mapping[str, np.ndarray], tuple[str, str]]] = {
        _members_file(k): (values, ("episode", "member"))
        for k, values in enumerate(outcomes.members.values())
    }
    if outcomes.series:
        groups[_SERIES] = outcomes.series, ("episode", "step")
    files = {file: parquet_bytes(tabulated(*group)) for file, group in groups.items()}
    if outcomes.trajectory:
        files[TRAJECTORY] = packed_arrays(outcomes.trajectory)
    header = {
        "format": _FORMAT,
        "regime": outcomes.regime,
        "labels": dict(outcomes.labels),
        "roles": list(outcomes.members),
        "shapes": {file: _shape(columns) for file, (columns, _) in groups.items()},
    }
    import pyarrow

    write(folder, files, header, pyarrow.table(dict(outcomes.episodes)))


def write(
    folder: str | os.PathLike[str],
    files: Mapping[str, bytes],
    header: Mapping[str, Any],
    episodes: "pyarrow.Table",
) -> None:
    """Write a folder of outcomes at once.

    Args:
        folder: it is replaced as a whole.
        files: contents by name, but for `EPISODES`.
        header: stands in `EPISODES` with the hashes of the files: files of two evaluations never
            pass for one.
        episodes: the table `EPISODES`.

    Raises:
        ConfigurationError: if the folder cannot be written.
    """
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    metadata = {b"solon": json.dumps({**header, "digests": digests}).encode()}
    contents = {**files, EPISODES: parquet_bytes(episodes.replace_schema_metadata(metadata))}
    path = pathlib.Path(folder)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_folder(path, contents)
    except OSError as error:
        allowed = f"a folder that can be written ({error.strerror})"
        raise ConfigurationError("folder", str(folder), allowed) from None


def load(folder: str | os.PathLike[str], most: int | None = None) -> Outcomes:
    """What `Outcomes.load` does."""
    path = pathlib.Path(folder)
    restore_folder(path)
    there = os.path.lexists(path / EPISODES)
    require(there, "folder", str(folder), f"one with outcomes (this has no {EPISODES})")
    table = table_of(path / EPISODES, content_of(path / EPISODES, most), most)
    metadata = table.schema.metadata or {}
    first = metadata.get(b"format") == _FIRST
    header = None if first else header_of(table, _FORMAT, _HEADER)
    require(first or header is not None, "folder", str(folder), "one with outcomes")
    try:
        return _first_form(table) if header is None else _whole(path, table, header, most)
    except DamageError:
        raise
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        # Its hashes are right, and yet it is not what `save` writes.
        allowed = f"one with the outcomes of an evaluation ({EPISODES}: {error})"
        raise DamageError("folder", str(folder), allowed) from None


def _whole(
    path: pathlib.Path, table: "pyarrow.Table", header: Mapping[str, Any], most: int | None
) -> Outcomes:
    contents = checked_contents(path, header["digests"], header["digests"], most)
    packed = contents.pop(TRAJECTORY, None)
    columns = {
        file: columns_of(table_of(path / file, content, most), header["shapes"][file])
        for file, content in contents.items()
    }
    return Outcomes(
        regime=header["regime"],
        episodes={name: table[name].to_numpy() for name in table.column_names},
        labels=header["labels"],
        members={role: columns[_members_file(k)] for k, role in enumerate(header["roles"])},
        series=columns.get(_SERIES, {}),
        trajectory=unpacked_arrays(path / TRAJECTORY, packed, most) if packed else {},
    )


def _first_form(table: "pyarrow.Table") -> Outcomes:
    """Files of the form that had one number an episode and no more."""
    metadata = table.schema.metadata
    labels = {
        name.decode(errors=_ANY).removeprefix("label "): value.decode(errors=_ANY)
        for name, value in metadata.items()
        if name.startswith(b"label ")
    }
    columns = {name: table[name].to_numpy() for name in table.column_names}
    return Outcomes(metadata[b"regime"].decode(errors=_ANY), columns, labels)


def tabulated(columns: Mapping[str, np.ndarray], axes: Sequence[str]) -> "pyarrow.Table":
    """Arrays of one shape as a table: a row an element, with columns that say which it is.

    Args:
        columns: name -> array.
        axes: names of the arrays' axes.
    """
    import pyarrow

    shape = next(iter(columns.values())).shape
    index = np.indices(shape, dtype=np.int32).reshape(len(shape), -1)
    # A column of the same name moves the index aside; it is found by its place.
    rows = {axis + "_" * (axis in columns): i for axis, i in zip(axes, index, strict=True)}
    return pyarrow.table(rows | {name: np.ravel(array) for name, array in columns.items()})


def columns_of(table: "pyarrow.Table", shape: Sequence[int]) -> dict[str, np.ndarray]:
    """What `tabulated` was given.

    Raises:
        ValueError: if the table has another number of rows.
    """
    if table.num_rows != math.prod(shape):
        raise ValueError(f"a table of {table.num_rows} rows and not of {math.prod(shape)}")
    names = table.column_names
    return {name: table.column(name).to_numpy().reshape(shape) for name in names[len(shape) :]}


def content_of(path: pathlib.Path, most: int | None) -> bytes:
    """The bytes of a file; a `DamageError` if they cannot be read or are too many."""
    try:
        return bytes_of(path, most=most)
    except UnreadableError as error:
        raise DamageError("folder", str(path), f"a file that can be read ({error})") from None


def checked_contents(
    folder: pathlib.Path, names: Iterable[str], digests: Mapping[str, str], most: int | None
) -> dict[str, bytes]:
    """Contents of files by name; a `DamageError` unless they are those with these hashes."""
    contents = {}
    for name in names:
        contents[name] = content_of(folder / name, most)
        if digests.get(name) != hashlib.sha256(contents[name]).hexdigest():
            allowed = "the file that belongs to this evaluation"
            raise DamageError("folder", str(folder / name), allowed)
    return contents


def table_of(path: pathlib.Path, content: bytes, most: int | None) -> "pyarrow.Table":
    """A table; a `DamageError` that names its file if it is none or too large."""
    try:
        return read_parquet(content, most=most)
    except DamagedError as error:
        raise DamageError("folder", str(path), f"a readable Parquet table ({error})") from None


def header_of(table: "pyarrow.Table", form: str, fields: set[str]) -> dict[str, Any] | None:
    """The header that `write` was given; None if it is of another format."""
    try:
        header: dict[str, Any] = json.loads((table.schema.metadata or {})[b"solon"])
        known = header["format"] == form and set(header) >= fields
    except (KeyError, ValueError, TypeError):
        return None
    return header if known else None


def packed_arrays(arrays: Mapping[str, np.ndarray]) -> bytes:
    """Arrays as the content of an npz file."""
    content, given = io.BytesIO(), dict[str, Any](arrays)
    np.savez_compressed(content, **given)
    return content.getvalue()


def unpacked_arrays(path: pathlib.Path, content: bytes, most: int | None) -> dict[str, np.ndarray]:
    """What `packed_arrays` packed; a `DamageError` if it is too large or none. Executes nothing."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
        if most is not None and size > most:
            raise ValueError(f"it has more than {most:,} bytes")
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError, EOFError, MemoryError, zipfile.BadZipFile) as error:
        raise DamageError("folder", str(path), f"a readable npz file ({error})") from None


def _members_file(k: int) -> str:
    return f"members-{k}.parquet"


def _shape(columns: Mapping[str, np.ndarray]) -> tuple[int, ...]:
    return next(iter(columns.values())).shape
