"""Forecasts of all methods at an origin, from nothing but what was known then."""

import dataclasses
from collections.abc import Callable, Sequence

import jax
import numpy as np
from jaxtyping import Float

from ....luck import key_of
from . import baselines
from .fit import fit_ensemble
from .forecast import LONGEST, Ahead, report, run_on
from .known import Known, days_ahead
from .prior import Prior, VaccineScenario
from .published import published_deaths, published_unemployment
from .recovery import RecoveryNumbers, RecoveryPrior, draw_unemployment, fit_recovery
from .scores import LEVELS
from .transmission import Numbers, Setting, setting
from .widths import scales, stretch

__all__ = ["FULL", "QUICK", "Effort", "Fitted", "Forecaster"]

#: From here on forecasts are made to see how wide intervals have to be; they are not scored.
_FIRST = np.datetime64("2020-07", "M")
_HORIZONS = (1, 2, 4)

Quantiles = Float[np.ndarray, "5 n"]


@dataclasses.dataclass(frozen=True)
class Effort:
    """How much is computed.

    Attributes:
        members: fits in the ensemble.
        draws: courses of each.
        steps: of the optimiser.
    """

    members: int
    draws: int
    steps: int


FULL = Effort(members=12, draws=20, steps=150)
QUICK = Effort(members=4, draws=20, steps=60)


@dataclasses.dataclass(frozen=True, eq=False)
class Fitted:
    """What was fitted at an origin.

    Attributes:
        given: of the days up to the origin, and the days to come under the vaccine scenario.
        numbers: of transmission, with a leading axis of members.
        ahead: the days to come in all draws.
    """

    given: Setting
    numbers: Numbers
    ahead: Ahead


