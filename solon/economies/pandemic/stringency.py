"""The governors: they set how strict the restrictions are."""

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, Num

__all__ = ["HIGHEST", "allowed", "set_levels"]

#: The strictest level; 1 is none.
HIGHEST = 10


def allowed(cooldown_until: Int[Array, " n"], time: Int[Array, ""]) -> Bool[Array, " n"]:
    """Whether a governor may set a level in the step after `time`."""
    return time >= cooldown_until


def set_levels(
    current: Float[Array, " n"],
    cooldown_until: Int[Array, " n"],
    action: Num[Array, " n"],
    time: Int[Array, ""],
    *,
    cooldown: int,
    enforced: bool,
) -> tuple[Float[Array, " n"], Int[Array, " n"]]:
    """The levels that follow from what governors do.

    Args:
        current: levels so far.
        cooldown_until: the first time at which each may set a level again.
        action: 0 keeps the level, 1 to 10 sets it, and anything else is taken for 0. Or real
            numbers: then they are the levels, on every day and without a cooldown.
        time: steps before this one.
        cooldown: steps until a governor who has set a level may set it again; the same level
            counts, too.
        enforced: a level that is set during the cooldown has no effect.

    Returns:
        The new levels, and the new times at which levels may be set again.
    """
    if jnp.issubdtype(action.dtype, jnp.floating):
        return jnp.clip(action, 1, HIGHEST).astype(current.dtype), cooldown_until
    acts = (action >= 1) & (action <= HIGHEST)
    if enforced:
        acts &= allowed(cooldown_until, time)
    levels = jnp.where(acts, action.astype(current.dtype), current)
    pause = jnp.where(acts, cooldown, 1)
    return levels, jnp.where(time == cooldown_until, cooldown_until + pause, cooldown_until)
