"""Solon's games of tag and the same in NumPy, played on the same actions."""

import dataclasses
import functools

import jax
import jax.numpy as jnp
import numpy as np

from solon.bench.numpy_tag import ContinuousRules, GridRules


def params_of(env, **numbers):
    """The usual params, some of them other numbers, by their names in the games in NumPy."""
    given = dict(numbers)
    if env.name == "continuous-tag":
        for name, kind in (("accelerations", "acceleration"), ("turns", "turn")):
            if f"lowest_{kind}" not in given:
                continue
            ends = [given.pop(f"{end}_{kind}") for end in ("lowest", "highest")]
            levels = getattr(env, f"{kind}_levels")
            given[name] = ends if env.act_by == "numbers" else [0, *np.linspace(*ends, levels)]
    given = {name: jnp.asarray(value, float) for name, value in given.items()}
    return dataclasses.replace(env.default_params(), **given)


def rules_of(env, **numbers):
    """The same rules for the games in NumPy."""
    sizes = {"partial": env.observation == "partial"} if env.name == "grid-tag" else {}
    if env.name == "continuous-tag":
        sizes["levels"] = env.act_by == "levels"
    kind = GridRules if env.name == "grid-tag" else ContinuousRules
    names = {field.name for field in dataclasses.fields(kind)}
    options = {f.name: getattr(env, f.name) for f in dataclasses.fields(env) if f.name in names}
    return kind(**options, **sizes, **numbers)


@functools.partial(jax.jit, static_argnums=0)
def stepped(env, state, actions):
    """A step of one game, in one program: many small ones take longer to compile."""
    return env.transition(state, actions, ())


def played(env, states, actions):
    """What is shown after each step of many episodes: leaves [episodes, steps, ...].

    Args:
        env: the game.
        states: the first ones, with a leading axis.
        actions: by role, [episodes, steps, count, ...].
    """

    def episode(state, actions):
        def step(state, actions):
            state, shown = env.transition(state, actions, ())
            return state, shown

        return jax.lax.scan(step, state, actions)[1]

    return jax.jit(jax.vmap(episode))(states, actions)


def rows(env, observation):
    """What each agent sees as one row: [..., agents, width], in the order of the games in NumPy."""
    return np.concatenate([_rows(env, role, observation[role]) for role in env.roles], axis=-2)


def _rows(env, name, seen):
    role = env.roles[name]
    parts = []
    for field in role.observation:
        values = np.asarray(seen[field])
        if field in role.shared:
            values = np.repeat(values[..., None, :], role.count, axis=-2)
        parts.append(values)
    return np.concatenate(parts, axis=-1)


def of_all(values):
    """Of both roles in one array, taggers first."""
    return np.concatenate([np.asarray(values["tagger"]), np.asarray(values["runner"])], axis=-1)
