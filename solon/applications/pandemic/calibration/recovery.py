"""The model of unemployment: what closes fast, what closes slowly, and the last error.

The excess of unemployment over its level before the pandemic is, in multiples of what it was in
April 2020, (1 - π) e^(-a/λ₁) + π e^(-a/λ₂) after a months: temporary layoffs that end within
months, and jobs that are gone. These are two of the economy's exponential responses.
A state's forecast starts from its own last rate, and closes as this mixture does from then on.
"""

import functools

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Float, Key

from .baselines import usual_unemployment
from .known import Known

__all__ = ["PEAK", "RecoveryNumbers", "RecoveryPrior", "draw_unemployment", "fit_recovery",
           "kept_share", "mixture"]  # fmt: skip

#: The month with the highest rate.
PEAK = np.datetime64("2020-04", "M")

_MOST_MONTHS = 12


class RecoveryPrior(eqx.Module):
    """What is believed before the data are seen.

    Attributes:
        lasting: share of the excess of April 2020 that is slow. Of the 23.1 million unemployed then
            18.1 million, 78 %, said that they were on temporary layoff[1].
        lasting_spread: of its log odds.
        fast: time constant of the fast part, months: as many temporary layoffs as ended in a month
            of spring and summer.
        fast_spread: of its logarithm.
        slow: time constant of the slow part, months: after earlier recessions a tenth of
            unemployment went in a year[2]; here some of it is faster.
        slow_spread: of its logarithm.
        noise: standard deviation of a month's excess around the model, as a share of it.

    References:
        [1] Bureau of Labor Statistics (2020-05-08), The employment situation, April 2020.
        [2] Hall and Kudlyak (2020), Why has the US economy recovered so consistently from every
            recession in the past 70 years?, NBER working paper 27234.
    """

    lasting: float = 0.22
    lasting_spread: float = 0.3
    fast: float = 3.0
    fast_spread: float = 0.3
    slow: float = 33.0
    slow_spread: float = 0.3
    noise: float = 0.15


class RecoveryNumbers(eqx.Module):
    """What is fitted; standard normal before the data are seen."""

    lasting: Float[Array, "*batch"]
    fast: Float[Array, "*batch"]
    slow: Float[Array, "*batch"]


def mixture(
    numbers: RecoveryNumbers, prior: RecoveryPrior
) -> tuple[Float[Array, "*batch"], Float[Array, "*batch"], Float[Array, "*batch"]]:
    """Share of the slow part in April 2020, and the time constants of both in months."""
    odds = jnp.log(prior.lasting / (1 - prior.lasting))
    return (
        jax.nn.sigmoid(odds + prior.lasting_spread * numbers.lasting),
        prior.fast * jnp.exp(prior.fast_spread * numbers.fast),
        prior.slow * jnp.exp(prior.slow_spread * numbers.slow),
    )


def _size(numbers: RecoveryNumbers, prior: RecoveryPrior, age: Array | np.ndarray) -> Array:
    lasting, fast, slow = mixture(numbers, prior)
    return (1 - lasting) * jnp.exp(-age / fast) + lasting * jnp.exp(-age / slow)


def kept_share(
    numbers: RecoveryNumbers,
    prior: RecoveryPrior,
    age: Array | np.ndarray,
    steps: Array | np.ndarray,
) -> Float[Array, "*shape"]:
    """Share of the excess that is left after some months.

    Args:
        numbers: fitted.
        prior: see `RecoveryPrior`.
        age: of the last known month, months since April 2020.
        steps: months after it.
    """
    return _size(numbers, prior, age + steps) / _size(numbers, prior, age)


def _logarithms(known: Known) -> tuple[np.ndarray, np.ndarray]:
    """Logarithms of the excess in the months from the peak on, at least 0.3 points; their ages."""
    after = known.months >= PEAK
    excess = known.unemployment[after] - usual_unemployment(known)
    ages = (known.months[after] - PEAK).astype(float)
    return np.log(np.maximum(excess, 0.3)), ages


