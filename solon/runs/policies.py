"""Policies by name: those of applications, general ones, and classes in a user's file."""

import abc
import importlib
import inspect
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

from .. import registry
from .._plain import is_number
from ..applications import applications
from ..environment import Environment
from ..errors import ConfigurationError, EconomyError, did_you_mean, require
from ..luck import key_of
from ..own_code import failure
from ..policy import Policy
from ..spaces import Box
from .named import NamedPolicy, is_own, underscored
from .schedules import PLANNERS, NamedSchedule, schedule
from .values import as_tuples

__all__ = [
    "PolicyMaker",
    "build_policy",
    "maker_of",
    "policy_from_config",
    "policy_named",
    "policy_names",
]

_GENERAL = {
    "constant": "solon.runs.general_policies:CONSTANT",
    "random-actions": "solon.runs.general_policies:RANDOM_ACTIONS",
}
_SCHEDULE = "schedule"
"""What makes the policy of a `NamedSchedule`."""


class PolicyMaker(abc.ABC):
    """How a policy that has a name is made. An application names its own in `policies`.

    Attributes:
        options: what may be set of the policy.
        summary: what it is, in a line.
    """

    options: tuple[str, ...] = ()
    summary: str = ""

    @abc.abstractmethod
    def make(self, named: Any, role: str, env: Environment) -> Policy:
        """The policy for a role of an economy.

        Args:
            named: a `NamedPolicy`, or the `NamedSchedule` that it stands for.
            role: one of the economy's.
            env: the economy.

        Raises:
            ConfigurationError: if it does not fit the role, or a value of an option is not allowed.
        """

    def sized(self, named: NamedPolicy, env: Environment, learner: Any, steps: int) -> Any:
        """The same for a training of some length, and the steps of its updates.

        Args:
            named: as it was chosen.
            env: the economy.
            learner: the algorithm of the roles that have none of their own.
            steps: environment steps that the user asked for.
        """
        return named, steps

    def trainer(self, named: NamedPolicy, learner: Any) -> Any:
        """What updates the state of a training: the learner, or something around it."""
        return learner

    def stand_in(self, role: str, env: Environment, share: float) -> Policy:
        """A policy for the share of the copies in which the role's own does not decide."""
        raise ConfigurationError(
            f"{role}.stand_in", share, "0, as nobody can stand in for the role"
        )


def policy_names() -> dict[str, str]:
    """The names of all makers, with what they make."""
    return {name: maker_of(name).summary for name in _places() if name != _SCHEDULE}


def maker_of(name: str) -> PolicyMaker:
    """What makes the policies of a name."""
    module, _, attribute = _places()[name].partition(":")
    maker = getattr(importlib.import_module(module), attribute)
    assert isinstance(maker, PolicyMaker)
    return maker


def _places() -> dict[str, str]:
    found = dict(_GENERAL)
    for each in applications():
        found |= each.policies
    return found


def policy_named(
    name: str, options: Mapping[str, Any] | None = None, argument: str = "planner"
) -> NamedSchedule | NamedPolicy:
    """The policy behind a name, a schedule file or `FILE.py:CLASS`.

    Args:
        name: of a policy.
        options: its options by name.
        argument: what the user knows it as, for errors.

    Raises:
        ConfigurationError: if there is none, the file is not a schedule, or an option is unknown.
            Values of options are checked when the policy is built.
    """
    named = NamedPolicy(name, underscored(argument, options or {}))
    if is_own(name):
        return named
    _check_options(named)
    if name in _places() and name != _SCHEDULE:
        return named
    try:
        return schedule(name)
    except ConfigurationError as error:
        if error.argument != "planner" or argument == "planner":
            raise
        others = ", ".join(sorted(set(_places()) - {_SCHEDULE, *PLANNERS}))
        close = did_you_mean(name, _places()) if "did you mean" not in error.allowed else ""
        allowed = f"{others}, FILE.py:CLASS, or for taxes {error.allowed}{close}"
        raise ConfigurationError(argument, error.value, allowed) from None


def _check_options(named: NamedPolicy) -> None:
    """Raise `ConfigurationError` for an option that the policy of a name does not have."""
    name = named.name
    known = maker_of(name).options if name in _places() else ()
    for key, value in named.options.items():
        allowed = f"one of the options of {name}: {', '.join(known) or 'it has none'}"
        require(key in known, f"{name}.{key}", value, allowed)


