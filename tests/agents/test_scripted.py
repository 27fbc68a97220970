import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solon import Box, ConfigurationError, Discrete, MultiDiscrete, Role
from solon.agents import RandomPolicy, random_actions


def test_random_actions_are_allowed_and_every_allowed_one_occurs():
    mask = jnp.array([[True, False, True, True, False], [False, True, True, False, True]])
    roles = {
        "worker": Role(2, MultiDiscrete((3, 2)), {"action_mask": Box((5,), 0, 1, "boolean")}),
        "firm": Role(1, Discrete(4), {"price": Box((1,))}),
        "planner": Role(1, Box((2,), 0.2, 0.4), {"price": Box((1,))}),
        "state": Role(1, Box((3,), 2, 4, "integer"), {"price": Box((1,))}),
    }
    price = {"price": jnp.zeros((1, 1))}
    observation = {"worker": {"action_mask": mask}, "firm": price, "planner": price, "state": price}
    keys = jax.random.split(jax.random.key(0), 400)
    actions = jax.jit(jax.vmap(lambda key: random_actions(key, roles, observation)))(keys)
    assert actions["worker"].shape == (400, 2, 2)
    seen = [{tuple(a) for a in np.asarray(actions["worker"])[:, i].tolist()} for i in range(2)]
    assert seen == [{(0, 0), (2, 0)}, {(1, 1), (2, 1)}]
    assert set(np.asarray(actions["firm"]).ravel().tolist()) == {0, 1, 2, 3}
    rates = np.asarray(actions["planner"])
    assert rates.shape == (400, 1, 2)
    assert 0.2 <= rates.min() < 0.21
    assert 0.39 < rates.max() <= 0.4
    assert set(np.asarray(actions["state"]).ravel().tolist()) == {2, 3, 4}


def test_an_unbounded_action_is_refused():
    with pytest.raises(ConfigurationError, match="bounded"):
        RandomPolicy(Role(1, Box((2,)), {"price": Box((1,))}))


def test_without_a_mask_every_combination_is_as_likely():
    """Several choices come of one random word: they are independent, and none is rarer."""
    sizes = (3, 2, 5, 1, 4)
    role = Role(120_000, MultiDiscrete(sizes), {"price": Box((1,))})
    choices, _ = RandomPolicy(role).act((), {}, jax.random.key(0))
    numbers = np.ravel_multi_index(np.asarray(choices).T, sizes)
    counts = np.bincount(numbers, minlength=120)
    assert counts.shape == (120,)
    # The statistic has mean 119 and deviation 15.4.
    assert 65 < ((counts - 1000) ** 2 / 1000).sum() < 185


def test_choices_of_many_words_fit_their_sub_actions():
    sizes = (11,) * 10 + (5, 10)
    role = Role(10_000, MultiDiscrete(sizes), {"price": Box((1,))})
    choices = np.asarray(RandomPolicy(role).act((), {}, jax.random.key(1))[0])
    assert choices.shape == (10_000, 12) and choices.dtype == np.int32
    for column, size in zip(choices.T, sizes, strict=True):
        assert np.bincount(column, minlength=size).min() > 0.85 * 10_000 / size
        assert column.max() == size - 1
    between = np.corrcoef(choices.T) - np.eye(len(sizes))
    assert np.abs(between).max() < 0.05
    # A sub-action that has a word for itself.
    role = Role(2000, MultiDiscrete((70_000, 70_000)), {"price": Box((1,))})
    choices = np.asarray(RandomPolicy(role).act((), {}, jax.random.key(2))[0])
    assert choices.min() >= 0 and 69_000 < choices.max() < 70_000
