"""The fitted parameters in the economy's own form: an ensemble with which to try policies.

The economy's transmission is a line in the level, without season, caution and shocks. So each
member gets the line through its mean transmission over the four months after the origin, at the
levels in force, with its own slope. What people do of their own accord is in the height of that
line: it does not answer to deaths any more.
"""

import dataclasses
import json
import pathlib
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ....data.us_states import POSTAL_CODES
from ....economies.pandemic.epidemic import Compartments
from ....economies.pandemic.unemployment import UnemploymentParams
from ....errors import ConfigurationError, require
from ....reading.arrays import arrays_of, metadata_of
from ....reading.dates import date_of
from ....reading.files import bytes_of
from .baselines import usual_unemployment
from .known import Known
from .recovery import RecoveryNumbers, RecoveryPrior, mixture
from .rolling import Forecaster

if TYPE_CHECKING:
    from ....economies.pandemic import Pandemic
    from ....economies.pandemic.state import Params

__all__ = ["RULES", "Ensemble", "ensemble_at", "ensemble_bytes", "read_ensemble"]

#: The economy that the parameters are of.
RULES = "pandemic@1"

_DAYS_A_MONTH = 30.4
_LARGEST_FILE = 500_000_000
_PERSONS = ("susceptible", "infected", "recovered", "deaths", "vaccinated")
# How strongly responses of states are drawn to those of the nation, in months of data.
_POOLING = 4.0


@dataclasses.dataclass(frozen=True, eq=False)
class Ensemble:
    """Members of equal weight.

    Attributes:
        rules: name and version of the economy.
        start_date: the day before the origin, on which an episode starts.
        states: full names.
        arrays: `intercept` and `slope` of shape (members, states), `death_share` (members,), the
            compartments (members, states) in persons, `time_constants` (members, 2) in days,
            `weights` (members, 2, states) and `bias` (members, states).
    """

    rules: str
    start_date: str
    states: tuple[str, ...]
    arrays: dict[str, np.ndarray]

    def params(self, economy: "Pandemic") -> "Params":
        """Parameters with a leading axis of members, to be mapped over.

        Args:
            economy: one that starts on `start_date`; states may be fewer.

        Raises:
            ConfigurationError: for an economy with other rules or another first day.
        """
        require(economy.rules == self.rules, "economy", economy.rules, self.rules)
        require(economy.start_date == self.start_date, "start_date", economy.start_date,
                self.start_date)  # fmt: skip
        usual = economy.default_params()
        members = len(self.arrays["death_share"])
        params = jax.tree.map(lambda leaf: jnp.repeat(leaf[None], members, axis=0), usual)
        places = np.array([self.states.index(name) for name in economy.state_names])

        def found(name: str) -> Array:
            values = self.arrays[name]
            by_state = values.ndim > 1 and values.shape[-1] == len(self.states)
            return jnp.asarray(values[..., places] if by_state else values, float)

        persons = {name: found(name) for name in _PERSONS}
        # Populations may be corrected ones: the rest of the people is susceptible.
        removed = persons["infected"] + persons["recovered"]
        persons["susceptible"] = jnp.maximum(params.population - removed, 0)
        epidemic = dataclasses.replace(
            params.epidemic,
            intercept=found("intercept"),
            slope=found("slope"),
            death_share=found("death_share"),
        )
        unemployment = UnemploymentParams(
            time_constants=found("time_constants"),
            weights=found("weights"),
            factor=params.unemployment.factor,
            bias=found("bias"),
        )
        assert params.beginning is not None
        beginning = dataclasses.replace(params.beginning, compartments=Compartments(**persons))
        return dataclasses.replace(
            params, epidemic=epidemic, unemployment=unemployment, beginning=beginning
        )


def ensemble_at(forecaster: Forecaster, known: Known) -> Ensemble:
    """What was fitted at an origin.

    Args:
        forecaster: with its prior.
        known: the rows.
    """
    prior = forecaster.prior
    fitted = forecaster.fit(known)
    # One course of each member: the mean of several would have less spread than there is.
    first = slice(None, None, forecaster.effort.draws)
    rate = fitted.ahead.transmission[first]
    persons = jax.tree.map(lambda leaf: leaf[first], fitted.ahead.now)
    nation = prior.stringency + prior.stringency_spread * fitted.numbers.stringency
    states = prior.stringency_spread_of_states * fitted.numbers.stringencies
    slope = rate * (nation[:, None] + states)
    level = jnp.asarray(known.stringency[-1], float)
    arrays = {
        "intercept": rate - slope * level[None, :],
        "slope": slope,
        "death_share": jnp.full(len(rate), prior.infection_fatality),
        **{name: getattr(persons, name) for name in _PERSONS},
    }
    arrays["deaths"] = prior.infection_fatality * (persons.recovered - persons.vaccinated)
    recovery = forecaster.fit_unemployment(known)
    arrays |= _unemployment(known, recovery, forecaster.recovery)
    return Ensemble(
        rules=RULES,
        start_date=str(known.dates[-1]),
        states=known.states,
        arrays={name: np.asarray(values, np.float32) for name, values in arrays.items()},
    )


