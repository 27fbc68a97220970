"""The files in which a comparison of policies is kept."""

import io
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

__all__ = ["AFTER", "FURTHER", "LENGTHS", "OUTCOMES", "STATES", "parquet", "read_columns"]

#: A row for each policy, change and draw; and one for each policy and state, means over draws.
OUTCOMES, STATES = "outcomes.parquet", "states.parquet"

#: A row for each policy and draw: what follows the last day; and what happens in further draws.
AFTER, FURTHER = "after.parquet", "further.parquet"

#: Days after the last one at whose end it is counted what a policy leaves behind.
LENGTHS = (30, 60, 120)


def parquet(columns: Mapping[str, Sequence[Any]]) -> bytes:
    """Columns as a file."""
    import pyarrow
    import pyarrow.parquet

    arrays = {}
    for name, values in columns.items():
        numbers = isinstance(values[0], float)
        arrays[name] = np.asarray(values, np.float32) if numbers else list(values)
    content = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(arrays), content, compression="zstd")
    return content.getvalue()


def read_columns(path: pathlib.Path) -> dict[str, np.ndarray]:
    """Columns from a file."""
    import pyarrow.parquet

    table = pyarrow.parquet.ParquetFile(path).read(use_threads=False)
    return {name: np.asarray(table[name].to_pylist()) for name in table.column_names}
