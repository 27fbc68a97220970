"""NaN goes in and NaN comes out, of every formula; what runs on the host refuses it in one line."""

import inspect

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solon
from solon import economics
from solon.economics import labor_supply, society

SAMPLES = 16
INCOMES = jnp.linspace(2.0, 90.0, SAMPLES)
RATES = jnp.where(jnp.arange(SAMPLES) % 2 == 0, 0.1, 0.4)
VALID = jnp.arange(SAMPLES) >= 4
COIN = jnp.array([4.0, 1.0, 9.0])
CUTOFFS, BRACKETS = jnp.array([0.0, 10.0, 50.0]), jnp.array([0.1, 0.2, 0.3])
SCHEDULE = {"cutoffs": CUTOFFS, "rates": BRACKETS}
SKILLS = jnp.array([1.0, 2.0, 3.0])
PREFERENCES = labor_supply.Preferences(jnp.asarray(0.5), jnp.asarray(0.5))
DISTRIBUTION = economics.income_distribution(INCOMES, VALID, 60.0, bins=5)

# Formula -> finite arguments. Each number of them is set to NaN in turn.
FORMULAS = {
    "atkinson_index": {"amounts": COIN, "aversion": 0.5},
    "atkinson_welfare": {"coin": COIN, "aversion": 0.5},
    "average_rate": {"income": 20.0, **SCHEDULE},
    "bracket_rates": {"bin_rates": jnp.array([0.1, 0.2, 0.3]), "cutoffs": CUTOFFS},
    "capped_skill": {"skill": 0.4, "multiplier": 3.0},
    "coin_minus_labor_cost": {"coin": 4.0, "labor": 1.0, "labor_cost": 0.2, "labor_exponent": 2.0},
    "collect": {"income": 60.0, "liquid_coin": 4.0, **SCHEDULE},
    "crra": {"coin": 1.0, "eta": 0.5},
    "effective_rate": {"paid": 2.0, "income": 20.0},
    "equality": {"amounts": COIN},
    "equality_times_productivity": {"coin": COIN, "equality_weight": 0.5},
    "equally_distributed_equivalent": {"amounts": COIN, "aversion": 0.5},
    "gini": {"amounts": COIN},
    "income_distribution": {"incomes": INCOMES, "valid": VALID, "top": 60.0},
    "inverse_crra": {"utility": 0.0, "eta": 0.5},
    "inverse_income_weighted_coin": {"coin": COIN},
    "inverse_income_weighted_utility": {"utility": COIN, "income": COIN},
    "inverse_income_weights": {"income": COIN},
    "isoelastic_coin_minus_labor": {"coin": 1.0, "labor": 2.0, "eta": 0.5, "labor_cost": 0.2},
    "labor_supply_equilibrium": {"skills": SKILLS, **SCHEDULE, "preferences": PREFERENCES},
    "linear_tax_consumption": {"coin": COIN, "rate": jnp.asarray(0.3)},
    "lognormal_skill": {"normal": 0.0, "mean": -1.0, "sigma": 0.5},
    "lorenz_curve": {"amounts": COIN},
    "marginal_rate": {"income": 60.0, **SCHEDULE},
    "optimal_bin_rates": {"distribution": DISTRIBUTION, "elasticity": 0.5},
    "optimal_marginal_rate": {"welfare_weight": 0.0, "pareto_parameter": 2.0, "elasticity": 0.5},
    "pareto_skill": {"uniform": 0.0, "shape": 4.0},
    "preferred_incomes": {
        **{"skills": SKILLS, **SCHEDULE, "transfer": jnp.asarray(1.0)},
        **{"preferences": PREFERENCES, "income_effects": True},
    },
    "productivity": {"coin": COIN},
    "quasi_linear_incomes": {"skills": SKILLS, "elasticity": jnp.asarray(0.5)}
    | {"rate": jnp.asarray(0.3)},
    "rate_cap_after_episodes": {"completed_episodes": 5, "rate_max": 1.0, "warmup": 0.0}
    | {"slope": 0.1},
    "rate_cap_after_steps": {"environment_steps": 5, "full_after": 9.0, "start": 0.1}
    | {"rate_max": 0.5},
    "rate_for_equality_times_output": {"elasticity": jnp.asarray(0.2), "gini": jnp.asarray(0.6)},
    "rawlsian_welfare": {"utility": COIN},
    "redistribute_equally": {"paid": COIN},
    "saez_rates": {"incomes": INCOMES, "valid": VALID, "elasticity": 0.3, "cutoffs": CUTOFFS}
    | {"rate_min": 0.0, "rate_cap": 0.9},
    "social_weights": {"utility": SKILLS, "marginal_utility": SKILLS}
    | {"inequality_aversion": jnp.asarray(1.0), "objective": "concave"},
    "social_welfare": {"utility": SKILLS, "inequality_aversion": jnp.asarray(1.0)}
    | {"objective": "concave"},
    "tax_due": {"income": 60.0, **SCHEDULE},
    "update_elasticity": {"elasticity": 0.3, "incomes": INCOMES, "marginal_rates": RATES}
    | {"valid": VALID, "inertia": 0.9},
    "utilitarian_welfare": {"utility": COIN},
}
# What is not asked for: the rate of a bracket that the income is not in.
INDEPENDENT = {("marginal_rate", "rates", 0), ("marginal_rate", "rates", 1)}

