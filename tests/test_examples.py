"""The economy that a user wrote: one short file, at home everywhere, and right about its economics.

In the great fish war everybody's best share is known in closed form. So it is known what learning
should find, and what it should miss: the catch that would be best for all.
"""

import dataclasses
import pathlib

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solon
from solon.cli import main
from solon.learning import PPO, Learner, play
from solon.runs import RunFolder, load_trained

FILE = pathlib.Path(__file__).parents[1] / "examples" / "fishery.py"
STEPS = 960_000


@pytest.fixture(scope="module")
def env():
    return solon.make(f"{FILE}:Fishery")


def shares_in_theory(env, alpha=0.9):
    """By year: what each takes in open access, and under a sole owner."""
    ahead = [
        np.sum(alpha ** np.arange(1, env.horizon - year)) for year in range(env.horizon)
    ]
    n, ahead = env.members, np.array(ahead)
    return 1 / (n + ahead), 1 / (n * (1 + ahead))


def test_is_short():
    assert len(FILE.read_text().splitlines()) < 80


def test_is_registered_by_its_file(env):
    assert "fishery" in solon.registry.economies()
    small = solon.make("fishery", members=2, horizon=3)
    assert (small.members, small.horizon, small.rules) == (2, 3, "fishery@1")
    assert hash(small) != hash(env)
    with pytest.raises(solon.ConfigurationError, match=r"^boats: got 3; allowed: .*members"):
        solon.make("fishery", boats=3)


def test_a_year_by_hand(env):
    state, timestep = env.start(jnp.asarray(0.5), env.default_params())
    np.testing.assert_allclose(timestep.observation["member"]["log_stock"], np.log([0.5] * 4))
    efforts = jnp.array([0, 1, 2, 3])  # shares 1/40 to 4/40: a quarter of the stock in all
    state, timestep = jax.jit(env.transition)(state, {"member": efforts}, jnp.asarray(2.0))
    np.testing.assert_allclose(state.stock, np.exp(0.1 * 2) * 0.375**0.9, rtol=1e-6)
    np.testing.assert_allclose(
        timestep.reward["member"], np.log([5.0, 10.0, 15.0, 20.0]), rtol=1e-5
    )
    np.testing.assert_allclose(timestep.observation["member"]["years_left"], [0.98] * 4)


def test_many_economies_are_each_like_one(env):
    keys = jax.random.split(jax.random.key(0), 3)
    params = jax.vmap(lambda alpha: env.default_params() | {"alpha": alpha})(
        jnp.array([0.5, 0.8, 0.9])
    )

    def first_year(key, params):
        reset_key, action_key, step_key = jax.random.split(key, 3)
        state, timestep = env.reset(reset_key, params)
        actions = env.random_actions(action_key, timestep)
        return env.step(step_key, state, actions)

    together = jax.vmap(first_year)(keys, params)
    alone = jax.jit(first_year)
    for i, key in enumerate(keys):
        one = alone(key, {name: value[i] for name, value in params.items()})
        for many, single in zip(jax.tree.leaves(together), jax.tree.leaves(one), strict=True):
            np.testing.assert_allclose(many[i], single, rtol=1e-6)


def test_an_episode_ends_at_the_horizon():
    env = solon.make(f"{FILE}:Fishery", horizon=3)
    state, timestep = env.reset(jax.random.key(1), env.default_params())
    over = [bool(timestep.terminated)]
    for _ in range(3):
        state, timestep = env.transition(state, {"member": jnp.zeros(4, int)}, jnp.zeros(()))
        over.append(bool(timestep.terminated))
    assert over == [False, False, False, True]


@pytest.fixture(scope="module")
def total_rewards():
    """Rewards summed over all years by member, for efforts by year and member."""
    # Three members and nineteen efforts put the limits of both plans on the grid:
    # open access 1/12 is effort 4, and a sole owner's 1/30 is effort 1.
    env = solon.make(f"{FILE}:Fishery", members=3, efforts=19, horizon=80)
    shocks = env.draw_shocks(jax.random.key(5), (env.horizon,))

    @jax.jit
    @jax.vmap
    def total(efforts):
        def year(state, inputs):
            effort, shock = inputs
            state, timestep = env.transition(state, {"member": effort}, shock)
            return state, timestep.reward["member"]

        state, _ = env.start(jnp.asarray(0.3), env.default_params())
        return jnp.sum(jax.lax.scan(year, state, (efforts, shocks))[1], axis=0)

    return total


@pytest.mark.parametrize(("others", "best"), [(4, 4), (1, 5)])
def test_best_reply_to_open_access_is_open_access_and_to_thrift_is_more(
    total_rewards, others, best
):
    # 1/12 against two who take 1/12, and 0.09 against two who take 1/30: (1 - 2 s) / (1 + A).
    efforts = jnp.full((19, 80, 3), others).at[:, 0, 0].set(jnp.arange(19))
    assert int(jnp.argmax(total_rewards(efforts)[:, 0])) in (best - 1, best) if others == 1 else (
        int(jnp.argmax(total_rewards(efforts)[:, 0])) == best
    )
