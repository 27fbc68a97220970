"""The original's one-step economy in Solon's terms."""

from ..economies.one_step.economy import OneStepEconomy
from ..errors import require
from .common_options import common_options, size
from .components import ONE_STEP, read_components
from .match import Match
from .options import Options

__all__ = ["one_step"]

_UTILITIES = {
    "coin_minus_labor_cost": "coin-minus-labor-cost",
    "isoelastic_coin_minus_labor": "isoelastic-coin-minus-labor",
}
_OBJECTIVES = {
    "inv_income_weighted_utility": "inverse-income-weighted-utility",
    "coin_eq_times_productivity": "equality-times-productivity",
}


def one_step(options: Options) -> Match:
    """Read a configuration of `one-step-economy`."""
    # Workers stand nowhere, but the world has a size.
    size(options)
    fields = common_options(options)
    parts, tax = read_components(options.take("components"), ONE_STEP)
    names = [part.name for part in parts]
    allowed = "SimpleLabor among them: the original fails when it asks for production"
    require("simple-labor" in names, "components", names, allowed)
    utility = options.take("agent_reward_type", next(iter(_UTILITIES)))
    known = isinstance(utility, str) and utility in _UTILITIES
    require(known, "agent_reward_type", utility, ", ".join(_UTILITIES))
    objective = options.take("planner_reward_type", next(iter(_OBJECTIVES)))
    known = isinstance(objective, str) and objective in _OBJECTIVES
    require(known, "planner_reward_type", objective, ", ".join(_OBJECTIVES))
    isoelastic = utility == "isoelastic_coin_minus_labor"
    # Each kind of worker has one number of its own, and ignores the other's.
    eta = options.number("isoelastic_eta", 0.23)
    allowed = "from 0 to below 1: at 1 the original fails where it takes a logarithm"
    require(0 <= eta < 1 or not isoelastic, "isoelastic_eta", eta, allowed)
    exponent = options.number("labor_exponent", 2.0)
    require(exponent > 1 or isoelastic, "labor_exponent", exponent, "a number above 1")
    numbers = {
        "labor_cost": options.number("labor_cost", 1.0),
        "labor_exponent": exponent,
        "risk_aversion": eta,
        "equality_weight": 1 - options.number("mixing_weight_gini_vs_coin", 0),
    }
    options.finish()
    economy = OneStepEconomy(
        **fields,
        components=parts,
        worker_utility=_UTILITIES[utility],
        planner_objective=_OBJECTIVES[objective],
    )
    return Match({}, economy, tax, numbers, warmup=0.0)