# Runs on the host, and refuses what is not finite: formula -> finite arguments.
HOST = {
    "bracket_cutoffs": {"spacing": "linear", "brackets": 3, "top": 100.0},
    "camelback_rates": {"brackets": 7, "base": 0.1, "humps": (0.4, 0.6), "places": (0.2, 0.9)}
    | {"width": 0.12},
    "check_cutoffs": {"cutoffs": (0.0, 10.0)},
    "check_rates": {"rates": (0.1, 0.2)},
    "cognitive_hierarchy": {"payoffs": np.eye(2), "mean_level": 1.5},
    "guessing_game": {"mean_level": 1.5, "share": 0.7, "start": 50.0},
    "level_k": {"payoffs": np.eye(2), "highest": 2, "precision": 1.0},
    "poisson_shares": {"mean_level": 1.5, "highest": 3},
    "quantal_response_branches": {"payoffs": np.eye(2), "highest": 1.0},
    "quantal_response_equilibria": {"payoffs": np.eye(2), "precision": 1.0},
    "check_schedule": {"cutoffs": (0.0, 10.0), "rates": (0.1, 0.2)},
    "expected_ranked_skills": {"workers": 3, "multiplier": 3.0, "samples": 10},
    "income_tail": {"skill_tail": 2.0, "elasticity": 0.5},
    "linear_cutoffs": {"brackets": 3, "top": 100.0},
    "log_cutoffs": {"brackets": 3, "top": 100.0},
    "optimal_linear_rate": {"mean_weight": 0.5, "elasticity": 0.5},
    "optimal_linear_tax": {"skills": np.array([1.0, 2.0]), "elasticity": 0.5, "risk_aversion": 0.0}
    | {"inequality_aversion": 1.0, "rate_max": 0.9},
    "optimal_schedule": {"skills": np.array([1.0, 2.0]), "cutoffs": (0.0, 1.0), "elasticity": 0.5},
    "optimal_top_rate": {"weight": 0.1, "tail": 2.0, "elasticity": 0.5},
    "optimal_top_rate_of_tail": {"tail": 2.0, "elasticity": 0.5, "weight": 0.1},
    "optimal_top_rate_with_income_effects": {"weight": 0.1, "tail": 2.0, "uncompensated": 0.5}
    | {"compensated": 0.5},
    "published_build_payments": {"workers": 3, "multiplier": 3.0, "payment": 10.0},
    "rate_grid": {"rate_min": 0.0, "rate_max": 1.0, "step": 0.1},
    "revenue_above": {"rate": 0.5, "tail": 2.0, "elasticity": 0.5},
    "revenue_maximizing_rate": {"elasticity": 0.5},
    "two_type_mirrlees": {"skills": (1.0, 2.0), "elasticity": 0.5},
    "us_federal_cutoffs": {"usd_scaling": 1000.0},
    "us_federal_schedule": {"year": 2019, "usd_scaling": 1000.0},
}
# No formulas: a mask, what is kept as it comes, and a list of years.
OTHERS = {"add_tax_returns", "allowed_rates", "no_tax_returns", "us_federal_years"}


