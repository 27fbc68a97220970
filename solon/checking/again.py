"""Whether the same arguments give the same results: called again, and traced again."""

import re
import zlib
from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PyTree

from ..environment import Environment, TimeStep
from .findings import Collected, place, told
from .programs import Programs

__all__ = ["Call", "checksums", "compare_again", "ignore_idle", "named"]

_GIVEN = {"start": "world and params", "transition": "state, actions and shocks"}
_LUCK = {"start": "draw_world draws luck", "transition": "draw_shocks draws luck"}
_CALLBACK = re.compile(r"python\w*callback")
_TOLERANCE = 1e-5
"""Relative: what is traced anew may be compiled into sums of another order."""


class Call(NamedTuple):
    """A call of a function of an economy, to be made again.

    Attributes:
        name: of the function.
        step: how many steps led to its result.
        arguments: that it was given.
        result: that it gave.
    """

    name: str
    step: int
    arguments: tuple[Any, ...]
    result: Any


def compare_again(
    env: Environment, programs: Programs, calls: Sequence[Call], found: Collected
) -> None:
    """Make calls again, with the same programs and with programs that are traced anew.

    Args:
        env: the economy.
        programs: that the calls were made with.
        calls: of any of its functions.
        found: where faults go.
    """
    anew = Programs(env, programs.episodes)
    for name, function in programs.functions.items():
        own = [call for call in calls if call.name == name]
        if not own:
            continue
        texts = [
            each.functions[name].lower(*own[0].arguments).as_text() for each in (programs, anew)
        ]
        if _CALLBACK.search(texts[0]):
            found.note(
                f"{name}: slow, since it calls back to Python each time (pure_callback, "
                "io_callback or jax.debug)"
            )
        kind = f"{name}: is not deterministic; given the same {_GIVEN.get(name, 'key')}"
        if _compare(f"{kind} again, it gave another ", own, function, found):
            continue
        # What reads the same is the same program, and need not be compiled.
        if texts[0] != texts[1]:
            luck = _LUCK.get(name, "luck comes from its key")
            _compare(
                f"{kind} after it was traced anew, it gave another ",
                own,
                anew.functions[name],
                found,
                "; what Python draws, counts or looks up (random, NumPy, the time, a variable) is "
                f"read once, while the function is traced: {luck}",
            )


def ignore_idle(
    programs: Programs, call: Call, idle: dict[str, np.ndarray], other: Any, found: Collected
) -> None:
    """Find out whether what is shown depends on actions of members who do not decide.

    Args:
        programs: that the call was made with.
        call: of `transition`.
        idle: by role, who did not decide on the step, in episodes that were not over.
        other: actions of all members, in the place of theirs.
        found: where faults go.
    """
    state, actions, shocks = call.arguments
    for role, resting in idle.items():
        if not resting.any():
            continue
        given, instead = actions[role], other[role]
        where = resting.reshape(*resting.shape, *[1] * (given.ndim - 2))
        changed = {**actions, role: jnp.where(where, instead, given)}
        result = programs.functions["transition"](state, changed, shocks)
        running = resting.any(axis=1)
        for what, before, after in _pairs(call.result[1], result[1]):
            bad = _unlike(before, after) & running.reshape(-1, *[1] * (before.ndim - 1))
            if bad.any():
                first = tuple(int(i) for i in np.argwhere(bad)[0])
                kind = (
                    f"acting of {role}: wanted no effect of what idle members do, and it changes "
                )
                found.fault(kind, what, place(call.step, first[0]))
                break


def checksums(result: tuple[Any, TimeStep, Any]) -> dict[str, int]:
    """A checksum of each part of what `start` or `transition` gave, by what it is."""
    return {what: zlib.crc32(np.ascontiguousarray(leaf).tobytes()) for what, leaf in named(result)}


def named(result: Any) -> list[tuple[str, np.ndarray]]:
    """The arrays of a result, each with what it is; what is shown comes before the state."""
    if isinstance(result, TimeStep):
        return _shown(result)
    if isinstance(result, tuple) and len(result) == 3 and isinstance(result[1], TimeStep):
        state, shown, potential = result
        known = [(f"potential of {role}", _plain(value)) for role, value in potential.items()]
        return [*_shown(shown), *known, *_leaves("state", state)]
    return _leaves("value", result)


def _shown(timestep: TimeStep) -> list[tuple[str, np.ndarray]]:
    pairs: list[tuple[str, Any]] = [
        (f"{what} of {role}", value)
        for what in ("reward", "acting", "left")
        for role, value in getattr(timestep, what).items()
    ]
    pairs += [("terminated", timestep.terminated), ("truncated", timestep.truncated)]
    pairs += [(f"metric {name}", value) for name, value in timestep.metrics.items()]
    pairs += [
        (f"observation of {role}, field {field}", value)
        for role, fields in timestep.observation.items()
        for field, value in fields.items()
    ]
    return [(what, _plain(value)) for what, value in pairs]


def _leaves(what: str, tree: PyTree[Array]) -> list[tuple[str, np.ndarray]]:
    paths = jax.tree_util.tree_flatten_with_path(tree)[0]
    return [(f"{what}{jax.tree_util.keystr(path)}", _plain(leaf)) for path, leaf in paths]


def _plain(leaf: Any) -> np.ndarray:
    if jnp.issubdtype(jnp.result_type(leaf), jax.dtypes.prng_key):
        leaf = jax.random.key_data(leaf)
    return np.asarray(leaf)


def _pairs(before: Any, after: Any) -> list[tuple[str, np.ndarray, np.ndarray]]:
    both = zip(named(before), named(after), strict=True)
    return [(what, first, second) for (what, first), (_, second) in both]


def _unlike(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    if not np.issubdtype(before.dtype, np.inexact):
        return before != after
    close = np.isclose(after, before, rtol=_TOLERANCE, atol=_TOLERANCE / 10, equal_nan=True)
    return ~close


def _compare(
    kind: str, calls: Sequence[Call], function: Any, found: Collected, why: str = ""
) -> bool:
    """Whether calls that are made again differ; the first one that does is noted as a fault."""
    for call in calls:
        result = function(*call.arguments)
        for what, before, after in _pairs(call.result, result):
            bad = _unlike(before, after)
            if not bad.any():
                continue
            first = tuple(int(i) for i in np.argwhere(bad)[0])
            values = f"{told(after[first])} in the place of {told(before[first])}"
            where = place(call.step, first[0]) if first else ""
            found.fault(f"{kind}{what}, {values}{why}", where=where)
            return True
    return False
