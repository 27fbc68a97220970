"""Hashes that stand in what they are the hash of: records in JSON, and Parquet tables."""

import hashlib
import io
import json
import pathlib
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..reading.files import UnreadableError, bytes_of

if TYPE_CHECKING:
    import pyarrow
    import pyarrow.parquet

__all__ = ["DamagedError", "is_intact", "parquet_bytes", "read_parquet", "sealed"]

_HASH = "sha256"
_MARK = b"solon-sha256:"
_BLANK = b"0" * 64
_SEAL = re.compile(_MARK + rb"([0-9a-f]{64})")


class DamagedError(ValueError):
    """A table that is not what was written. The message says in what way."""


def sealed(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record of JSON values, with the hash of all of them as its last."""
    rest = {name: value for name, value in record.items() if name != _HASH}
    return {**rest, _HASH: _digest(rest)}


def is_intact(record: Mapping[str, Any]) -> bool:
    """Whether the hash of a record is that of its values. One without a hash is taken as it is."""
    rest = {name: value for name, value in record.items() if name != _HASH}
    return _HASH not in record or record[_HASH] == _digest(rest)


def _digest(record: Mapping[str, Any]) -> str:
    # As JSON will give it back, so that the hash is the same: tuples are lists there.
    plain = json.loads(json.dumps(record))
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def parquet_bytes(table: "pyarrow.Table", **options: Any) -> bytes:
    """A table as a Parquet file, in whose metadata is the hash of the file (without the hash).

    Args:
        table: its metadata stays.
        options: of `pyarrow.parquet.write_table`.
    """
    import pyarrow.parquet

    metadata = {**(table.schema.metadata or {}), b"seal": _MARK + _BLANK}
    content = io.BytesIO()
    marked = table.replace_schema_metadata(metadata)
    pyarrow.parquet.write_table(marked, content, **{"compression": "zstd", **options})
    data = content.getvalue()
    digest = hashlib.sha256(data).hexdigest().encode()
    # The schema stands there a second time, in base64, which the mark is not found in.
    return data.replace(_MARK + _BLANK, _MARK + digest, 1)


def read_parquet(source: pathlib.Path | bytes, *, most: int | None = None) -> "pyarrow.Table":
    """Read a table that `parquet_bytes` or another program has written.

    Args:
        source: the file, or its content.
        most: bytes that the file, and the table in memory, may have; None for as many as there
            are. With a limit, columns hold numbers and nothing else.

    Raises:
        DamagedError: if it cannot be read, a byte of it has changed, or it is too large.
    """
    import pyarrow
    import pyarrow.parquet

    try:
        data = source if isinstance(source, bytes) else bytes_of(source, most=most)
    except UnreadableError as error:
        raise DamagedError(str(error)) from None
    seal = _SEAL.search(data)
    if seal is not None:
        blank = data[: seal.start(1)] + _BLANK + data[seal.end(1) :]
        if hashlib.sha256(blank).hexdigest().encode() != seal[1]:
            raise DamagedError("it does not match its hash")
    try:
        file = pyarrow.parquet.ParquetFile(pyarrow.BufferReader(data))
        if most is not None:
            _check_size(file, most)
        table = file.read(use_threads=False)
    except (OSError, ValueError, pyarrow.ArrowException) as error:
        reason = str(error).splitlines()[0] if str(error) else "not a Parquet table"
        raise DamagedError(reason) from None
    metadata = {n: v for n, v in (table.schema.metadata or {}).items() if n != b"seal"}
    return table.replace_schema_metadata(metadata or None)


def _check_size(file: "pyarrow.parquet.ParquetFile", most: int) -> None:
    """Raise `DamagedError` if a table would take more bytes than that: a small file may hold it."""
    import pyarrow

    for field in file.schema_arrow:
        if not pyarrow.types.is_primitive(field.type):
            raise DamagedError(f"its column {field.name} does not hold numbers")
    wide = sum(field.type.bit_width for field in file.schema_arrow)
    groups = [file.metadata.row_group(k) for k in range(file.metadata.num_row_groups)]
    rows, packed = (
        sum(getattr(group, n) for group in groups) for n in ("num_rows", "total_byte_size")
    )
    if max(rows * wide // 8, packed) > most:
        raise DamagedError(f"its table has more than {most:,} bytes")