def test_every_public_formula_is_here():
    public = {name: getattr(economics, name) for name in economics.__all__}
    formulas = {name for name, value in public.items() if inspect.isroutine(inspect.unwrap(value))}
    assert formulas == {*FORMULAS, *HOST, *OTHERS}


def with_nan(arguments):
    """The arguments with one number after another set to NaN, with where it is."""
    leaves, form = jax.tree.flatten(arguments)
    paths = [jax.tree_util.keystr(p) for p, _ in jax.tree_util.tree_leaves_with_path(arguments)]
    for i, leaf in enumerate(leaves):
        if isinstance(leaf, (str, bool)) or jnp.asarray(leaf).dtype == bool:
            continue
        values = jnp.asarray(leaf, float)
        for place in np.ndindex(values.shape):
            changed = values.at[place].set(jnp.nan)
            yield (
                (paths[i], *place),
                jax.tree.unflatten(form, [*leaves[:i], changed, *leaves[i + 1 :]]),
            )


def floats(tree):
    leaves = [jnp.asarray(leaf) for leaf in jax.tree.leaves(tree)]
    return [leaf for leaf in leaves if jnp.issubdtype(leaf.dtype, jnp.floating)]


def counts(arguments, path, place):
    """Whether a number counts: those of returns that are not filed, and of empty bins, do not."""
    if path in ("['incomes']", "['marginal_rates']"):
        return bool(arguments["valid"][place])
    if path.startswith("['distribution']"):
        return bool(arguments["distribution"].observed[place])
    return True


@pytest.mark.parametrize("name", sorted(FORMULAS))
def test_nan_is_passed_on(name):
    formula, arguments = getattr(economics, name), FORMULAS[name]
    known = {key: value for key, value in arguments.items() if isinstance(value, (str, bool))}
    rest = {key: value for key, value in arguments.items() if key not in known}
    run = jax.jit(lambda given: formula(**given, **known))
    assert all(bool(jnp.isfinite(leaf).all()) for leaf in floats(run(rest))), "finite without"
    tried = 0
    for (path, *place), given in with_nan(rest):
        if (name, path.strip("[']"), *place) in INDEPENDENT:
            continue
        found = floats(run(given))
        # One income is part of the estimates of all rates; a coin may be of one worker's alone.
        every = jnp.all if path == "['incomes']" else jnp.any
        unknown = bool(every(jnp.concatenate([jnp.isnan(leaf).ravel() for leaf in found])))
        assert unknown == counts(arguments, path, tuple(place)), (path, place)
        tried += 1
    assert tried > 0


@pytest.mark.parametrize("compatibility", [None, "foundation"])
@pytest.mark.parametrize("members", [1, 29, 30])
def test_equality_of_any_number_of_members(members, compatibility):
    for place in (0, members - 1):
        amounts = jnp.ones(members).at[place].set(jnp.nan)
        assert jnp.isnan(economics.gini(amounts, compatibility=compatibility))
        assert jnp.isnan(economics.equality(amounts, compatibility=compatibility))


def test_the_poorest_share_of_nobody_knows_what():
    members, owned = economics.lorenz_curve(jnp.array([1.0, jnp.nan]))
    assert members.tolist() == [0.0, 0.5, 1.0] and jnp.isnan(owned).all()


def test_powers_that_ieee_knows_better():
    quasilinear = labor_supply.Preferences(jnp.asarray(0.5), jnp.asarray(0.0))
    assert jnp.isnan(quasilinear.marginal_utility(jnp.array([jnp.nan, 4.0]))).tolist() == [
        True,
        False,
    ]
    weights = society.social_weights(
        jnp.array([jnp.nan, 1.0]), jnp.ones(2), jnp.asarray(0.0), "concave"
    )
    assert jnp.isnan(weights).all()


@pytest.mark.parametrize("name", sorted(HOST))
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_the_host_refuses(name, value):
    formula, arguments = getattr(economics, name), HOST[name]
    for key, given in arguments.items():
        # Whole numbers have tests of their own.
        if isinstance(given, (str, int)):
            continue
        for place in np.ndindex(np.shape(given)):
            changed = np.array(given)
            changed[place] = value
            kept = changed if isinstance(given, np.ndarray) else type(given)(changed.tolist())
            with pytest.raises(solon.ConfigurationError) as refusal:
                formula(**arguments | {key: kept})
            assert "\n" not in str(refusal.value), (key, place)
