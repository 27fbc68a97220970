"""What runs under a game: a start and a step, compiled once, in which one worker is a person.

Two economies run side by side on the same luck. In the first the person acts, in the second the
shipped worker whose part the person took. Everyone else acts as in `solon.learning.play`,
from the same keys.

A game of N steps is a year of N steps: those who act see how much of it is over, as the person
does. The length is traced, so that games of any length share what was compiled.
"""

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Int, Key

from ....economies.gather_trade_build import GatherTradeBuild
from ....economies.gather_trade_build.recording import record
from ....environment import TimeStep
from ....learning.driving import begun, decide, first_memories, recalled, remember
from ....luck import key_of
from ....runs.players import TAX, Players

__all__ = ["SHIPPED", "Luck", "Situation", "draw_luck", "first", "following"]

#: In the place of an action: what the shipped worker would do here.
SHIPPED = -1


class Situation(eqx.Module):
    """Both economies between two steps, and what everyone remembers.

    Leading axes: 2 for the economies, and 1 for what is written for many episodes.

    Attributes:
        states: of the economy.
        timesteps: what it showed last.
        memories: of the policies, by role.
    """

    states: Any
    timesteps: TimeStep
    memories: dict[str, Any]


@dataclasses.dataclass(frozen=True, eq=False)
class Luck:
    """All luck of a game, as keys.

    Attributes:
        world: of the start.
        memory: of policies that begin without memories.
        shocks: of each step.
        choices: of each step and role: which action is drawn from a policy.
    """

    world: Key[Array, " 1"]
    memory: Key[Array, ""]
    shocks: Key[Array, " steps"]
    choices: Key[Array, "steps roles"]


def draw_luck(env: GatherTradeBuild, seed: int, steps: int) -> Luck:
    """The luck of the first episode that `play` gives for this seed."""
    # Evaluations fold in the number of a batch of episodes.
    key = jax.random.fold_in(key_of(seed), 0)
    world, shocks, choices, memory = jax.random.split(key, 4)
    return Luck(
        world=jax.random.split(world, 1),
        memory=memory,
        shocks=jax.random.split(shocks, steps),
        choices=jax.random.split(choices, (steps, len(env.roles))),
    )


def first(players: Players, luck: Luck, steps: int) -> tuple[Situation, dict[str, Any]]:
    """The start of a game, and what is shown of both economies (leading axis 2)."""
    return _first(
        players.env, dict(players.policies), dict(players.memories),
        players.params, luck.world, luck.memory, np.int32(steps),
    )  # fmt: skip


def following(
    players: Players, situation: Situation, luck: Luck, step: int, person: int, action: int
) -> tuple[Situation, dict[str, Any]]:
    """The next step of a game, and what is shown of it.

    Args:
        players: who acts in which economy.
        situation: the present one.
        luck: of the game.
        step: how many steps were taken; the luck's keys are as many as the game has steps.
        person: the worker for whom `action` is done in the first economy, in its own order.
        action: its number among the worker's actions, or `SHIPPED`.
    """
    return _following(
        players.env, dict(players.policies), situation,
        (luck.shocks[step], luck.choices[step]), np.int32(len(luck.shocks)),
        np.int32(person), np.int32(action),
    )  # fmt: skip


@functools.partial(jax.jit, static_argnums=0)
def _first(
    env: GatherTradeBuild,
    policies: Mapping[str, Any],
    known: Mapping[str, Any],
    params: Any,
    world: Key[Array, " 1"],
    memory: Key[Array, ""],
    length: Int[Array, ""],
) -> tuple[Situation, dict[str, Any]]:
    worlds = jax.vmap(env.draw_world)(world)
    states, timesteps = jax.vmap(lambda world: _of_length(length, *env.start(world, params)))(
        worlds
    )
    fresh = first_memories(policies, memory, 1)
    memories = begun(policies, fresh | recalled(known, 1))
    one = Situation(states, timesteps, memories), _shown(env, states, timesteps)
    return jax.tree.map(lambda leaf: jnp.stack([leaf, leaf]), one)


@functools.partial(jax.jit, static_argnums=0)
def _following(
    env: GatherTradeBuild,
    policies: Mapping[str, Any],
    situation: Situation,
    keys: tuple[Key[Array, ""], Key[Array, " roles"]],
    length: Int[Array, ""],
    person: Int[Array, ""],
    action: Int[Array, ""],
) -> tuple[Situation, dict[str, Any]]:
    shock_key, role_keys = keys
    luck = {role: role_keys[i] for i, role in enumerate(env.roles)}
    shocks = env.draw_shocks(shock_key, (1,))
    own = jnp.arange(env.workers) == person

    def happen(state: Any, actions: Any, shocks: Any) -> tuple[Any, TimeStep]:
        return _of_length(length, *env.transition(state, actions, shocks))

    def step(one: Situation, by_person: Bool[Array, ""]) -> tuple[Situation, dict[str, Any]]:
        actions, memories, _ = decide(env, policies, one.timesteps, one.memories, luck)
        actions["worker"] = jnp.where(
            (own & by_person & (action >= 0))[None], action, actions["worker"]
        )
        states, timesteps = jax.vmap(happen)(one.states, actions, shocks)
        memories = remember(policies, memories, timesteps, states)
        shown = _shown(env, states, timesteps) | {"done": actions["worker"][0]}
        return Situation(states, timesteps, memories), shown

    return jax.vmap(step)(situation, jnp.array([True, False]))


def _of_length(length: Int[Array, ""], state: Any, timestep: TimeStep) -> tuple[Any, TimeStep]:
    """What a year of this length shows: the share of it that is over, and its end."""
    share = state.step.astype(float) / length
    seen = {
        role: fields | {"time": jnp.broadcast_to(share, fields["time"].shape)}
        for role, fields in timestep.observation.items()
    }
    over = state.step >= length
    return state, dataclasses.replace(timestep, observation=seen, terminated=over)


def _shown(env: GatherTradeBuild, states: Any, timesteps: TimeStep) -> dict[str, Any]:
    """What evaluations record, under `recorded`, and what a person has to see beyond it."""
    shown = {
        "recorded": record(states, timesteps),
        "free_coin": states.inventory.coin[0],
        "free_goods": states.inventory.goods[0],
        "mask": timesteps.observation["worker"]["action_mask"][0],
    }
    market = states.parts["continuous-double-auction"]
    shown |= {f"order_{name}": getattr(market, name)[0] for name in ("side", "price", "age")}
    tax = env.component(TAX)
    if tax is not None:
        seen = timesteps.observation["worker"]
        due = jax.vmap(tax.due)(states)
        shown |= {name: values[0] for name, values in due.items()}
        shown["marginal_rate"] = seen["marginal_rate"][0]
        shown["until_tax_day"] = tax.period - states.parts[TAX].position[0] + 1
        shown["income_so_far"] = (states.coin - states.parts[TAX].coin_before)[0]
    return shown
