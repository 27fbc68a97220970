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
