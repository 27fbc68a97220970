"""The update: episodes, luck, compilation and memory."""

import dataclasses
import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solon import ConfigurationError
from solon.applications.taxation.policies import FixedSchedule
from solon.learning import PPO, Learner
from solon.learning.update import gather
from tests.compiling import AS_USERS
from tests.learning.economies import Chain, LaborSupply, MaskedBandit, Meeting, Rare, Remember

SMALL = PPO(environments=8, unroll=2, minibatches=2, epochs=2, hidden=(8,))


def annealed(params, environment_steps):
    return params | {"bonus": params["bonus"] + environment_steps}


# Horizon 8, unrolls of 2: four groups of two copies, 16 environment steps an update.
CHAIN = Learner(
    Chain(horizon=8),
    dataclasses.replace(
        SMALL, entropy=((0, 1.0), (32, 0.0)), learning_rate=((16, 1e-3), (48, 3e-3))
    ),
    curriculum=annealed,
)

# One pass and one minibatch, so that the policy that is improved is still the one that acted.
BANDIT = Learner(
    MaskedBandit(),
    PPO(environments=16, unroll=8, epochs=1, minibatches=1, normalize_observations=True),
)


def begin(learner, seed=0, **params):
    given = learner.env.default_params() | {name: jnp.asarray(v) for name, v in params.items()}
    return learner.init(jax.random.key(seed), given)


def equal(a, b):
    leaves = zip(jax.tree.leaves(a), jax.tree.leaves(b), strict=True)
    return all(bool((x == y).all()) for x, y in leaves)


def test_groups_take_turns_and_each_episode_ends_at_the_horizon():
    state = begin(CHAIN)
    assert CHAIN.steps_per_update == 16
    age = np.zeros(8, int)
    for update in range(11):
        first = 2 * (update % 4)
        # Apart from the first round, only those start anew who are through.
        assert update < 4 or (age[first : first + 2] == 8).all()
        age[first : first + 2] = 0
        age += 2
        state, metrics = CHAIN.update(state)
        np.testing.assert_array_equal(state.economies.states.step, age)
        np.testing.assert_array_equal(state.economies.over, age == 8)
        assert int(metrics["episodes"]) == (age == 8).sum()
        if (age == 8).any():
            assert float(metrics["worker/episode_return"]) == 8.0
            assert float(metrics["episode/steps"]) == 8.0
        else:
            assert update < 3
            assert np.isnan(float(metrics["worker/episode_return"]))
    assert int(state.environment_steps) == 11 * 16


def test_what_follows_an_early_end_is_not_learned_from():
    state = begin(CHAIN, sudden=True)
    returns = []
    for _ in range(8):
        state, metrics = CHAIN.update(state)
        if float(metrics["episodes"]):
            returns.append(float(metrics["worker/episode_return"]))
            assert returns[-1] == pytest.approx(float(metrics["episode/steps"]))
        # In units of the returns, a cost of 1000 would be a large error.
        assert float(metrics["worker/value_loss"]) < 20
    assert returns
    assert all(1 <= value <= 8 for value in returns)
    # What the economy charges after the end is not even kept.
    assert set(state.economies.timesteps.reward["worker"].ravel().tolist()) == {0.0, 1.0}


def test_episodes_keep_the_parameters_that_they_began_with():
    """Groups of copies start one after the other, each with what the curriculum says then."""
    state = begin(CHAIN, bonus=5.0)
    began = []
    for update in range(4):
        state, _ = CHAIN.update(state)
        began.append(5.0 + 16 * update)
        held = np.unique(state.economies.states.params["bonus"])
        np.testing.assert_array_equal(held, np.unique(began[-CHAIN.groups :]))
    assert float(state.params["bonus"]) == 5.0


def test_entropy_and_learning_rate_follow_the_environment_steps():
    state = begin(CHAIN)
    seen = []
    for _ in range(4):
        state, metrics = CHAIN.update(state)
        seen.append([float(metrics["entropy_coefficient"]), float(metrics["learning_rate"])])
    np.testing.assert_allclose(
        seen, [[1, 1e-3], [0.5, 1e-3], [0, 2e-3], [0, 3e-3]], rtol=1e-5, atol=1e-7
    )


def test_an_unroll_of_several_episodes_holds_them_one_after_the_other():
    config = dataclasses.replace(SMALL, unroll=12, environments=3, minibatches=3)
    learner = Learner(Chain(horizon=4), config)
    state = begin(learner)
    for _ in range(2):
        state, metrics = learner.update(state)
        assert int(metrics["episodes"]) == 9
        assert float(metrics["worker/episode_return"]) == 4.0
    _, gathered = jax.jit(lambda s, key: gather(learner, s, key))(state, jax.random.key(1))
    seen = gathered.experience["worker"].observation.features
    assert seen.shape == (4, 9, 1, 5)
    np.testing.assert_array_equal(seen.argmax(-1)[:, :, 0], np.arange(4)[:, None] + np.zeros(9))
    np.testing.assert_array_equal(gathered.terminated, np.arange(4)[:, None] + np.zeros(9) == 3)


