"""What the trainings of a sweep came to: by training, and by setting over seeds."""

import csv
import dataclasses
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Num

from .._terminal import tell
from ..runs.folder import METRICS, RunFolder
from ..runs.metrics import STEP, read_metrics
from .bootstrap import Estimate
from .regimes import Regime, level

__all__ = [
    "Swept",
    "SweptPoint",
    "curves_of",
    "final_values",
    "points_csv",
    "runs_csv",
    "usual_metrics",
]

_LAST = 0.1
"""The share of the updates at the end that final values are means of."""

_ALWAYS = ("episode/productivity", "episode/equality")
_RETURN = "/episode_return"

Columns = Mapping[str, Num[np.ndarray, " updates"]]


@dataclasses.dataclass(frozen=True, eq=False)
class Swept:
    """A training of a sweep.

    Attributes:
        name: of its folder, within that of the sweep.
        point: the name of its setting.
        settings: what varies, by name.
        seed: of the training.
        outcome: as of `RunFolder`, and `missing` where there is none.
        steps: environment steps that are saved.
        curves: column -> values by update; empty unless the training is done.
    """

    name: str
    point: str
    settings: Mapping[str, Any]
    seed: int
    outcome: str
    steps: int
    curves: Columns

    @property
    def is_done(self) -> bool:
        """Whether it has come to its end."""
        return bool(self.curves)

    def metrics(self, names: Sequence[str]) -> dict[str, float]:
        """Final values, of those that were logged."""
        return final_values(self.curves, names)


def curves_of(folder: RunFolder) -> dict[str, np.ndarray]:
    """The learning curves of a run: column -> values by update; nothing logged is nan."""
    table = read_metrics(folder.path / METRICS, notify=tell)
    return {name: table[name].to_numpy() for name in table.column_names}


def final_values(curves: Columns, names: Sequence[str]) -> dict[str, float]:
    """The mean of each column over the last tenth of the updates.

    An update in which no episode ended says nothing. Where that holds for all of the last tenth,
    the last value that there is counts; a column without any is left out.

    Args:
        curves: column -> values by update.
        names: of columns.
    """
    found = {}
    for name in names:
        values = np.asarray(curves.get(name, []), float)
        last = values[-max(1, round(_LAST * len(values))) :]
        known, ever = last[np.isfinite(last)], values[np.isfinite(values)]
        if len(ever):
            found[name] = float(known.mean() if len(known) else ever[-1])
    return found


@dataclasses.dataclass(frozen=True, eq=False)
class SweptPoint:
    """A setting of a sweep, over its seeds.

    Attributes:
        name: of the setting.
        runs: with that setting, one a seed.
    """

    name: str
    runs: Sequence[Swept]

    @classmethod
    def of(cls, runs: Sequence[Swept]) -> "list[SweptPoint]":
        """The settings of trainings, in their order."""
        found: dict[str, list[Swept]] = {}
        for run in runs:
            found.setdefault(run.point, []).append(run)
        return [cls(name, group) for name, group in found.items()]

    @property
    def done(self) -> list[Swept]:
        """Those that have come to their end."""
        return [run for run in self.runs if run.is_done]

    def level(self, metric: str) -> Estimate | None:
        """The final value, mean over seeds; an interval where `regimes.level` has one.

        None if no training has one.
        """
        scores = {run.seed: run.metrics([metric]).get(metric) for run in self.done}
        known = {seed: value for seed, value in scores.items() if value is not None}
        if not known:
            return None
        table = np.asarray(list(known.values()))[:, None]
        return level(Regime(tuple(map(str, known)), tuple(known), {metric: table}), metric)

    def curves(self) -> dict[str, np.ndarray]:
        """Learning curves, mean over the trainings that are done; empty if none is."""
        done = self.done
        if not done:
            return {}
        rows = min(len(run.curves[STEP]) for run in done)
        found = {}
        for name in done[0].curves:
            columns = [
                np.asarray(run.curves.get(name, np.full(rows, np.nan)))[:rows] for run in done
            ]
            values = np.asarray(columns, float)
            known = np.isfinite(values)
            count = known.sum(axis=0)
            total = np.where(known, values, 0).sum(axis=0)
            found[name] = np.where(count > 0, total / np.maximum(count, 1), np.nan)
        return found


def usual_metrics(runs: Sequence[Swept]) -> list[str]:
    """What a table shows unless told: returns of the roles, and what is measured in coin."""
    names = dict.fromkeys(name for run in runs for name in run.curves)
    returns = [name for name in names if name.endswith(_RETURN)]
    return returns + [name for name in _ALWAYS if name in names]


def points_csv(points: Sequence[SweptPoint], metrics: Sequence[str]) -> str:
    """A row a setting: what varies, how many seeds are done, mean and interval of each metric."""
    keys = _keys([run for point in points for run in point.runs])
    heads = [f"{name}{part}" for name in metrics for part in ("", " low", " high")]
    rows = []
    for point in points:
        numbers: list[float | None] = []
        for name in metrics:
            found = point.level(name) or Estimate(np.nan)
            numbers += [found.value, found.low, found.high]
        settings = point.runs[0].settings
        rows.append([point.name, *_cells(settings, keys), len(point.done), *map(_number, numbers)])
    return _csv(["point", *keys, "seeds", *heads], rows)


def runs_csv(runs: Sequence[Swept], metrics: Sequence[str]) -> str:
    """A row a training: what varies, its seed, how it ended, and its final metrics."""
    keys = _keys(runs)
    rows = []
    for run in runs:
        found = run.metrics(metrics)
        numbers = [_number(found.get(name)) for name in metrics]
        rows.append(
            [run.name, *_cells(run.settings, keys), run.seed, run.outcome, run.steps, *numbers]
        )
    return _csv(["run", *keys, "seed", "outcome", "steps", *metrics], rows)


def _keys(runs: Sequence[Swept]) -> list[str]:
    return list(dict.fromkeys(key for run in runs for key in run.settings))


def _cells(settings: Mapping[str, Any], keys: Sequence[str]) -> list[str]:
    given = [settings.get(key, "") for key in keys]
    return [value if isinstance(value, str) else json.dumps(value) for value in given]


def _number(value: float | None) -> str:
    return "" if value is None or not np.isfinite(value) else repr(float(value))


def _csv(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return text.getvalue()
