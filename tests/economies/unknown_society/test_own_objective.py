"""Objectives of one's own, by name."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solon
from solon.economies.unknown_society import register_objective
from solon.errors import ConfigurationError

# Of a file that is copied, as into a run folder: it registers the same once more.
OWN = """
import jax.numpy as jnp
from solon.economies.unknown_society import register_objective, unknown_society

def least_of_all(incomes, consumption, utilities):
    return jnp.min(consumption)

register_objective("least-of-all", least_of_all)

def society(**options):
    return unknown_society(objective="least-of-all", **options)
"""


def test_an_objective_of_ones_own_has_a_name(tmp_path):
    for name in ("own.py", "copy.py"):
        (tmp_path / name).write_text(OWN)
        env = solon.make(f"{tmp_path / name}:society", set_by="rate")
    assert env == solon.make("unknown-society", objective="least-of-all", set_by="rate")
    state, _ = jax.jit(env.start)(env.draw_world(jax.random.key(3)), env.default_params())
    action = {"planner": jnp.array([[0.3]])}
    after, shown = jax.jit(env.transition)(state, action, env.draw_shocks(jax.random.key(0)))
    filed, untaxed = np.asarray(after.filed), np.asarray(state.skills) ** 1.5
    least = (0.7 * filed + 0.3 * filed.mean()).min() / untaxed.min()
    assert float(shown.reward["planner"][0]) == pytest.approx(least, rel=1e-4)


def test_names_that_are_none_or_taken_are_refused():
    def first(incomes, consumption, utilities):
        return consumption[0]

    for name in ("worst-off", "Worst off", ""):
        with pytest.raises(ConfigurationError, match=r"^name: got "):
            register_objective(name, first)
    register_objective("of-each", lambda incomes, consumption, utilities: utilities)
    with pytest.raises(ConfigurationError, match=r"^name: got 'of-each'; .* not in use"):
        register_objective("of-each", first)
    env = solon.make("unknown-society", objective="of-each")
    with pytest.raises(ConfigurationError, match=r"^objective of-each: got .*one number"):
        env.start(env.draw_world(jax.random.key(3)), env.default_params())
    with pytest.raises(ConfigurationError, match=r"^objective: got 'growth'; .*of-each"):
        solon.make("unknown-society", objective="growth")
