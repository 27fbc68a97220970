"""Cournot, monopoly and Stackelberg: digits, and no firm that could do better."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from solon import ConfigurationError
from solon.economics.equilibrium import cournot, monopoly, stackelberg


def test_three_firms():
    found = cournot(100, 1, (10, 12, 15))
    np.testing.assert_allclose(found.quantities, (24.25, 22.25, 19.25))
    assert found.quantities.sum() == pytest.approx(65.75)
    assert found.price == pytest.approx(34.25)
    np.testing.assert_allclose(found.profits, (588.0625, 495.0625, 370.5625))
    assert found.herfindahl == pytest.approx(0.336263, abs=6e-7)
    # Lerner: a firm's margin is its share over the elasticity of demand.
    elasticity = found.price / found.quantities.sum()
    margins = (found.price - np.array([10, 12, 15])) / found.price
    np.testing.assert_allclose(margins, found.quantities / found.quantities.sum() / elasticity)


def test_one_firm_and_two():
    assert monopoly(100, 1, 10).price == pytest.approx(55)
    np.testing.assert_allclose(
        cournot(100, 1, (10, 12)).quantities, (30.666667, 28.666667), atol=6e-7
    )
    led = stackelberg(100, 1, (10, 12))
    np.testing.assert_allclose(led.quantities, (46, 21))
    assert led.price == pytest.approx(33)


@pytest.mark.parametrize("seed", range(6))
def test_nobody_gains_by_another_quantity(seed):
    generator = np.random.default_rng(seed)
    a, b = generator.uniform(5, 50), generator.uniform(0.1, 3)
    costs = generator.uniform(0, a, 4)
    found = cournot(a, b, costs)
    for i, cost in enumerate(costs):
        others = found.quantities.sum() - found.quantities[i]

        def loss(q, others=others, cost=cost):
            return -(a - b * (q + others) - cost) * q

        best = minimize_scalar(loss, bounds=(0, a / b), method="bounded", options={"xatol": 1e-10})
        assert found.profits[i] >= -best.fun - 1e-9
        assert found.quantities[i] == pytest.approx(best.x, abs=1e-4 * a / b)
    # Equal firms earn equal profits, and a firm that cannot sell changes nothing.
    idle = cournot(a, b, np.append(costs, found.price))
    np.testing.assert_allclose(idle.quantities, np.append(found.quantities, 0), atol=1e-9)


@pytest.mark.parametrize("costs", [(10, 12), (10, 54), (10, 60), (30, 10), (80, 10), (120, 10)])
def test_the_leader_gains_by_no_other_quantity(costs):
    """Among them a leader who keeps the follower out, a monopoly, and one who stays out."""
    found = stackelberg(100, 1.0, costs)
    q = np.linspace(0, 100, 200_001)
    follower = np.maximum((100 - costs[1] - q) / 2, 0)
    profits = (100 - q - follower - costs[0]) * q
    assert found.profits[0] == pytest.approx(profits.max(), abs=1e-5)
    assert found.quantities[0] == pytest.approx(q[np.argmax(profits)], abs=1e-3)
    answer = max((100 - costs[1] - found.quantities[0]) / 2, 0)
    assert found.quantities[1] == pytest.approx(answer)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ((100, 1, (100, 120)), "costs: got 100.0; allowed: a cost below the intercept, 100"),
        ((100, 0, (10,)), "slope: got 0"),
        ((-1, 1, (10,)), "intercept: got -1"),
        ((100, 1, (-3, 10)), "costs: got -3.0"),
        ((100, 1, ()), "costs: got ()"),
    ],
)
def test_bad_input(arguments, named):
    with pytest.raises(ConfigurationError) as error:
        cournot(*arguments)
    assert str(error.value).startswith(named)


def test_stackelberg_is_of_two_firms():
    with pytest.raises(ConfigurationError, match=r"costs: got \(3,\)"):
        stackelberg(100, 1, (10, 10, 10))