class Forecaster:
    """The model and everything that it has to beat.

    What it keeps from origin to origin are fits, each made from the rows before its own origin.

    Args:
        effort: how much is computed.
        seed: of all draws.
        prior: of the model of deaths.
        recovery: of the model of unemployment.
        vaccines: how they are assumed to come.
    """

    def __init__(
        self,
        effort: Effort = FULL,
        *,
        seed: int = 0,
        prior: Prior | None = None,
        recovery: RecoveryPrior | None = None,
        vaccines: VaccineScenario | None = None,
    ):
        self.effort = effort
        self.seed = seed
        # Numbers of the prior are traced: another prior does not compile anything anew.
        self.prior = Prior() if prior is None else prior
        self.recovery = RecoveryPrior() if recovery is None else recovery
        self.vaccines = VaccineScenario() if vaccines is None else vaccines
        self._fits: dict[tuple[np.datetime64, bool], Fitted] = {}
        self._recoveries: dict[tuple[np.datetime64, np.datetime64], RecoveryNumbers] = {}
        self._raw: dict[tuple[str, np.datetime64, int], Quantiles] = {}

    def _key(self, origin: np.datetime64) -> jax.Array:
        return jax.random.fold_in(key_of(self.seed), int(origin.astype(int)))

    def _rng(self, origin: np.datetime64, months: int) -> np.random.Generator:
        return np.random.default_rng((self.seed, int(origin.astype(int)), months))

    def fit(self, known: Known, *, vaccines: bool = True) -> Fitted:
        """The model of deaths at an origin.

        Args:
            known: the rows.
            vaccines: that more come. They do not change the fit.
        """
        key = (known.origin, vaccines)
        if key in self._fits:
            return self._fits[key]
        coming = self.vaccines if vaccines else None
        given = setting(known, self.prior, ahead=LONGEST, vaccines=coming)
        fit, run = jax.random.split(self._key(known.origin))
        other = self._fits.get((known.origin, not vaccines))
        if other is None:
            effort = self.effort
            numbers, _ = fit_ensemble(
                fit, given, self.prior, members=effort.members, steps=effort.steps
            )
        else:
            numbers = other.numbers
        ahead = run_on(run, numbers, given, self.prior, draws=self.effort.draws)
        self._fits[key] = Fitted(given, numbers, ahead)
        return self._fits[key]

    def fit_unemployment(self, known: Known) -> RecoveryNumbers:
        """The model of unemployment at an origin."""
        kept = (known.origin, known.months[-1])
        if kept not in self._recoveries:
            key = jax.random.fold_in(self._key(known.origin), 1)
            found = fit_recovery(key, known, self.recovery, members=self.effort.members)
            self._recoveries[kept] = found
        return self._recoveries[kept]

    def _raw_deaths(self, known: Known, months: int, vaccines: bool) -> Quantiles:
        key = (f"deaths {vaccines}", known.origin, months)
        if key not in self._raw:
            deaths = np.asarray(self.fit(known, vaccines=vaccines).ahead.deaths)
            days = days_ahead(known, months)
            found = report(self._rng(known.origin, months), deaths[:, :days], self.prior)
            self._raw[key] = np.quantile(found, LEVELS, axis=0)
        return self._raw[key]

    def _raw_unemployment(self, known: Known, months: int) -> Quantiles:
        key = (f"unemployment {known.months[-1]}", known.origin, months)
        if key not in self._raw:
            found = draw_unemployment(
                self._rng(known.origin, months),
                self.fit_unemployment(known),
                known,
                self.recovery,
                months,
                draws=self.effort.draws,
            )
            self._raw[key] = np.quantile(found, LEVELS, axis=0)
        return self._raw[key]

    def deaths(self, known: Known, months: int) -> dict[str, Quantiles]:
        """New deaths from the origin to the end of so many months, persons: method -> quantiles.

        Args:
            known: the rows.
            months: ahead.
        """

        def model(then: Known, ahead: int) -> Quantiles:
            return self._raw_deaths(then, ahead, True)

        def happened(then: Known, ahead: int) -> np.ndarray | None:
            row = len(then.dates) - 1
            last = row + days_ahead(then, ahead)
            return known.deaths[last] - known.deaths[row] if last < len(known.deaths) else None

        # All horizons share widths: most errors come from growth that was misjudged at the origin.
        factors = scales(_past(known, model, happened, horizons=_HORIZONS))
        found = {
            "model": stretch(self._raw_deaths(known, months, True), factors),
            "model without vaccines": stretch(self._raw_deaths(known, months, False), factors),
        }
        for method in ("N", "M", "M since start"):
            found[method] = baselines.dressed(known, months, method, LEVELS)
        for method, point in {
            "no deaths": baselines.no_deaths(known, months),
            "published": published_deaths(known, months, vaccines=self.vaccines),
            "published, 0.7 %": published_deaths(
                known, months, vaccines=self.vaccines, death_share=0.007
            ),
        }.items():
            found[method] = np.repeat(point[None], len(LEVELS), axis=0)
        return found

    def unemployment(self, known: Known, months: int) -> dict[str, Quantiles]:
        """Unemployment in the last of so many months, percent: method -> quantiles.

        Args:
            known: the rows.
            months: ahead.
        """

        def happened(then: Known, ahead: int) -> np.ndarray | None:
            place = np.flatnonzero(known.months == then.origin + np.timedelta64(ahead - 1, "M"))
            return known.unemployment[place[0]] if len(place) else None

        # Each horizon has its own widths: errors of one month say little about those of four.
        factors = scales(_past(known, self._raw_unemployment, happened, horizons=(months,)))
        found = {"model": stretch(self._raw_unemployment(known, months), factors)}
        methods: Sequence[tuple[str, Callable[[Known, int], np.ndarray]]] = (
            ("persistence", baselines.persistence),
            ("drift", baselines.drift),
            ("Q", baselines.pooled_recovery),
            ("mean of persistence and Q", baselines.mean_with_recovery),
            ("published", published_unemployment),
        )
        for name, method in methods:
            found[name] = np.repeat(method(known, months)[None], len(LEVELS), axis=0)
        return found


def _past(
    known: Known,
    forecast: Callable[[Known, int], Quantiles],
    happened: Callable[[Known, int], np.ndarray | None],
    *,
    horizons: Sequence[int],
) -> list[tuple[Quantiles, np.ndarray]]:
    """Earlier forecasts of which the outcome is known, and that outcome."""
    found = []
    for month in np.arange(_FIRST, known.origin):
        then = known.earlier(month)
        for ahead in horizons:
            observed = happened(then, ahead)
            if observed is not None:
                found.append((forecast(then, ahead), observed))
    return found
