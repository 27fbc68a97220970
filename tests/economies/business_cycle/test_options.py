"""What cannot be is refused in a line that names it."""

import jax.numpy as jnp
import pytest

import solon
from solon.economies.business_cycle import BusinessCycle, GoodsMarket
from solon.errors import ConfigurationError
from solon.learning.params import given_params


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"consumers": 0}, "consumers: got 0; allowed: a whole number from 1 to 1000000"),
        ({"firms": 0}, "firms: got 0; allowed: a whole number from 1 to 10000"),
        ({"horizon": 0}, "horizon: got 0; allowed: a whole number from 1 to 1000000"),
        ({"act_by": "hand"}, "act_by: got 'hand'; allowed: levels, numbers"),
        ({"observation": "pooled"}, "observation: got 'pooled'; allowed: None, clean, foundation"),
        ({"compatibility": "paper"}, "compatibility: got 'paper'; allowed: None, foundation"),
        ({"government_objective": "firms"}, "government_objective: got 'firms'; allowed: total, "),
        ({"market": "half"}, "market: got 'half'; allowed: open, closed"),
        ({"relative_disutility": [1]}, "relative_disutility: got (1,); allowed: 100 numbers, "),
        (
            {"consumers": 1, "relative_disutility": [-1]},
            "relative_disutility: got -1; allowed: a finite number of at least 0 and at most 1e+09",
        ),
        ({"goods-market": {"most": 0}}, "goods-market.most: got 0; allowed: a whole number "),
        ({"labor-market": {"hours": []}}, "labor-market.hours: got (); allowed: a list of rising"),
        ({"posting": {"prices": [2, 1]}}, "posting.prices: got (2, 1); allowed: a list of rising"),
        ({"posting": {"wages": [-1, 1]}}, "posting.wages: got (-1, 1); allowed: a list of rising"),
        ({"posting": {"invested": [2]}}, "posting.invested: got (2,); allowed: a list of rising "),
        ({"flat-taxes": {"rates": [0, 1.5]}}, "flat-taxes.rates: got (0, 1.5); allowed: a list of"),
        (
            {"firms": 1, "production": {"capital": [-5]}},
            "production.capital: got -5; allowed: a finite number of at least 0 and at most 1e+09",
        ),
        ({"production": {"capital": [1]}}, "production.capital: got (1,); allowed: 10 numbers"),
        # Increasing returns to labor, or none: nobody would stop working, or begin.
        (
            {"firms": 2, "production": {"labor_exponents": [0.5, 1.0]}},
            "production.labor_exponents: got 1.0; allowed: numbers above 0 and below 1",
        ),
        (
            {"components": ["goods-market", "production"]},
            "components: got ['goods-market', 'production']; allowed: goods-market, ",
        ),
        (
            {"market": "closed", "components": ["goods-market", "export-market", "labor-market",
                                                "posting", "production"]},
            "market: got 'closed'; allowed: open, where components has the export-market",
        ),
        (
            {"firm": 3},
            "firm: got 3; allowed: one of the options act_by, compatibility, components, "
            "consumers, export_market, firms, flat_taxes, goods_market, government_objective, "
            "horizon, labor_market, market, ",
        ),
    ],
)  # fmt: skip
def test_bad_options_are_named(options, said):
    with pytest.raises(ConfigurationError) as error:
        solon.make("business-cycle", **options)
    assert str(error.value).startswith(said)


def test_components_have_an_order():
    parts = BusinessCycle().components
    with pytest.raises(ConfigurationError, match="in this order"):
        BusinessCycle(components=(parts[1], parts[0], *parts[2:]))
    with pytest.raises(ConfigurationError, match="components: got"):
        BusinessCycle(components=(*parts, GoodsMarket(most=3)))


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        ("consumer_budget", -1, "numbers from 0 to 1e+09"),
        ("interest", 1.5, "numbers from 0 to 1"),
        ("risk_aversion", 21, "numbers from 0 to 20"),
        ("parts.production.labor_exponent", [1] * 10, "numbers from 0.001 to 0.999"),
        ("parts.production.depreciation", 2, "numbers from 0 to 1"),
        ("parts.export-market.cap", -1, "numbers from 0 to 1e+09"),
        ("parts.flat-taxes.highest_income_tax", 1.1, "numbers from 0 to 1"),
        ("parts.posting.lowest_wage", -1, "numbers from 0 to 1e+09"),
    ],
)
def test_bad_params_are_named(place, value, said):
    env = solon.make("business-cycle")
    with pytest.raises(ConfigurationError) as error:
        given_params(env.default_params(), {place: value}, env.param_bounds())
    assert str(error.value) == f"param.{place}: got {value}; allowed: {said}"


def test_all_params_are_within_their_bounds_and_every_one_has_some():
    env = solon.make("business-cycle", production={"shocks": True})
    bounds = env.param_bounds()
    flat = {}
    params = env.default_params()
    for name in type(params).__dataclass_fields__:
        if name != "parts":
            flat[name] = getattr(params, name)
    for part, own in params.parts.items():
        flat |= {f"parts.{part}.{name}": value for name, value in dict(own).items()}
    assert set(flat) == set(bounds)
    for name, value in flat.items():
        low, high = bounds[name]
        assert bool(jnp.all((value >= low) & (value <= high))), name
