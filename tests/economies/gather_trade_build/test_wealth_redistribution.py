"""Full redistribution: the same coin for all, whatever happens."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solon

from .by_hand import ByHand, endow, quick, small_economy, with_params
from .rollouts import roll_out

APART = [(5, 0), (5, 2), (5, 4), (2, 3)]
WITH = ("build", "continuous-double-auction", "gather", "wealth-redistribution")
NAME = "wealth-redistribution"


def test_all_coin_is_split():
    """Worker 0 has 9 coin in a bid, which stay there; worker 1 builds for 12 coin."""
    economy = small_economy(components=[*WITH[:3], "periodic-bracket-tax", NAME])
    play = ByHand(economy)
    state, _ = play.start(APART, rank=[0, 1, 2, 3])
    state = endow(state, coin=[10.0, 20.0, 30.0, 40.0], stone=[0, 1, 0, 0], wood=[0, 1, 0, 0])
    state, timestep = play.step(state, {0: {"buy_stone": 9}, 1: {"build": 1}})
    np.testing.assert_allclose(state.coin, 28.0)
    np.testing.assert_allclose(state.inventory.coin, [19.0, 28.0, 28.0, 28.0])
    assert state.escrow.coin.tolist() == [9.0, 0.0, 0.0, 0.0]
    assert float(timestep.metrics["equality"]) == pytest.approx(1.0)


def test_the_original_lets_it_come_first(by_hand):
    """There what is earned later is split in the next step, and free coin can be negative."""
    order = (NAME, *WITH[:3])
    economy = small_economy(components=order, compatibility="foundation", periodic_bracket_tax={})
    state, _ = by_hand.start(APART)
    state = endow(state, coin=[0.0, 0.0, 0.0, 4.0])
    escrow = dataclasses.replace(state.escrow, coin=jnp.asarray([8.0, 0.0, 0.0, 0.0]))
    state = dataclasses.replace(state, escrow=escrow)
    after = economy.component(NAME).step(economy, state, {}, ())
    assert after.inventory.coin.tolist() == [-5.0, 3.0, 3.0, 3.0]
    # By default who has bound more than a share keeps it, and the others share the rest.
    economy = small_economy(components=WITH, periodic_bracket_tax={})
    after = economy.component(NAME).step(economy, state, {}, ())
    np.testing.assert_allclose(after.inventory.coin, [0.0, 4 / 3, 4 / 3, 4 / 3], rtol=1e-6)
    with pytest.raises(solon.ConfigurationError, match=r"^components: .*wealth-redistribution"):
        small_economy(components=order, periodic_bracket_tax={})


def test_everybody_owns_the_same_in_every_step():
    """Random episodes without a planner: coin is as much as was built for, and equal."""
    economy = solon.make(
        "gather-trade-build", layout="open-quadrant-9", horizon=40, starting_coin=12.0,
        several_actions=True, components=WITH, view=2,
        continuous_double_auction={"order_duration": 4, "max_orders": 3},
    )  # fmt: skip
    episodes = roll_out(economy, with_params(economy, regeneration=[0.3, 0.3]), seed=3)
    states = episodes.states
    builders = states.parts["build"]
    made = (builders.payment * builders.houses).sum(axis=-1)
    assert made[:, -1].max() > 50
    coin = states.inventory.coin + states.escrow.coin
    np.testing.assert_allclose(coin.sum(axis=-1), 48 + made, rtol=1e-5)
    # But for those who have bound more than a share and so have nothing free.
    shut_in = states.inventory.coin < 1e-4
    least = coin.min(axis=-1, keepdims=True)
    np.testing.assert_allclose(coin[~shut_in], (least + 0 * coin)[~shut_in], rtol=1e-5)
    assert states.inventory.coin.min() >= 0 and shut_in.any() and shut_in.mean() < 0.2
    assert list(economy.roles) == ["worker"] and NAME not in states.parts


def test_it_is_left_out_unless_asked_for():
    names = [part.name for part in solon.make("gather-trade-build").components]
    assert NAME not in names
    economy = small_economy(components=WITH, periodic_bracket_tax={})
    luck = quick(economy.draw_shocks)(jax.random.key(0))
    assert luck.parts[NAME] == ()
