"""What is asked of the regimes besides: fresh years, an ablest who stops, a planner that rests."""

import pathlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from ....evidence.statistics import difference
from .outcomes import PRODUCT, mixed_rows
from .pilot import ADAPTING, MIXED, REGIMES, STOPPING, seeds

__all__ = ["adapting_rows", "fresh_rows", "read_years"]

_LEARNED = "learned"


def fresh_rows(
    results: Mapping[str, Any], scale: str, folder: pathlib.Path
) -> list[dict[str, Any]]:
    """A row for each regime and seed of the workers who know every tax.

    Args:
        results: of the cells by name.
        scale: of the study.
        folder: of the study, with what the cells left.

    Returns:
        Rows with `regime` and `seed`; means over years of equality x coin as it is (`product`) and
        if the ablest stops (`stopped`), and of its `utility`; its `gain` by stopping, and by how
        much the learned planner is ahead (`learned_over`, None for itself), each with a 95 %
        interval over paired years; and the `elasticities` that a formula remembers.
    """
    found = []
    for row in mixed_rows(results, scale):
        own = results.get(f"{STOPPING}-{row['cell']}")
        learned = f"{STOPPING}-{_LEARNED}-{MIXED}-{row['seed']}"
        if own is None or learned not in results:
            continue
        ahead = None
        if row["regime"] != REGIMES[_LEARNED]:
            cells = (folder / "cells" / name for name in (learned, f"{STOPPING}-{row['cell']}"))
            ours, theirs = (read_years(cell)[PRODUCT][None] for cell in cells)
            estimate = difference(ours, theirs)
            ahead = [estimate.value, estimate.low, estimate.high]
        means = own["means"]
        found.append(
            {
                **{"regime": row["regime"], "seed": row["seed"], "product": means[PRODUCT]},
                **{"learned_over": ahead, "utility": means["utility"], "gain": own["gain"]},
                "stopped": means[f"stopped_{PRODUCT}"],
                "elasticities": own.get("elasticities"),
            }
        )
    return found


def adapting_rows(
    results: Mapping[str, Any], scale: str, folder: pathlib.Path
) -> list[dict[str, Any]]:
    """What learned planners gain over their mean schedules, on the same workers and years.

    Returns:
        Rows with `workers`, `seed`, how many `episodes`, and by how much the planner is `ahead` in
        equality x coin, with a 95 % interval over paired years.
    """
    found = []
    for seed in seeds(scale):
        own = results.get(f"{ADAPTING}-{seed}")
        if own is not None:
            years = len(read_years(folder / "cells" / f"{ADAPTING}-{seed}")["mean"])
            row = {"workers": "who learned beside it", "seed": seed, "episodes": years}
            found.append({**row, "ahead": own["ahead"]})
    for seed in seeds(scale):
        names = [f"{_LEARNED}-{MIXED}-{seed}", f"{_LEARNED}-fixed-{MIXED}-{seed}"]
        if all(name in results for name in names):
            ours, theirs = (read_years(folder / "cells" / name)[PRODUCT] for name in names)
            estimate = difference(ours[None], theirs[None])
            row = {"workers": "who know every tax", "seed": seed, "episodes": len(ours)}
            found.append({**row, "ahead": [estimate.value, estimate.low, estimate.high]})
    return found


def read_years(cell: pathlib.Path) -> dict[str, np.ndarray]:
    """The years that a cell left, by measure."""
    import pyarrow.parquet

    from .cells import EPISODES

    columns = pyarrow.parquet.ParquetFile(cell / EPISODES).read(use_threads=False)
    return {name: np.asarray(columns[name], float) for name in columns.column_names}
