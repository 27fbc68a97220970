"""What an action or an observation may be: kind, shape and range."""

import dataclasses
import math
from typing import Literal, TypeAlias

from ._plain import plain_fields
from .errors import require

__all__ = ["Box", "Discrete", "MultiDiscrete", "Space"]


@dataclasses.dataclass(frozen=True)
class Discrete:
    """One choice out of `n`, numbered from 0. Arrays are `i32[...]` without an extra axis."""

    n: int

    def __post_init__(self):
        plain_fields(self)
        require(self.n >= 1, "Discrete.n", self.n, "an integer of at least 1")

    @property
    def shape(self) -> tuple[int, ...]:
        return ()

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of choices of each sub-action: here there is one."""
        return (self.n,)


@dataclasses.dataclass(frozen=True)
class MultiDiscrete:
    """Several choices at once, the k-th out of `sizes[k]`. Arrays are `i32[..., len(sizes)]`."""

    sizes: tuple[int, ...]

    def __post_init__(self):
        plain_fields(self)
        require(
            len(self.sizes) >= 1 and min(self.sizes) >= 1,
            "MultiDiscrete.sizes",
            self.sizes,
            "at least one integer, each at least 1",
        )

    @property
    def shape(self) -> tuple[int, ...]:
        return (len(self.sizes),)


@dataclasses.dataclass(frozen=True)
class Box:
    """An array of numbers between `low` and `high`."""

    shape: tuple[int, ...]
    low: float = -math.inf
    high: float = math.inf
    kind: Literal["float", "integer", "boolean"] = "float"

    def __post_init__(self):
        plain_fields(self)
        require(self.low <= self.high, "Box.low", self.low, f"at most high = {self.high}")


Space: TypeAlias = Discrete | MultiDiscrete | Box
