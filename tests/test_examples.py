"""The economy that a user wrote: one short file, at home everywhere, and right about its economics.

In the great fish war everybody's best share is known in closed form, under any fee. So it is known
what members should learn, and which fee a regulator should.
"""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solon
from solon.agents import ConstantPolicy
from solon.cli import main
from solon.learning import play
from solon.runs import RunFolder, load_trained
from solon.runs.build import build_recipe
from tests.test_docs import ROOT, blocks

FILE = ROOT / "examples" / "commons.py"
ALPHA = 0.8


@pytest.fixture(scope="module")
def env():
    return solon.make(f"{FILE}:Commons")


def ahead_in(env):
    """What one percent more stock left is worth, by year: A of the file."""
    return np.array([np.sum(ALPHA ** np.arange(1, env.horizon - y)) for y in range(env.horizon)])


def share_in_theory(env, fee, ahead):
    """What a member takes under a fee: the smaller root of the equation in the file."""
    n, g = env.members, (1 - 1 / env.members) * fee
    b = n + g + ahead
    if np.all(g == 0):
        return 1 / b
    return (b - np.sqrt(b**2 - 4 * n * g)) / (2 * n * g)


def test_is_short():
    assert len(FILE.read_text().splitlines()) < 120


def test_the_page_shows_the_file_as_it_is():
    def lines(text):
        """The page has methods one level less deep, and other empty lines between them."""
        return [line.strip() for line in text.splitlines() if line.strip()]

    page = ROOT / "docs" / "writing-an-economy.md"
    file = lines(FILE.read_text())
    shown = 0
    for _, text in blocks(page, "python"):
        part = lines(text)
        start = file.index(part[0])
        assert file[start : start + len(part)] == part
        shown += len(part)
        if part[0].startswith("class Settling"):
            break
    # All but the words at the beginning and the last line.
    assert shown == len(file) - file.index("import dataclasses") - 1
    assert f"which has {len(FILE.read_text().splitlines())} lines" in page.read_text()


def test_is_registered_by_its_file(env):
    assert "commons" in solon.registered()
    small = solon.make("commons", members=2, horizon=8)
    assert (small.members, small.horizon, small.rules) == (2, 8, "commons@1")
    assert hash(small) != hash(env)
    with pytest.raises(solon.ConfigurationError, match=r"^boats: got 3; allowed: .*members"):
        solon.make("commons", boats=3)


def test_two_years_by_hand(env):
    state, timestep = env.start(jnp.asarray(0.5), env.default_params())
    np.testing.assert_allclose(timestep.observation["member"]["log_stock"], np.log([0.5] * 4))
    # Shares 1/160 to 4/160, a sixteenth of the stock in all, and a fee of 3 times 2.5 from now on.
    actions = {"member": jnp.array([0, 1, 2, 3]), "regulator": jnp.array([3])}
    step = jax.jit(env.transition)
    state, timestep = step(state, actions, jnp.asarray(2.0))
    stock = np.exp(0.1 * 2) * (0.5 * 15 / 16) ** 0.8
    np.testing.assert_allclose(state.stock, stock, rtol=1e-6)
    utility = np.log(np.array([1, 2, 3, 4]) / 160 * 0.5 / 0.0125)
    np.testing.assert_allclose(timestep.reward["member"], utility, rtol=1e-5)
    np.testing.assert_allclose(timestep.reward["regulator"], [utility.mean()], rtol=1e-5)
    np.testing.assert_allclose(timestep.observation["member"]["fee"], [0.75] * 4)
    np.testing.assert_allclose(timestep.observation["regulator"]["years_left"], [0.975])
    assert not timestep.acting["regulator"].any() and timestep.acting["member"].all()
    # Members that take more than the others pay them, and the regulator's action is nobody's now.
    actions = {"member": jnp.array([0, 1, 2, 3]), "regulator": jnp.array([9])}
    state, timestep = step(state, actions, jnp.asarray(0.0))
    utility = np.log(np.array([1, 2, 3, 4]) / 160 * stock / 0.0125)
    paid = 7.5 * np.array([-1.5, -0.5, 0.5, 1.5]) / 160
    np.testing.assert_allclose(timestep.reward["member"], utility - paid, rtol=1e-5)
    np.testing.assert_allclose(timestep.reward["regulator"], [utility.mean()], rtol=1e-5)
    np.testing.assert_allclose(state.fee, 7.5)


def test_the_regulator_decides_in_every_fourth_year_until_the_end():
    env = solon.make(f"{FILE}:Commons", horizon=9)
    state, timestep = env.reset(jax.random.key(1), env.default_params())
    idle = {"member": jnp.zeros(4, int), "regulator": jnp.zeros(1, int)}
    shown = [timestep]
    for _ in range(9):
        state, timestep = env.transition(state, idle, jnp.zeros(()))
        shown.append(timestep)
    assert [int(one.acting["regulator"][0]) for one in shown[:9]] == [1, 0, 0, 0] * 2 + [1]
    assert [bool(one.terminated) for one in shown] == [False] * 9 + [True]


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
            np.testing.assert_allclose(many[i], single, rtol=1e-5)


