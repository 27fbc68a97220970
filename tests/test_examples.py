"""The economy that a user wrote: one short file, at home everywhere, and right about its economics.

In the great fish war everybody's best share is known in closed form. So it is known what learning
should find, and what it should miss: the catch that would be best for all.
"""

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

# Shares of the stock that the effort levels take, with four members and nine levels.
SHARES = np.arange(1, 10) / 40
OPEN_ACCESS, SOLE_OWNER = 4, 1  # efforts: shares of 1/8 and 1/20

STEPS = 600_000


@pytest.fixture(scope="module")
def env():
    return solon.make(f"{FILE}:Fishery")


def discounted(alpha, years_to_come):
    """What the log of the stock that is left is worth: A of the file."""
    return np.sum(alpha ** np.arange(1, years_to_come + 1))


def total_rewards(env, efforts, start, params, year=0):
    """Sum of each member's rewards from `year` on, for efforts i[horizon - year, members]."""
    keys = jax.random.split(jax.random.key(5), len(efforts))
    shocks = jax.vmap(env.draw_shocks)(keys)
    state, _ = env.start(start, params)
    state = type(state)(state.stock, jnp.asarray(year), state.params)

    def step(state, inputs):
        effort, shock = inputs
        state, timestep = env.transition(state, {"member": effort}, shock)
        return state, timestep.reward["member"]

    return jnp.sum(jax.lax.scan(step, state, (jnp.asarray(efforts), shocks))[1], axis=0)


def test_is_short():
    assert len(FILE.read_text().splitlines()) < 80


def test_is_registered_by_its_file(env):
    assert "fishery" in solon.registered()
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
    np.testing.assert_allclose(state.stock, np.exp(0.1 * 2) * 0.375**0.8, rtol=1e-6)
    np.testing.assert_allclose(
        timestep.reward["member"], np.log(0.5 * np.array([1, 2, 3, 4]) / 40), rtol=1e-6
    )
    np.testing.assert_allclose(timestep.observation["member"]["years_left"], [0.98] * 4)


def test_many_economies_are_each_like_one(env):
    keys = jax.random.split(jax.random.key(0), 3)
    params = {"alpha": jnp.array([0.5, 0.8, 0.9]), "volatility": jnp.full(3, 0.1)}

    def first_year(key, params):
        reset_key, action_key, step_key = jax.random.split(key, 3)
        state, timestep = env.reset(reset_key, params)
        actions = env.random_actions(action_key, timestep)
        return env.step(step_key, state, actions)

    together = jax.vmap(first_year)(keys, params)
    first_year_alone = jax.jit(first_year)
    for i, key in enumerate(keys):
        alone = first_year_alone(key, {name: value[i] for name, value in params.items()})
        jax.tree.map(
            lambda many, one, i=i: np.testing.assert_allclose(many[i], one, rtol=1e-6),
            together,
            alone,
        )


def test_an_episode_ends_at_the_horizon():
    env = solon.make(f"{FILE}:Fishery", horizon=3)
    state, timestep = env.reset(jax.random.key(1), env.default_params())
    over = [bool(timestep.terminated)]
    for _ in range(3):
        state, timestep = env.transition(state, {"member": jnp.zeros(4, int)}, jnp.zeros(()))
        over.append(bool(timestep.terminated))
    assert over == [False, False, False, True]


def test_open_access_is_an_equilibrium_and_the_sole_owners_plan_is_not(env):
    """Long before the end. Later efforts are open access's; no best reply depends on the stock."""
    params, start, year = env.default_params(), jnp.asarray(0.3), 10

    def deviator(common):
        def payoff(effort):
            efforts = jnp.full((env.horizon - year, 4), OPEN_ACCESS).at[0].set(common)
            return total_rewards(env, efforts.at[0, 0].set(effort), start, params, year)[0]

        return int(jnp.argmax(jax.vmap(payoff)(jnp.arange(9))))

    assert deviator(OPEN_ACCESS) == OPEN_ACCESS
    assert deviator(SOLE_OWNER) > SOLE_OWNER


def test_the_sole_owner_would_take_a_twentieth(env):
    def welfare(effort):
        efforts = jnp.full((env.horizon, 4), effort)
        return jnp.mean(total_rewards(env, efforts, jnp.asarray(0.3), env.default_params()))

    assert int(jnp.argmax(jax.vmap(welfare)(jnp.arange(9)))) == SOLE_OWNER


def look(states, timesteps):
    return states.stock, timesteps.reward["member"]


@pytest.fixture(scope="module")
def learned(env):
    """Stock and mean share by year, in play after training."""
    params = env.default_params()
    learner = Learner(env, PPO())
    state = learner.init(jax.random.key(0), params)
    while int(state.environment_steps) < STEPS:
        state, _ = learner.update(state)
    stock, reward = play(
        env, state.policies, {}, jax.random.key(1), params, episodes=100, record=look
    )
    share = np.exp(np.asarray(reward[1:])) / np.asarray(stock[:-1, :, None])
    return np.asarray(stock), share.mean(axis=(1, 2))


def test_members_learn_open_access(learned):
    stock, share = learned
    early = np.arange(5, 25)
    expected = [1 / (4 + discounted(0.8, 49 - year)) for year in early]
    np.testing.assert_allclose(expected, SHARES[OPEN_ACCESS], rtol=0.01)
    np.testing.assert_allclose(share[early], expected, atol=0.015)
    # 1/16 in open access, 0.41 under a sole owner; they still try out other shares now and then.
    settled = np.exp(np.mean(np.log(stock[10:30])))
    assert 1 / 25 < settled < 1 / 12


def test_they_learn_that_the_last_years_are_different(learned):
    _, share = learned
    assert share[-1] > share[10:25].mean() + 0.02


def test_the_command_line_trains_it_to_the_same_policy(env, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    arguments = ["train", "--economy", f"{FILE}:Fishery", "--steps", "24000", "--seed", "3"]
    assert main([*arguments, "--quiet"]) == 0
    run = RunFolder.open(capsys.readouterr().out.strip())
    assert (run.provenance["rules"], run.outcome) == ("fishery@1", "finished")
    assert (run.path / "inputs" / "fishery.py").read_bytes() == FILE.read_bytes()

    learner = Learner(env, PPO())
    state = learner.init(jax.random.key(3), env.default_params())
    for _ in range(24_000 // learner.steps_per_update):
        state, _ = learner.update(state)
    kept = load_trained(run)
    assert (kept.env.rules, kept.environment_steps) == ("fishery@1", 24_000)
    jax.tree.map(
        np.testing.assert_array_equal,
        kept.state.policies["member"].network,
        state.policies["member"].network,
    )


def test_a_mistake_on_the_command_line_is_one_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    arguments = ["train", "--economy", f"{FILE}:Fishery", "--option", "boats=3"]
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith(
        "solon: error: boats: got 3; allowed: one of: members"
    )
    assert list(tmp_path.iterdir()) == []
