"""What a member of an economy could gain by deviating from what it has learned."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import jax
import numpy as np
from jaxtyping import Array, Float, Key, PyTree

from ..agents.actor_critic import ActorCritic
from ..environment import Environment, TimeStep
from ..errors import require, require_whole
from ..learning.config import PPO
from ..learning.deviation import DEVIATOR, Deviation
from ..learning.learner import Curriculum, Learner, unchanged
from ..learning.playing import play
from ..learning.prior import Prior
from ..policy import Policy
from .statistics import difference

__all__ = ["Exploitability", "exploitability"]


@dataclasses.dataclass(frozen=True, eq=False)
class Exploitability:
    """How a best response that was searched for did against the others as they were trained.

    It is a lower bound: a better learner, or a longer search, may find more. The interval is over
    episodes, for the response that was found.

    Attributes:
        role: who deviated.
        member: its number, or None if the whole role did.
        before: return of an episode with the policy as trained, by episode. Of a whole role it
            is the mean over its members.
        after: with the best response, in episodes with the same starts and the same shocks.
        steps: environment steps that the best response was trained for.
        policy: the best response.
    """

    role: str
    member: int | None
    before: Float[np.ndarray, " episodes"]
    after: Float[np.ndarray, " episodes"]
    steps: int
    policy: ActorCritic

    @property
    def gain(self) -> float:
        """Mean gain of an episode, in units of reward."""
        return float(np.mean(self.after - self.before))

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the gain: percentiles of the bootstrap over paired episodes."""
        found = difference(self.after[None], self.before[None])
        assert found.low is not None and found.high is not None
        return found.low, found.high


def exploitability(
    env: Environment,
    policies: Mapping[str, Policy],
    *,
    role: str,
    member: int | None = 0,
    key: Key[Array, ""],
    params: PyTree[Array] | None = None,
    config: PPO | None = None,
    curriculum: Curriculum = unchanged,
    prior: Prior | None = None,
    steps: int = 1_000_000,
    episodes: int = 100,
) -> Exploitability:
    """Train a best response from nothing against the frozen others, and see what it gains.

    Args:
        env: the economy.
        policies: one a role.
        role: whose deviation is tried.
        member: which member deviates, or None for the whole role at once.
        key: all luck, of the training and of the episodes.
        params: of the economy; its default ones when left out.
        config: of the learner; its default when left out.
        curriculum: with which params the response is trained, see `Learner`. The
            episodes that count have `params`.
        prior: of which episodes draw params, see `Learner`.
        steps: environment steps to train the response for, all copies together.
        episodes: how many to compare on.

    Returns:
        The returns before and after, their difference and its interval.

    Raises:
        ConfigurationError: if a role has no policy, or sizes do not fit.
    """
    steps = require_whole("steps", steps, low=1, high=10**12)
    episodes = require_whole("episodes", episodes, low=2, high=10**6)
    require(role in env.roles, "role", role, ", ".join(env.roles))
    missing = [name for name in env.roles if name not in policies]
    require(not missing, "policies", sorted(policies), f"a policy for each role ({missing})")
    params = env.default_params() if params is None else params
    deviates = role if member is None else DEVIATOR
    game = env if member is None else Deviation(env, role, member)
    others = {name: policy for name, policy in policies.items() if name != deviates}

    train_key, play_key = jax.random.split(key)
    learner = Learner(game, config or PPO(), learn=(deviates,), curriculum=curriculum, prior=prior)
    state = learner.init(train_key, params, others)
    for _ in range(-(-steps // learner.steps_per_update)):
        state, _ = learner.update(state)
    response = state.learned[deviates]

    def returns(game: Environment, policy: Policy) -> Float[np.ndarray, " episodes"]:
        # In the order of the roles, since a policy's place decides over its luck.
        drivers = {name: (others | {deviates: policy})[name] for name in game.roles}
        # Both play in the same economy with the same key, so that only the deviator differs.
        luck = jax.random.clone(play_key)
        rewards = play(game, drivers, luck, params, episodes=episodes, record=_rewards, prior=prior)
        return np.asarray(rewards[deviates], float).sum(axis=0).mean(axis=-1)

    if isinstance(game, Deviation):
        before = returns(dataclasses.replace(game, conforms=True), response)
    else:
        before = returns(game, policies[role])
    return Exploitability(
        role=role,
        member=member,
        before=before,
        after=returns(game, response),
        steps=int(state.environment_steps),
        policy=response,
    )


def _rewards(states: Any, timestep: TimeStep) -> dict[str, Array]:
    return dict(timestep.reward)
