"""Episodes and their ends: nothing that an economy shows after an end counts.

What counts is settled here, where economies are run, so that sums of rewards, last metrics,
statistics and gradients need not ask when an episode ended:

- after the end of an episode rewards are 0, nobody acts and no further end is shown;
- the same holds for a member that has left (`TimeStep.left`), which never comes back;
- what is shown to somebody who does not act is read by no network that learns.
"""

from collections.abc import Mapping
from typing import Any

import equinox as eqx
import equinox.internal as eqxi
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Key, PyTree

from ..agents.encoding import OF_ALL, Encoded
from ..environment import KIND, Environment, Given, TimeStep
from .params import with_params

__all__ = ["advance", "begin", "counting", "hold", "looking", "silent", "visible"]


def begin(
    env: Environment,
    key: Key[Array, ""],
    params: PyTree[Array],
    count: int,
    drawn: Mapping[str, Array] | None = None,
    given: Given | None = None,
) -> tuple[Any, TimeStep, Bool[Array, " environments"]]:
    """Start `count` copies of an economy.

    Args:
        env: the economy.
        key: luck of the starts.
        params: that all copies have, but for what is drawn.
        count: how many copies.
        drawn: params of which each copy has its own: place -> values with a leading axis.
        given: what luck does not decide of their worlds, likewise.

    Returns:
        Their states, what they show, and which of them are over at once.
    """

    def start(
        world: PyTree[Array], own: Mapping[str, Array]
    ) -> tuple[Any, TimeStep, Bool[Array, ""]]:
        state, shown = env.start(world, with_params(params, own))
        timestep, over = _settled(shown, {}, jnp.zeros((), bool))
        # Nobody has done anything to be paid for.
        return state, silent(timestep), over

    keys = jax.random.split(key, count)
    if given is None:
        worlds = jax.vmap(env.draw_world)(keys)
    else:
        worlds = jax.vmap(env.draw_world_given)(keys, given)
    # The size is named, as a world without luck has no array to tell it from.
    return jax.vmap(start, axis_size=count)(worlds, dict(drawn or {}))


def advance(
    env: Environment,
    states: Any,
    timesteps: TimeStep,
    actions: Mapping[str, Array],
    shocks: PyTree[Array],
    over: Bool[Array, " environments"],
) -> tuple[Any, TimeStep, Bool[Array, " environments"]]:
    """One step of all copies.

    Args:
        env: the economy.
        states: of the copies.
        timesteps: what they showed last.
        actions: by role.
        shocks: of the step.
        over: which copies had ended before.

    Returns:
        The states, what they show as far as it counts, and which copies have ended by now.
    """

    def transition(
        state: Any,
        left: Mapping[str, Array],
        actions: Mapping[str, Array],
        shocks: PyTree[Array],
        over: Bool[Array, ""],
    ) -> tuple[Any, TimeStep, Bool[Array, ""]]:
        state, shown = env.transition(state, actions, shocks)
        return state, *_settled(shown, left, over)

    return jax.vmap(transition)(states, timesteps.left, actions, shocks, over)


def counting(
    timesteps: TimeStep, over: Bool[Array, " environments"]
) -> dict[str, Bool[Array, "environments count"]]:
    """By role, whose rewards of the coming step count.

    Args:
        timesteps: what was shown before the step.
        over: which copies had ended before it.
    """
    return {
        role: jnp.broadcast_to(~over[:, None], acting.shape)
        & ~timesteps.left.get(role, jnp.zeros((), bool))
        for role, acting in timesteps.acting.items()
    }


def hold(
    over: Bool[Array, " environments"], before: PyTree[Array], after: PyTree[Array]
) -> PyTree[Array]:
    """`before` in the copies that are over, and `after` in the others.

    Nothing is compared as long as no copy is over, also under `jax.vmap`.
    """

    def kept(old: Array, new: Array) -> Array:
        return jnp.where(over.reshape(-1, *[1] * (new.ndim - 1)), old, new)

    return jax.lax.cond(
        eqxi.unvmap_any(over),
        lambda pair: jax.tree.map(kept, *pair),
        lambda pair: pair[1],
        (before, after),
    )


def silent(timesteps: TimeStep) -> TimeStep:
    """The same without rewards: after a start, and where a copy stands still after its end."""
    nothing = jax.tree.map(jnp.zeros_like, timesteps.reward)
    return eqx.tree_at(lambda t: t.reward, timesteps, nothing)


def looking(timesteps: TimeStep, role: str) -> Bool[Array, "environments count"]:
    """Who of a role has to look: to decide, or to value the state in which it is cut off."""
    cut = jnp.broadcast_to(timesteps.truncated[:, None], timesteps.acting[role].shape)
    return timesteps.acting[role] | (cut & ~timesteps.left.get(role, jnp.zeros((), bool)))


def visible(encoded: Encoded, looks: Bool[Array, "*batch"]) -> Encoded:
    """What is seen by those who look; the others see zeros and may choose anything.

    Gradients pass what nobody acts on with a weight of 0, and 0 times what is no number is no
    number either: it has to be gone before it comes to a network.
    """
    somebody, looks = jnp.any(looks, axis=-1)[..., None], looks[..., None]

    def seen(leaf: Array) -> Array:
        return jnp.where(looks, leaf, 0)

    def of_all(leaf: Array) -> Array:
        return jnp.where(somebody, leaf, 0)

    return Encoded(
        features=seen(encoded.features),
        # A member is of its kind whether it looks or not.
        codes={n: c if n == KIND else seen(c) for n, c in encoded.codes.items()},
        mask=encoded.mask | ~looks,
        more={
            name: jax.tree.map(of_all if name in OF_ALL else seen, parts)
            for name, parts in encoded.more.items()
        },
    )


def _settled(
    shown: TimeStep, left: Mapping[str, Bool[Array, " count"]], over: Bool[Array, ""]
) -> tuple[TimeStep, Bool[Array, ""]]:
    """What counts of what one copy shows, and whether it is over by now.

    Args:
        shown: by the economy, whose rewards may be whole numbers.
        left: by role, who had left before.
        over: whether it was over before.
    """
    number = jnp.zeros(()).dtype
    terminated = jnp.asarray(shown.terminated) & ~over
    truncated = jnp.asarray(shown.truncated) & ~over
    gone = {role: jnp.asarray(now) | left.get(role, False) for role, now in shown.left.items()}
    ended = over | terminated | truncated

    def paid(role: str, reward: Array) -> Array:
        return jnp.where(over | left.get(role, False), 0, jnp.asarray(reward, number))

    def acts(role: str, acting: Array) -> Array:
        return jnp.asarray(acting) & ~ended & ~jnp.asarray(gone.get(role, False))

    timestep = TimeStep(
        observation=jax.tree.map(jnp.asarray, shown.observation),
        reward={role: paid(role, reward) for role, reward in shown.reward.items()},
        acting={role: acts(role, acting) for role, acting in shown.acting.items()},
        terminated=terminated,
        truncated=truncated,
        metrics={name: jnp.asarray(value) for name, value in shown.metrics.items()},
        left=gone,
    )
    return timestep, ended
