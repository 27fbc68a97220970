"""An economy in which one member of a role decides for itself."""

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar

from jaxtyping import Array, Float, PyTree

from ..environment import Role, TimeStep
from ..errors import require, require_whole
from ..view import View

__all__ = ["DEVIATOR", "Deviation"]

#: The role of the member that deviates.
DEVIATOR = "deviator"


@dataclasses.dataclass(frozen=True)
class Deviation(View):
    """The economy `env`, where one member has a role of its own.

    Everyone stays in the old role, so that its policy sees what it always saw; what is handed in
    there for the deviating member counts for nothing.

    Attributes:
        env: the economy.
        role: the role it belongs to.
        member: its number in that role.
        conforms: whether it does what its old role hands in, after all. The luck is the same then,
            so this is what a deviation is compared with.
    """

    name: ClassVar[str] = "deviation"

    role: str
    member: int = 0
    conforms: bool = False

    def __post_init__(self):
        super().__post_init__()
        roles = self.env.roles
        require(self.role in roles, "role", self.role, ", ".join(roles))
        require_whole("member", self.member, low=0, high=roles[self.role].count - 1)

    @property
    def roles(self) -> Mapping[str, Role]:
        role = self.env.roles[self.role]
        return {**self.env.roles, DEVIATOR: dataclasses.replace(role, count=1, kinds=())}

    def transition(
        self, state: Any, actions: Mapping[str, Array], shocks: PyTree[Array]
    ) -> tuple[Any, TimeStep]:
        own = actions[self.role]
        if not self.conforms:
            own = own.at[self.member].set(actions[DEVIATOR][0])
        others = {name: action for name, action in actions.items() if name != DEVIATOR}
        return super().transition(state, {**others, self.role: own}, shocks)

    def potential(self, state: Any) -> Mapping[str, Float[Array, " count"]]:
        known = self.env.potential(state)
        if self.role not in known:
            return known
        return {**known, DEVIATOR: known[self.role][self.member : self.member + 1]}

    def show(self, state: Any, timestep: TimeStep) -> TimeStep:
        role, only = self.role, slice(self.member, self.member + 1)
        shared = self.env.roles[role].shared
        seen = {
            name: field if name in shared else field[only]
            for name, field in timestep.observation[role].items()
        }
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
