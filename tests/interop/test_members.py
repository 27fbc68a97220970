"""Members as agents of other libraries: names, policies for the others, and vectors."""

import jax.numpy as jnp
import numpy as np
import pytest

from solon import Box, ConfigurationError, Discrete, MultiDiscrete, Role
from solon.agents import RandomPolicy
from solon.interop.members import Vector, agents_of, check_policies
from tests.learning.economies import LaborSupply

ENV = LaborSupply()
RANDOM = {name: RandomPolicy(role) for name, role in ENV.roles.items()}


def test_agents_are_the_members_of_roles_without_a_policy():
    assert list(agents_of(ENV, {})) == ["worker_0", "worker_1", "planner_0"]
    assert agents_of(ENV, {"planner": RANDOM["planner"]}) == {
        "worker_0": ("worker", 0),
        "worker_1": ("worker", 1),
    }


@pytest.mark.parametrize(
    ("given", "outside", "line"),
    [
        (["worker", "planner"], None, "policies: .*at least one role without a policy"),
        (["planner"], "worker", r"policies: .*a policy for each role \(the other members of work"),
        ([], "planner", r"policies: .*a policy for each role \(worker: none"),
        (["worker"], "governor", "role: got 'governor'; allowed: worker, planner"),
    ],
)
def test_policies_that_do_not_fit_are_told(given, outside, line):
    with pytest.raises(ConfigurationError, match=f"^{line}"):
        check_policies(ENV, {name: RANDOM[name] for name in given}, outside)


def test_a_policy_of_no_role_is_told():
    with pytest.raises(ConfigurationError, match=r"governor.*a role of the economy: worker"):
        check_policies(ENV, {"governor": RANDOM["planner"]})


def test_a_vector_has_codes_one_by_one_and_shared_fields_for_each():
    role = Role(
        2,
        Discrete(2),
        {
            "wage": Box((2,), 0, 5),
            "place": Discrete(3),
            "map": Box((2,), 0, 1, "integer"),
            "both": MultiDiscrete((2, 3)),
            "price": Box(()),
            "secret": Box(()),
            "employed": Box((), 0, 1, "boolean"),
            "year": Box((), 1990, 2030, "integer"),
            "action_mask": Box((2,), 0, 1, "boolean"),
        },
        shared=("price",),
        critic=("secret",),
    )
    vector = Vector(role)
    names = [name for name, _ in vector.fields]
    assert names == ["both", "employed", "map", "place", "price", "wage", "year"]
    observation = {
        "wage": jnp.array([[[1.0, 2.0], [3.0, 4.0]]]),
        "place": jnp.array([[2, 0]]),
        "map": jnp.array([[[0, 1], [1, 1]]]),
        "both": jnp.array([[[1, 2], [0, 0]]]),
        "price": jnp.array([7.0]),
        "secret": jnp.array([[9.0, 9.0]]),
        "employed": jnp.array([[True, False]]),
        "year": jnp.array([[2000, 2001]]),
        "action_mask": jnp.ones((1, 2, 2), bool),
    }
    first = [*(0, 1, 0, 0, 1), 1, *(1, 0, 0, 1), *(0, 0, 1), 7, 1, 2, 2000]
    second = [*(1, 0, 1, 0, 0), 0, *(0, 1, 0, 1), *(1, 0, 0), 7, 3, 4, 2001]
    np.testing.assert_array_equal(vector.read(observation, 1), [[first, second]])
    low, high = vector.bounds
    assert vector.width == len(first) == len(low)
    assert (low[-3:] == [0, 0, 1990]).all() and (high[-3:] == [5, 5, 2030]).all()
    assert np.isinf(high[13]) and (high[:13] == 1).all()
