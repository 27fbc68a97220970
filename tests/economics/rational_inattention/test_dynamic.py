"""Dynamic rational inattention, against beliefs on a grid and their concave envelope."""

import numpy as np
import pytest

from solon.economics.rational_inattention import solve_dynamic_choice, solve_shannon_choice
from solon.errors import ConfigurationError

MATCH = np.eye(2)
STAY = np.array([[0.9, 0.1], [0.1, 0.9]])
EVEN = [0.5, 0.5]


def envelope(x, y):
    """The least concave function above the points, at each of them."""
    hull = []
    for point in zip(x, y, strict=True):
        while len(hull) > 1:
            (x0, y0), (x1, y1) = hull[-2:]
            if (x1 - x0) * (point[1] - y0) < (y1 - y0) * (point[0] - x0):
                break
            hull.pop()
        hull.append(point)
    return np.interp(x, *np.array(hull).T)


def value_by_beliefs(payoffs, transition, prior, cost, discount, points=2001):
    """What Bayes' rule and a concave envelope say of two states; nothing is a logit here."""
    belief = np.linspace(0, 1, points)
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = -np.nan_to_num(belief * np.log(belief))
        entropy -= np.nan_to_num((1 - belief) * np.log(1 - belief))
    value = np.zeros(points)
    for now in payoffs[::-1]:
        tomorrow = belief * transition[0, 0] + (1 - belief) * transition[1, 0]
        acted = (now[:, :1] * belief + now[:, 1:] * (1 - belief)).max(axis=0)
        gross = acted + discount * np.interp(tomorrow, belief, value)
        value = envelope(belief, gross + cost * entropy) - cost * entropy
    return np.interp(prior, belief, value)


def test_one_period_is_the_static_choice():
    found = solve_dynamic_choice(MATCH, STAY, EVEN, 0.5, periods=1)
    static = solve_shannon_choice(MATCH, EVEN, 0.5)
    assert found.value == pytest.approx(static.value, abs=1e-10)
    np.testing.assert_allclose(found.choice[0], static.choice, atol=1e-9)
    assert found.value == pytest.approx(0.716890, abs=1e-6)


def test_two_periods_to_six_digits():
    found = solve_dynamic_choice(MATCH, STAY, EVEN, 0.5, periods=2)
    assert found.value == pytest.approx(1.566917, abs=1e-6)
    np.testing.assert_allclose(np.diag(found.choice[0]), 0.972917, atol=1e-6)
    np.testing.assert_allclose(np.diag(found.frequency[1]), 0.996765, atol=1e-6)
    repeats = [
        [found.choice[1][past, past, state] for state in (past, 1 - past)] for past in (0, 1)
    ]
    np.testing.assert_allclose(repeats, [[0.999561, 0.976584]] * 2, atol=1e-6)
    # What is learned early is not learned again.
    assert found.information[1] < found.information[0] / 10


def test_three_periods_to_six_digits():
    found = solve_dynamic_choice(MATCH, STAY, EVEN, 0.5, periods=3)
    assert found.value == pytest.approx(2.416944, abs=1e-6)
    np.testing.assert_allclose(np.diag(found.choice[0]), 0.972917, atol=1e-6)
    np.testing.assert_allclose(np.diag(found.frequency[1]), 0.9, atol=1e-6)
    repeats = [
        [found.choice[1][past, past, state] for state in (past, 1 - past)] for past in (0, 1)
    ]
    np.testing.assert_allclose(repeats, [[0.996917, 0.200340]] * 2, atol=1e-6)
    last = found.frequency[2][[0, 1], [0, 1], [0, 1]]
    np.testing.assert_allclose(last, 0.996765, atol=1e-6)


def test_where_attention_is_dear_nobody_looks_again():
    found = solve_dynamic_choice(MATCH, STAY, EVEN, 1.0, periods=2)
    assert found.value == pytest.approx(1.359830, abs=1e-6)
    np.testing.assert_allclose(np.diag(found.choice[0]), 0.858149, atol=1e-6)
    np.testing.assert_array_equal(found.frequency[1], np.eye(2))
    assert found.information[1] == 0


@pytest.mark.parametrize(("cost", "discount"), [(0.15, 1.0), (0.4, 0.9), (0.8, 0.5), (1.3, 1.0)])
def test_beliefs_on_a_grid_find_the_same_value(cost, discount):
    """Four periods with payoffs that change, more actions than states, and states that differ."""
    generator = np.random.default_rng(5)
    payoffs = generator.normal(size=(4, 3, 2))
    transition = np.array([[0.8, 0.2], [0.35, 0.65]])
    found = solve_dynamic_choice(payoffs, transition, [0.3, 0.7], cost, discount=discount)
    other = value_by_beliefs(payoffs, transition, 0.3, cost, discount)
    assert found.value == pytest.approx(other, rel=5e-5)


def test_the_parts_add_up():
    discount = 0.7
    generator = np.random.default_rng(6)
    payoffs, transition = generator.normal(size=(3, 2, 3)), generator.dirichlet(np.ones(3), 3)
    found = solve_dynamic_choice(payoffs, transition, [0.2, 0.5, 0.3], 0.3, discount=discount)
    net = found.utility - 0.3 * found.information
    assert found.value == pytest.approx(discount ** np.arange(3) @ net, abs=1e-9)
    for t in range(3):
        assert found.reached[t].sum() == pytest.approx(1, abs=1e-9)
        np.testing.assert_allclose(found.choice[t].sum(axis=t), 1, atol=1e-9)


def test_a_batch_of_costs_is_one_call():
    costs = [0.3, 0.5, 1.0]
    found = solve_dynamic_choice(MATCH, STAY, EVEN, costs, periods=2)
    assert found.value[1] == pytest.approx(1.566917, abs=1e-6)
    assert found.value[2] == pytest.approx(1.359830, abs=1e-6)
    assert (np.diff(found.information[:, 0]) < 0).all()


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"cost": -0.5}, "cost: got -0.5; allowed: numbers above 0"),
        ({"transition": [[0.9, 0.2], [0.1, 0.9]]}, "sum of transition: got 1.1"),
        ({"transition": [[0.9, 0.1]]}, "transition: .*; allowed: a square matrix"),
        ({"transition": np.eye(3)}, "shape of transition: .*; allowed: 2 states"),
        ({"prior": [0.5, 0.6]}, "sum of prior: got 1.1"),
        ({"prior": [1]}, "shape of prior: .*; allowed: 2 states"),
        ({"periods": 17}, "sequences of actions: got 131072; allowed: at most 65536"),
        ({"periods": None}, "periods: got None; allowed: a whole number from 1 to 100"),
        ({"discount": 2}, "discount: got 2.0"),
    ],
)
def test_bad_input_is_one_line(options, line):
    given = {"payoffs": MATCH, "transition": STAY, "prior": EVEN, "cost": 1, "periods": 2}
    with pytest.raises(ConfigurationError, match=line) as caught:
        solve_dynamic_choice(**(given | options))
    assert "\n" not in str(caught.value)
