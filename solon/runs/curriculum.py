"""A curriculum that can be written down: numbers of the economy that follow a schedule."""

import dataclasses
import itertools
from collections.abc import Mapping
from typing import Any

from jaxtyping import Array, PyTree, Real

from .._plain import is_number, plain
from ..errors import ConfigurationError, require
from ..learning.params import check_bounds, param_at, with_params
from ..learning.schedules import value_at
from ..learning.settings import Schedule
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
    def of(
        cls,
        schedules: Mapping[str, Any],
        params: PyTree[Array],
        bounds: Mapping[str, tuple[float, float]] | None = None,
    ) -> "Curriculum":
        """Check names and schedules and build the curriculum.

        Args:
            schedules: param -> a number, or points [environment steps, value].
            params: of the economy.
            bounds: `Environment.param_bounds`.

        Raises:
            ConfigurationError: if there is no such param, it is not a single number, or a value is
                not within its bounds.
        """
        for name, schedule in schedules.items():
            try:
                leaf = param_at(params, name)
            except KeyError:
                raise ConfigurationError(
                    "curriculum", name, "a param of the economy, names joined by dots"
                ) from None
            scalar = getattr(leaf, "shape", None) == ()
            require(scalar, "curriculum", name, "a param that is a single number")
            _check(name, plain(schedule))
            values = [float(value) for _, value in _points(plain(schedule))]
            reach = min(values), max(values)
            check_bounds(f"curriculum.{name}", schedule, reach, (bounds or {}).get(name))
        return cls(
            tuple((name, as_tuples(plain(schedule))) for name, schedule in schedules.items())
        )

    def __call__(self, params: PyTree[Array], environment_steps: Real[Array, ""]) -> PyTree[Array]:
        """The params that hold after so many environment steps."""
        for name, schedule in self.schedules:
            params = with_params(params, {name: value_at(schedule, environment_steps)})
        return params


def _points(schedule: Any) -> Any:
    return schedule if isinstance(schedule, list | tuple) else [(0, schedule)]


def _check(name: str, schedule: Any) -> None:
    allowed = "a number, or points [steps, value] with increasing steps"
    points = _points(schedule)
    shaped = all(isinstance(point, list | tuple) and len(point) == 2 for point in points)
    require(bool(points) and shaped, f"curriculum.{name}", schedule, allowed)
    numeric = all(is_number(x) for p in points for x in p)
    require(numeric, f"curriculum.{name}", schedule, allowed)
    rising = all(a[0] < b[0] for a, b in itertools.pairwise(points))
    require(rising, f"curriculum.{name}", schedule, allowed)
