"""Static rational inattention: closed forms, an independent maximizer, and the certificate."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import minimize

from solon.economics.rational_inattention import (
    blahut_arimoto,
    shannon_choice,
    solve_shannon_choice,
)
from solon.errors import ConfigurationError, NotConvergedError

MATCH = np.eye(2)
SAFE = np.vstack([np.eye(3), np.full(3, 0.55)])
PRIOR = [0.5, 0.3, 0.2]


def value_of(marginal, payoffs, prior, cost):
    """V(p), written down once more."""
    return cost * prior @ np.log(marginal @ np.exp(np.asarray(payoffs) / cost))


@pytest.mark.parametrize("prior", [0.5, 0.55, 0.62, 0.7, 0.75, 0.9])
@pytest.mark.parametrize("cost", [0.15, 0.5, 1.0, 3.0])
def test_two_states_have_a_closed_form(prior, cost):
    found = solve_shannon_choice(MATCH, [prior, 1 - prior], cost)
    k = np.exp(1 / cost)
    marginal = np.clip((prior * k - (1 - prior)) / (k - 1), 0, 1)
    assert found.marginal[0] == pytest.approx(marginal, abs=1e-7)
    right = k / (1 + k) if 0 < marginal < 1 else max(prior, 1 - prior)
    assert found.utility == pytest.approx(right, abs=1e-7)
    assert found.considered.sum() == (2 if 0 < marginal < 1 else 1)
    assert found.value == pytest.approx(found.utility - cost * found.information, abs=1e-12)


@pytest.mark.parametrize(
    ("prior", "cost", "chosen", "information", "value"),
    [
        (0.5, 0.5, (0.880797, 0.119203), 0.327813, 0.716890),
        (0.6, 0.5, (0.926751, 0.188133), 0.307678, 0.726958),
        (0.6, 1.0, (0.872878, 0.481671), 0.090809, 0.640250),
        (0.7, 1.0, (0.974178, 0.836220), 0.028661, 0.702397),
        (0.75, 1.0, (1, 1), 0, 0.75),
    ],
)
def test_two_states_to_six_digits(prior, cost, chosen, information, value):
    found = solve_shannon_choice(MATCH, [prior, 1 - prior], cost)
    np.testing.assert_allclose(found.choice[0], chosen, atol=1e-6)
    assert found.information == pytest.approx(information, abs=1e-6)
    assert found.value == pytest.approx(value, abs=1e-6)


def test_the_consideration_set_changes_between_two_costs():
    costs = [0.2, 0.3, 0.4, 0.5, 0.7, 1.0]
    found = solve_shannon_choice(SAFE, PRIOR, costs)
    expected = [
        (0.503392, 0.299322, 0.197287, 0),
        (0.518497, 0.296301, 0.185203, 0),
        (0.544713, 0.291057, 0.164230, 0),
        (0.578259, 0.284348, 0.137393, 0),
        (0.364389, 0, 0, 0.635611),
        (0.302095, 0, 0, 0.697905),
    ]
    np.testing.assert_allclose(found.marginal, expected, atol=1e-6)
    np.testing.assert_array_equal(found.considered, np.array(expected) > 0)
    np.testing.assert_array_equal(found.marginal[~found.considered], 0)
    information = [0.949784, 0.738747, 0.525097, 0.364080, 0.054705, 0.025174]
    np.testing.assert_allclose(found.information, information, atol=1e-6)
    value = [0.796747, 0.711779, 0.648942, 0.604946, 0.572097, 0.560852]
    np.testing.assert_allclose(found.value, value, atol=1e-6)
    at_04 = [
        (0.935796, 0.128025, 0.192037),
        (0.041045, 0.833376, 0.102612),
        (0.023160, 0.038599, 0.705351),
    ]
    np.testing.assert_allclose(found.choice[2, :3], at_04, atol=1e-6)


def test_a_maximizer_that_knows_no_inattention_finds_no_more():
    generator = np.random.default_rng(0)
    for _ in range(12):
        payoffs = generator.normal(size=(5, 4))
        prior = generator.dirichlet(np.ones(4))
        cost = np.exp(generator.uniform(-1.5, 1))
        found = solve_shannon_choice(payoffs, prior, cost)
        other = minimize(
            lambda p, *rest: -value_of(np.abs(p) / np.abs(p).sum(), *rest),
            np.full(5, 0.2),
            args=(payoffs, prior, cost),
            method="SLSQP",
            bounds=[(0, 1)] * 5,
            options={"ftol": 1e-13, "maxiter": 500},
        )
        marginal = np.abs(other.x) / np.abs(other.x).sum()
        assert found.value == pytest.approx(-other.fun, abs=1e-8)
        assert found.value >= -other.fun - 1e-12
        np.testing.assert_allclose(found.marginal, marginal, atol=2e-3)


def test_the_gap_bounds_what_any_choice_loses(float64):
    """For the choice after a few rounds of Blahut-Arimoto, whose gap is large."""
    payoffs, prior, cost = jnp.asarray(SAFE), jnp.asarray(PRIOR), jnp.asarray(0.6)
    best = solve_shannon_choice(payoffs, prior, cost).value
    lost = []
    for rounds in (1, 10, 100):
        marginal = np.asarray(blahut_arimoto(payoffs, prior, cost, jnp.full(4, 0.25), rounds))
        weight = np.exp(SAFE / 0.6)
        worth = (weight / (marginal @ weight)) @ np.array(PRIOR)
        lost.append(best - value_of(marginal, SAFE, np.array(PRIOR), 0.6))
        assert 0 < lost[-1] <= 0.6 * np.log(worth.max())
    assert lost == sorted(lost, reverse=True)


def test_the_set_is_exact_where_the_iteration_creeps():
    """At the prior where attention stops, s of the other action is exactly 1."""
    edge = np.e / (1 + np.e)
    priors = edge + np.array([-1e-3, -1e-5, 1e-5, 1e-3])
    found = solve_shannon_choice(MATCH, np.stack([priors, 1 - priors], axis=1), 1.0)
    np.testing.assert_array_equal(found.considered[:, 1], [True, True, False, False])
    exact = (priors * np.e - (1 - priors)) / (np.e - 1)
    np.testing.assert_allclose(found.marginal[:2, 0], exact[:2], atol=1e-7)


def test_hard_problems_converge():
    """Payoffs of any size, actions that are alike, states that never are, and costs far apart."""
    generator = np.random.default_rng(1)
    payoffs = generator.integers(0, 4, (2000, 4, 3)) * np.exp(
        generator.uniform(-9, 9, (2000, 1, 1))
    )
    payoffs[:500, 0] = payoffs[:500, 1]
    prior = generator.dirichlet(np.full(3, 0.5), 2000)
    prior[::7, 1] = 0
    prior /= prior.sum(axis=1, keepdims=True)
    spread = np.ptp(payoffs, axis=1).max(axis=1)
    cost = np.exp(generator.uniform(-8, 8, 2000)) * spread
    cost[:50] = 0
    found = solve_shannon_choice(payoffs, prior, cost)
    np.testing.assert_allclose(found.choice.sum(axis=1), 1, atol=1e-12)
    np.testing.assert_allclose(found.marginal.sum(axis=1), 1, atol=1e-12)
    joint = found.choice @ prior[:, :, None]
    np.testing.assert_allclose(joint[..., 0], found.marginal, atol=1e-7)
    assert (found.steps < 40).all()


def test_free_attention_and_attention_beyond_price():
    free = solve_shannon_choice(SAFE, PRIOR, 0)
    assert free.value == pytest.approx(1)
    np.testing.assert_allclose(free.choice[:3], np.eye(3), atol=1e-15)
    # The entropy of the state: what is needed to be right, and no more.
    assert free.information == pytest.approx(-np.log(PRIOR) @ PRIOR)
    blind = solve_shannon_choice(SAFE, PRIOR, 1e6)
    assert blind.information == 0
    np.testing.assert_array_equal(blind.marginal, [0, 0, 0, 1])
    # Alike actions: any of them will do.
    assert solve_shannon_choice(np.ones((40, 3)), PRIOR, 1).value == pytest.approx(1)


def test_in_32_bits_under_jit_and_vmap():
    costs = jnp.array([0.2, 0.4, 0.5, 0.7, 1.0], jnp.float32)
    solve = jax.jit(jax.vmap(shannon_choice, in_axes=(None, None, 0)))
    found = solve(jnp.asarray(SAFE, jnp.float32), jnp.asarray(PRIOR, jnp.float32), costs)
    exact = solve_shannon_choice(SAFE, PRIOR, [0.2, 0.4, 0.5, 0.7, 1.0])
    assert found.marginal.dtype == jnp.float32 and found.converged.all()
    np.testing.assert_allclose(found.marginal, exact.marginal, atol=2e-3)
    np.testing.assert_allclose(found.value, exact.value, atol=1e-5)
    np.testing.assert_array_equal(found.considered, exact.considered)


def test_what_has_not_converged_is_no_answer(monkeypatch):
    from solon.economics.rational_inattention import shannon

    monkeypatch.setattr(shannon, "_STEPS", 3)
    monkeypatch.setattr(shannon, "_solve", jax.jit(jax.vmap(lambda *given: shannon_choice(*given))))
    with pytest.raises(NotConvergedError, match=r"in 1 of 2 problems .*number 1\): the gap is"):
        solve_shannon_choice([np.zeros((4, 3)), SAFE], PRIOR, 0.6)


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ((MATCH, [0.5, 0.5], -1), "cost: got -1.0; allowed: numbers of at least 0"),
        ((MATCH, [0.5, 0.5], [1, np.nan]), "cost: got nan; allowed: finite numbers"),
        ((MATCH, [0.5, 0.6], 1), "sum of prior: got 1.1; allowed: 1: "),
        ((MATCH, [1.5, -0.5], 1), "prior: got -0.5; allowed: probabilities"),
        ((MATCH, PRIOR, 1), "states of prior: got 3; allowed: as many as payoffs have, 2"),
        (([1, 2], [0.5, 0.5], 1), r"payoffs: got 'shape \(2,\)'; allowed: at least 2 axes"),
        (([[1, 2], [3]], [0.5, 0.5], 1), "payoffs: .*; allowed: an array, with rows of one length"),
        (([["a", "b"]], [0.5, 0.5], 1), "payoffs: .*; allowed: numbers"),
        ((np.ones((3, 2, 2)), [0.5, 0.5], [1, 1]), "leading axes of cost: .*broadcasts against"),
    ],
)
def test_bad_input_is_one_line(given, line):
    with pytest.raises(ConfigurationError, match=line) as caught:
        solve_shannon_choice(*given)
    assert "\n" not in str(caught.value)
