"""What a training starts from, where it does not start from nothing: policies of another run."""

import dataclasses
import os
import pathlib
from typing import Any

import safetensors
import safetensors.numpy
from jaxtyping import PyTree

from ..agents import ActorCritic
from ..environment import Environment
from ..errors import ConfigurationError, require
from .arrays import leaf_entries, pack, unpack
from .folder import RunFolder

__all__ = ["read_file", "read_policies", "take_policies"]


def take_policies(run: str | os.PathLike[str], env: Environment) -> bytes:
    """The policies of a run's newest checkpoint, as the bytes of a safetensors file.

    Raises:
        ConfigurationError: if there is no such run, or it is of another economy or other rules.
    """
    # That module asks this one where a training starts.
    from .recipe import load_trained

    trained = load_trained(RunFolder.open(run))
    allowed = f"a run under {env.rules} (this is of {trained.env.rules})"
    require(trained.env.rules == env.rules, "start", str(run), allowed)
    return safetensors.numpy.save(pack(trained.state.policies))


def read_file(path: pathlib.Path) -> bytes:
    """What a run folder has kept of them.

    Raises:
        ConfigurationError: if it can not be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        allowed = f"a run folder, or its policies ({error.strerror})"
        raise ConfigurationError("start", str(path), allowed) from None


def read_policies(data: bytes, like: dict[str, PyTree[Any]]) -> dict[str, ActorCritic]:
    """Policies from such bytes, for the roles that they hold.

    Entries of observations that never changed before are measured in their own units from now on:
    a worker who has lived without taxes is not to be blinded by the first rate.

    Args:
        data: from `take_policies`.
        like: role -> a policy of the same structure and shapes, for all roles that learn.

    Raises:
        ConfigurationError: if they are not such bytes, have no role that learns, or a policy of
            another shape.
    """
    try:
        arrays = safetensors.numpy.load(data)
    except safetensors.SafetensorError as error:
        raise ConfigurationError("start", len(data), f"bytes of policies ({error})") from None
    roles = [role for role in like if any(name.startswith(f"['{role}']") for name in arrays)]
    require(bool(roles), "start", sorted(arrays)[:1], f"a run in which {' or '.join(like)} learned")
    wanted = {role: like[role] for role in roles}
    for entry in leaf_entries(wanted):
        name, shape = entry["path"], tuple(entry["shape"])
        there = arrays[name].shape if name in arrays else None
        allowed = f"a run with the same networks and observations ({name} has {shape} here)"
        require(there == shape, "start", there, allowed)
    return {role: _ready(policy) for role, policy in unpack(arrays, wanted).items()}


def _ready(policy: ActorCritic) -> ActorCritic:
    statistics = policy.feature_statistics
    if statistics is None:
        return policy
    return dataclasses.replace(policy, feature_statistics=statistics.forget_constants())
