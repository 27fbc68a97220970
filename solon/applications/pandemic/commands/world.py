"""The economy that `solon pandemic` simulates, and the draws of its parameters."""

import datetime
import pathlib
from typing import TYPE_CHECKING, Any

from ....errors import ConfigurationError, require
from ....reading.files import is_there
from ....reading.scalars import number_of

if TYPE_CHECKING:
    from ....economies.pandemic import Pandemic
    from .pandemic import Options

__all__ = ["DAYS", "START", "check_world", "world"]

#: Without an ensemble. With one, an episode starts where it does and ends with the data.
START, DAYS = "2020-03-22", 404


def check_world(options: "Options") -> list[float]:
    """The factors of transmission; raises `ConfigurationError` for what can be seen at once."""
    try:
        factors = [number_of(text.strip()) for text in options.transmission.split(",")]
    except ValueError as error:
        allowed = f"numbers with commas between them, as 0.9,1,1.1 ({error})"
        raise ConfigurationError("--transmission", options.transmission, allowed) from None
    known = ("default", "foundation")
    require(options.rules in known, "--rules", options.rules, " or ".join(known))
    fits = options.ensemble is None or options.rules == "default"
    require(fits, "--ensemble", options.ensemble, "with --rules default, which it was fitted to")
    return factors


def world(options: "Options", factors: list[float], states: Any) -> "tuple[Pandemic, Any]":
    """The economy, and parameters with the draws in front."""
    import jax
    import jax.numpy as jnp

    from ....data.covid19 import load
    from ....economies.pandemic import Pandemic
    from ....economies.pandemic.sensitivity import scaled_transmission, with_transmission
    from ..calibration.ensemble import read_ensemble

    if options.ensemble is None:
        economy = Pandemic(
            states=states,
            start_date=options.start or START,
            horizon=DAYS if options.days is None else options.days,
            compatibility="foundation" if options.rules == "foundation" else None,
        )
        return economy, with_transmission(economy.default_params(), factors)
    ensemble = read_ensemble(_place(options.ensemble))
    start = options.start or ensemble.start_date
    require(start == ensemble.start_date, "--start", start, f"{ensemble.start_date}, its own")
    last = load().dates[-1].astype(object)
    # Cases are known for a month less than levels are.
    rest = (datetime.date(last.year, last.month - 1, 1) - datetime.date.fromisoformat(start)).days
    days = rest - 1 if options.days is None else options.days
    economy = Pandemic(states=states, start_date=start, horizon=days)
    members = ensemble.params(economy)
    # Checks the factors, too.
    with_transmission(economy.default_params(), factors)
    scaled = [scaled_transmission(members, jnp.asarray(factor)) for factor in factors]
    return economy, jax.tree.map(lambda *leaves: jnp.concatenate(leaves), *scaled)


def _place(text: str) -> pathlib.Path:
    from ....zoo.files import read_entry
    from ..entries import ENSEMBLE, PREFIX

    if text.startswith(PREFIX) and not is_there(text):
        return read_entry(text, "--ensemble", ENSEMBLE).path
    return pathlib.Path(text)
