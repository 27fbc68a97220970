"""Every origin, horizon and method in one table, and its scores."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ....data.covid19 import StateData
from ....runs.seals import parquet_bytes, read_parquet
from .known import (
    HORIZONS,
    ORIGINS,
    check_plan,
    cut,
    deaths_after,
    unemployment_in,
)
from .rolling import Forecaster
from .scores import (
    LEVELS,
    coverage,
    mean_absolute_error,
    root_mean_squared_error,
    weighted_interval_score,
)

__all__ = ["TARGETS", "Table", "read_table", "run_study", "score", "table_bytes"]

#: What is forecast; the rate of the month before the origin is not known but in the last.
TARGETS = ("deaths", "unemployment", "unemployment, month known")

_QUANTILES = tuple(f"q{round(100 * level):02d}" for level in LEVELS)
_MEDIAN = _QUANTILES[len(LEVELS) // 2]
_POPULATION = 1e5

#: Columns by name: `target`, `origin`, `months`, `method`, `state`, `population`, a column for each
#: quantile, and `observed`. Deaths are persons, unemployment is percent.
Table = dict[str, np.ndarray]


def run_study(
    data: StateData,
    forecaster: Forecaster,
    *,
    origins: Sequence[str] = ORIGINS,
    horizons: Sequence[int] = HORIZONS,
    say: Callable[[str], None] = lambda line: None,
) -> Table:
    """All forecasts, each with what happened.

    Args:
        data: real observations. Forecasts see them through `cut` alone.
        forecaster: the methods.
        origins: months on whose first day forecasts are made.
        horizons: months ahead.
        say: gets a line for each origin.
    """
    rows: dict[str, list[Any]] = {}

    def keep(
        target: str,
        month: np.datetime64,
        ahead: int,
        found: dict[str, Any],
        observed: np.ndarray,
    ) -> None:
        digits = 0 if target == "deaths" else 2
        for method, quantiles in found.items():
            cells = dict(zip(_QUANTILES, np.round(quantiles, digits), strict=True))
            parts = {"target": target, "origin": str(month), "months": ahead, "method": method}
            many = {name: np.array([value] * len(observed)) for name, value in parts.items()}
            whole = {**many, "state": np.array(data.states), "population": data.population}
            for name, values in {**whole, **cells, "observed": observed}.items():
                rows.setdefault(name, []).append(values)

    for month in check_plan(data, origins, horizons):
        known, sooner = cut(data, month), cut(data, month, month_known=True)
        for ahead in horizons:
            deaths = deaths_after(data, month, ahead)
            assert deaths is not None
            keep("deaths", month, ahead, forecaster.deaths(known, ahead), deaths)
            rate = unemployment_in(data, month, ahead)
            # May 2021 is not in the data: four months from 2021-02 have no rate.
            if rate is not None:
                keep("unemployment", month, ahead, forecaster.unemployment(known, ahead), rate)
                found = forecaster.unemployment(sooner, ahead)
                keep("unemployment, month known", month, ahead, found, rate)
        say(f"{month}: forecasts of {', '.join(str(ahead) for ahead in horizons)} months")
    return {name: np.concatenate(values) for name, values in rows.items()}


def table_bytes(table: Table) -> bytes:
    """The table as Parquet. Of forecasts without intervals only the median is kept."""
    import pyarrow

    point = table[_QUANTILES[0]] == table[_QUANTILES[-1]]
    columns = {}
    for name, values in table.items():
        column = pyarrow.array(values)
        if name in (*_QUANTILES, "observed"):
            # What is left out is null.
            left_out = point if name in _QUANTILES and name != _MEDIAN else np.zeros_like(point)
            column = pyarrow.array(values, mask=left_out).cast(pyarrow.float32())
        columns[name] = column
    return parquet_bytes(pyarrow.table(columns), compression_level=19)


def read_table(content: bytes) -> Table:
    """A table from what `table_bytes` wrote."""
    table = read_parquet(content)
    found: Table = {}
    for name in table.column_names:
        values = table[name].to_numpy()
        # The shortest decimals that single precision tells apart, as they were before.
        found[name] = np.round(values.astype(float), 4) if values.dtype == np.float32 else values
    for name in _QUANTILES:
        found[name] = np.where(np.isnan(found[name]), found[_MEDIAN], found[name])
    return found


def score(table: Table) -> dict[str, Any]:
    """Scores: target -> months -> method -> numbers, averaged over origins and states.

    Deaths are counted per 100,000 inhabitants, so that states weigh alike: `error` is the mean
    absolute error of the median, and `persons` the same in persons. That of unemployment is the
    root of the mean squared error, percentage points. `score` is the weighted interval score,
    `within_50` and `within_90` are coverages, and `by_origin` has the error, the score and the
    coverages of each origin.
    """
    found: dict[str, Any] = {}
    for target in TARGETS:
        of_target = table["target"] == target
        for months in sorted(set(table["months"][of_target].tolist())):
            chosen = of_target & (table["months"] == months)
            for method in dict.fromkeys(table["method"][chosen].tolist()):
                rows = chosen & (table["method"] == method)
                numbers = _numbers(table, rows, target)
                numbers["by_origin"] = {
                    origin: _numbers(table, rows & (table["origin"] == origin), target)
                    for origin in dict.fromkeys(table["origin"][rows].tolist())
                }
                found.setdefault(target, {}).setdefault(str(months), {})[method] = numbers
    return found


def _numbers(table: Table, rows: np.ndarray, target: str) -> dict[str, Any]:
    quantiles = np.stack([table[name][rows] for name in _QUANTILES])
    observed = table["observed"][rows]
    # Coverage does not depend on the unit.
    numbers = {
        "within_50": coverage(quantiles[1], quantiles[3], observed),
        "within_90": coverage(quantiles[0], quantiles[4], observed),
    }
    if target == "deaths":
        numbers["persons"] = mean_absolute_error(quantiles[2], observed)
        scale = _POPULATION / table["population"][rows]
        quantiles, observed = quantiles * scale, observed * scale
        numbers["error"] = mean_absolute_error(quantiles[2], observed)
    else:
        numbers["error"] = root_mean_squared_error(quantiles[2], observed)
    numbers["score"] = weighted_interval_score(quantiles, observed)
    return {name: float(f"{value:.5g}") for name, value in sorted(numbers.items())}
