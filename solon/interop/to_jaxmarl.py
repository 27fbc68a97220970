"""An economy in JaxMARL's interface."""

import functools
from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, PyTree

from ..environment import ACTION_MASK, Environment
from ..policy import Policy
from ..spaces import Discrete, MultiDiscrete, Space
from .copies import Copies, ended, keyed, start, step
from .libraries import library
from .members import Vector, action_type, agents_of, check_policies

__all__ = ["JaxMARLEnv"]

_Base: Any = library("jaxmarl.environments.multi_agent_env").MultiAgentEnv


class State(eqx.Module):
    """What JaxMARL carries from step to step.

    Attributes:
        copies: one copy of the economy.
        done: whether its episode is over.
        step: how many steps led to it.
    """

    copies: Copies
    done: Bool[Array, ""]
    step: Int[Array, ""]


class JaxMARLEnv(_Base):
    """An economy as a `MultiAgentEnv`: a dictionary entry for each member of each role.

    Agents are called `worker_0`, `worker_1`, ..., `planner_0`; `agent_classes` has them by role.
    Each sees one vector (`solon.interop.members.Vector`), and `get_avail_actions` gives what its
    mask allows. An agent that does not decide on a step may hand in anything. It is done when it
    has left or the episode is over. JaxMARL does not tell a truncation from a termination:
    `info["truncated"]` does, with an entry for each agent. `step` begins the next episode by
    itself, as in all of JaxMARL's environments; `step_env` does not.

    Args:
        env: the economy.
        params: of its episodes; `default_params` if left out.
        policies: of roles that are not agents, such as a tax that is given.
        memories: what these policies remember when an episode begins (`solon.learning.play`).

    Raises:
        ConfigurationError: if JaxMARL is not installed, or the policies do not fit the economy or
            leave no role.

    Source: Rutherford et al. (2024), JaxMARL: Multi-Agent RL Environments and Algorithms in JAX.
    """

    def __init__(
        self,
        env: Environment,
        *,
        params: PyTree[Array] | None = None,
        policies: Mapping[str, Policy] | None = None,
        memories: Mapping[str, Any] | None = None,
    ):
        check_policies(env, policies or {})
        self.env, self.policies = env, dict(policies or {})
        self.params = env.default_params() if params is None else params
        self.memories = dict(memories or {})
        self._members = agents_of(env, self.policies)
        super().__init__(num_agents=len(self._members))
        self.agents = list(self._members)
        self._vectors = {role: Vector(env.roles[role]) for role in self._classes}
        spaces = library("jaxmarl.environments.spaces")
        for agent, (role, _) in self._members.items():
            low, high = self._vectors[role].bounds
            self.observation_spaces[agent] = spaces.Box(low, high, low.shape)
            self.action_spaces[agent] = _space(spaces, env.roles[role].action)

    @property
    def name(self) -> str:
        return f"solon-{self.env.name}"

    @property
    def _classes(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for agent, (role, _) in self._members.items():
            found.setdefault(role, []).append(agent)
        return found

    @property
    def agent_classes(self) -> dict[str, list[str]]:
        """The agents of each role."""
        return self._classes

    @functools.partial(jax.jit, static_argnums=0)
    def reset(self, key: Array) -> tuple[dict[str, Float[Array, " _"]], State]:
        copies = start(self.env, self.policies, self.params, self.memories, keyed(key), 1)
        state = State(copies, copies.over[0], jnp.zeros((), jnp.int32))
        return self.get_obs(state), state

    def step_env(
        self, key: Array, state: State, actions: Mapping[str, Array]
    ) -> tuple[dict[str, Any], State, dict[str, Any], dict[str, Any], dict[str, Any]]:
        given = {
            role: jnp.stack([self._one(role, actions[agent]) for agent in agents])[None]
            for role, agents in self._classes.items()
        }
        copies = step(
            self.env, self.policies, state.copies, lambda decided: decided | given, keyed(key)
        )
        shown = copies.timesteps
        rewards = {agent: shown.reward[role][0, i] for agent, (role, i) in self._members.items()}
        dones = {agent: ended(copies, *own)[0] for agent, own in self._members.items()}
        dones["__all__"] = copies.over[0]
        # Trainers take all of it for an entry of each agent.
        info = {"truncated": jnp.broadcast_to(shown.truncated[0], (self.num_agents,))}
        state = State(copies, copies.over[0], state.step + 1)
        return self.get_obs(state), state, rewards, dones, info

    def _one(self, role: str, action: Any) -> Array:
        """The action of one member in its own shape: trainers leave an axis of length 1."""
        space = self.env.roles[role].action
        return jnp.asarray(action).reshape(space.shape).astype(action_type(space))

    def get_obs(self, state: State) -> dict[str, Float[Array, " _"]]:
        seen = {
            role: vector.read(state.copies.timesteps.observation[role], 1)[0]
            for role, vector in self._vectors.items()
        }
        return {agent: seen[role][i] for agent, (role, i) in self._members.items()}

    @functools.partial(jax.jit, static_argnums=0)
    def get_avail_actions(self, state: State) -> dict[str, Bool[Array, " choices"]]:
        """What each agent may do: of several choices at once, those of one after the other.

        Agents that choose numbers are left out.
        """
        found = {}
        for agent, (role, i) in self._members.items():
            space = self.env.roles[role].action
            seen = state.copies.timesteps.observation[role]
            if ACTION_MASK in seen:
                found[agent] = seen[ACTION_MASK][0, i]
            elif isinstance(space, Discrete | MultiDiscrete):
                found[agent] = jnp.ones(sum(space.sizes), bool)
        return found


def _space(spaces: Any, space: Space) -> Any:
    """A space of an action as JaxMARL has it."""
    if isinstance(space, Discrete):
        return spaces.Discrete(space.n)
    if isinstance(space, MultiDiscrete):
        return spaces.MultiDiscrete(space.sizes)
    kind = np.float32 if space.kind == "float" else np.int32
    return spaces.Box(space.low, space.high, space.shape, kind)
