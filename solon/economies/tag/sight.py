"""What agents see of each other in Continuous Tag."""

import math
from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Shaped

from .continuous_state import Bodies
from .nearest import nearest

if TYPE_CHECKING:
    from .continuous import ContinuousTag

__all__ = ["observe", "shown_others"]

_TINY = 1e-10


def shown_others() -> tuple[str, ...]:
    """The fields that tell of others, each a list of them in the same order."""
    return "dx", "dy", "speed", "acceleration", "heading", "runner", "alive"


def observe(
    bodies: Bodies,
    there: Bool[Array, " agents"],
    speed_limit: Float[Array, ""],
    env: "ContinuousTag",
    near: Shaped[Array, "agents count"] | None = None,
) -> dict[str, dict[str, Array]]:
    """By role, what each agent sees of others: of the nearest ones, or of all.

    Args:
        bodies: of all agents.
        there: who has not left.
        speed_limit: in lengths a step.
        env: its sizes.
        near: who is near each agent, as `nearest` finds it, where that is known.
    """
    count, n = env.nearest, env.taggers
    number = bodies.x.dtype
    fast = speed_limit + _TINY
    diagonal = jnp.asarray(math.sqrt(2) * env.length, number)
    units = jnp.stack([diagonal, diagonal, fast, fast, jnp.asarray(2 * math.pi, number)])
    rows = [bodies.x, bodies.y, bodies.speed, bodies.acceleration, bodies.heading]
    # In a loop, so that it is written down once, and not found anew for each pair of agents.
    table = jax.lax.map(lambda row: row[0] / row[1], (jnp.stack(rows), units))
    if count is None:
        gaps = [_others(row) - row[:, None] for row in table]
        runner = _others(jnp.asarray(np.arange(env.agents) >= n, number))
        alive = _others(there.astype(number))
    else:
        who = nearest(bodies.x, bodies.y, there, count) if near is None else near
        found = who < env.agents
        others = table.at[:, who].get(mode="clip")
        gaps = [jnp.where(found, others[i] - row[:, None], 0) for i, row in enumerate(table)]
        runner, alive = (found & (who >= n)).astype(number), found.astype(number)
    seen = dict(zip(shown_others(), [*gaps, runner, alive], strict=True))
    return {
        "tagger": {name: values[:n] for name, values in seen.items()},
        "runner": {name: values[n:] for name, values in seen.items()},
    }


def _others(part: Float[Array, " agents"]) -> Float[Array, "agents others"]:
    """For each agent those of all others, in the order of their numbers."""
    agents = part.shape[0]
    before = np.arange(agents - 1) < np.arange(agents)[:, None]
    return jnp.where(before, part[:-1], part[1:])
