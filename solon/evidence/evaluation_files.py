"""An evaluation in a folder: Parquet tables that any tool can read, and one npz file."""

import hashlib
import io
import json
import math
import os
import pathlib
import zipfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ConfigurationError, DamageError, require
from ..reading.files import UnreadableError, bytes_of
from ..runs.atomic import restore_folder, write_folder
from ..runs.seals import DamagedError, parquet_bytes, read_parquet
from .evaluation import Evaluation

if TYPE_CHECKING:
    import pyarrow

__all__ = ["load", "save"]

_EPISODES = "episodes.parquet"
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
    content = io.BytesIO()
    arrays: dict[str, Any] = dict(evaluation.trajectory)
    np.savez_compressed(content, **arrays)
    files["trajectory.npz"] = content.getvalue()
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
        "digests": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    }
    metadata = {b"solon": json.dumps(header).encode()}
    # Last, with the hashes of the others: files of two evaluations never pass for one.
    files[_EPISODES] = parquet_bytes(episodes.replace_schema_metadata(metadata))
    path = pathlib.Path(folder)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_folder(path, files)
    except OSError as error:
        allowed = f"a folder that can be written ({error.strerror})"
        raise ConfigurationError("folder", str(folder), allowed) from None


def load(folder: str | os.PathLike[str], most: int | None = None) -> Evaluation:
    """What `Evaluation.load` does."""
    path = pathlib.Path(folder)
    restore_folder(path)
    require(path.is_dir(), "folder", str(folder), "an existing folder with an evaluation")
    there = os.path.lexists(path / _EPISODES)
    require(there, "folder", str(folder), f"a folder with an evaluation (this has no {_EPISODES})")
    tables = {"episodes": _table(path / _EPISODES, _read(path / _EPISODES, most), most)}
    header = _header(tables["episodes"], path)
    content = {}
    for name in ("workers.parquet", "periods.parquet", "market.parquet", "trajectory.npz"):
        content[name] = _read(path / name, most)
        if header["digests"].get(name) != hashlib.sha256(content[name]).hexdigest():
            allowed = "the file that belongs to this evaluation"
            raise DamageError("folder", str(path / name), allowed)
    for name in ("workers", "periods", "market"):
        file = f"{name}.parquet"
        tables[name] = _table(path / file, content[file], most)
    trajectory = _trajectory(path / "trajectory.npz", content["trajectory.npz"], most)
    try:
        arrays = {name: _columns(tables[name], header["shapes"][name]) for name in _AXES}
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
    import pyarrow

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
    tables = {}
    for name, columns in groups.items():
        shape = next(iter(columns.values())).shape
        index = np.indices(shape, dtype=np.int32).reshape(len(shape), -1)
        rows = dict(zip(_AXES[name], index, strict=True))
        rows |= {column: np.ravel(array) for column, array in columns.items()}
        tables[name] = pyarrow.table(rows)
    return tables


def _read(path: pathlib.Path, most: int | None) -> bytes:
    try:
        return bytes_of(path, most=most)
    except UnreadableError as error:
        raise DamageError("folder", str(path), f"a file that can be read ({error})") from None


def _table(path: pathlib.Path, content: bytes, most: int | None) -> "pyarrow.Table":
    try:
        return read_parquet(content, most=most)
    except DamagedError as error:
        raise DamageError("folder", str(path), f"a readable Parquet table ({error})") from None


def _header(table: "pyarrow.Table", path: pathlib.Path) -> dict[str, Any]:
    try:
        header = json.loads((table.schema.metadata or {})[b"solon"])
        known = header["format"] == _FORMAT and set(header) >= _HEADER
    except (KeyError, ValueError, TypeError):
        known = False
    require(known, "folder", str(path), f"an evaluation in the format {_FORMAT}")
    return header


def _columns(table: "pyarrow.Table", shape: list[int]) -> dict[str, np.ndarray]:
    if table.num_rows != math.prod(shape):
        raise ValueError(f"a table of {table.num_rows} rows and not of {math.prod(shape)}")
    return {
        name: table.column(name).to_numpy().reshape(shape)
        for name in table.column_names
        if name not in ("episode", "worker", "period", "step")
    }


def _trajectory(path: pathlib.Path, content: bytes, most: int | None) -> dict[str, np.ndarray]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
        if most is not None and size > most:
            raise ValueError(f"it has more than {most:,} bytes")
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError, EOFError, MemoryError, zipfile.BadZipFile) as error:
        raise DamageError("folder", str(path), f"a readable npz file ({error})") from None
