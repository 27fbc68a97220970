"""From the files of an entry to players."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import jax
import numpy as np
from jaxtyping import PyTree

from ..environment import Role
from ..errors import ConfigurationError, DamageError, require
from ..reading.arrays import arrays_of
from ..runs.arrays import leaf_entries, unpack
from ..runs.network_sizes import misfit_in_words
from ..runs.players import Players, regime_of
from ..runs.recipe import Recipe
from .files import read_entry

__all__ = ["MEMORIES", "Entry", "load"]

MEMORIES = "memories"
"""What the paths of memories start with; those of networks start with the role."""


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Entry(Players):
    """An entry of the zoo, ready for `play`, `evaluate_players` and the like.

    Attributes:
        name: of the entry.
        version: a higher one took the place of a lower one.
        status: such as `pilot`.
        card: what it was trained on, how it scores, where it ends (Markdown).
        provenance: seed, steps, code and command of the training.
    """

    name: str
    version: int
    status: str
    card: str
    provenance: Mapping[str, Any]


def load(name: str, **options: Any) -> Entry:
    """An entry of the zoo.

    Args:
        name: one of `solon.zoo.names()`.
        **options: of the economy, in the place of those of the training: `workers=10`. Those of a
            component may be given in part.

    Raises:
        ConfigurationError: if there is no such entry, it is damaged, of other rules than the
            economy has now, or does not fit these options.
    """
    files = read_entry(name)
    record = files.record
    recipe = Recipe.from_config(record["config"], record["rules"], "name", name)
    allowed = "an entry that is not damaged"
    if options:
        trained = recipe.env()
        recipe = dataclasses.replace(recipe, options=_changed(recipe.options, options))
        allowed = f"options that its networks fit, and not {options}"
        for role, before in trained.roles.items():
            after = recipe.env().roles.get(role)
            # Networks of the same size may still take one number for another.
            same = after is not None and list(after.observation) == list(before.observation)
            require(same, "name", name, f"{allowed} ({role} would see something else)")
            assert after is not None
            # What sets rates without having learned has no network that would not fit.
            others = "" if role in recipe.given() else _other_sizes(before, after)
            require(not others, "name", name, f"{allowed} (for the {role}, {others})")
    env, given = recipe.env(), recipe.given()
    try:
        arrays = arrays_of(files.data)
    except ValueError as error:
        raise DamageError("name", name, f"{allowed} ({error})") from None
    policies, memories = _templates(recipe, record["copies"])
    own = {path: array for path, array in arrays.items() if not path.startswith(MEMORIES)}
    brought = {
        path.removeprefix(MEMORIES): array for path, array in arrays.items() if path not in own
    }
    for stored, like in ((own, policies), (brought, memories)):
        problem = _problem(stored, like)
        if problem is not None:
            # As it was trained, nothing but damage can keep an entry from fitting.
            kind = ConfigurationError if options else DamageError
            raise kind("name", name, f"{allowed} ({problem})")
    learned = unpack(own, policies)
    return Entry(
        recipe=recipe,
        env=env,
        params=env.default_params(),
        policies={role: (given | learned)[role] for role in env.roles},
        learning=tuple(learned),
        memories=unpack(brought, memories),
        regime=regime_of(recipe),
        steps=record["provenance"].get("steps", recipe.steps),
        prior=recipe.worlds(),
        name=name,
        version=record["version"],
        status=record["status"],
        card=files.card,
        provenance=record["provenance"],
    )


def _other_sizes(before: Role, after: Role) -> str:
    """What has another size for a role than it was trained with, in words; nothing if nothing."""
    found = [
        f"{name.replace('_', ' ')} has another shape than in training"
        for name, space in before.observation.items()
        if space.shape != after.observation[name].shape
    ]
    if before.action != after.action:
        found.append("there are other actions, such as tax rates, than in training")
    return " and ".join(found)


def _changed(options: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Options with others in their place; hyphens in a name are underscores."""
    result = dict(options)
    for name, value in changes.items():
        known = next((k for k in options if k.replace("-", "_") == name.replace("-", "_")), name)
        parts = isinstance(value, Mapping) and isinstance(options.get(known), Mapping)
        result[known] = {**options[known], **value} if parts else value
    return result


def _templates(recipe: Recipe, copies: int) -> tuple[PyTree[Any], PyTree[Any]]:
    """Types and shapes of the policies, and of the other policies' memories.

    How long a training's unrolls were says nothing about where its policies can act.
    """
    sizes: dict[str, Any] = {"environments": 1, "unroll": recipe.env().horizon, "minibatches": 1}
    sizes["stand_in"] = 0.0
    one = dataclasses.replace(
        recipe,
        ppo=dataclasses.replace(recipe.ppo, **sizes),
        own_ppo={role: dataclasses.replace(own, **sizes) for role, own in recipe.own_ppo.items()},
        curriculum={},
    )
    state = one.abstract_state()

    def several(leaf: Any) -> Any:
        return jax.ShapeDtypeStruct((copies, *leaf.shape[1:]), leaf.dtype)

    memories = {r: m for r, m in state.economies.memories.items() if r not in state.optimizers}
    return state.learned, jax.tree.map(several, memories)


def _problem(arrays: Mapping[str, np.ndarray], like: PyTree[Any]) -> str | None:
    """Why these arrays are not what is asked for: too few, others, or too many."""
    wanted = {entry["path"] for entry in leaf_entries(like)}
    more = sorted(set(arrays) - wanted)
    return misfit_in_words(arrays, like) or (f"{more[0]} has no place" if more else None)
