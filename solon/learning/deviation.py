"""An economy in which one member of a role decides for itself."""

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar

from jaxtyping import Array, Key, PyTree

from .._plain import plain_fields
from ..environment import Environment, Role, TimeStep
from ..errors import require, require_whole

__all__ = ["DEVIATOR", "Deviation"]

#: The role of the member that deviates.
DEVIATOR = "deviator"


@dataclasses.dataclass(frozen=True)
class Deviation(Environment):
    """The economy `env`, where one member has a role of its own.

    Everyone stays in the old role, so that whoever drives it sees what it always saw; what is
    handed in there for the deviating member counts for nothing.

    Attributes:
        env: the economy.
        role: the role it belongs to.
        member: its number in that role.
        conforms: whether it does what its old role hands in, after all. The luck is the same then,
            so this is what a deviation is compared with.
    """

    name: ClassVar[str] = "deviation"

    env: Environment
    role: str
    member: int = 0
    conforms: bool = False

    def __post_init__(self):
        plain_fields(self)
        roles = self.env.roles
        require(self.role in roles, "role", self.role, ", ".join(roles))
        require_whole("member", self.member, low=0, high=roles[self.role].count - 1)

    @property
    def rules(self) -> str:
        return self.env.rules

    @property
    def horizon(self) -> int:
        return self.env.horizon

    @property
    def roles(self) -> Mapping[str, Role]:
        role = self.env.roles[self.role]
        return {**self.env.roles, DEVIATOR: dataclasses.replace(role, count=1, kinds=())}

    def default_params(self) -> PyTree[Array]:
        return self.env.default_params()

    def draw_world(self, key: Key[Array, ""]) -> PyTree[Array]:
        return self.env.draw_world(key)

    def draw_shocks(self, key: Key[Array, ""], batch_shape: tuple[int, ...] = ()) -> PyTree[Array]:
        return self.env.draw_shocks(key, batch_shape)

    def start(self, world: PyTree[Array], params: PyTree[Array]) -> tuple[Any, TimeStep]:
        state, timestep = self.env.start(world, params)
        return state, self._show(timestep)

    def transition(
        self, state: Any, actions: Mapping[str, Array], shocks: PyTree[Array]
    ) -> tuple[Any, TimeStep]:
        own = actions[self.role]
        if not self.conforms:
            own = own.at[self.member].set(actions[DEVIATOR][0])
        others = {name: action for name, action in actions.items() if name != DEVIATOR}
        state, timestep = self.env.transition(state, {**others, self.role: own}, shocks)
        return state, self._show(timestep)

    def _show(self, timestep: TimeStep) -> TimeStep:
        role, only = self.role, slice(self.member, self.member + 1)
        seen = {name: field[only] for name, field in timestep.observation[role].items()}
        acting = timestep.acting
        left = timestep.left
        if role in left:
            left = left | {DEVIATOR: left[role][only]}
        whole = acting[role]
        if not self.conforms:
            whole = whole.at[self.member].set(False)
        return dataclasses.replace(
            timestep,
            observation=timestep.observation | {DEVIATOR: seen},
            reward=timestep.reward | {DEVIATOR: timestep.reward[role][only]},
            acting=acting | {DEVIATOR: acting[role][only], role: whole},
            left=left,
        )
