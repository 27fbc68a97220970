"""A curriculum that can be written down: numbers of the economy that follow a schedule."""

import dataclasses
import functools
import itertools
from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, PyTree, Real

from .._plain import is_number, plain
from ..errors import ConfigurationError, require
from ..learning.config import Schedule
from ..learning.schedules import value_at
from .values import as_tuples

__all__ = ["Curriculum"]


@dataclasses.dataclass(frozen=True)
class Curriculum:
    """Sets some of an economy's params by the environment steps done.

    Attributes:
        schedules: pairs of a param, as names joined by dots (`labor_cost_weight`,
            `parts.periodic-bracket-tax.rate_cap`), and its `Schedule`.
    """

    schedules: tuple[tuple[str, Schedule], ...] = ()

    @classmethod
    def of(cls, schedules: Mapping[str, Any], params: PyTree[Array]) -> "Curriculum":
        """Check names and schedules and build the curriculum.

        Args:
            schedules: param -> a number, or points [environment steps, value].
            params: of the economy.

        Raises:
            ConfigurationError: if there is no such param, or it is not a single number.
        """
        for name, schedule in schedules.items():
            try:
                leaf = _follow(params, name)
            except (KeyError, AttributeError):
                raise ConfigurationError(
                    "curriculum", name, "a param of the economy, names joined by dots"
                ) from None
            scalar = getattr(leaf, "shape", None) == ()
            require(scalar, "curriculum", name, "a param that is a single number")
            _check(name, plain(schedule))
        return cls(
            tuple((name, as_tuples(plain(schedule))) for name, schedule in schedules.items())
        )

    def __call__(self, params: PyTree[Array], environment_steps: Real[Array, ""]) -> PyTree[Array]:
        """The params that hold after so many environment steps."""
        for name, schedule in self.schedules:
            value = value_at(schedule, environment_steps)
            dtype = jnp.asarray(_follow(params, name)).dtype
            where = functools.partial(_follow, name=name)
            params = eqx.tree_at(where, params, value.astype(dtype))
        return params


def _follow(tree: Any, name: str) -> Any:
    for part in name.split("."):
        if isinstance(tree, Mapping):
            tree = tree[part]
            continue
        # What an array can be asked for (growth.T) is no param.
        fields: Any = getattr(tree, "_fields", None) or getattr(tree, "__dataclass_fields__", {})
        if part not in fields:
            raise KeyError(name)
        tree = getattr(tree, part)
    return tree


def _check(name: str, schedule: Any) -> None:
    allowed = "a number, or points [steps, value] with increasing steps"
    points = schedule if isinstance(schedule, list | tuple) else [(0, schedule)]
    shaped = all(isinstance(point, list | tuple) and len(point) == 2 for point in points)
    require(bool(points) and shaped, f"curriculum.{name}", schedule, allowed)
    numeric = all(is_number(x) for p in points for x in p)
    require(numeric, f"curriculum.{name}", schedule, allowed)
    rising = all(a[0] < b[0] for a, b in itertools.pairwise(points))
    require(rising, f"curriculum.{name}", schedule, allowed)
