"""What a training starts from, where it does not start from nothing: policies of another run."""

import dataclasses
import os
import pathlib
from typing import Any

import safetensors.numpy
from jaxtyping import PyTree

from ..agents import ActorCritic
from ..environment import Environment
from ..errors import ConfigurationError, require
from ..reading.arrays import arrays_of
from ..reading.files import UnreadableError, bytes_of
from ..zoo.files import instead, names, read_entry
from .arrays import pack, unpack
from .folder import RunFolder
from .network_sizes import misfit_in_words

__all__ = ["read_policies", "read_start"]


def read_start(start: str, env: Environment) -> bytes:
    """Policies as the bytes of a safetensors file.

    Args:
        start: a run, of which the newest checkpoint counts; a name of the zoo; or a file that a
            run folder has kept.
        env: the economy of the training.

    Raises:
        ConfigurationError: if there are none, or they are of another economy or other rules.
    """
    path = pathlib.Path(start)
    allowed = "a run folder, its policies, or a name of the zoo"
    require(start != "", "start", start, allowed)
    if os.path.isdir(path):
        # That module asks this one where a training starts.
        from .recipe import load_trained

        trained = load_trained(RunFolder.open(path))
        _check_rules(start, trained.env, env)
        return safetensors.numpy.save(pack(trained.state.learned))
    if start in names():
        from .recipe import Recipe

        entry = read_entry(start)
        record = entry.record
        of_entry = Recipe.from_config(record["config"], record["rules"], "start", start)
        _check_rules(start, of_entry.env(), env)
        return entry.data
    try:
        return bytes_of(path)
    except UnreadableError as error:
        close = instead(start) or f" ({error})"
        raise ConfigurationError("start", start, f"{allowed}{close}") from None


def _check_rules(start: str, theirs: Environment, env: Environment) -> None:
    # Both follow today's rules, which may have versions of their own for some options.
    allowed = f"policies of {env.rules} (these are of {theirs.rules})"
    same = (theirs.name, theirs.version) == (env.name, env.version)
    require(same, "start", start, allowed)


def read_policies(data: bytes, like: dict[str, PyTree[Any]], start: str) -> dict[str, ActorCritic]:
    """Policies from such bytes, for the roles that they hold.

    Entries of observations that never changed before are measured in their own units from now on:
    a worker who has lived without taxes is not to be blinded by the first rate.

    Args:
        data: from `read_start`.
        like: role -> a policy of the same structure and shapes, for all roles that learn.
        start: what the user knows them as, for errors.

    Raises:
        ConfigurationError: if they are not such bytes, have no role that learns, or a policy of
            another shape.
    """
    try:
        arrays = arrays_of(data)
    except ValueError as error:
        raise ConfigurationError("start", start, f"policies of a run ({error})") from None
    roles = [role for role in like if any(name.startswith(f"['{role}']") for name in arrays)]
    require(bool(roles), "start", start, f"policies of {' or '.join(like)}")
    wanted = {role: like[role] for role in roles}
    problem = misfit_in_words(arrays, wanted)
    allowed = f"policies of an economy with the same options, and of the same networks ({problem})"
    require(problem is None, "start", start, allowed)
    return {role: _ready(policy) for role, policy in unpack(arrays, wanted).items()}


def _ready(policy: ActorCritic) -> ActorCritic:
    statistics = policy.feature_statistics
    if statistics is None:
        return policy
    return dataclasses.replace(policy, feature_statistics=statistics.forget_constants())
