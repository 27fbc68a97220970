"""The original's layout of observations, as far as its scenarios have it in common.

Fields are named `Component-field` as in the original; what is one number or a vector is
concatenated into `flat` in the alphabetical order of those names, unless the economy says
otherwise.
"""

from typing import Any, Protocol, runtime_checkable

import jax.numpy as jnp
from jaxtyping import Array, Float

__all__ = ["blocks", "component_fields", "flatten", "packed", "time"]


@runtime_checkable
class Shown(Protocol):
    """What an economy says about its observations."""

    @property
    def workers(self) -> int: ...

    @property
    def horizon(self) -> int: ...

    @property
    def components(self) -> tuple[Any, ...]: ...

    @property
    def flatten_observations(self) -> bool: ...

    @property
    def scale_observations(self) -> bool: ...


def component_fields(
    economy: Shown, state: Any
) -> tuple[dict[str, Array], dict[str, Array], dict[str, Array]]:
    """What components show workers, the planner, and the planner about each worker."""
    shown: dict[str, dict[str, Array]] = {"worker": {}, "planner": {}, "about_worker": {}}
    for component in economy.components:
        prefix = type(component).__name__
        for role, fields in component.observe(economy, state).items():
            shown[role] |= {f"{prefix}-{_field(name)}": value for name, value in fields.items()}
    return shown["worker"], shown["planner"], shown["about_worker"]


def time(economy: Shown, state: Any) -> Float[Array, "1"]:
    """Steps so far, or the share of the episode that is over."""
    steps: Array = state.step.astype(float)[None]
    return steps / economy.horizon if economy.scale_observations else steps


def packed(economy: Shown, fields: dict[str, Array]) -> dict[str, Array]:
    """Numbers and vectors in one field, but for the time once more."""
    if not economy.flatten_observations:
        return fields
    clock = fields["time"]
    return {"time": clock.reshape(clock.shape[0], 1), "flat": flatten(fields)}


def blocks(economy: Shown, about: dict[str, Array]) -> dict[str, Array]:
    """What the planner sees of worker i: `p{i}`, or `p{i}/field` for each field."""
    if not about:
        return {}
    if economy.flatten_observations:
        rows = flatten(about)
        return {f"p{i}": rows[i][None] for i in range(economy.workers)}
    return {
        f"p{i}/{name}": value[i][None]
        for i in range(economy.workers)
        for name, value in about.items()
    }


def flatten(fields: dict[str, Array]) -> Float[Array, "count k"]:
    """Numbers and vectors side by side, in the alphabetical order of their names."""
    columns = [fields[name] for name in sorted(fields)]
    return jnp.concatenate([c if c.ndim == 2 else c[:, None] for c in columns], axis=-1)


def _field(name: str) -> str:
    """`my_bids_stone` is `my_bids-Stone` there."""
    head, _, tail = name.rpartition("_")
    return f"{head}-{tail.capitalize()}" if tail in ("stone", "wood") else name
