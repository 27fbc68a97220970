"""From the files of an entry to players."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from ..errors import DamageError
from ..reading.arrays import arrays_of
from ..runs.arrays import unpack
from ..runs.changed import problem, templates, with_options
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
    env, given = recipe.env(), recipe.given()
    try:
        arrays = arrays_of(files.data)
    except ValueError as error:
        raise DamageError("name", name, f"{allowed} ({error})") from None
    policies, memories = templates(recipe, record["copies"])
    own = {path: array for path, array in arrays.items() if not path.startswith(MEMORIES)}
    brought = {
        path.removeprefix(MEMORIES): array for path, array in arrays.items() if path not in own
    }
    for stored, like in ((own, policies), (brought, memories)):
        # As it was trained, nothing but damage can keep an entry from fitting.
        found = problem(stored, like)
        if found is not None:
            raise DamageError("name", name, f"{allowed} ({found})")
    learned = unpack(own, policies)
    entry = Entry(
        recipe=recipe,
        env=env,
        params=recipe.start_params(),
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
    return with_options(entry, options, "name", name)
