"""The original's components in Solon's terms."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..economics.tax_schedules import US_FEDERAL_2018_PUBLISHED_RATES, check_rates
from ..economies.gather_trade_build.build import Build
from ..economies.gather_trade_build.continuous_double_auction import ContinuousDoubleAuction
from ..economies.gather_trade_build.gather import Gather
from ..economies.gather_trade_build.wealth_redistribution import WealthRedistribution
from ..economies.mechanisms.periodic_bracket_tax import PeriodicBracketTax
from ..economies.one_step.simple_labor import SimpleLabor
from ..errors import require
from .options import Options
from .tax_plan import TaxPlan

__all__ = ["ONE_STEP", "SPATIAL", "read_components"]

_SKILLS = {"none": "equal", "pareto": "pareto", "lognormal": "lognormal"}
_FEDERAL = "us-federal-single-filer-2018-scaled"
_TAX_MODELS = ("model_wrapper", _FEDERAL, "saez", "fixed-bracket-rates")
_WEIGHTS = ("inverse_income", "uniform")

# The least distance of rates.
_FINEST = 0.001

# Beyond the completed episodes of any run. What is not a number would mask every rate.
_FAR = 1e12


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
    count = options.take("n_brackets", 5)
    brackets = Options("PeriodicBracketTax", {"n_brackets": count}).whole("n_brackets", low=2)
    fits = spacing != "log" or isinstance(count, int)
    require(fits, options.path("n_brackets"), count, "an integer, with bracket_spacing log")
    top = options.number("top_bracket_cutoff", 100, low=10)
    scaling = options.number("usd_scaling", 1000.0, low=0, above=True)
    fixed = options.take("fixed_bracket_rates", None)
    annealing = _annealing(options)
    weights = options.take("pareto_weight_type", "inverse_income")
    known = model != "saez" or weights in _WEIGHTS
    allowed = f"{' or '.join(_WEIGHTS)}: the original breaks when it has enough tax returns"
    require(known, options.path("pareto_weight_type"), weights, allowed)
    elasticity = options.optional_number("saez_fixed_elas", low=0)
    options.finish()

    chosen = model == "model_wrapper" and not disabled
    if chosen:
        # Steps that are too fine for a list of all rates are left to the component to refuse.
        fits = step > 0 and (step < _FINEST or len(_grid(rate_min, rate_max, step)) > 1)
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
    plan = TaxPlan(rates=None, annealing=annealing, rate_min=rate_min, rate_max=rate_max)
    if model == "saez" and not disabled:
        saez = {"elasticity": elasticity, "welfare_weights": weights}
        return component, dataclasses.replace(plan, saez=saez)
    if not chosen:
        rates = _fixed_rates(options, model, disabled, spacing, fixed, len(names))
        return component, dataclasses.replace(plan, rates=rates)
    return component, plan


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
    proper = pair and all(isinstance(v, (int, float)) and abs(v) <= _FAR for v in given[:2])
    path = options.path("tax_annealing_schedule")
    allowed = f"two numbers of at most {_FAR:g}: episodes before it starts, and its slope"
    require(proper, path, given, allowed)
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
    else:
        rates = (0.0,) * brackets
    return (0.0,) * brackets if disabled else rates


def _labor(options: Options) -> SimpleLabor:
    mask = options.take("mask_first_step", True)
    require(isinstance(mask, bool), options.path("mask_first_step"), mask, "true or false")
    # Without effect there.
    options.number("pareto_param", 4.0, low=0, above=True)
    component = SimpleLabor(
        max_skill_multiplier=options.number("payment_max_skill_multiplier", 3, low=1),
        mask_first_step=mask,
    )
    options.finish()
    return component


#: Solon's counterparts in economies with a map, by the original's name (the tax comes with where
#: its rates are from).
SPATIAL: Mapping[str, Callable[[Options], Any]] = {
    "Build": _build,
    "ContinuousDoubleAuction": _auction,
    "Gather": _gather,
    "PeriodicBracketTax": _tax,
    "WealthRedistribution": _redistribution,
    "SimpleLabor": _labor,
}

#: Likewise in the one-step economy.
ONE_STEP: Mapping[str, Callable[[Options], Any]] = {
    "SimpleLabor": _labor,
    "PeriodicBracketTax": _tax,
    "WealthRedistribution": _redistribution,
}


def read_components(
    listed: Any, known: Mapping[str, Callable[[Options], Any]]
) -> tuple[tuple[Any, ...], TaxPlan | None]:
    """A list of components in Solon's terms, and where the tax gets its rates from.

    Args:
        listed: from the configuration.
        known: how to read a component, by its name.
    """
    allowed = "a list of mappings from a component's name to its options"
    require(isinstance(listed, (list, tuple)), "components", listed, allowed)
    names = {name.lower(): name for name in (*SPATIAL, *ONE_STEP)}
    parts: list[Any] = []
    tax: TaxPlan | None = None
    for item in listed:
        pair = list(item.items()) if isinstance(item, Mapping) else [item]
        proper = len(pair) == 1 and isinstance(pair[0], (list, tuple)) and len(pair[0]) == 2
        proper = proper and isinstance(pair[0][0], str) and isinstance(pair[0][1], Mapping)
        require(proper, "components", item, "a component's name and a mapping ({} for no options)")
        name, given = pair[0]
        require(name.lower() in names, "components", name, ", ".join(known))
        name = names[name.lower()]
        require(name in known, "components", name, f"{', '.join(known)}: Solon has no other here")
        part = known[name](Options(name, given))
        if isinstance(part, tuple):
            part, tax = part
        parts.append(part)
    found = [part.name for part in parts]
    require(len(set(found)) == len(found), "components", found, "each component once")
    return tuple(parts), tax
