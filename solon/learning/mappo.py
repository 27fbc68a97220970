"""Proximal policy optimisation with a critic for all members: settings. Nothing here needs jax."""

import dataclasses
from typing import TYPE_CHECKING

from .config import PPO

if TYPE_CHECKING:
    from ..agents.encoding import Encoding
    from ..environment import Role

__all__ = ["MAPPO"]


@dataclasses.dataclass(frozen=True)
class MAPPO(PPO):
    """Proximal policy optimisation with a wider view for the critic (Yu et al. 2022).

    The policy of a member sees what it sees. Its critic sees what the economy declares for critics
    of the role (`Role.critic`) or, where it declares nothing, what all members of the role see.
    All settings of `PPO`.
    """

    def encoding(self, name: str, role: "Role") -> "Encoding":
        from ..agents.encoding import Encoding

        return Encoding.of(name, role, critic_sees_all=not role.critic)
