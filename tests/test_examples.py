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
STEPS = 720_000


@pytest.fixture(scope="module")
def env():
    return solon.make(f"{FILE}:Fishery")


def shares_in_theory(env, alpha=0.9):
    """By year: what each takes in open access, and under a sole owner."""
    ahead = [np.sum(alpha ** np.arange(1, env.horizon - year)) for year in range(env.horizon)]
    n, ahead = env.members, np.array(ahead)
    return 1 / (n + ahead), 1 / (n * (1 + ahead))


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
def best_first_effort():
    """The effort of the first year that is best for the first member, all years considered.

    Three members and nineteen efforts put both plans on the grid: far from the end, open access is
    1/12 or effort 4, and the sole owner's plan is 1/30 or effort 1.
    """
    env = solon.make(f"{FILE}:Fishery", members=3, efforts=19, horizon=80)
    shocks = env.draw_shocks(jax.random.key(5), (env.horizon,))

    def total_reward(efforts):
        def year(state, inputs):
            effort, shock = inputs
            state, timestep = env.transition(state, {"member": effort}, shock)
            return state, timestep.reward["member"][0]

        state, _ = env.start(jnp.asarray(0.3), env.default_params())
        return jnp.sum(jax.lax.scan(year, state, (efforts, shocks))[1])

    @jax.jit
    def best(usual, who):
        tried = jnp.arange(env.efforts)
        first_year = jnp.where(who[None], tried[:, None], usual)
        plans = jnp.full((env.efforts, env.horizon, env.members), usual).at[:, 0].set(first_year)
        return jnp.argmax(jax.vmap(total_reward)(plans))

    return lambda usual, who: int(best(usual, jnp.array(who)))


def test_only_open_access_is_a_best_reply_to_itself(best_first_effort):
    alone = [True, False, False]
    assert best_first_effort(4, alone) == 4
    # Against thrift, (1 - 2/30) / (1 + A) = 0.093 is best, and efforts take sixtieths.
    assert best_first_effort(1, alone) == 5


def test_the_sole_owner_is_thrifty(best_first_effort):
    assert best_first_effort(1, [True, True, True]) == 1


def trained(env, steps):
    learner = Learner(env, PPO())
    state = learner.init(jax.random.key(0), env.default_params())
    while int(state.environment_steps) < steps:
        state, _ = learner.update(state)
    return state.policies


def stock_and_reward(states, timesteps):
    return states.stock, timesteps.reward["member"]


def played(env, policies):
    """Stock by year and episode, and the mean share that members take by year."""
    params, luck = env.default_params(), jax.random.key(1)
    stock, reward = play(env, policies, luck, params, episodes=100, record=stock_and_reward)
    catch = np.exp(np.asarray(reward[1:])) * np.asarray(params["c"])
    return np.asarray(stock), (catch / np.asarray(stock[:-1, :, None])).mean(axis=(1, 2))


def test_selfish_members_learn_open_access(env):
    stock, share = played(env, trained(env, STEPS))
    open_access, sole_owner = shares_in_theory(env)
    # Members who learned nothing would take an eighth, and thrifty ones less than 0.03.
    np.testing.assert_allclose(share[:30], open_access[:30], atol=0.015)
    assert share[45:].mean() > share[:30].mean() + 0.04

    def log_stock(shares):
        path = [np.log(stock[0]).mean()]
        for s in shares[:39]:
            path.append(0.9 * (path[-1] + np.log(1 - 4 * s)))
        return np.array(path)

    learned = np.log(stock).mean(axis=1)[:40]
    np.testing.assert_allclose(learned, log_stock(open_access), atol=0.5)
    assert (learned + 1.5 < log_stock(sole_owner))[10:].all()


def test_members_who_share_what_they_enjoy_learn_thrift(env):
    class Cooperative(type(env)):
        def transition(self, state, actions, shocks):
            state, timestep = super().transition(state, actions, shocks)
            alike = jax.tree.map(lambda r: jnp.full_like(r, r.mean()), timestep.reward)
            return state, dataclasses.replace(timestep, reward=alike)

    stock, _ = played(env, trained(Cooperative(), 300_000))
    assert np.median(stock[20:40]) > 0.2


def test_the_command_line_trains_it_to_the_same_policy(env, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    arguments = ["train", "--economy", f"{FILE}:Fishery", "--steps", "24000", "--seed", "0"]
    assert main([*arguments, "--quiet"]) == 0
    run = RunFolder.open(capsys.readouterr().out.strip())
    assert (run.provenance["rules"], run.outcome) == ("fishery@1", "finished")
    assert (run.path / "inputs" / "fishery.py").read_bytes() == FILE.read_bytes()
    assert main(["evaluate", str(run.path), "--episodes", "5"]) == 0
    assert "\n  stock " in capsys.readouterr().out
    assert main(["report", str(run.path)]) == 0
    assert "fishery@1" in (run.path / "report.html").read_text(encoding="utf-8")

    kept = load_trained(run)
    assert (kept.env.rules, kept.environment_steps) == ("fishery@1", 24_000)
    same = trained(env, 24_000)
    for ours, theirs in zip(
        jax.tree.leaves(same), jax.tree.leaves(kept.state.policies), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_a_mistake_on_the_command_line_is_one_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    arguments = ["train", "--economy", f"{FILE}:Fishery", "--option", "boats=3"]
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith(
        "solon: error: boats: got 3; allowed: one of: members"
    )
    assert list(tmp_path.iterdir()) == []
