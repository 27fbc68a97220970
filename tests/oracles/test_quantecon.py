"""Markov chains, dynamic programming, games and linear models beside quantecon."""

import numpy as np
import pytest
import quantecon
from quantecon import game_theory
from quantecon.markov import DiscreteDP

from solon.economics.equilibrium import (
    RealBusinessCycle,
    bimatrix_equilibria,
    pure_equilibria,
    rouwenhorst,
    stationary_distribution,
    tauchen,
    value_iteration,
)

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.mark.parametrize(("states", "rho", "sd"), [(7, 0.6, 0.2), (5, 0.95, 0.5), (2, 0.3, 1.0)])
def test_chains(states, rho, sd):
    innovation = sd * np.sqrt(1 - rho**2)
    for ours, theirs in (
        (rouwenhorst(states, rho, sd), quantecon.rouwenhorst(states, rho, innovation)),
        (tauchen(states, rho, sd), quantecon.tauchen(states, rho, innovation, 0.0, 3)),
    ):
        np.testing.assert_allclose(ours.states, theirs.state_values, atol=1e-12)
        np.testing.assert_allclose(ours.transition, theirs.P, atol=1e-12)
        stationary = theirs.stationary_distributions[0]
        np.testing.assert_allclose(stationary_distribution(ours.transition), stationary)


@pytest.mark.parametrize("seed", range(4))
def test_decision_problems(seed):
    generator = np.random.default_rng(seed)
    states, actions, beta = 30, 6, 0.97
    reward = generator.normal(size=(states, actions))
    transition = generator.dirichlet(np.full(states, 0.1), (states, actions))
    ours = value_iteration(reward, transition, beta)
    theirs = DiscreteDP(reward, transition, beta).solve(method="policy_iteration")
    np.testing.assert_allclose(ours.value, theirs.v, atol=1e-8)
    np.testing.assert_array_equal(ours.action, theirs.sigma)


@pytest.mark.parametrize("seed", range(6))
def test_games(seed):
    generator = np.random.default_rng(seed)
    a, b = generator.normal(size=(2, 4, 5))
    game = game_theory.NormalFormGame((game_theory.Player(a), game_theory.Player(b.T)))
    found = {
        tuple(np.round(np.concatenate([e.row, e.column]), 6) + 0.0)
        for e in bimatrix_equilibria(a, b).equilibria
    }
    theirs = game_theory.support_enumeration(game)
    assert found == {tuple(np.round(np.concatenate(pair), 6) + 0.0) for pair in theirs}


@pytest.mark.parametrize("seed", range(6))
def test_three_players(seed):
    u = np.random.default_rng(seed).normal(size=(3, 3, 2, 4))
    game = game_theory.NormalFormGame(np.moveaxis(u, 0, -1))
    assert set(pure_equilibria(u)) == set(game_theory.pure_nash_brute(game))


def test_moments_of_a_business_cycle():
    law = RealBusinessCycle(hours=1 / 3, curvature=1.0).solve().law
    theirs = quantecon.LinearStateSpace(law.transition, law.impact, law.output)
    _, _, _, variance, _ = theirs.stationary_distributions()
    np.testing.assert_allclose(law.moments().sd, np.sqrt(np.diag(variance)), rtol=1e-6)
