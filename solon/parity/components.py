"""The original's components in Solon's terms."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..economics.tax_schedules import US_FEDERAL_2018_PUBLISHED_RATES, check_rates
from ..economies.gather_trade_build.build import Build
from ..economies.gather_trade_build.continuous_double_auction import ContinuousDoubleAuction
from ..economies.gather_trade_build.gather import Gather
from ..economies.gather_trade_build.periodic_bracket_tax import PeriodicBracketTax
from ..economies.gather_trade_build.wealth_redistribution import WealthRedistribution
from ..errors import ConfigurationError, require
from .options import Options

__all__ = ["COMPONENTS", "MISSING", "TaxPlan"]

_SKILLS = {"none": "equal", "pareto": "pareto", "lognormal": "lognormal"}
_FEDERAL = "us-federal-single-filer-2018-scaled"
_TAX_MODELS = ("model_wrapper", _FEDERAL, "saez", "fixed-bracket-rates")


@dataclasses.dataclass(frozen=True)
class TaxPlan:
    """Where the tax gets its rates from.

    Attributes:
        rates: fixed ones, or None if the planner chooses.
        annealing: completed episodes before the cap on rates rises, and its rise an episode;
            None for no cap.
        rate_max: the highest rate without annealing.
    """

    rates: tuple[float, ...] | None
    annealing: tuple[float, float] | None
    rate_max: float

    def share(self, completed: int) -> float:
        """The share of the highest rate that is allowed after some episodes."""
        if self.annealing is None:
            return 1.0
        warmup, slope = self.annealing
        return float(np.maximum(0.0, np.minimum(1.0, slope * (completed - warmup))))

    def rates_shown_first(self, completed: int) -> np.ndarray | None:
        """Fixed rates as the start of an episode shows them: under the cap of the one before."""
        if self.rates is None:
            return None
        cap = self.share(max(0, completed - 1)) * self.rate_max
        return np.minimum(np.array(self.rates), cap)


def _build(options: Options) -> Build:
    component = Build(
        skills=_SKILLS[options.choice("skill_dist", "none", tuple(_SKILLS))],
        # With a payment of 0 the original divides by it when it shows the payment.
        payment=float(options.whole("payment", 10, low=1)),
        max_skill_multiplier=float(options.whole("payment_max_skill_multiplier", 1, low=1)),
        labor=options.number("build_labor", 10.0, low=0),
    )
    options.finish()
    return component


def _auction(options: Options) -> ContinuousDoubleAuction:
    duration = options.whole("order_duration", 50, low=1)
    # None and 0 stand for as many as the duration.
    orders = options.take("max_num_orders", None) or duration
    known = isinstance(orders, (int, float, str)) and not isinstance(orders, bool)
    require(known, options.path("max_num_orders"), orders, "a whole number of at least 1")
    component = ContinuousDoubleAuction(
        max_price=options.whole("max_bid_ask", 10, low=1),
        order_duration=duration,
        max_orders=Options("ContinuousDoubleAuction", {"max_num_orders": orders}).whole(
            "max_num_orders", low=1
        ),
        order_labor=max(0.0, options.number("order_labor", 0.25)),
    )
    options.finish()
    return component


def _gather(options: Options) -> Gather:
    component = Gather(
        skills=_SKILLS[options.choice("skill_dist", "none", tuple(_SKILLS))],
        move_labor=options.number("move_labor", 1.0, low=0),
        collect_labor=options.number("collect_labor", 1.0, low=0),
    )
    options.finish()
    return component


def _tax(options: Options) -> tuple[PeriodicBracketTax, TaxPlan]:
    disabled = options.flag("disable_taxes", False)
    model = options.take("tax_model", "model_wrapper")
    require(model in _TAX_MODELS, options.path("tax_model"), model, ", ".join(_TAX_MODELS))
    period = options.whole("period", 100, low=1)
    rate_max = options.number("rate_max", 1.0, low=0, high=1)
    rate_min = options.number("rate_min", 0.0, low=0, high=rate_max)
    if disabled:
        rate_min = rate_max = 0.0
    step = options.number("rate_disc", 0.05)
    spacing = options.choice("bracket_spacing", "us-federal", ("us-federal", "linear", "log"))
    brackets = options.whole("n_brackets", 5, low=2)
    top = options.number("top_bracket_cutoff", 100, low=10)
    scaling = options.number("usd_scaling", 1000.0, low=0, above=True)
    fixed = options.take("fixed_bracket_rates", None)
    annealing = _annealing(options)
    # These only matter to Saez's planner, which is not compared yet.
    options.take("pareto_weight_type", "inverse_income")
    if options.take("saez_fixed_elas", None) is not None:
        options.number("saez_fixed_elas", 0, low=0)
    options.finish()

    chosen = model == "model_wrapper" and not disabled
    if chosen:
        fits = step > 0 and len(_grid(rate_min, rate_max, step)) > 1
        allowed = (
            f"a number above 0 that leaves at least two rates from {rate_min:g} to {rate_max:g}"
        )
        require(fits, options.path("rate_disc"), step, allowed)
    component = PeriodicBracketTax(
        period=period,
        set_by="levels" if chosen else "rates",
        rate_min=rate_min if chosen else 0.0,
        rate_max=rate_max,
        rate_step=step if chosen else 0.05,
        spacing=spacing,
        brackets=brackets,
        top_cutoff=top,
        usd_scaling=scaling,
    )
    names = [int(edge) for edge in component.edges]
    distinct = len(set(names)) == len(names)
    allowed = f"brackets at least a coin apart: the original names them {names}, and mixes them up"
    require(distinct, options.path("bracket_spacing"), spacing, allowed)
    rates = None if chosen else _fixed_rates(options, model, disabled, spacing, fixed, len(names))
    return component, TaxPlan(rates=rates, annealing=annealing, rate_max=rate_max)


def _redistribution(options: Options) -> WealthRedistribution:
    options.finish()
    return WealthRedistribution()


def _grid(rate_min: float, rate_max: float, step: float) -> np.ndarray:
    grid = np.arange(rate_min, rate_max + step, step)
    return grid[grid <= rate_max]


def _annealing(options: Options) -> tuple[float, float] | None:
    given = options.take("tax_annealing_schedule", None)
    if given is None:
        return None
    pair = isinstance(given, (list, tuple)) and len(given) >= 2
    proper = pair and all(isinstance(v, (int, float)) for v in given[:2])
    path = options.path("tax_annealing_schedule")
    require(proper, path, given, "two numbers: episodes before it starts, and its slope")
    return float(given[0]), float(given[1])


def _fixed_rates(
    options: Options, model: str, disabled: bool, spacing: str, fixed: Any, brackets: int
) -> tuple[float, ...]:
    """The marginal rates of a tax model without a planner."""
    path = options.path("tax_model")
    rates: tuple[float, ...]
    if model == _FEDERAL:
        require(spacing == "us-federal", path, model, "with bracket_spacing us-federal only")
        rates = US_FEDERAL_2018_PUBLISHED_RATES
    elif model == "fixed-bracket-rates":
        argument = options.path("fixed_bracket_rates")
        listed = isinstance(fixed, (list, tuple))
        require(listed, argument, fixed, f"a list of {brackets} rates from 0 to 1")
        rates = tuple(check_rates(fixed, brackets, argument).tolist())
    elif model == "saez" and not disabled:
        known = ", ".join(m for m in _TAX_MODELS if m != "saez")
        raise ConfigurationError(
            path, model, f"{known}: there is nothing that compares the Saez planner yet"
        )
    else:
        rates = (0.0,) * brackets
    return (0.0,) * brackets if disabled else rates


#: Solon's counterpart, by the original's name (the tax comes with where its rates are from).
COMPONENTS: Mapping[str, Callable[[Options], Any]] = {
    "Build": _build,
    "ContinuousDoubleAuction": _auction,
    "Gather": _gather,
    "PeriodicBracketTax": _tax,
    "WealthRedistribution": _redistribution,
}

#: Components of the original that Solon does not have in this economy.
MISSING = ("SimpleLabor",)
