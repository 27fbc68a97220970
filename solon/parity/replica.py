"""Solon's side of an episode that the original has played."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from . import luck
from .compare import ABSOLUTE
from .match import Match
from .view import view

__all__ = ["Replica", "joined"]

Arrays = Mapping[str, np.ndarray]

# Rounding decides whether someone who posted a bid has earned nothing or a trillionth less than
# nothing, so it has to be that of the program as it is written. Optimised, products are fused
# with the sums that they go into, and divisions become products.
_AS_WRITTEN = {"xla_backend_optimization_level": "0", "xla_disable_hlo_passes": "algsimp"}


class Replica:
    """An economy of Solon under the original's luck and actions.

    All of it has to happen inside `jax.enable_x64(True)`.

    Args:
        match: what to play.
        facts: numbers that the original has computed.
        fields: names of what is to be compared; Solon's other values are not fetched.
        most: steps that are played at once, at the most.
    """

    def __init__(self, match: Match, facts: Mapping[str, Any], fields: set[str], most: int):
        economy = match.economy
        self._match, self._facts, self._most = match, facts, most
        self._state: Any = None
        self._productive_steps = 0

        def shown(state, timestep):
            return {k: v for k, v in view(economy, state, timestep).items() if k in fields}

        def start(world, params):
            state, timestep = economy.start(world, params)
            return state, shown(state, timestep)

        def step(state, given):
            actions, shocks, theirs = given
            state, timestep = economy.transition(state, actions, shocks)
            # A gain that is nothing but rounding is above 0 or not by chance of the last bit of
            # a power, so there the original's count of steps with a gain is taken.
            own = state.productive_steps
            rounding = jnp.abs(jnp.mean(timestep.reward["worker"])) <= ABSOLUTE
            rounding &= jnp.abs(theirs - own) <= 1
            counted = jnp.where(rounding, theirs, own)
            state = dataclasses.replace(state, productive_steps=counted)
            return state, shown(state, timestep)

        self._start = jax.jit(start, compiler_options=_AS_WRITTEN)
        self._steps = jax.jit(
            lambda state, given: jax.lax.scan(step, state, given), compiler_options=_AS_WRITTEN
        )

    def start(self, world: Arrays, completed: int) -> dict[str, np.ndarray]:
        """Begin an episode, and say what is to be seen (with an axis of one step in front)."""
        params = self._match.params(
            self._facts, completed=completed, productive_steps=self._productive_steps
        )
        drawn = luck.to_world(self._match.economy, world)
        self._state, seen = self._start(drawn, params)
        return {name: np.asarray(value)[None] for name, value in jax.device_get(seen).items()}

    def play(
        self, actions: Arrays, shocks: Arrays, productive_steps: np.ndarray
    ) -> dict[str, np.ndarray]:
        """Go on for some steps; if they are fewer than the most, they have to be the last.

        Args:
            actions: by role, with the steps in front.
            shocks: luck, likewise.
            productive_steps: the original's count after each step, see above.
        """
        steps = len(shocks["regrowth"])
        wanting = [(0, self._most - steps)]

        def filled(array: np.ndarray) -> np.ndarray:
            return np.pad(array, wanting + [(0, 0)] * (array.ndim - 1), mode="edge")

        drawn = luck.to_shocks(
            self._match.economy, {name: filled(array) for name, array in shocks.items()}
        )
        given = {name: filled(array) for name, array in self._actions(actions).items()}
        counts = filled(productive_steps.astype(np.int32))
        self._state, seen = self._steps(self._state, (given, drawn, counts))
        result = {name: value[:steps] for name, value in jax.device_get(seen).items()}
        self._productive_steps = int(result["state.productive_steps"][-1])
        return result

    def _actions(self, actions: Arrays) -> dict[str, np.ndarray]:
        """By role; a tax without a planner gets its rates every step."""
        result = {"worker": actions["worker"].astype(np.int32)}
        tax = self._match.tax
        if tax is not None and tax.rates is None:
            result["planner"] = actions["planner"].astype(np.int32)
        elif tax is not None:
            steps = len(result["worker"])
            result["planner"] = np.tile(np.array(tax.rates, float), (steps, 1, 1))
        return result


def joined(first: Arrays, then: Arrays) -> dict[str, np.ndarray]:
    """The start of an episode and its first steps as one."""
    return {name: np.concatenate([first[name], then[name]]) for name in first}
