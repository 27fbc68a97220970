"""Named policies that suit any economy."""

from typing import Any

from ..agents.scripted import ConstantPolicy, RandomPolicy
from ..environment import Environment
from ..errors import ConfigurationError
from ..policy import Policy
from .named import NamedPolicy
from .policies import PolicyMaker

__all__ = ["CONSTANT", "RANDOM_ACTIONS"]


class _Constant(PolicyMaker):
    options = ("action",)
    summary = "always the same action: constant:action=2"

    def make(self, named: NamedPolicy, role: str, env: Environment) -> Policy:
        action: Any = named.options.get("action")
        try:
            return ConstantPolicy(env.roles[role], action)
        except ConfigurationError as error:
            raise error.renamed(f"{role}.{error.argument}") from None


class _RandomActions(PolicyMaker):
    summary = "any allowed action, each as likely as the others"

    def make(self, named: NamedPolicy, role: str, env: Environment) -> Policy:
        try:
            return RandomPolicy(env.roles[role])
        except ConfigurationError as error:
            raise error.renamed(f"{role}.{error.argument}") from None


CONSTANT = _Constant()
RANDOM_ACTIONS = _RandomActions()
