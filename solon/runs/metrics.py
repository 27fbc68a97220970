"""Learning curves: one row an update, in Parquet parts that survive a kill."""

import os
import pathlib
import re
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..errors import ConfigurationError, require
from .atomic import write_file

__all__ = ["STEP", "MetricsWriter", "cut_metrics", "read_metrics"]

STEP = "environment_steps"
"""The column that says when: environment steps so far, all environments together."""

_PART = re.compile(r"part-(\d{5,})\.parquet")


def _parts(folder: str | os.PathLike[str]) -> list[pathlib.Path]:
    """The finished parts, in the order in which they were written."""
    folder = pathlib.Path(folder)
    if not folder.is_dir():
        return []
    found = {int(m[1]): path for path in folder.iterdir() if (m := _PART.fullmatch(path.name))}
    return [found[number] for number in sorted(found)]


def read_metrics(folder: str | os.PathLike[str]) -> pa.Table:
    """Read all rows that were written to `folder`, earliest first.

    A column that some rows lack has nulls there.

    Raises:
        ConfigurationError: if a part can not be read.
    """
    tables = []
    for path in _parts(folder):
        try:
            tables.append(pq.read_table(path))
        except (pa.ArrowInvalid, OSError):
            raise ConfigurationError("metrics", str(path), "an undamaged Parquet file") from None
    if not tables:
        return pa.table({STEP: pa.array([], pa.int64())})
    return pa.concat_tables(tables, promote_options="permissive")


def cut_metrics(folder: str | os.PathLike[str], step: int) -> None:
    """Remove the rows after `step`: a resumed training will write them again."""
    for path in reversed(_parts(folder)):
        table = pq.read_table(path)
        kept = table.filter(pc.less_equal(table[STEP], step))
        if kept.num_rows == table.num_rows:
            break
        if kept.num_rows:
            write_file(path, _encode(kept))
        else:
            path.unlink()


def _encode(table: pa.Table) -> bytes:
    buffer = pa.BufferOutputStream()
    pq.write_table(table, buffer, compression="zstd")
    return buffer.getvalue().to_pybytes()


class MetricsWriter:
    """Collects rows and writes them as parts `part-00000.parquet`, `part-00001.parquet`, ...

    A part has its footer from the start, unlike a file that is appended to; a reader in another
    process sees whole parts only.
    """

    def __init__(self, folder: str | os.PathLike[str]):
        self._folder = pathlib.Path(folder)
        self._folder.mkdir(parents=True, exist_ok=True)
        for leftover in self._folder.glob(".*.tmp"):
            leftover.unlink()
        self._rows: list[dict[str, float | int]] = []
        existing = _parts(self._folder)
        self._next = int(_PART.fullmatch(existing[-1].name)[1]) + 1 if existing else 0  # type: ignore[index]

    def write(self, row: Mapping[str, float | int]) -> None:
        """Add a row; it has a column `environment_steps` that grows from row to row."""
        require(STEP in row, "row", sorted(row), f"a row with a column {STEP}")
        self._rows.append(dict(row))

    def flush(self) -> None:
        """Write the collected rows as one part.

        Raises:
            OSError: if they can not be written; they are kept for another attempt.
        """
        if not self._rows:
            return
        columns = list(dict.fromkeys(name for row in self._rows for name in row))
        table = pa.table({name: [row.get(name) for row in self._rows] for name in columns})
        write_file(self._folder / f"part-{self._next:05d}.parquet", _encode(table))
        self._next += 1
        self._rows.clear()
