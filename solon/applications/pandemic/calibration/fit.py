"""Fit the model of deaths by gradients: an ensemble of fits that all agree with the data."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Float, Key

from .prior import Prior
from .transmission import KNOT, WINDOW, Numbers, Setting, prior_numbers, simulate

__all__ = ["KNOTS", "fit_ensemble", "negative_log_posterior"]

#: Shocks in the window, its first and last day included.
KNOTS = WINDOW // KNOT + 1

# Deaths of a state and week that are added to the model's, so that a report is never impossible.
_IMPORTED = 0.05


def negative_log_posterior(
    numbers: Numbers, given: Setting, prior: Prior, centre: Numbers, weekly: Float[Array, "weeks n"]
) -> Float[Array, ""]:
    """Negative binomial weeks and normal numbers, but for a constant.

    Args:
        numbers: to be judged.
        given: see `Setting`.
        prior: see `Prior`.
        centre: where the numbers are most likely before the data are seen.
        weekly: deaths of each week.
    """
    course = simulate(numbers, given, prior, days=WINDOW)
    expected = course.deaths.reshape(-1, 7, course.deaths.shape[1]).sum(axis=1)
    expected = expected * jnp.exp(prior.reporting * numbers.reports)[:, None] + _IMPORTED
    size = 1 / prior.dispersion
    fit = weekly * jnp.log(expected) - (weekly + size) * jnp.log(expected + size)
    apart = jax.tree.map(lambda one, other: jnp.sum((one - other) ** 2), numbers, centre)
    return 0.5 * sum(jax.tree.leaves(apart)) - jnp.sum(fit)


@functools.partial(jax.jit, static_argnames=("members", "steps"))
def fit_ensemble(
    key: Key[Array, ""], given: Setting, prior: Prior, *, members: int, steps: int
) -> tuple[Numbers, Float[Array, " members"]]:
    """Fits to the data and the prior, each to a draw of both: randomised maximum likelihood.

    Where model and noise are nearly linear and normal, fits to perturbed data and perturbed prior
    centres are draws from the posterior. The first member is the fit to the data as they are.

    Args:
        key: of the draws.
        given: known rows, see `setting`.
        prior: see `Prior`.
        members: how many.
        steps: of the optimiser (Adam with a cosine schedule).

    Returns:
        Numbers with a leading axis of members, and the negative log posterior of each.

    Source:
        Oliver, He and Reynolds (1996), Conditioning permeability fields to pressure data,
        ECMOR V; for the name see Oliver, Reynolds and Liu (2008), Inverse theory for petroleum
        reservoir characterization and history matching.
    """
    centre = prior_numbers(given.population.shape[0], KNOTS)
    leaves, shape = jax.tree.flatten(centre)
    keys = jax.random.split(key, len(leaves) + 1)
    drawn = [
        jax.random.normal(one, (members, *leaf.shape)).at[0].set(0)
        for one, leaf in zip(keys[:-1], leaves, strict=True)
    ]
    centres = jax.tree.unflatten(shape, drawn)
    noise = jax.random.normal(keys[-1], (members, *given.weekly.shape)).at[0].set(0)
    spread = jnp.sqrt(given.weekly + prior.dispersion * given.weekly**2)
    weekly = jnp.maximum(given.weekly[None] + noise * spread[None], 0)

    optimiser = optax.adam(optax.cosine_decay_schedule(0.1, steps))
    judge = jax.vmap(jax.value_and_grad(negative_log_posterior), in_axes=(0, None, None, 0, 0))

    def step(carry, _):
        numbers, memory = carry
        value, slope = judge(numbers, given, prior, centres, weekly)
        change, memory = optimiser.update(slope, memory)
        return (optax.apply_updates(numbers, change), memory), value

    start = jax.tree.map(lambda leaf: jnp.zeros((members, *leaf.shape)), centre)
    (numbers, _), values = jax.lax.scan(step, (start, optimiser.init(start)), None, length=steps)
    return numbers, values[-1]


def continue_shocks(key: Key[Array, ""], numbers: Numbers, *, draws: int, ahead: int) -> Numbers:
    """Each member several times, each with shocks of its own for the days to come.

    Args:
        key: of the shocks.
        numbers: fitted, with a leading axis of members.
        draws: copies of each.
        ahead: days after the window.
    """
    more = int(np.ceil((WINDOW + ahead) / KNOT)) + 1 - KNOTS
    nation, states = jax.random.split(key)
    repeated = jax.tree.map(lambda leaf: jnp.repeat(leaf, draws, axis=0), numbers)
    count, _, n = repeated.shocks.shape
    shock = jax.random.normal(nation, (count, more))
    shocks = jax.random.normal(states, (count, more, n))
    return Numbers(
        **{
            **{name: getattr(repeated, name) for name in Numbers.__dataclass_fields__},
            "shock": jnp.concatenate([repeated.shock, shock], axis=1),
            "shocks": jnp.concatenate([repeated.shocks, shocks], axis=1),
        }
    )
