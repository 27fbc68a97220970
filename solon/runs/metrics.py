"""Learning curves: one row an update, in Parquet parts that survive a kill."""

import contextlib
import os
import pathlib
import re
from collections.abc import Callable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from ..errors import DamageError, require
from .atomic import write_file
from .seals import DamagedError, parquet_bytes, read_parquet

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


def read_metrics(
    folder: str | os.PathLike[str],
    *,
    notify: Callable[[str], None] | None = None,
    most: int | None = None,
) -> pa.Table:
    """Read all rows that were written to `folder`, earliest first.

    A column that some rows lack has nulls there.

    Args:
        folder: with the parts.
        notify: is told, in a line each, of damaged parts, which are then left out.
        most: bytes that all parts together may have in memory; None for as many as there are.

    Raises:
        DamageError: if a part is damaged, or too large, and there is nobody to tell.
    """
    tables: list[pa.Table] = []
    for path in _parts(folder):
        left = None if most is None else most - sum(table.nbytes for table in tables)
        try:
            tables.append(read_parquet(path, most=left))
        except DamagedError as error:
            if notify is None:
                allowed = f"an undamaged Parquet file ({error})"
                raise DamageError("metrics", str(path), allowed) from None
            notify(f"{path.name} of the learning curves is damaged ({error}); it is left out")
    if not tables:
        return pa.table({STEP: pa.array([], pa.int64())})
    return pa.concat_tables(tables, promote_options="permissive")


def cut_metrics(
    folder: str | os.PathLike[str], step: int, *, notify: Callable[[str], None] | None = None
) -> None:
    """Remove the rows after `step`: a resumed training will write them again.

    A damaged part cannot be cut, and nothing but the learning curves needs it: it is put aside as
    `part-00007.parquet.damaged`.

    Args:
        folder: with the parts.
        step: the last to keep.
        notify: is told, in a line each, of parts that are put aside.
    """
    for path in reversed(_parts(folder)):
        try:
            table = read_parquet(path)
            kept = table.filter(pc.less_equal(table[STEP], step))
        except (DamagedError, KeyError, pa.ArrowException) as error:
            aside = path.with_name(f"{path.name}.damaged")
            os.replace(path, aside)
            if notify is not None:
                lost = f"its rows of the learning curves are lost (it is now {aside.name})"
                notify(f"{path.name} is damaged ({error}); {lost}")
            continue
        if kept.num_rows == table.num_rows:
            continue
        if kept.num_rows:
            write_file(path, parquet_bytes(kept))
        else:
            path.unlink()


class MetricsWriter:
    """Collects rows and writes them as parts `part-00000.parquet`, `part-00001.parquet`, ...

    A part has its footer from the start, unlike a file that is appended to; a reader in another
    process sees whole parts only.
    """

    def __init__(self, folder: str | os.PathLike[str]):
        self._folder = pathlib.Path(folder)
        self._folder.mkdir(parents=True, exist_ok=True)
        for leftover in self._folder.glob(".*.tmp"):
            with contextlib.suppress(OSError):
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
            OSError: if they cannot be written; they are kept for another attempt.
        """
        if not self._rows:
            return
        columns = list(dict.fromkeys(name for row in self._rows for name in row))
        table = pa.table({name: [row.get(name) for row in self._rows] for name in columns})
        write_file(self._folder / f"part-{self._next:05d}.parquet", parquet_bytes(table))
        self._next += 1
        self._rows.clear()
