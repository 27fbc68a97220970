"""What an evaluation found: the raw episodes that every number and figure is made of."""

import dataclasses
import os
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from jaxtyping import Num, Shaped

from ....errors import require
from ....evidence.outcomes import OUTCOMES, Outcomes

__all__ = ["Evaluation"]

_WORKERS = (
    *("payment", "coin", "labor", "utility", "houses"),
    *("gathered_stone", "gathered_wood"),
    *("sold_stone", "sold_wood", "bought_stone", "bought_wood"),
    *("build_income", "sales_income", "purchases", "tax_paid", "transfers"),
)
_MARKET = ("stone_units", "stone_coin", "wood_units", "wood_coin")


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Evaluation(Outcomes):
    """Episodes of Gather-Trade-Build under one regime, without the simulator that made them.

    E episodes of T steps with n workers; P tax periods; B brackets; a map of H x W cells.
    Episode e of one evaluation and episode e of another are compared as a pair: whoever makes
    evaluations to be compared runs them on the same luck.

    Attributes:
        regime: the name people read, such as "free market".
        episodes: name -> one number an episode. At least `OUTCOMES`: productivity (coin of all
            workers), equality (0 to 1), their product (coin), and utilitarian welfare (the sum
            of utilities).
        workers: name -> one number an episode and worker, the worker with the lowest payment
            first: payment (coin a house), coin, labor, utility, houses (number),
            gathered_*, sold_*, bought_* (units of stone and wood), build_income, sales_income,
            purchases, tax_paid, transfers (coin, all counted positive).
        periods: `income` (coin before tax), `tax_paid` and `transfer` (coin) by episode, tax
            period and worker, in the order of `workers`; `rates`, the marginal rates in force
            (0 to 1) by episode, period and bracket.
        cutoffs: lower edge of each bracket (coin), the first of them 0.
        market: `stone_units`, `stone_coin`, `wood_units`, `wood_coin` traded by episode and step.
        trajectory: the first episode in full. Entry t is the state after t steps, 0 the start.
            location i[T+1, n, 2] (row, column; -1 off the map); resource i8[T+1, H, W] (1 stone, 2
            wood); house i8[T+1, H, W] (owner, -1 for none); water bool[H, W]; source i8[H, W];
            coin, labor, utility f[T+1, n]; goods i[T+1, n, 2] (stone, wood); rates f[T+1, B];
            bought, sold i[T+1, n, 2] (units so far) and bought_coin, sold_coin f[T+1, n, 2];
            payment f[n]. Its workers stand in their own order, which `payment` ties to `workers`.
        labels: names for tables and captions: economy, layout, rules, ...
        period_length: steps of a tax period; T // P where it is left out.
        members: `workers`, under the name of their role.
        series: `market`.
    """

    figures: ClassVar[str | None] = "solon.applications.taxation.figures.economy"
    room: ClassVar[str | None] = "world"

    workers: Mapping[str, Num[np.ndarray, "E n"]]
    periods: Mapping[str, Num[np.ndarray, "E P _"]]
    cutoffs: Num[np.ndarray, " B"]
    market: Mapping[str, Num[np.ndarray, "E T"]]
    trajectory: Mapping[str, Shaped[np.ndarray, "..."]]
    period_length: int | None = None
    members: Mapping[str, Mapping[str, Num[np.ndarray, "E n"]]] = dataclasses.field(init=False)
    series: Mapping[str, Num[np.ndarray, "E T"]] = dataclasses.field(init=False)

    def __post_init__(self):
        for field in ("episodes", "workers", "periods", "market", "trajectory"):
            arrays = {name: np.asarray(value) for name, value in getattr(self, field).items()}
            object.__setattr__(self, field, arrays)
        object.__setattr__(self, "cutoffs", np.asarray(self.cutoffs))
        _check_groups(self)
        _check_trajectory(self)
        object.__setattr__(self, "members", {"worker": self.workers})
        object.__setattr__(self, "series", self.market)
        super().__post_init__()
        length = self.step_count // self.period_count
        if self.period_length is None:
            object.__setattr__(self, "period_length", length)
        require(
            1 <= (self.period_length or 0) <= length,
            "period_length",
            self.period_length,
            f"1 to {length} steps, so that all periods fit in the episode",
        )

    @property
    def headline(self) -> tuple[str, ...]:
        """`OUTCOMES`."""
        return OUTCOMES

    @property
    def worker_count(self) -> int:
        """n."""
        return self.workers["payment"].shape[1]

    @property
    def period_count(self) -> int:
        """P, the tax periods of an episode."""
        return self.periods["rates"].shape[1]

    @property
    def step_count(self) -> int:
        """T, the steps of an episode."""
        return self.market["stone_units"].shape[1]

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Write the evaluation as Parquet tables and one npz file.

        Args:
            folder: gets workers.parquet, market.parquet, periods.parquet, trajectory.npz and last
                episodes.parquet, each written atomically. Made if it is missing.

        Raises:
            ConfigurationError: if the folder cannot be written.
        """
        from .files import save

        save(self, folder)

    @classmethod
    def load(cls, folder: str | os.PathLike[str], *, most: int | None = None) -> "Evaluation":
        """Read what `save` wrote. Nothing in the files is executed.

        Args:
            folder: the folder given to `save`.
            most: bytes that each file, and what is in it, may have; None for as many as there are.

        Raises:
            ConfigurationError: if there is no evaluation, or one of another format; a `DamageError`
                if a file is missing, damaged, too large or not of the evaluation of the others.
        """
        from .files import load

        return load(folder, most)


def _check_groups(evaluation: Evaluation) -> None:
    for field, names in (
        ("episodes", OUTCOMES),
        ("workers", _WORKERS),
        ("periods", ("income", "tax_paid", "transfer", "rates")),
        ("market", _MARKET),
    ):
        missing = sorted(set(names) - set(getattr(evaluation, field)))
        require(not missing, field, sorted(getattr(evaluation, field)), f"also {missing}")
    episodes = evaluation.episode_count
    require(episodes >= 1, "episodes", episodes, "at least one episode")
    brackets = evaluation.cutoffs.shape[0]
    panel = (episodes, evaluation.period_count, evaluation.worker_count)
    shapes: dict[str, dict[str, tuple[int, ...]]] = {
        "episodes": dict.fromkeys(evaluation.episodes, (episodes,)),
        "workers": dict.fromkeys(evaluation.workers, (episodes, evaluation.worker_count)),
        "periods": {
            **dict.fromkeys(evaluation.periods, panel),
            "rates": (episodes, evaluation.period_count, brackets),
        },
        "market": dict.fromkeys(evaluation.market, (episodes, evaluation.step_count)),
    }
    for field, expected in shapes.items():
        for name, shape in expected.items():
            array = getattr(evaluation, field)[name]
            argument = f"{field}[{name!r}]"
            require(array.shape == shape, argument, array.shape, f"an array of shape {shape}")
            finite = array.dtype.kind in "iufb" and bool(np.isfinite(array).all())
            require(finite, argument, str(array.dtype), "finite numbers only")
    payment = evaluation.workers["payment"]
    require(
        bool((np.diff(payment, axis=1) >= 0).all()),
        "workers['payment']",
        payment[0].tolist(),
        "workers in ascending order of payment",
    )


def _check_trajectory(evaluation: Evaluation) -> None:
    trajectory = evaluation.trajectory
    states, n = evaluation.step_count + 1, evaluation.worker_count
    require("resource" in trajectory, "trajectory", sorted(trajectory), "also 'resource'")
    size = trajectory["resource"].shape[1:]
    good = (states, n, 2)
    shapes = {
        **{"location": good, "goods": good, "bought": good, "sold": good},
        **{"bought_coin": good, "sold_coin": good},
        **{"coin": (states, n), "labor": (states, n), "utility": (states, n), "payment": (n,)},
        **{"resource": (states, *size), "house": (states, *size), "water": size, "source": size},
        "rates": (states, evaluation.cutoffs.shape[0]),
    }
    for name, array in trajectory.items():
        # Anything else would be pickled when it is saved.
        plain = array.dtype.kind in "iufb"
        require(plain, f"trajectory[{name!r}]", str(array.dtype), "numbers or booleans")
    for name, shape in shapes.items():
        found = trajectory[name].shape if name in trajectory else "nothing"
        require(found == shape, f"trajectory[{name!r}]", found, f"an array of shape {tuple(shape)}")
