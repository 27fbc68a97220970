"""Governors who learned, from a file with weights beside the policy file that names it."""

import hashlib
import pathlib
from typing import TYPE_CHECKING, Any

import jax

from ....errors import ConfigurationError, DamageError, require, require_whole
from ....luck import key_of
from ....policy import Policy
from ....reading.arrays import arrays_of
from ....reading.files import UnreadableError, bytes_of

if TYPE_CHECKING:
    from ....economies.pandemic import Pandemic

__all__ = ["learned_of"]

_FIELDS = ("weights", "sha256", "hidden", "embedding", "review")
_ROLE = "governor"
_LARGEST_FILE = 10_000_000


def learned_of(content: Any, folder: pathlib.Path, economy: "Pandemic") -> Policy:
    """A governor that takes the most probable action of a learned policy on review days.

    Args:
        content: `weights`, a safetensors file in the folder, and the `sha256` of it; `hidden` and
            `embedding`, the sizes of the network; and `review`, the days from one to the next.
        folder: where the policy file is.
        economy: whose observations it reads.

    Raises:
        ConfigurationError: for what is missing or does not fit; a `DamageError` if the weights are
            not those whose hash is stated.
    """
    from ....agents.actor_critic import ActorCritic
    from ....agents.encoding import Encoding
    from ....agents.wrappers import ReviewedPolicy
    from ....runs.arrays import unpack
    from ....runs.network_sizes import misfit_in_words

    whole = isinstance(content, dict) and sorted(map(str, content)) == sorted(_FIELDS)
    require(whole, "learned", content, ", ".join(_FIELDS))
    hidden, embedding = content["hidden"], content["embedding"]
    widths = isinstance(hidden, list) and len(hidden) <= 4
    require(widths, "hidden", hidden, "at most four widths")
    for width in hidden:
        require_whole("hidden", width, low=1, high=1024)
    embedding = require_whole("embedding", embedding, low=1, high=64)
    require_whole("review", content["review"], low=economy.cooldown, high=10**6)
    name = content["weights"]
    plain = isinstance(name, str) and pathlib.PurePath(name).name == name
    require(plain, "weights", name, "the name of a file .safetensors in the same folder")
    try:
        data = bytes_of(folder / name, most=_LARGEST_FILE)
    except UnreadableError as error:
        allowed = f"a file .safetensors in the same folder ({error})"
        raise ConfigurationError("weights", name, allowed) from None
    if hashlib.sha256(data).hexdigest() != content["sha256"]:
        raise DamageError("weights", name, "a file with the hash that is stated")
    encoding = Encoding.of(_ROLE, economy.roles[_ROLE])

    def create() -> dict[str, ActorCritic]:
        policy = ActorCritic.create(
            key_of(0),
            encoding,
            hidden=tuple(hidden),
            embedding=embedding,
            normalize_observations=True,
            members=economy.roles[_ROLE].count,
        )
        return {_ROLE: policy}

    like = jax.eval_shape(create)
    try:
        arrays = arrays_of(data)
    except ValueError as error:
        raise ConfigurationError("weights", name, f"a safetensors file ({error})") from None
    problem = misfit_in_words(arrays, like)
    allowed = f"those of a network as the policy file has it, for this economy ({problem})"
    require(problem is None, "weights", name, allowed)
    policy = unpack(arrays, like)[_ROLE]
    return ReviewedPolicy(
        policy, len(economy.state_names), economy.horizon, content["review"], holds=False
    )
