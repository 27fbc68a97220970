"""The files in which a comparison of policies is kept."""

import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ....runs.seals import parquet_bytes, read_parquet

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

    arrays = {}
    for name, values in columns.items():
        numbers = isinstance(values[0], float)
        arrays[name] = np.asarray(values, np.float32) if numbers else list(values)
    return parquet_bytes(pyarrow.table(arrays))


def read_columns(path: pathlib.Path) -> dict[str, np.ndarray]:
    """Columns from a file."""
    table = read_parquet(path)
    return {name: np.asarray(table[name].to_pylist()) for name in table.column_names}
