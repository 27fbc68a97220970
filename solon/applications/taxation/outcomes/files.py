"""An evaluation in a folder: Parquet tables that any tool can read, and one npz file."""

import os
import pathlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from ....errors import DamageError, require
from ....evidence.outcome_files import (
    EPISODES,
    TRAJECTORY,
    checked_contents,
    columns_of,
    content_of,
    header_of,
    packed_arrays,
    table_of,
    tabulated,
    unpacked_arrays,
    write,
)
from ....runs.atomic import restore_folder
from ....runs.seals import parquet_bytes
from .evaluation import Evaluation

if TYPE_CHECKING:
    import pyarrow

__all__ = ["load", "save"]

_FORMAT = "solon-evaluation@1"
_HEADER = {"regime", "labels", "cutoffs", "cutoffs_dtype", "period_length", "shapes", "digests"}

# The columns that say which row is which, by table.
_AXES = {
    "episodes": ("episode",),
    "workers": ("episode", "worker"),
    "periods": ("episode", "period", "worker"),
    "market": ("episode", "step"),
}


def save(evaluation: Evaluation, folder: str | os.PathLike[str]) -> None:
    """What `Evaluation.save` does."""
    tables = _tables(evaluation)
    episodes = tables.pop("episodes")
    files = {f"{name}.parquet": parquet_bytes(table) for name, table in tables.items()}
    files[TRAJECTORY] = packed_arrays(evaluation.trajectory)
    header = {
        "format": _FORMAT,
        "regime": evaluation.regime,
        "labels": dict(evaluation.labels),
        "period_length": evaluation.period_length,
        "cutoffs": evaluation.cutoffs.tolist(),
        "cutoffs_dtype": str(evaluation.cutoffs.dtype),
        "shapes": {
            "episodes": (evaluation.episode_count,),
            "workers": evaluation.workers["payment"].shape,
            "periods": evaluation.periods["income"].shape,
            "market": evaluation.market["stone_units"].shape,
        },
    }
    write(folder, files, header, episodes)


def load(folder: str | os.PathLike[str], most: int | None = None) -> Evaluation:
    """What `Evaluation.load` does."""
    path = pathlib.Path(folder)
    restore_folder(path)
    require(path.is_dir(), "folder", str(folder), "an existing folder with an evaluation")
    there = os.path.lexists(path / EPISODES)
    require(there, "folder", str(folder), f"a folder with an evaluation (this has no {EPISODES})")
    tables = {"episodes": table_of(path / EPISODES, content_of(path / EPISODES, most), most)}
    header = header_of(tables["episodes"], _FORMAT, _HEADER)
    require(header is not None, "folder", str(path), f"an evaluation in the format {_FORMAT}")
    assert header is not None
    names = ("workers", "periods", "market")
    files = (*(f"{name}.parquet" for name in names), TRAJECTORY)
    contents = checked_contents(path, files, header["digests"], most)
    for name in names:
        file = f"{name}.parquet"
        tables[name] = table_of(path / file, contents[file], most)
    trajectory = unpacked_arrays(path / TRAJECTORY, contents[TRAJECTORY], most)
    try:
        arrays = {name: columns_of(tables[name], header["shapes"][name]) for name in _AXES}
        periods = arrays["periods"]
        rates = [periods.pop(f"rate_{b}")[..., 0] for b in range(len(header["cutoffs"]))]
        return Evaluation(
            regime=header["regime"],
            episodes=arrays["episodes"],
            workers=arrays["workers"],
            periods={**periods, "rates": np.stack(rates, axis=-1)},
            cutoffs=np.array(header["cutoffs"], dtype=header["cutoffs_dtype"]),
            market=arrays["market"],
            trajectory=trajectory,
            labels=header["labels"],
            period_length=header["period_length"],
        )
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        # Its hashes are right, and yet it is not what `save` writes.
        allowed = f"a folder with a whole evaluation ({error})"
        raise DamageError("folder", str(folder), allowed) from None


def _tables(evaluation: Evaluation) -> dict[str, "pyarrow.Table"]:
    # Rates have brackets for an axis and not workers: a column a bracket, the same in each row
    # of a period, keeps the table one that any tool can read. Repeats compress to nothing.
    periods = dict(evaluation.periods)
    rates = periods.pop("rates")
    panel = periods["income"].shape
    for b in range(rates.shape[-1]):
        periods[f"rate_{b}"] = np.broadcast_to(rates[..., b, None], panel)
    groups: dict[str, Mapping[str, np.ndarray]] = {
        "episodes": evaluation.episodes,
        "workers": evaluation.workers,
        "periods": periods,
        "market": evaluation.market,
    }
    return {name: tabulated(columns, _AXES[name]) for name, columns in groups.items()}
