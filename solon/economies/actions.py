"""How what a member hands in is read as what it does through each component."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import jax.numpy as jnp
from jaxtyping import Array, Bool

from ..component import Amounts, Choice, SubAction
from ..spaces import Box, Discrete, MultiDiscrete, Space

__all__ = ["Doing", "action_space", "fit_together", "flatten_masks", "read_actions", "shown_masks"]

Doing: TypeAlias = SubAction | Choice | Amounts
"""What a member may do through a component."""


def fit_together(sub_actions: Sequence[Doing]) -> bool:
    """Whether one member may have all of these: amounts stand with amounts of their range alone."""
    ranges = {(sub.low, sub.high) for sub in sub_actions if isinstance(sub, Amounts)}
    amounts = [isinstance(sub, Amounts) for sub in sub_actions]
    return not any(amounts) or (all(amounts) and len(ranges) == 1)


def action_space(sub_actions: Sequence[Doing], *, several: bool) -> Space:
    """The space of a member with these sub-actions.

    Args:
        sub_actions: what it may do, in the order of the components.
        several: whether it may do several things in a step, each with a no-op of its own.
            Otherwise it does one thing or nothing, numbered through from 1. With a `Choice` among
            other things it does several in any case.
    """
    amounts = [sub for sub in sub_actions if isinstance(sub, Amounts)]
    if amounts:
        count = sum(sub.count for sub in amounts)
        return Box((count,), amounts[0].low, amounts[0].high)
    if _several(sub_actions, several):
        return MultiDiscrete(tuple(size for sub in sub_actions for size in _heads(sub)))
    if isinstance(sub_actions[0], Choice):
        return Discrete(sub_actions[0].choices)
    return Discrete(1 + sum(sub.choices for sub in sub_actions if isinstance(sub, SubAction)))


def read_actions(action: Array, sub_actions: Sequence[Doing], *, several: bool) -> dict[str, Array]:
    """By sub-action, what each member does: 0 for nothing, else 1 to `choices` (or amounts).

    A number that is no choice does nothing. What has to be chosen is the nearest choice then.
    """
    several = _several(sub_actions, several)
    result, before, alone = {}, 0, len(sub_actions) == 1
    for sub in sub_actions:
        if isinstance(sub, SubAction):
            chosen = action[:, before] if several else action - before
            result[sub.name] = jnp.where((chosen >= 1) & (chosen <= sub.choices), chosen, 0)
            before += 1 if several else sub.choices
        elif isinstance(sub, Amounts):
            result[sub.name] = action if alone else action[:, before : before + sub.count]
            before += sub.count
        else:
            own = action
            if several:
                own = action[:, before] if sub.count is None else action[:, before:][:, : sub.count]
            result[sub.name] = jnp.clip(own, 0, sub.choices - 1)
            before += len(_heads(sub))
    return result


def flatten_masks(
    masks: Mapping[str, Bool[Array, "count choices"]],
    sub_actions: Sequence[Doing],
    *,
    several: bool,
) -> Bool[Array, "count total"]:
    """The choices of each member one after the other, where doing nothing is always allowed.

    What has no mask is always allowed, too.
    """
    members = next(iter(masks.values())).shape[0]
    nothing = jnp.ones((members, 1), bool)
    several = _several(sub_actions, several)
    pieces: list[Array] = []
    for sub in sub_actions:
        if isinstance(sub, Amounts):
            continue
        optional = isinstance(sub, SubAction)
        total = sub.choices if optional else sum(_heads(sub))
        pieces += [nothing] if optional and (several or not pieces) else []
        pieces += [masks[sub.name] if sub.name in masks else jnp.ones((members, total), bool)]
    return jnp.concatenate(pieces, axis=-1)


def shown_masks(
    masks: Mapping[str, Bool[Array, "count choices"]],
    sub_actions: Sequence[Doing],
    *,
    several: bool,
    flat: bool = True,
) -> dict[str, Array]:
    """The fields of an observation that say what has an effect; none for amounts.

    Args:
        masks: by sub-action; where there are none, none are shown.
        sub_actions: what a member may do.
        several: whether it may do several things in a step.
        flat: whether all choices are in one field, or those of each sub-action in one of its own,
            without doing nothing.
    """
    if not masks or isinstance(sub_actions[0], Amounts):
        return {}
    if flat:
        return {"action_mask": flatten_masks(masks, sub_actions, several=several)}
    return {f"action_mask/{sub.name}": masks[sub.name] for sub in sub_actions if sub.name in masks}


def _several(sub_actions: Sequence[Doing], several: bool) -> bool:
    """Whether a member does several things in a step."""
    if len(sub_actions) == 1 and isinstance(sub_actions[0], Choice):
        return several or sub_actions[0].count is not None
    return several or any(isinstance(sub, Choice) for sub in sub_actions)


def _heads(sub: Doing) -> tuple[int, ...]:
    """How many ways there are of each thing that is decided, doing nothing included."""
    if isinstance(sub, Choice):
        return (sub.choices,) * (1 if sub.count is None else sub.count)
    return (1 + sub.choices,) if isinstance(sub, SubAction) else ()
