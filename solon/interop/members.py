"""Members of roles as agents of other libraries: their names, and what they see as one vector."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Shaped

from ..environment import ACTION_MASK, Environment, Role
from ..errors import require
from ..policy import Policy
from ..spaces import Box, Discrete, MultiDiscrete, Space

__all__ = ["Vector", "action_type", "agents_of", "check_policies", "seen_fields"]

_MOST_CODES = 1024


def agents_of(env: Environment, policies: Mapping[str, Policy]) -> dict[str, tuple[str, int]]:
    """The members of all roles that no policy drives, by name: `worker_0` -> (`worker`, 0)."""
    return {
        f"{role}_{member}": (role, member)
        for role, each in env.roles.items()
        if role not in policies
        for member in range(each.count)
    }


def check_policies(
    env: Environment, policies: Mapping[str, Policy], outside: str | None = None
) -> None:
    """Raise `ConfigurationError` unless policies fit the roles.

    Args:
        env: the economy.
        policies: by role.
        outside: the one role of which a member is decided for outside: all others need a policy,
            and so does this one for its other members. If left out, at least one has no policy.
    """
    known = ", ".join(env.roles)
    for role in policies:
        require(role in env.roles, "policies", role, f"a role of the economy: {known}")
    if outside is None:
        free = [role for role in env.roles if role not in policies]
        require(bool(free), "policies", sorted(policies), "at least one role without a policy")
        return
    require(outside in env.roles, "role", outside, known)
    for role, each in env.roles.items():
        needed = role != outside or each.count > 1
        others = f"the other members of {role}" if role == outside else role
        allowed = f"a policy for each role ({others}: none)"
        require(not needed or role in policies, "policies", sorted(policies), allowed)


def action_type(space: Space) -> Any:
    """The type of an action's numbers."""
    if isinstance(space, Box) and space.kind == "boolean":
        return jnp.dtype(bool)
    real = isinstance(space, Box) and space.kind == "float"
    return jnp.zeros((), float if real else int).dtype


def seen_fields(role: Role) -> dict[str, Space]:
    """What a policy of the role sees by field, but for the mask."""
    return {
        name: space
        for name, space in role.observation.items()
        if name != ACTION_MASK and name not in role.critic
    }


@dataclasses.dataclass(frozen=True)
class Vector:
    """What members of a role see as one vector of numbers.

    Fields come in the order of their names. A code (`Discrete`, or a whole number from 0 to less
    than 1,024) is as many numbers as there are codes, all 0 but for one; truth values are 0 and 1.

    Attributes:
        role: whose members see.
    """

    role: Role

    @property
    def fields(self) -> list[tuple[str, Space]]:
        """The fields in their order."""
        return sorted(seen_fields(self.role).items())

    @property
    def bounds(self) -> tuple[Float[np.ndarray, " width"], Float[np.ndarray, " width"]]:
        """The lowest and the highest value of each number."""
        pairs = [_bounds(space) for _, space in self.fields]
        empty = np.zeros(0, np.float32)
        low, high = (
            np.concatenate([empty, *[pair[i] for pair in pairs]]).astype(np.float32)
            for i in range(2)
        )
        return low, high

    @property
    def width(self) -> int:
        """How many numbers there are."""
        return len(self.bounds[0])

    def read(
        self, observation: Mapping[str, Shaped[Array, "..."]], copies: int
    ) -> Float[Array, "copies count width"]:
        """The vectors of all members.

        Args:
            observation: of the role, by field, with a leading axis for copies of the economy.
            copies: how many there are.
        """
        lead = (copies, self.role.count)
        parts = [jnp.zeros((*lead, 0))]
        for name, space in self.fields:
            value = observation[name]
            if name in self.role.shared:
                value = jnp.broadcast_to(value[:, None], (*lead, *space.shape))
            parts.append(_numbers(space, value).reshape(*lead, -1))
        return jnp.concatenate(parts, axis=-1)


def _codes(space: Space) -> int:
    """How many codes each entry of a field has; 0 where it is a quantity."""
    if isinstance(space, Discrete):
        return space.n
    if isinstance(space, Box) and space.kind == "integer" and space.low == 0:
        return int(space.high) + 1 if space.high < _MOST_CODES else 0
    return 0


def _numbers(space: Space, value: Shaped[Array, "..."]) -> Float[Array, "..."]:
    dtype = jnp.zeros(()).dtype
    if isinstance(space, MultiDiscrete):
        each = [
            jax.nn.one_hot(value[..., i], size, dtype=dtype) for i, size in enumerate(space.sizes)
        ]
        return jnp.concatenate(each, axis=-1)
    codes = _codes(space)
    return jax.nn.one_hot(value, codes, dtype=dtype) if codes else value.astype(dtype)


def _bounds(space: Space) -> tuple[Any, Any]:
    if isinstance(space, MultiDiscrete):
        return np.zeros(sum(space.sizes)), np.ones(sum(space.sizes))
    codes, size = _codes(space), int(np.prod(space.shape, dtype=int))
    if codes:
        return np.zeros(size * codes), np.ones(size * codes)
    assert isinstance(space, Box)
    return np.full(size, space.low), np.full(size, space.high)