@pytest.fixture(scope="module")
def best_second_effort():
    """The effort of the second year that is best for the first member, all years considered.

    Three members and fifty-nine efforts put both plans on the grid: far from the end, 1/7 without
    a fee is near effort 25, and 1/15 under the corrective fee of 15 is effort 11.
    """
    env = solon.make(f"{FILE}:Commons", members=3, efforts=59, horizon=60)
    params = env.default_params() | {"fee_step": jnp.asarray(1.0)}
    shocks = env.draw_shocks(jax.random.key(5), (env.horizon,))

    def total_reward(efforts, level):
        def year(state, inputs):
            effort, shock = inputs
            actions = {"member": effort, "regulator": level[None]}
            state, timestep = env.transition(state, actions, shock)
            return state, timestep.reward["member"][0]

        state, _ = env.start(jnp.asarray(0.3), params)
        return jnp.sum(jax.lax.scan(year, state, (efforts, shocks))[1])

    @jax.jit
    def best(usual, who, level):
        tried = jnp.arange(env.efforts)
        second_year = jnp.where(who[None], tried[:, None], usual)
        plans = jnp.full((env.efforts, env.horizon, env.members), usual).at[:, 1].set(second_year)
        return jnp.argmax(jax.vmap(total_reward, in_axes=(0, None))(plans, level))

    return lambda usual, who, level: int(best(usual, jnp.array(who), jnp.array(level)))


def test_what_all_take_is_a_best_reply_to_itself(best_second_effort):
    alone, all_of_them = [True, False, False], [True, True, True]
    # 1/7 lies between 26/180 and 25/180.
    assert best_second_effort(25, alone, 0) in (24, 25)
    assert best_second_effort(11, alone, 0) > 14
    assert best_second_effort(11, alone, 15) == 11
    assert best_second_effort(11, all_of_them, 0) == 11


def test_the_corrective_fee_is_what_the_equation_says(env):
    ahead = ahead_in(env)
    fee = env.members * (1 + ahead)
    np.testing.assert_allclose(share_in_theory(env, fee, ahead), 1 / fee, rtol=1e-12)
    np.testing.assert_allclose(fee[:10], 20, atol=0.03)


def trained(env, steps, **policies):
    """As the command line trains it."""
    named = {role: f"constant:action={action}" for role, action in policies.items()}
    recipe = build_recipe(f"{FILE}:Commons", policies=named, steps=steps)
    learner, state = recipe.learner(), recipe.initial_state()
    while int(state.environment_steps) < steps:
        state, _ = learner.update(state)
    return state.policies


def look(states, timesteps):
    return states.stock, states.fee, timesteps.reward["regulator"][:, 0]


def played(env, policies):
    """By year and episode: the stock, the fee that is paid, what each takes; and the welfare."""
    params, luck = env.default_params(), jax.random.key(1)
    found = play(env, policies, luck, params, episodes=100, record=look)
    stock, fee, reward = map(np.asarray, found)
    # The geometric mean of what the four take.
    catch = np.exp(reward[1:]) * np.asarray(params["c"])
    return stock[:-1], fee[:-1], catch / stock[:-1], reward.sum(axis=0).mean()


def test_members_without_a_fee_learn_open_access(env):
    stock, _, share, welfare = played(env, trained(env, 300_000, regulator=0))
    theory = share_in_theory(env, 0, ahead_in(env))
    # Those who learned nothing would take an eighth as well, but no more just before the end.
    np.testing.assert_allclose(share[:30].mean(axis=1), theory[:30], atol=0.02)
    assert share[37:].mean() > share[:30].mean() + 0.02
    assert np.median(stock[10:30]) < 0.09 and welfare < -8


def test_the_regulator_learns_a_corrective_fee(env):
    policies = trained(env, 300_000)
    stock, fee, share, welfare = played(env, policies)
    # Longer trainings bring it to 20, with a welfare of 21 in the place of -12.
    assert 17 < fee[1:25].mean() < 25.5 and fee[37:].mean() < 12
    assert np.median(stock[10:30]) > 0.3 and welfare > 15
    theory = share_in_theory(env, fee[1:25].mean(), ahead_in(env)[1:25])
    np.testing.assert_allclose(share[1:25].mean(axis=1), theory, atol=0.015)
    # The same members take more where it costs nothing.
    free = policies | {"regulator": ConstantPolicy(env.roles["regulator"], 0)}
    assert played(env, free)[3] < welfare - 15


def test_the_command_line_trains_it_to_the_same_policies(env, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    arguments = ["train", "--economy", f"{FILE}:Commons", "--steps", "19200", "--seed", "0"]
    assert main([*arguments, "--quiet"]) == 0
    run = RunFolder.open(capsys.readouterr().out.strip())
    assert (run.provenance["rules"], run.outcome) == ("commons@1", "finished")
    assert (run.path / "inputs" / "commons.py").read_bytes() == FILE.read_bytes()
    kept = load_trained(run)
    assert (kept.env.rules, kept.environment_steps) == ("commons@1", 19_200)
    same = trained(env, 19_200)
    for ours, theirs in zip(
        jax.tree.leaves(same), jax.tree.leaves(kept.state.policies), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_a_mistake_on_the_command_line_is_one_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    arguments = ["train", "--economy", f"{FILE}:Commons", "--option", "boats=3"]
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith(
        "solon: error: boats: got 3; allowed: one of: members"
    )
    assert list(tmp_path.iterdir()) == []