@functools.partial(jax.jit, static_argnames=("members", "steps"))
def _fit(
    key: Key[Array, ""],
    changes: Float[Array, "months n"],
    ages: Float[Array, " months"],
    counts: Float[Array, " months"],
    prior: RecoveryPrior,
    *,
    members: int,
    steps: int,
) -> RecoveryNumbers:
    one, other = jax.random.split(key)
    centres = jax.random.normal(one, (members, 3)).at[0].set(0)
    # The states of a month have much in common: their mean counts as one observation.
    noise = prior.noise * jax.random.normal(other, (members, len(ages))).at[0].set(0)
    observed = jnp.mean(changes, axis=1)[None, :] + noise

    def judge(values, centre, seen):
        numbers = RecoveryNumbers(*values)
        expected = jnp.log(kept_share(numbers, prior, ages, jnp.ones_like(ages)))
        fit = jnp.sum(counts * ((seen - expected) / prior.noise) ** 2)
        return 0.5 * (fit + jnp.sum((values - centre) ** 2))

    optimiser = optax.adam(optax.cosine_decay_schedule(0.1, steps))
    gradient = jax.vmap(jax.grad(judge))

    def step(carry, _):
        values, memory = carry
        change, memory = optimiser.update(gradient(values, centres, observed), memory)
        return (optax.apply_updates(values, change), memory), None

    start = jnp.zeros((members, 3))
    (values, _), _ = jax.lax.scan(step, (start, optimiser.init(start)), None, length=steps)
    return RecoveryNumbers(*values.T)


def fit_recovery(
    key: Key[Array, ""], known: Known, prior: RecoveryPrior, *, members: int, steps: int = 200
) -> RecoveryNumbers:
    """An ensemble of fits, made as that of deaths is; the first is that to the data as they are.

    Args:
        key: of the draws.
        known: the rows.
        prior: see `RecoveryPrior`.
        members: how many.
        steps: of the optimiser.
    """
    logarithms, _ = _logarithms(known)
    changes = np.diff(logarithms, axis=0)
    # Months that are not known yet count nothing, so that all origins share one compiled function.
    missing = max(_MOST_MONTHS - len(changes), 0)
    padded = np.pad(changes, [(0, missing), (0, 0)])
    counts = np.arange(len(padded)) < len(changes)
    months = jnp.arange(len(padded), dtype=float)
    return _fit(
        key,
        jnp.asarray(padded, float),
        months,
        jnp.asarray(counts, float),
        prior,
        members=members,
        steps=steps,
    )


def draw_unemployment(
    rng: np.random.Generator,
    numbers: RecoveryNumbers,
    known: Known,
    prior: RecoveryPrior,
    months: int,
    *,
    draws: int,
) -> Float[np.ndarray, "draws states"]:
    """Rates in the last of so many months from the origin on, percent.

    The excess moves around the model's as a random walk with shocks of the nation and of the
    states. How large they are is seen from the months so far: each of the last six weighs as much
    as what is believed before.

    Args:
        rng: of the shocks.
        numbers: fitted, with a leading axis of members.
        known: the rows.
        prior: see `RecoveryPrior`.
        months: ahead.
        draws: of each member.
    """
    logarithms, ages = _logarithms(known)
    first = jax.tree.map(lambda leaf: leaf[0], numbers)
    expected = np.log(np.asarray(kept_share(first, prior, ages[:-1], np.ones(len(ages) - 1))))
    errors = (np.diff(logarithms, axis=0) - expected[:, None])[-6:]
    common = errors.mean(axis=1, keepdims=True)
    believed = prior.noise**2
    count = len(errors)
    nation = np.sqrt(((common**2).sum() + believed) / (count + 1))
    states = np.sqrt((((errors - common) ** 2).mean(axis=1).sum() + believed) / (count + 1))

    steps = int((known.origin + np.timedelta64(months - 1, "M") - known.months[-1]).astype(int))
    left = kept_share(numbers, prior, ages[-1:], np.array([steps], float))
    kept = np.asarray(left, float)
    walk = np.sqrt(steps) * (
        nation * rng.standard_normal((len(kept), draws, 1))
        + states * rng.standard_normal((len(kept), draws, len(known.states)))
    )
    usual = usual_unemployment(known)
    gap = known.unemployment[-1] - usual
    # Where hardly anything is left the shocks are those of half a point.
    size = np.maximum(np.abs(gap), 0.5)
    middle = usual + gap * kept[:, None, None]
    found = middle + size * kept[:, None, None] * np.expm1(walk)
    return np.maximum(found, 0).reshape(-1, len(usual))
