"""What the policies of the pandemic study listen to: what they lose if they no longer hear it."""

import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PyTree

from ....agents.wrappers import Silenced
from ....economies.pandemic import Pandemic
from ..policies.files import PandemicPolicy
from ..policies.log_linear_rule import LINEAR_SIGNALS, LogLinearRule, signals
from ..search.welfare import welfare_of_each
from . import worlds
from .cells import setting
from .training import REVIEW
from .visits import played

__all__ = ["FIELDS", "OBSERVED", "heard"]

# Observations of governors that may be silenced, and what their columns are. The time is not among
# them, since it says when a review is.
FIELDS = ("persons", "income", "lagged_stringency", "stringency", "vaccination")
OBSERVED = (
    *("susceptible", "infected", "recovered", "dead", "vaccinated", "unemployed"),
    *("income", "lagged_stringency", "stringency", "vaccination"),
)


def heard(
    config: Mapping[str, Any], policies: Sequence[PandemicPolicy], folder: pathlib.Path
) -> dict[str, Any]:
    """What policies lose if they no longer hear something: the first is a log-linear rule.

    Whatever is silenced is replaced by the state's own mean of it over review days, where policies
    are chosen.
    """
    env, draws = setting(config, folder)
    rule, *learned = policies
    return {"rule": _rule(env, rule, draws)} | {
        policy.name: _unheard(env, policy, draws) for policy in learned
    }


def _rule(env: Pandemic, policy: PandemicPolicy, draws: PyTree[Array]) -> dict[str, Any]:
    """The weights of a log-linear rule, and what it loses without each of its signals."""
    rule = policy.governor
    assert isinstance(rule, LogLinearRule) and policy.planner is not None
    days, _ = played(env, rule, policy.planner, draws, signals)
    seen = np.asarray(days[:, ::REVIEW], float)
    means = seen.mean(axis=(0, 1))  # (states, signals)
    deviation = seen.std(axis=(0, 1)).mean(axis=0)
    candidates = [rule]
    for k in range(len(LINEAR_SIGNALS)):
        silent = rule.weights.at[k].set(0)
        level = rule.intercepts + rule.weights[k] * jnp.asarray(means[:, k], float)
        changed = eqx.tree_at(lambda one: (one.weights, one.intercepts), rule, (silent, level))
        candidates.append(changed)
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *candidates)
    welfare = np.asarray(welfare_of_each(env, stacked, policy.planner, draws), float)
    weights = np.asarray(rule.weights, float)
    return {
        "signals": list(LINEAR_SIGNALS),
        "weights": worlds.rounded(weights),
        # How far the log odds move with a typical movement of the signal within a state.
        "standardized": worlds.rounded(weights * deviation),
        "welfare": float(welfare[0]),
        "lost": worlds.rounded(welfare[0] - welfare[1:]),
    }


def _observed(observation: Mapping[str, Array]) -> Float[Array, "states observed"]:
    """What may be silenced, side by side."""
    return jnp.concatenate([observation[field] for field in FIELDS], axis=1)


def _unheard(env: Pandemic, policy: PandemicPolicy, draws: PyTree[Array]) -> dict[str, float]:
    """Mean welfare that governors lose without an observation, by its name."""
    governor, planner = policy.governor, policy.planner
    assert governor is not None and planner is not None
    seen, _ = played(env, governor, planner, draws, _observed)
    means = seen[:, ::REVIEW].mean(axis=(0, 1))  # (states, observed)
    # All are heard, and then all but one.
    kept = 1 - jnp.concatenate([jnp.zeros((1, len(OBSERVED))), jnp.eye(len(OBSERVED))])
    candidates = [Silenced(governor, row + 0 * means, means, FIELDS) for row in kept]
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *candidates)
    welfare = np.asarray(welfare_of_each(env, stacked, planner, draws), float)
    lost = worlds.rounded(welfare[0] - welfare[1:])
    return dict(zip(OBSERVED, lost, strict=True))
