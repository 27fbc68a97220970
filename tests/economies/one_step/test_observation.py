"""What everyone sees: pooled fields, and the original's layout, place by place."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solon

from .society import SKILLS, US_RATES, go, society, start, to_second_step, work


def test_pooled_fields_do_not_depend_on_the_number_of_workers():
    few, many = (solon.make("one-step-economy", workers=n) for n in (2, 40))
    assert few.roles["worker"].observation == many.roles["worker"].observation
    assert few.roles["planner"].observation == many.roles["planner"].observation
    assert many.roles["worker"].count == 40


def test_what_is_seen_at_the_end():
    env = society()
    rates = jnp.asarray(US_RATES)
    state, _ = to_second_step(env, env.default_params(), rates)
    hours = jnp.asarray([10, 20, 30, 40])
    state, timestep = work(env, state, hours, rates)
    worker, planner = timestep.observation["worker"], timestep.observation["planner"]
    np.testing.assert_allclose(worker["skill"] * 3, np.asarray(SKILLS)[state.rank], rtol=1e-6)
    incomes = np.asarray(SKILLS)[state.rank] * np.asarray(hours) / 2
    expected = np.quantile(incomes, [0, 0.25, 0.5, 0.75, 1])
    np.testing.assert_allclose(planner["income_quantiles"], expected[None], rtol=1e-5)
    mean = np.asarray(state.coin).mean()
    np.testing.assert_allclose(
        planner["normalized_per_capita_productivity"], [mean / 1000], rtol=1e-6
    )
    np.testing.assert_allclose(planner["equality"], [timestep.metrics["equality"]])
    assert worker["time"].tolist() == [1.0] * 4


@pytest.fixture(scope="module")
def original():
    return society(
        compatibility="foundation",
        observation="foundation",
        periodic_bracket_tax={"set_by": "levels"},
    )


def test_the_originals_layout(original):
    shapes = {
        role: {name: space.shape for name, space in spec.observation.items()}
        for role, spec in original.roles.items()
    }
    assert shapes["worker"] == {"flat": (17,), "time": (1,), "action_mask": (101,)}
    blocks = {f"p{i}": (3,) for i in range(4)}
    assert shapes["planner"] == {"flat": (17,), "time": (1,), "action_mask": (154,), **blocks}
    assert original.roles["worker"].action == solon.Discrete(101)
    assert original.roles["planner"].action == solon.MultiDiscrete((22,) * 7)


def test_places_in_the_originals_layout(original):
    state, timestep = start(original, jax.random.key(0), original.default_params())
    mask = timestep.observation["planner"]["action_mask"]
    assert mask.all()
    levels = jnp.asarray([[3, 5, 7, 9, 11, 13, 15]])
    rates = np.arange(0.1, 0.75, 0.1)
    state, timestep = go(
        original, jax.random.key(1), state, {"worker": jnp.zeros(4, jnp.int32), "planner": levels}
    )
    assert timestep.observation["planner"]["action_mask"].reshape(7, 22)[:, 0].all()
    assert int(timestep.observation["planner"]["action_mask"].sum()) == 7
    worker, planner = (timestep.observation[role]["flat"] for role in ("worker", "planner"))
    skills = np.asarray(SKILLS)[:, None] / 3
    # Rates, first day, tax day, incomes, marginal rate, phase, skill, time.
    shared = [*rates, 0, 1, 0, 0, 0, 0]
    expected = np.concatenate(
        [np.tile([*shared, 0.1, 1.0], (4, 1)), skills, np.full((4, 1), 0.5)], axis=1
    )
    np.testing.assert_allclose(worker, expected, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(planner, [[*shared, 1, 0.5, 1, 0]], rtol=1e-6, atol=1e-7)

    actions = {"worker": jnp.asarray([90, 50, 20, 0]), "planner": levels}
    state, timestep = go(original, jax.random.key(1), state, actions)
    seen = timestep.observation["planner"]
    incomes = np.multiply(SKILLS, [90, 50, 20, 0])
    np.testing.assert_allclose(seen["flat"][0, 9:13], np.sort(incomes) / 2, rtol=1e-5)
    np.testing.assert_allclose(seen["flat"][0, 7:9], [1, 0])
    mean = np.asarray(state.coin).mean()
    np.testing.assert_allclose(
        seen["flat"][0, 13:], [0.5, 1, timestep.metrics["equality"], mean / 1000], rtol=1e-6
    )
    # Of each worker: the marginal rate of the new period, income and marginal rate of the last.
    marginal = [0.4, 0.3, 0.2, 0.1]
    for i in range(4):
        np.testing.assert_allclose(seen[f"p{i}"][0], [0.1, incomes[i] / 2, marginal[i]], rtol=1e-5)


def test_without_a_tax_there_is_no_planner():
    env = society(observation="foundation", components=["simple-labor"])
    assert list(env.roles) == ["worker"]
    assert env.roles["worker"].observation["flat"].shape == (2,)


def test_ways_to_act():
    several = society(several_actions=True, planner_several_actions=False,
                      periodic_bracket_tax={"set_by": "levels"})  # fmt: skip
    assert several.roles["worker"].action == solon.MultiDiscrete((101,))
    assert several.roles["planner"].action == solon.Discrete(1 + 7 * 21)
