"""Gradient steps of a parallelised Q-network (Gallici et al. 2025)."""

import dataclasses
from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from ..agents.action_values import ActionValues
from ..agents.actor_critic import ActorCritic
from ..agents.distributions import MostlyGreedy
from ..agents.encoding import Encoding
from ..agents.networks import Network, Specialists
from ..environment import Role
from .batch import Batch, batch_of, mean_of
from .descent import improve
from .pqn import PQN
from .rollout import RoleExperience
from .schedules import value_at
from .settings import sharing

__all__ = ["action_values", "improved", "loss"]


def action_values(key: Key[Array, ""], name: str, role: Role, config: PQN) -> ActionValues:
    """A policy that knows no values yet."""
    policy = ActorCritic.create(
        key,
        Encoding.of(name, role),
        hidden=config.hidden,
        embedding=config.embedding,
        layer_norm=config.layer_norm,
        normalize_observations=config.normalize_observations,
        normalize_returns=config.normalize_returns,
        members=role.count,
        counts=sharing(config.network_per, role),
        recurrent=config.recurrent,
    )
    return ActionValues.of(policy, value_at(config.exploration, jnp.zeros(())))


def loss(
    network: Network | Specialists,
    policy: ActorCritic,
    batch: Batch,
    decided: Float[Array, ""] | None = None,
) -> tuple[Float[Array, ""], dict[str, Float[Array, ""]]]:
    """Half of the squared error of the values of what was done, see `Loss`."""
    experience, acting = batch.experience, batch.experience.acting
    choices, best, _ = policy.evaluate(network, experience.observation, batch.recall[0], acting)
    assert isinstance(choices, MostlyGreedy)
    value = best + choices.shortfall(experience.choices)
    error = mean_of((value - batch.target) ** 2, acting, decided) / 2
    return error, {"value_loss": error, "value": mean_of(value, acting, decided)}


def improved(
    policy: ActorCritic,
    optimizer_state: Any,
    gathered: RoleExperience,
    key: Key[Array, ""],
    *,
    config: PQN,
    learning_rate: Float[Array, ""],
    discount: Float[Array, ""],
    trace: Float[Array, ""],
    exploration: Float[Array, ""],
    gradient_clip: Float[Array, ""],
) -> tuple[ActorCritic, Any, dict[str, Float[Array, ""]]]:
    """Lambda-returns of what a role has gathered, and gradient steps towards them.

    Their recursion, R_t = r_t + discount ((1 - trace) max_a Q_t+1 + trace R_t+1), is that of the
    targets of generalised advantage estimation where the value is that of the best choice. What is
    done to explore does not cut it off (Peng and Williams 1994).

    Args:
        policy: that gathered it.
        optimizer_state: from `PQN.init` or the last update.
        gathered: of the role in this update.
        key: luck of the minibatches.
        config: see `PQN`.
        learning_rate: of this update.
        discount: of this update.
        trace: of this update.
        exploration: of the next one.
        gradient_clip: of this update.

    Returns:
        The policy, the optimiser's state, and figures averaged over the steps.
    """
    batch = batch_of(gathered, config.environments, discount=discount, gae_lambda=trace)
    policy, optimizer_state, figures = improve(
        policy,
        optimizer_state,
        batch,
        key,
        loss=loss,
        epochs=config.epochs,
        minibatches=config.minibatches,
        accumulate=config.accumulate,
        learning_rate=learning_rate,
        gradient_clip=gradient_clip,
        shards=gathered.shards,
        mesh=gathered.mesh,
    )
    assert isinstance(policy, ActionValues)
    policy = dataclasses.replace(policy, exploration=exploration)
    return policy, optimizer_state, figures
