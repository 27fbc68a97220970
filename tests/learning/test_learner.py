"""The update: episodes, luck, compilation and memory."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solon import ConfigurationError
from solon.learning import PPO, Learner
from solon.learning.learner import _gather
from solon.planning import FixedSchedule
from tests.learning.economies import Chain, LaborSupply, MaskedBandit, Meeting, Sudden

SMALL = PPO(environments=8, unroll=2, minibatches=2, epochs=2, hidden=(8,))


def equal(a, b):
    leaves = zip(jax.tree.leaves(a), jax.tree.leaves(b), strict=True)
    return all(bool((x == y).all()) for x, y in leaves)


@pytest.fixture
def compilations():
    """The names of functions that were compiled, or read from a cache, in the order of time."""
    names = []

    def listen(event, seconds, **details):
        if event == "/jax/core/compile/jaxpr_to_mlir_module_duration":
            names.append(details.get("fun_name"))

    jax.monitoring.register_event_duration_secs_listener(listen)
    yield names
    jax.monitoring.unregister_event_duration_listener(listen)


def test_groups_take_turns_and_each_episode_ends_at_the_horizon():
    """Horizon 8, unrolls of 2: four groups of two copies."""
    learner = Learner(Chain(horizon=8), SMALL)
    assert learner.steps_per_update == 16
    state = learner.init(jax.random.key(0), learner.env.default_params())
    age = np.zeros(8, int)
    for update in range(11):
        first = 2 * (update % 4)
        finished = int((age == 8).sum())
        age[first : first + 2] = 0
        age += 2
        state, metrics = learner.update(state)
        np.testing.assert_array_equal(state.economies.states.step, age)
        np.testing.assert_array_equal(state.economies.over, age == 8)
        ended = int((age == 8).sum())
        assert int(metrics["episodes"]) == ended
        if ended:
            assert float(metrics["worker/episode_return"]) == 8.0
            assert float(metrics["episode/steps"]) == 8.0
        else:
            assert update < 3
            assert np.isnan(float(metrics["worker/episode_return"]))
    assert finished == 2
    assert int(state.environment_steps) == 11 * 16


def test_an_unroll_of_several_episodes_holds_them_one_after_the_other():
    config = dataclasses.replace(SMALL, unroll=12, environments=3, minibatches=3)
    learner = Learner(Chain(horizon=4), config)
    state = learner.init(jax.random.key(0), learner.env.default_params())
    for _ in range(2):
        state, metrics = learner.update(state)
        assert int(metrics["episodes"]) == 9
        assert float(metrics["worker/episode_return"]) == 4.0
    _, gathered = jax.jit(lambda s, key: _gather(learner, s, key))(state, jax.random.key(1))
    seen = gathered.experience["worker"].observation.features
    assert seen.shape == (4, 9, 1, 5)
    np.testing.assert_array_equal(seen.argmax(-1)[:, :, 0], np.arange(4)[:, None] + np.zeros(9))
    np.testing.assert_array_equal(gathered.terminated, np.arange(4)[:, None] + np.zeros(9) == 3)


def test_what_follows_an_early_end_is_not_learned_from():
    learner = Learner(Sudden(horizon=8), SMALL)
    state = learner.init(jax.random.key(0), learner.env.default_params())
    returns = []
    for _ in range(8):
        state, metrics = learner.update(state)
        if float(metrics["episodes"]):
            returns.append(float(metrics["worker/episode_return"]))
    assert returns
    # Each step pays 1 until the end; one step beyond would cost 1000.
    assert all(1 <= value <= 8 for value in returns)
    _, gathered = jax.jit(lambda s, key: _gather(learner, s, key))(state, jax.random.key(1))
    experience = gathered.experience["worker"]
    assert bool((experience.reward < 0).any())
    assert not bool((experience.acting & (experience.reward < 0)).any())


def test_the_ratio_starts_at_one():
    """One pass, one minibatch: the policy that is improved is still the one that acted."""
    config = PPO(
        environments=16, unroll=8, epochs=1, minibatches=1, normalize_observations=True
    )
    learner = Learner(MaskedBandit(), config)
    state = learner.init(jax.random.key(0), learner.env.default_params())
    for _ in range(3):
        state, metrics = learner.update(state)
        assert abs(float(metrics["worker/kl"])) < 1e-10
        assert float(metrics["worker/clip_fraction"]) == 0
        # Standardised advantages have mean 0, and all ratios are 1.
        assert abs(float(metrics["worker/policy_loss"])) < 1e-5
    again = dataclasses.replace(learner, config=dataclasses.replace(config, epochs=4))
    _, metrics = again.update(state)
    assert float(metrics["worker/kl"]) > 1e-6


def test_same_key_same_run_bit_for_bit_and_another_key_another_run():
    learner = Learner(MaskedBandit(), SMALL)

    def run(seed):
        state = learner.init(jax.random.key(seed), learner.env.default_params())
        for _ in range(3):
            state, metrics = learner.update(state)
        return state, metrics

    assert equal(run(0)[0].policies, run(0)[0].policies)
    assert not equal(run(0)[0].policies, run(1)[0].policies)


def test_the_state_is_taken_over_and_what_the_user_gave_is_not():
    learner = Learner(LaborSupply(), SMALL, learn=("worker",))
    params, planner, key = learner.env.default_params(), FixedSchedule([0.5]), jax.random.key(0)
    state = learner.init(key, params, {"planner": planner})
    later, _ = learner.update(state)
    assert all(leaf.is_deleted() for leaf in jax.tree.leaves(state.policies))
    assert all(leaf.is_deleted() for leaf in jax.tree.leaves(state.economies.states))
    learner.update(later)
    assert float(params["bonus"]) == 0
    assert planner.rates.tolist() == [0.5]
    assert not key.is_deleted()
    assert all(isinstance(leaf, jax.Array) for leaf in jax.tree.leaves(later))


def test_another_schedule_or_seed_compiles_nothing_new(compilations):
    learner = Learner(LaborSupply(horizon=4), SMALL, learn=("worker",))
    for seed, rate in enumerate((0.0, 0.5, 0.9)):
        params = {"bonus": jnp.full((), float(seed))}
        planners = {"planner": FixedSchedule([rate])}
        state = learner.init(jax.random.key(seed), params, planners)
        for _ in range(3):
            state, _ = learner.update(state)
    assert compilations.count("_update") == 1
    assert compilations.count("_init") == 1


def annealed(params, environment_steps):
    return {"bonus": params["bonus"] + environment_steps}


def test_the_curriculum_reaches_running_and_new_episodes():
    learner = Learner(Chain(horizon=8), SMALL, curriculum=annealed)
    state = learner.init(jax.random.key(0), {"bonus": jnp.full((), 5.0)})
    for update in range(3):
        state, _ = learner.update(state)
        np.testing.assert_array_equal(state.economies.states.params["bonus"], 5.0 + 16 * update)
    assert float(state.params["bonus"]) == 5.0


def test_entropy_and_learning_rate_follow_the_environment_steps():
    config = dataclasses.replace(
        SMALL, entropy=((0, 1.0), (32, 0.0)), learning_rate=((16, 1e-3), (48, 3e-3))
    )
    learner = Learner(Chain(horizon=8), config)
    state = learner.init(jax.random.key(0), learner.env.default_params())
    seen = []
    for _ in range(4):
        state, metrics = learner.update(state)
        seen.append([float(metrics["entropy_coefficient"]), float(metrics["learning_rate"])])
    np.testing.assert_allclose(
        seen, [[1, 1e-3], [0.5, 1e-3], [0, 2e-3], [0, 3e-3]], rtol=1e-5, atol=1e-7
    )


def test_no_traced_value_escapes(no_leaks):
    learner = Learner(Chain(horizon=2), dataclasses.replace(SMALL, environments=2))
    learner.update(learner.init(jax.random.key(0), learner.env.default_params()))


@pytest.mark.parametrize(
    ("env", "options", "learn", "named"),
    [
        (Chain(horizon=8), {"unroll": 3}, (), "unroll"),
        (Chain(horizon=8), {"unroll": 12}, (), "unroll"),
        (Chain(horizon=8), {"environments": 6}, (), "environments"),
        (Chain(horizon=8), {"minibatches": 3}, (), "minibatches"),
        (Chain(horizon=8), {}, ("firm",), "learn"),
        (LaborSupply(), {}, (), "action of planner"),
    ],
)
def test_what_does_not_fit_is_named(env, options, learn, named):
    with pytest.raises(ConfigurationError, match=named):
        Learner(env, dataclasses.replace(SMALL, **options), learn)


@pytest.mark.parametrize("planners", [{}, {"worker": 1, "planner": 1}, {"planner": 1, "firm": 1}])
def test_each_role_needs_one_driver(planners):
    learner = Learner(LaborSupply(), SMALL, learn=("worker",))
    planners = {name: FixedSchedule([0.1]) for name in planners}
    with pytest.raises(ConfigurationError, match="planners"):
        learner.init(jax.random.key(0), learner.env.default_params(), planners)


def test_two_roles_learn_side_by_side_with_policies_of_their_own():
    learner = Learner(Meeting(), SMALL)
    state = learner.init(jax.random.key(0), learner.env.default_params())
    assert list(state.policies) == ["buyer", "seller"]
    _, metrics = learner.update(state)
    assert {"buyer/kl", "seller/kl", "buyer/reward", "seller/episode_return"} <= set(metrics)