ONCE = PPO(environments=16, unroll=4, epochs=1, minibatches=1, hidden=(8,), recurrent=True)


@pytest.mark.parametrize(
    ("learner", "role"),
    [
        (BANDIT, "worker"),
        (Learner(Remember(), ONCE), "worker"),
        (Learner(Remember(), dataclasses.replace(ONCE, shared_trunk=False)), "worker"),
        (Learner(Rare(every=4), ONCE), "planner"),
    ],
    ids=["bandit", "memory", "memories", "rare decisions"],
)
def test_the_ratio_starts_at_one(learner, role):
    """What is learned from is what was acted by, memories included."""
    state = begin(learner)
    for _ in range(3):
        state, metrics = learner.update(state)
        assert abs(float(metrics[f"{role}/kl"])) < 1e-8
        assert float(metrics[f"{role}/clip_fraction"]) == 0
        # Standardised advantages have mean 0, and all ratios are 1.
        assert abs(float(metrics[f"{role}/policy_loss"])) < 1e-5


def test_same_key_same_run_bit_for_bit_and_another_key_another_run():
    def run(seed):
        state = begin(BANDIT, seed)
        for _ in range(3):
            state, _ = BANDIT.update(state)
        return state

    first = run(0)
    assert equal(first, run(0))
    assert not equal(first.policies, run(1).policies)


def test_compiled_as_users_do_it_learns_the_same():
    """Tests compile with little optimisation, which changes nothing but roundings."""
    update = jax.jit(lambda state: CHAIN.update(state), compiler_options=AS_USERS)
    (ours, metrics), (theirs, others) = CHAIN.update(begin(CHAIN)), update(begin(CHAIN))
    assert float(metrics["worker/policy_loss"]) != 0
    before, *after = (jax.tree.leaves(s.policies) for s in (begin(CHAIN), ours, theirs))
    assert not all(np.allclose(a, b, atol=1e-3) for a, b in zip(before, after[0], strict=True))
    for a, b in zip(*after, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
    for name, value in metrics.items():
        np.testing.assert_allclose(value, others[name], rtol=1e-3, atol=1e-5, err_msg=name)


def test_the_state_is_taken_over_and_what_the_user_gave_is_not():
    params, key = BANDIT.env.default_params(), jax.random.key(0)
    state = BANDIT.init(key, params)
    later, _ = BANDIT.update(state)
    assert all(leaf.is_deleted() for leaf in jax.tree.leaves(state.policies))
    assert all(leaf.is_deleted() for leaf in jax.tree.leaves(state.economies.states))
    BANDIT.update(later)
    assert float(params["bonus"]) == 0
    assert not key.is_deleted()


def test_no_traced_value_escapes(no_leaks):
    learner = Learner(Chain(horizon=2), dataclasses.replace(SMALL, environments=2))
    learner.update(begin(learner))


@pytest.mark.parametrize(
    ("env", "options", "learn", "named"),
    [
        (Chain(horizon=8), {"unroll": 3}, (), "unroll"),
        (Chain(horizon=8), {"unroll": 12}, (), "unroll"),
        (Chain(horizon=8), {"environments": 6}, (), "environments"),
        (Chain(horizon=8), {"minibatches": 3}, (), "minibatches"),
        (Chain(horizon=8), {}, ("firm",), "learn"),
    ],
)
def test_what_does_not_fit_is_named(env, options, learn, named):
    with pytest.raises(ConfigurationError, match=named):
        Learner(env, dataclasses.replace(SMALL, **options), learn)


@pytest.mark.parametrize("policies", [{}, {"worker": 1, "planner": 1}, {"planner": 1, "firm": 1}])
def test_each_role_needs_one_policy(policies):
    learner = Learner(LaborSupply(), SMALL, learn=("worker",))
    policies = {name: FixedSchedule([0.1]) for name in policies}
    with pytest.raises(ConfigurationError, match="policies"):
        learner.init(jax.random.key(0), learner.env.default_params(), policies)


def test_a_role_learns_from_one_step_to_another():
    """Before and after it stays as it is, statistics included, and its figures are nan."""
    env = Meeting()
    usual = dataclasses.replace(SMALL, environments=8, unroll=env.horizon, minibatches=2)
    update = usual.environments * usual.unroll
    late = dataclasses.replace(usual, learns_from=update, learns_until=2 * update)
    learner = Learner(env, usual, own_configs=(("seller", late),))
    state = learner.init(jax.random.key(0), env.default_params())
    weights, kl = [], []
    for _ in range(3):
        weights.append(jax.tree.map(np.asarray, state.policies["seller"]))
        state, metrics = learner.update(state)
        kl.append(float(metrics["seller/kl"]))
        assert np.isfinite(metrics["buyer/kl"])
    weights.append(jax.tree.map(np.asarray, state.policies["seller"]))

    assert [equal(a, b) for a, b in itertools.pairwise(weights)] == [True, False, True]
    assert np.isfinite(kl).tolist() == [False, True, False]
    with pytest.raises(ConfigurationError, match="learns_until"):
        dataclasses.replace(usual, learns_from=5, learns_until=4)
