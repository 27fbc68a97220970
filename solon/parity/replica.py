"""Solon's side of an episode that the original has played."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ..applications.taxation.policies import Saez
from ..applications.taxation.policies.saez import INERTIA, SaezMemory
from ..luck import key_of
from . import luck
from .compare import ABSOLUTE, RELATIVE
from .match import TAX, Match
from .view import view, view_of_saez

__all__ = ["Replica", "joined"]

Arrays = Mapping[str, np.ndarray]

# Rounding decides whether someone who posted a bid has earned nothing or a trillionth less than
# nothing, so it has to be that of the program as it is written. Optimised, products are fused
# with the sums that they go into, and divisions become products.
_AS_WRITTEN = {"xla_backend_optimization_level": "0", "xla_disable_hlo_passes": "algsimp"}

# What the original shows that is followed where the difference is rounding; see below.
_TRUSTED = ("state.productive_steps", "tax.rates")

# Of Saez's formula: some roundings of G, the smallest Pareto parameter of a bin with one of 500
# returns in it, and the constant in the denominator.
_ROUNDING, _FLATTEST, _EPSILON = 1e-15, 1e-3, 1e-9


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
        planner = None if match.tax is None else match.tax.planner(facts["cutoffs"])
        self._planner = planner
        # Of Saez's planner: its memory, and the estimate before the latest one.
        self._memory: Any = None
        if planner is not None:
            memory = planner.init(key_of(0))
            self._memory = (memory, memory.elasticity)
        # The last rates, and their running average.
        self._rates: Any = None

        def shown(state, timestep, before, memory):
            result = view(economy, state, timestep, before)
            if memory is not None:
                result |= view_of_saez(*memory)
            return {k: v for k, v in result.items() if k in fields}

        def start(world, params, memory):
            state, timestep = economy.start(world, params)
            if memory is not None:
                cap = params.parts[TAX].rate_cap
                memory = (dataclasses.replace(memory[0], rate_cap=cap), memory[1])
            return (state, memory), shown(state, timestep, state.welfare, memory)

        def step(carry, given):
            (state, memory), (actions, shocks, random_rates, theirs) = carry, given
            before = state.welfare
            if planner is not None:
                rates, memory = _decide(planner, memory, random_rates, theirs["tax.rates"])
                actions = actions | {"planner": rates[None]}
            state, timestep = economy.transition(state, actions, shocks)
            if planner is not None:
                memory = (planner.update(memory[0], timestep, state), memory[1])
            if "state.productive_steps" in theirs:
                state = _counted(state, timestep, theirs["state.productive_steps"])
            return (state, memory), shown(state, timestep, before, memory)

        self._start = jax.jit(start, compiler_options=_AS_WRITTEN)
        self._steps = jax.jit(
            lambda carry, given: jax.lax.scan(step, carry, given), compiler_options=_AS_WRITTEN
        )

    def start(self, world: Arrays, completed: int) -> dict[str, np.ndarray]:
        """Begin an episode, and say what is to be seen (with an axis of one step in front)."""
        rates = None
        if self._planner is not None:
            average = self._memory[0].average_rates
            rates = (average if self._rates is None else self._rates, average)
        params = self._match.params(
            self._facts,
            completed=completed,
            productive_steps=self._productive_steps,
            rates=rates,
        )
        drawn = luck.to_world(self._match.economy, world)
        (self._state, self._memory), seen = self._start(drawn, params, self._memory)
        return {name: np.asarray(value)[None] for name, value in jax.device_get(seen).items()}

    def play(
        self, actions: Arrays, shocks: Arrays, random_rates: np.ndarray, seen: Arrays
    ) -> dict[str, np.ndarray]:
        """Go on for some steps; if they are fewer than the most, they have to be the last.

        Args:
            actions: by role, with the steps in front.
            shocks: luck, likewise.
            random_rates: luck of Saez's planner, likewise.
            seen: what the original has shown after each of these steps. Where its rounding is
                taken on trust, that comes from here.
        """
        steps = len(actions["worker"])
        wanting = [(0, self._most - steps)]

        def filled(array: np.ndarray) -> np.ndarray:
            return np.pad(array, wanting + [(0, 0)] * (array.ndim - 1), mode="edge")

        drawn = luck.to_shocks(
            self._match.economy,
            {name: filled(array) for name, array in shocks.items()},
            self._most,
        )
        taken = {name: filled(array) for name, array in self._actions(actions).items()}
        theirs = {name: filled(seen[name]) for name in _TRUSTED if name in seen}
        given = (taken, drawn, filled(random_rates), theirs)
        carry = (self._state, self._memory)
        (self._state, self._memory), shown = self._steps(carry, given)
        result = {name: value[:steps] for name, value in jax.device_get(shown).items()}
        if "state.productive_steps" in result:
            self._productive_steps = int(result["state.productive_steps"][-1])
        if "tax.rates" in result:
            self._rates = result["tax.rates"][-1]
        return result

    def _actions(self, actions: Arrays) -> dict[str, np.ndarray]:
        """By role; a tax with fixed rates gets them every step."""
        result = {"worker": actions["worker"].astype(np.int32)}
        tax = self._match.tax
        if tax is not None and tax.chosen:
            result["planner"] = actions["planner"].astype(np.int32)
        elif tax is not None and tax.rates is not None:
            steps = len(result["worker"])
            result["planner"] = np.tile(np.array(tax.rates, float), (steps, 1, 1))
        return result


def _counted(state: Any, timestep: Any, theirs: Array) -> Any:
    """The state with the original's count of steps with a gain, where it is rounding that counts.

    A gain that is nothing but rounding is above 0 or not by chance of the last bit of a power.
    """
    own = state.productive_steps
    rounding = jnp.abs(jnp.mean(timestep.reward["worker"])) <= ABSOLUTE
    rounding &= jnp.abs(theirs - own) <= 1
    counted = jnp.where(rounding, theirs.astype(own.dtype), own)
    return dataclasses.replace(state, productive_steps=counted)


def _decide(
    planner: Saez, memory: tuple[SaezMemory, Array], random_rates: Array, theirs: Array
) -> tuple[Array, tuple[SaezMemory, Array]]:
    """Saez's rates, in the original's rounding of them; and the memory.

    An estimate from 500 returns rounds differently in each order of summation. Incomes that follow
    from it have to be the same to the last bit, or else who has earned nothing has earned a
    trillionth less than nothing.
    """
    known, before = memory
    assessed = known.due & (known.returns.count >= planner.capacity)
    before = jnp.where(assessed, known.elasticity, before)
    own, known = planner.decide(known, random_rates)
    elasticity = known.elasticity if planner.elasticity is None else planner.elasticity
    # Where no redistribution is wanted and nobody responds, the formula is (1 - G) / (1 - G +
    # 1e-9) with G at 1: a rounding of G moves it by up to this.
    rounding = _ROUNDING / (_FLATTEST * elasticity + _EPSILON)
    size = jnp.maximum(jnp.abs(own), jnp.abs(theirs))
    same = jnp.abs(own - theirs) <= RELATIVE * size + ABSOLUTE + rounding
    rates = jnp.where(same, theirs, own)
    average = known.average_rates + jnp.where(assessed, (1 - INERTIA) * (rates - own), 0)
    known = dataclasses.replace(known, rates=rates, average_rates=average)
    return rates, (known, before)


def joined(first: Arrays, then: Arrays) -> dict[str, np.ndarray]:
    """The start of an episode and its first steps as one."""
    return {name: np.concatenate([first[name], then[name]]) for name in first}
