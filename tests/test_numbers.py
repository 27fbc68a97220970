"""Numbers of NumPy and JAX are numbers wherever one is asked for, and truth values are none."""

import jax.numpy as jnp
import numpy as np
import pytest

from solon import ConfigurationError
from solon._plain import plain
from solon.errors import require_number, require_whole

WHOLE = [3, np.int64(3), np.uint8(3), np.array(3), jnp.asarray(3)]
REAL = [0.5, np.float32(0.5), np.float64(0.5), np.array(0.5), jnp.asarray(0.5)]


@pytest.mark.parametrize("value", WHOLE)
def test_whole_numbers(value):
    found = require_whole("n", value, low=1, high=5)
    assert found == 3 and type(found) is int
    assert type(require_number("n", value, low=0)) is int
    with pytest.raises(ConfigurationError, match=r"^n: got .*from 4 to 5"):
        require_whole("n", value, low=4, high=5)


@pytest.mark.parametrize("value", REAL)
def test_real_numbers(value):
    found = require_number("x", value, low=0)
    assert found == 0.5 and type(found) is float
    with pytest.raises(ConfigurationError, match=r"^x: got"):
        require_whole("x", value, low=0, high=5)


@pytest.mark.parametrize(
    "value",
    [
        *(True, np.bool_(True), np.array(True), jnp.asarray(True), "3", np.str_("3"), None, [3]),
        *(np.array([3]), np.nan, np.float32(np.inf), jnp.asarray(jnp.nan), 3j, 10**400),
    ],
)
def test_what_is_no_number(value):
    for check in (require_number, require_whole):
        limits = {"low": 0, "high": 9} if check is require_whole else {"low": 0}
        with pytest.raises(ConfigurationError) as refusal:
            check("n", value, **limits)
        assert "\n" not in str(refusal.value)


def test_nested_numbers():
    given = {"a": [np.int64(1), (np.float32(0.5), "x")], "b": np.bool_(True)}
    assert plain(given) == {"a": [1, (0.5, "x")], "b": True}
    assert type(plain(given)["b"]) is bool
    array = np.arange(3)
    assert plain(array) is array


# In a process whose functions do not check types, as a user's.
PROGRAM = """
import dataclasses, json
import jax.numpy as jnp, numpy as np
import solon
from solon import economics
from solon.economics.us_federal import us_federal_schedule
from solon.economies.gather_trade_build import Build, ContinuousDoubleAuction, Gather
from solon.economies.mechanisms import PeriodicBracketTax
from solon.evidence import conditional_value_at_risk, mean
from solon.learning import PPO
from solon.runs.recipe import Recipe

def types(value):
    if dataclasses.is_dataclass(value):
        return [types(getattr(value, f.name)) for f in dataclasses.fields(value)]
    if isinstance(value, (tuple, list)):
        return [types(item) for item in value]
    return type(value).__module__

kinds = (np.int64, np.array, jnp.asarray), (np.float32, np.array, jnp.asarray)
for whole, real in zip(*kinds):
    assert us_federal_schedule(whole(2019), usd_scaling=real(1000.0)) == us_federal_schedule(2019)
    assert economics.optimal_top_rate(real(0.0), real(2.0), real(0.5)) == 0.5
    assert type(economics.revenue_maximizing_rate(real(0.5))) is float
    assert economics.linear_cutoffs(whole(3), real(8.0)).tolist() == [0, 4, 8]
    assert economics.rate_grid(real(0.0), real(1.0), real(0.5)).tolist() == [0, 0.5, 1]
    assert economics.expected_ranked_skills(whole(2), samples=whole(9)) == (
        economics.expected_ranked_skills(2, samples=9))
    assert conditional_value_at_risk(np.arange(4.0), real(0.5)) == 2.5
    assert mean(np.ones((2, 2)), draws=whole(9), seed=whole(1)).value == 1
    parts = (
        Build(payment=real(8.0), labor=real(2.0), skills=np.array([5.0, 9.0])),
        ContinuousDoubleAuction(max_price=whole(5), order_labor=real(0.5)),
        Gather(), PeriodicBracketTax(period=whole(10), rate_max=real(0.5), rate_step=real(0.25)),
    )
    for env in (
        solon.make("gather-trade-build", workers=whole(2), horizon=whole(300),
                   starting_coin=real(4.0), source_capacity=whole(2),
                   regeneration_half_width=(whole(1), whole(0)), build={"payment": real(8.0)}),
        solon.make("one-step-economy", workers=whole(3)),
        solon.make("labor-supply", workers=whole(3), risk_aversion=real(0.5)),
        solon.make("pandemic", horizon=whole(30)),
        *parts,
    ):
        assert {hash(env)} and "numpy" not in json.dumps(types(env)), env
    ppo = PPO(environments=whole(4), learning_rate=real(0.25), hidden=(whole(8), whole(8)))
    assert ppo == PPO(environments=4, learning_rate=0.25, hidden=(8, 8))
    recipe = Recipe("one-step-economy", {"workers": whole(3)}, steps=whole(64), seed=whole(5))
    assert json.dumps(recipe.to_config()[0]) == json.dumps(
        Recipe("one-step-economy", {"workers": 3}, steps=64, seed=5).to_config()[0])
for truth in (True, np.bool_(True)):
    for wrong in (
        lambda: us_federal_schedule(truth), lambda: economics.revenue_maximizing_rate(truth),
        lambda: solon.make("gather-trade-build", workers=truth), lambda: Build(payment=truth),
        lambda: PPO(environments=truth), lambda: PPO(learning_rate=truth),
        lambda: Recipe("one-step-economy", steps=truth), lambda: economics.linear_cutoffs(truth, 1),
        lambda: economics.check_rates([truth, 0.5]), lambda: mean(np.ones((2, 2)), draws=truth),
    ):
        try:
            wrong()
        except solon.ConfigurationError as error:
            assert str(error).count("got"), error
        else:
            raise AssertionError(truth)
assert solon.make("gather-trade-build", several_actions=np.bool_(True)).several_actions is True
print("done")
"""


def test_whatever_takes_numbers_takes_those_of_numpy_and_jax(run_python):
    assert run_python(PROGRAM).stdout == "done\n"
