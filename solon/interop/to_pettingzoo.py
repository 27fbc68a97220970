"""An economy in PettingZoo's parallel interface."""

from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Key, PyTree

from ..environment import ACTION_MASK, Environment
from ..luck import key_of
from ..policy import Policy
from .copies import Copies, ended, start, step
from .gym_spaces import action_space, in_space, mask_space, masks, observation_space, seen
from .libraries import library
from .members import action_type, agents_of, check_policies

__all__ = ["PettingZooEnv"]

_Base: Any = library("pettingzoo").ParallelEnv


class PettingZooEnv(_Base):
    """An economy as a `ParallelEnv`: an agent for each member of each role.

    Agents are called `worker_0`, `worker_1`, ..., `planner_0`. An agent sees a dictionary of
    fields or one vector, and where its role has a mask a dictionary of `observation` and
    `action_mask`. `info["acting"]` says whether it decides on the coming step; otherwise it may
    hand in anything. An agent that leaves is terminated and not among `agents` any more; all are
    gone when the episode is over.

    Args:
        env: the economy.
        params: of its episodes; `default_params` if left out.
        policies: of roles that are not agents.
        memories: what these policies remember when an episode begins (`solon.learning.play`).
        flat: whether what is seen is one vector (`solon.interop.members.Vector`) rather than a
            dictionary of fields.

    Raises:
        ConfigurationError: if PettingZoo is not installed, or the policies do not fit the economy
            or leave no role.

    Source: Terry et al. (2021), PettingZoo: Gym for Multi-Agent Reinforcement Learning.
    """

    def __init__(
        self,
        env: Environment,
        *,
        params: PyTree[Array] | None = None,
        policies: Mapping[str, Policy] | None = None,
        memories: Mapping[str, Any] | None = None,
        flat: bool = False,
    ):
        check_policies(env, policies or {})
        self.metadata = {"name": f"solon-{env.name}", "render_modes": []}
        self.render_mode = None
        self._play = _Play(
            env,
            env.default_params() if params is None else params,
            dict(policies or {}),
            dict(memories or {}),
            bool(flat),
        )
        self._members = agents_of(env, self._play.policies)
        self.possible_agents = list(self._members)
        self.agents: list[str] = []
        self._own = {
            role: (observation_space(env.roles[role], flat), action_space(env.roles[role].action))
            for role, _ in self._members.values()
        }
        self.observation_spaces = {a: self._space(role) for a, (role, _) in self._members.items()}
        # One for each, as each is seeded by itself.
        self.action_spaces = {
            agent: action_space(env.roles[role].action)
            for agent, (role, _) in self._members.items()
        }
        self._seeds: Any = np.random.default_rng()

    def _space(self, role: str) -> Any:
        """What a member sees, with its mask if it has one."""
        each = self._play.env.roles[role]
        own = observation_space(each, self._play.flat)
        if ACTION_MASK not in each.observation:
            return own
        mask = mask_space(each.action)
        return library("gymnasium.spaces").Dict({"observation": own, "action_mask": mask})

    def observation_space(self, agent: str) -> Any:
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> Any:
        return self.action_spaces[agent]

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        if seed is not None:
            self._seeds = np.random.default_rng(seed)
        self._key = key_of(int(self._seeds.integers(2**32)))
        self._steps = 0
        self._copies, shown = self._play.begin(self._key)
        self.agents = list(self.possible_agents)
        told = self._told(shown, self.agents)
        return told["observation"], told["info"]

    def step(self, actions: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
        live = list(self.agents)
        self._steps += 1
        key = jax.random.fold_in(self._key, self._steps)
        self._copies, shown = self._play.step(self._copies, self._given(actions), key)
        told = self._told(shown, live)
        over = {agent: told["terminated"][agent] or told["truncated"][agent] for agent in live}
        self.agents = [agent for agent in live if not over[agent]]
        names = ("observation", "reward", "terminated", "truncated", "info")
        return tuple(told[name] for name in names)

    def _given(self, actions: Mapping[str, Any]) -> dict[str, Array]:
        """The actions of all members by role; those of agents that are gone are 0."""
        given: dict[str, Any] = {}
        for role in self._own:
            each = self._play.env.roles[role]
            given[role] = np.zeros((each.count, *each.action.shape), action_type(each.action))
        for agent, action in actions.items():
            role, member = self._members[agent]
            given[role][member] = action
        return {role: jnp.asarray(value) for role, value in given.items()}

    def _told(self, shown: Any, agents: list[str]) -> dict[str, dict[str, Any]]:
        shown = jax.tree.map(np.asarray, shown)
        told: dict[str, dict[str, Any]] = {
            name: {} for name in ("observation", "reward", "terminated", "truncated", "info")
        }
        for agent in agents:
            role, i = self._members[agent]
            each = shown["roles"][role]
            sees = jax.tree.map(lambda leaf, i=i: leaf[i], each["observation"])
            sees = in_space(self._own[role][0], sees)
            if each["mask"] is not None:
                mask = masks(self._play.env.roles[role].action, each["mask"][i])
                sees = {"observation": sees, "action_mask": mask}
            told["observation"][agent] = sees
            told["reward"][agent] = float(each["reward"][i])
            told["truncated"][agent] = bool(shown["truncated"])
            gone = bool(each["ended"][i]) and not bool(shown["truncated"])
            told["terminated"][agent] = gone
            told["info"][agent] = {"acting": bool(each["acting"][i])}
        return told


class _Play(eqx.Module):
    """What is compiled: the beginning of an episode and a step, of one copy."""

    env: Environment = eqx.field(static=True)
    params: PyTree[Array]
    policies: dict[str, Policy]
    memories: dict[str, Any]
    flat: bool = eqx.field(static=True)

    @eqx.filter_jit
    def begin(self, key: Key[Array, ""]) -> tuple[Copies, Any]:
        copies = start(self.env, self.policies, self.params, self.memories, key, 1)
        return copies, self._shown(copies)

    @eqx.filter_jit
    def step(
        self, copies: Copies, given: dict[str, Array], key: Key[Array, ""]
    ) -> tuple[Copies, Any]:
        batched = {role: actions[None] for role, actions in given.items()}
        copies = step(self.env, self.policies, copies, lambda decided: decided | batched, key)
        return copies, self._shown(copies)

    def _shown(self, copies: Copies) -> Any:
        shown = copies.timesteps
        roles = {}
        for name, role in self.env.roles.items():
            if name in self.policies:
                continue
            observation = shown.observation[name]
            mask = observation.get(ACTION_MASK)
            gone = [ended(copies, name, i)[0] for i in range(role.count)]
            fields = seen(role, observation, self.flat, 1)
            roles[name] = {
                "observation": jax.tree.map(lambda leaf: leaf[0], fields),
                "mask": None if mask is None else mask[0],
                "reward": shown.reward[name][0],
                "acting": shown.acting[name][0],
                "ended": jnp.stack(gone),
            }
        return {"roles": roles, "truncated": shown.truncated[0]}
