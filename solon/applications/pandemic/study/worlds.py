"""The two worlds of the study: rules, days, and the draws of the parameters."""

import dataclasses
import pathlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jaxtyping import Array, PyTree

if TYPE_CHECKING:
    from ....economies.pandemic import Pandemic

__all__ = ["CHANGES", "ENSEMBLES", "WORLDS", "World", "changed", "draws", "economy", "rounded"]


@dataclasses.dataclass(frozen=True)
class World:
    """Rules, days and parameters under which policies are compared.

    Attributes:
        title: for people.
        start: the first day.
        days: after it, to the end of the data.
        rules: `foundation` or `default`.
        origin: of Solon's calibration; None for an ensemble around the published parameters.
    """

    title: str
    start: str
    days: int
    rules: str
    origin: str | None = None


WORLDS = {
    "published": World("published rules and parameters", "2020-03-22", 405, "foundation"),
    "calibrated": World("Solon's calibration", "2020-07-31", 273, "default", "2020-08"),
}

#: Files of the ensembles that are fitted: one to choose policies with, one to judge them.
ENSEMBLES = {"chosen": "chosen.safetensors", "judged": "judged.safetensors"}

#: Of the draws around the published parameters. Those of seed 2 were looked at while the cap on
#: unemployment of governors who learn was made, so that others judge.
_SEEDS = {"chosen": 1, "judged": 7}

#: What else may be different from what was expected: name -> transmission, vaccines later by days.
CHANGES: Mapping[str, tuple[float, int]] = {
    **{f"transmission {factor:g}": (factor, 0) for factor in (0.7, 0.8, 0.9, 1.1, 1.2, 1.3)},
    "vaccines 60 days earlier": (1.0, -60),
    "vaccines 60 days later": (1.0, 60),
}


def economy(name: str) -> "Pandemic":
    """The economy of a world, by day."""
    from ....economies.pandemic import Pandemic

    world = WORLDS[name]
    return Pandemic(
        start_date=world.start,
        horizon=world.days,
        compatibility="foundation" if world.rules == "foundation" else None,
    )


def draws(name: str, purpose: str, count: int, folder: pathlib.Path | None) -> PyTree[Array]:
    """Draws of the parameters. Those to judge with share no luck with those to choose with.

    Args:
        name: of the world.
        purpose: a key of `ENSEMBLES`.
        count: at most so many.
        folder: with the ensembles, for a world that has fitted ones.
    """
    import jax

    from ....economies.pandemic.sensitivity import perturbed
    from ..calibration.ensemble import read_ensemble

    env = economy(name)
    if WORLDS[name].origin is None:
        return perturbed(env.default_params(), count, seed=_SEEDS[purpose])
    assert folder is not None
    found = read_ensemble(folder / ENSEMBLES[purpose]).params(env)
    return jax.tree.map(lambda leaf: leaf[:count], found)


def changed(params: PyTree[Array], change: str) -> PyTree[Array]:
    """Draws in which one of `CHANGES` came true."""
    import jax.numpy as jnp

    from ....economies.pandemic.sensitivity import scaled_transmission, with_vaccines

    factor, later = CHANGES[change]
    return with_vaccines(scaled_transmission(params, jnp.asarray(factor)), later)


def rounded(values: Any, digits: int = 6) -> Any:
    """Numbers with so many digits that count, for records."""
    return [float(f"{value:.{digits}g}") for value in values]
