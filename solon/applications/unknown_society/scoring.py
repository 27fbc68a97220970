"""What planners make of societies, year by year, beside the best that was possible."""

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from ...economies.unknown_society.state import State
from ...environment import TimeStep
from ...learning import play
from ...luck import key_of
from ...policy import Policy
from .oracle import best_rates, worth_of_rates
from .societies import Societies

__all__ = ["Played", "Truth", "best_single_rate", "play_planner", "truth_of"]

_RATES = np.arange(100) / 100


@dataclasses.dataclass(frozen=True)
class Played:
    """What a planner did, and what came of it.

    Attributes:
        rates: that it set.
        welfare: of each year, relative to the same society without a tax.
        output: a head, as filed.
    """

    rates: Float[np.ndarray, "years societies"]
    welfare: Float[np.ndarray, "years societies"]
    output: Float[np.ndarray, "years societies"]


@dataclasses.dataclass(frozen=True)
class Truth:
    """What is known of the same societies to who is told everything.

    Attributes:
        rates: the best ones of each year.
        welfare: under them.
        elasticity: of each society in its first year.
        spread: of its skills.
    """

    rates: Float[np.ndarray, "years societies"]
    welfare: Float[np.ndarray, "years societies"]
    elasticity: Float[np.ndarray, " societies"]
    spread: Float[np.ndarray, " societies"]


def _year(states: State, timesteps: TimeStep) -> dict[str, Any]:
    return {
        "rate": states.rate,
        "welfare": states.welfare,
        "output": timesteps.metrics["output"],
    }


def _state(states: State, timesteps: TimeStep) -> State:
    return states


def play_planner(
    planner: Policy, societies: Societies, *, count: int, seed: int, purpose: str, set_by: str
) -> Played:
    """Let a planner govern societies.

    Args:
        planner: of the role `planner`.
        societies: of which they are drawn.
        count: how many.
        seed: of their luck: with the same one all planners meet the same societies and shocks.
        purpose: "choosing" or "scoring": the societies of one are not those of the other.
        set_by: `levels` for planners that pick one, `rate` for those that set any.
    """
    env = societies.env(set_by)
    found = play(
        env,
        {"planner": planner},
        key_of(seed),
        env.default_params(),
        episodes=count,
        record=_year,
        prior=societies.prior(),
        purpose=purpose,
    )
    rate, welfare, output = (np.asarray(found[name])[1:] for name in ("rate", "welfare", "output"))
    return Played(rate, welfare, output)


def truth_of(societies: Societies, *, count: int, seed: int, purpose: str) -> Truth:
    """The best rates of the societies that `play_planner` has with the same arguments."""
    env = societies.env("rate")
    states = _first_states(societies, count, seed, purpose)
    first = best_rates(env, states)
    # Five years on, in models that change.
    later_states = dataclasses.replace(states, year=jnp.full_like(states.year, 5))
    later = best_rates(env, later_states) if "new-elasticity" in env.models else first
    early = (np.arange(env.years) < 5)[:, None]
    return Truth(
        rates=np.where(early, first.rate[None], later.rate[None]),
        welfare=np.where(early, first.welfare[None], later.welfare[None]),
        elasticity=np.asarray(states.params.elasticity),
        spread=np.asarray(states.params.spread),
    )


def best_single_rate(societies: Societies, *, count: int, seed: int) -> float:
    """The rate that is best in the mean of many societies, found by trying all in steps of .01.

    The societies are those for choosing: nothing is searched on what is scored.
    """
    env = societies.env("rate")
    states = _first_states(societies, count, seed, "choosing")
    worths = np.asarray(worth_of_rates(env, states, jnp.asarray(_RATES, float)))
    if "new-elasticity" in env.models:
        later = dataclasses.replace(states, year=jnp.full_like(states.year, 5))
        worths = worths + np.asarray(worth_of_rates(env, later, jnp.asarray(_RATES, float)))
    return float(_RATES[np.argmax(worths.mean(axis=0, dtype=float))])


def _first_states(societies: Societies, count: int, seed: int, purpose: str) -> State:
    from .policies import FixedRate

    env = societies.env("rate")
    states = play(
        env,
        {"planner": FixedRate(0.0)},
        key_of(seed),
        env.default_params(),
        episodes=count,
        record=_state,
        prior=societies.prior(),
        purpose=purpose,
    )
    return jax.tree.map(lambda leaf: leaf[0], states)