def policy_from_config(
    config: Mapping[str, Any], argument: str = "planner"
) -> NamedSchedule | NamedPolicy:
    """The policy that `run.json` describes.

    Raises:
        ConfigurationError: if a value is not of the kind that stands there.
    """
    name = config["name"]
    require(isinstance(name, str), f"{argument}.name", name, "a name")
    if "options" in config:
        options = config["options"]
        require(isinstance(options, Mapping), f"{argument}.options", options, "values by name")
        return NamedPolicy(**as_tuples(config))
    for field in ("rates", "cutoffs"):
        value = config.get(field)
        numbers = isinstance(value, list | tuple) and all(map(is_number, value))
        require(value is None or numbers, f"{argument}.{field}", value, "numbers, or null")
    return NamedSchedule(**as_tuples(config))


def build_policy(named: NamedSchedule | NamedPolicy, role: str, env: Environment) -> Policy:
    """The policy for a role of an economy.

    Raises:
        ConfigurationError: if the economy has no such role, the policy does not fit the role, or a
            value of an option is not allowed.
        EconomyError: if a class of the user's own fails.
    """
    name = named.name
    require(role in env.roles, role, name, f"none, as the economy has no role {role}")
    if isinstance(named, NamedSchedule):
        return maker_of(_SCHEDULE).make(named, role, env)
    if is_own(name):
        return _own(named, role, env)
    known = name in _places() and name != _SCHEDULE
    require(known, role, name, f"a policy that has a name here: {', '.join(policy_names())}")
    _check_options(named)
    return maker_of(name).make(named, role, env)


def _own(named: NamedPolicy, role: str, env: Environment) -> Policy:
    """A policy of a class in a user's file; `role` and `env` are filled in where it takes them."""
    name = named.name
    kind: Any = registry.load_own(name, role)
    proper = isinstance(kind, type) and issubclass(kind, Policy)
    require(proper, role, name, "a class that is a solon.policy.Policy")
    filled = {"role": env.roles[role], "env": env}
    taken = list(inspect.signature(kind).parameters)
    known = [key for key in taken if key not in filled]
    for key, value in named.options.items():
        allowed = f"one of the options of {name}: {', '.join(known) or 'it has none'}"
        require(key in known, f"{role}.{key}", value, allowed)
    needed = {key: value for key, value in filled.items() if key in taken}
    try:
        policy = kind(**needed, **as_tuples(named.options))
        _check(policy, role, env)
    except ConfigurationError as error:
        raise error.renamed(f"{role}.{error.argument}") from None
    except EconomyError:
        raise
    except (Exception, SystemExit) as error:
        told = failure(error, known_own=True)
        raise EconomyError(f"policy {name} of the {role} fails: {told}") from error
    return policy


def _check(policy: Any, role: str, env: Environment) -> None:
    """Raise `EconomyError` unless the policy acts as its role does, and remembers in one shape."""
    space, count = env.roles[role].action, env.roles[role].count

    def first() -> Any:
        key = key_of(0)
        state, timestep = env.reset(key, env.default_params())
        memory = policy.begin(policy.init(key))
        action, after = policy.act(memory, timestep.observation[role], key)
        return memory, action, policy.update(after, timestep, state)

    memory, action, after = jax.eval_shape(first)
    shape = (count, *space.shape)
    found = getattr(action, "shape", type(action).__name__)
    if found != shape:
        raise EconomyError(
            f"policy of the {role}: act gives actions of shape {found}, and the role has {shape}"
        )
    whole = not (isinstance(space, Box) and space.kind == "float")
    if whole and not jnp.issubdtype(action.dtype, jnp.integer):
        raise EconomyError(f"policy of the {role}: act gives {action.dtype}, and not whole numbers")
    before: Any = jax.tree.structure(memory)
    if before != jax.tree.structure(after) or _sizes(memory) != _sizes(after):
        raise EconomyError(
            f"policy of the {role}: the memory is {_sizes(after)} after a step, and was "
            f"{_sizes(memory)} before it"
        )


def _sizes(tree: Any) -> list[tuple[str, tuple[int, ...]]]:
    return [(str(leaf.dtype), leaf.shape) for leaf in jax.tree.leaves(tree)]