def _unemployment(
    known: Known, numbers: RecoveryNumbers, prior: RecoveryPrior
) -> dict[str, np.ndarray]:
    """Responses to levels with the fitted time constants, by least squares drawn to the nation's.

    The excess of each month is a sum of two responses to all changes of the level so far. The last
    error is added to the bias, so that an episode starts where unemployment was last known.
    """
    constants = np.stack([np.asarray(one) for one in mixture(numbers, prior)[1:]], axis=1)
    constants = constants * _DAYS_A_MONTH
    usual = usual_unemployment(known)
    levels = known.stringency
    changes = np.diff(np.concatenate([np.ones((1, levels.shape[1])), levels]), axis=0)
    weights, biases = [], []
    for member in constants:
        response = np.zeros((2, levels.shape[1]))
        path = []
        for change in changes:
            response = np.exp(-1 / member)[:, None] * response + change
            path.append(response)
        of_month = np.array(
            [
                np.mean(np.array(path)[known.dates.astype("datetime64[M]") == month], axis=0)
                for month in known.months
            ]
        )
        # The economy's curve from response to excess is z / (1 + e^-z), inverted here.
        excess = _inverse(known.unemployment - usual)
        rows = of_month.transpose(2, 0, 1)  # (states, months, 2)
        square = rows.transpose(0, 2, 1) @ rows
        product = np.einsum("smk,ms->sk", rows, excess)
        nation = np.linalg.solve(square.sum(axis=0), product.sum(axis=0))
        pooling = _POOLING * square.mean(axis=0) / len(known.months)
        found = np.linalg.solve(square + pooling, (product + pooling @ nation)[..., None])[..., 0]
        last = np.einsum("sk,sk->s", rows[:, -1], found)
        weights.append(found.T)
        biases.append(known.unemployment[-1] - last / (1 + np.exp(-last)))
    return {
        "time_constants": constants,
        "weights": np.stack(weights),
        "bias": np.stack(biases),
    }


def _inverse(excess: np.ndarray) -> np.ndarray:
    """The z with z / (1 + e^-z) = excess, for excesses above the lowest that there is."""
    z = np.maximum(excess, -0.2)
    for _ in range(30):
        share = 1 / (1 + np.exp(-z))
        slope = share + z * share * (1 - share)
        z = z - (z * share - np.maximum(excess, -0.2)) / np.maximum(slope, 0.1)
    return z


def ensemble_bytes(ensemble: Ensemble) -> bytes:
    """An ensemble as a safetensors file."""
    import safetensors.numpy

    metadata = {
        "rules": ensemble.rules,
        "start_date": ensemble.start_date,
        "states": "|".join(ensemble.states),
    }
    arrays = {name: np.ascontiguousarray(values) for name, values in ensemble.arrays.items()}
    content = safetensors.numpy.save(arrays, metadata=metadata)
    # The library writes texts in another order each time; the same draws are the same bytes.
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length]) | {"__metadata__": dict(sorted(metadata.items()))}
    ordered = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    ordered += b" " * (-len(ordered) % 8)
    return len(ordered).to_bytes(8, "little") + ordered + content[8 + length :]


def read_ensemble(path: Any) -> Ensemble:
    """An ensemble from its file.

    Raises:
        ConfigurationError: if it cannot be read, is none or damaged, or belongs to other rules.
    """
    allowed = f"a file that `solon calibrate pandemic` wrote, of {RULES}"
    try:
        content = bytes_of(path, most=_LARGEST_FILE)
        arrays, metadata = arrays_of(content), metadata_of(content)
        found = metadata["rules"]
        states, start = tuple(metadata["states"].split("|")), metadata["start_date"]
    except KeyError as error:
        reason = f"it does not state its {error.args[0]}"
        raise ConfigurationError("ensemble", str(path), f"{allowed} ({reason})") from None
    except ValueError as error:
        raise ConfigurationError("ensemble", str(path), f"{allowed} ({error})") from None
    # The file's name alone: what is wrong with it would be cut off behind a long path.
    name = pathlib.Path(path).name
    date_of(start, f"ensemble, start_date of {name}")
    require(found == RULES, "ensemble", f"{name} of {found}", allowed)
    problem = _problem(states, arrays)
    require(problem is None, "ensemble", f"{name}, {problem}", allowed)
    return Ensemble(rules=found, start_date=start, states=states, arrays=arrays)


def _problem(states: tuple[str, ...], arrays: dict[str, np.ndarray]) -> str | None:
    """What keeps an economy from being made of these arrays; None if nothing does."""
    if sorted(states) != sorted(POSTAL_CODES):
        return "which has other states"
    members = len(np.atleast_1d(arrays.get("death_share", ())))
    whole, two = (members, len(states)), (members, 2)
    shapes: dict[str, tuple[int, ...]] = dict.fromkeys(
        ("intercept", "slope", "bias", *_PERSONS), whole
    )
    shapes |= {"death_share": (members,), "time_constants": two, "weights": (*two, len(states))}
    for name, shape in shapes.items():
        if name not in arrays or arrays[name].shape != shape or members == 0:
            return f"whose {name} is missing or has another shape"
        least = 0 if name in (*_PERSONS, "death_share", "time_constants") else -np.inf
        # What is not a number is not above anything.
        if not (np.isfinite(arrays[name]) & (arrays[name] >= least)).all():
            return f"whose {name} has numbers that cannot be"
    return None
