"""Spaces and states of other libraries' games in the types that roles and loops need."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solon import Box, ConfigurationError
from solon.interop.games import array_box, as_typed, fields_of, known_name, scaled, types_of


def test_bounds_of_entries_become_those_of_all():
    leaf = jax.ShapeDtypeStruct((3,), jnp.float32)
    assert array_box(leaf, np.array([-1.0, 0.0, -8.0]), 2.0) == Box((3,), -8, 2)
    assert array_box(leaf, -3.4e38, 3.4e38) == Box((3,))
    assert array_box(jax.ShapeDtypeStruct((), jnp.int32), 0, 5) == Box((), 0, 5, "integer")
    assert array_box(jax.ShapeDtypeStruct((2,), bool)) == Box((2,), 0, 1, "boolean")


def test_an_action_whose_entries_have_bounds_of_their_own_is_scaled():
    box, theirs = scaled((2,), np.array([-2.0, 0.0]), np.array([2.0, 10.0]))
    assert box == Box((2,), -1, 1)
    np.testing.assert_allclose(theirs(jnp.array([0.5, -1.0])), [1.0, 0.0])
    np.testing.assert_allclose(theirs(jnp.ones(2)), [2.0, 10.0])
    assert scaled((2,), -2.0, np.full(2, 2.0)) == (Box((2,), -2, 2), None)


def test_observations_are_named_by_their_place():
    seen = {"here": {"x": np.zeros(2, np.int8)}, "odd": [np.zeros((), np.float64), True]}
    found = {name: str(value.dtype) for name, value in fields_of(seen).items()}
    assert found == {"here.x": "int32", "odd.0": "float32", "odd.1": "bool"}
    assert list(fields_of(jnp.zeros(3))) == ["observation"]


def test_a_state_keeps_the_types_that_it_has_after_a_step():
    def start(key):
        return {"time": 0, "speed": 1, "key": key}

    def step(key, state):
        return {"time": state["time"] + 1, "speed": state["speed"] * 0.5, "key": key}

    types = types_of(start, step)
    typed = as_typed(start(jax.random.key(0)), types)
    assert (typed["time"].dtype, typed["speed"].dtype) == (jnp.int32, jnp.float32)
    assert not typed["time"].weak_type and typed["key"].dtype == jax.random.key(0).dtype


def test_a_name_that_is_close_is_told():
    with pytest.raises(ConfigurationError, match=r"gymnax:CartPol-v1.*did you mean CartPole-v1"):
        known_name("CartPol-v1", ["CartPole-v1", "Pendulum-v1"], "gymnax")
