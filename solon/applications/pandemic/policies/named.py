"""Policies against the pandemic, by the name under which a role is given one."""

from typing import Any

from ....economies.pandemic import Pandemic
from ....environment import Environment
from ....errors import require
from ....policy import Policy
from ....runs.named import NamedPolicy
from ....runs.policies import PolicyMaker
from ..entries import PREFIX
from .files import read_policy

__all__ = ["AGAINST_PANDEMIC"]


class _AgainstPandemic(PolicyMaker):
    options = ("policy",)
    summary = "governors or planner of solon pandemic run: against-pandemic:policy=level=7"

    def make(self, named: NamedPolicy, role: str, env: Environment) -> Policy:
        require(isinstance(env, Pandemic), role, named.name, "a policy for this economy")
        assert isinstance(env, Pandemic)
        text: Any = named.options.get("policy")
        # A run folder keeps no file that is named here.
        kept = isinstance(text, str) and (text == "real" or "=" in text or text.startswith(PREFIX))
        allowed = f"real, level=7, or a name of the zoo such as {PREFIX}published-tree"
        require(kept, f"{role}.policy", text, allowed)
        found = read_policy(text, env)
        policy = found.governor if role == "governor" else found.planner
        assert policy is not None
        return policy


AGAINST_PANDEMIC = _AgainstPandemic()
