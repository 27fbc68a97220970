"""How what a member hands in is read as what it does through each component."""

from collections.abc import Mapping, Sequence

import jax.numpy as jnp
from jaxtyping import Array, Bool

from ..component import Amounts, SubAction
from ..spaces import Box, Discrete, MultiDiscrete, Space

__all__ = ["action_space", "flatten_masks", "read_actions", "shown_masks"]


def action_space(sub_actions: Sequence[SubAction | Amounts], *, several: bool) -> Space:
    """The space of a member with these sub-actions.

    Args:
        sub_actions: what it may do, in the order of the components.
        several: whether it may do several things in a step, each with a no-op of its own.
            Otherwise it does one thing or nothing, numbered through from 1.
    """
    if isinstance(sub_actions[0], Amounts):
        amounts = sub_actions[0]
        return Box((amounts.count,), amounts.low, amounts.high)
    choices = [sub.choices for sub in sub_actions if isinstance(sub, SubAction)]
    if several:
        return MultiDiscrete(tuple(1 + n for n in choices))
    return Discrete(1 + sum(choices))


def read_actions(
    action: Array, sub_actions: Sequence[SubAction | Amounts], *, several: bool
) -> dict[str, Array]:
    """By sub-action, what each member does: 0 for nothing, else 1 to `choices` (or amounts).

    A number that is no choice does nothing.
    """
    if isinstance(sub_actions[0], Amounts):
        return {sub_actions[0].name: action}
    result, before = {}, 0
    for k, sub in enumerate(sub_actions):
        assert isinstance(sub, SubAction)
        chosen = action[:, k] if several else action - before
        result[sub.name] = jnp.where((chosen >= 1) & (chosen <= sub.choices), chosen, 0)
        before += sub.choices
    return result


def flatten_masks(
    masks: Mapping[str, Bool[Array, "count choices"]],
    sub_actions: Sequence[SubAction | Amounts],
    *,
    several: bool,
) -> Bool[Array, "count total"]:
    """The choices of each member one after the other, where doing nothing is always allowed."""
    parts = [masks[sub.name] for sub in sub_actions]
    nothing = jnp.ones((parts[0].shape[0], 1), bool)
    pieces = [p for part in parts for p in (nothing, part)] if several else [nothing, *parts]
    return jnp.concatenate(pieces, axis=-1)


def shown_masks(
    masks: Mapping[str, Bool[Array, "count choices"]],
    sub_actions: Sequence[SubAction | Amounts],
    *,
    several: bool,
    flat: bool = True,
) -> dict[str, Array]:
    """The fields of an observation that say what has an effect; none for amounts.

    Args:
        masks: by sub-action.
        sub_actions: what a member may do.
        several: whether it may do several things in a step.
        flat: whether all choices are in one field, or those of each sub-action in one of its own,
            without doing nothing.
    """
    if isinstance(sub_actions[0], Amounts):
        return {}
    if flat:
        return {"action_mask": flatten_masks(masks, sub_actions, several=several)}
    return {f"action_mask/{sub.name}": masks[sub.name] for sub in sub_actions}
