"""A policy that mostly takes what it values most."""

import dataclasses
from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from .actor_critic import ActorCritic
from .distributions import MostlyGreedy, MultiCategorical
from .encoding import Encoded
from .networks import Network, Specialists
from .normalization import RunningStatistics
from .trunk import Dense

__all__ = ["ActionValues"]


class ActionValues(ActorCritic):
    """Values all choices, and mostly takes the best.

    The value of a choice is that of the situation plus the advantage of the choice over the mean
    of those that are allowed (Wang et al. 2016, equation 9); the advantages of several sub-actions
    add up. The value of the situation may read what the critic alone sees, the advantages not.
    What `step` and `evaluate` give as the value is that of the best choice.

    Attributes:
        exploration: the probability that a sub-action is drawn from all that are allowed.
    """

    exploration: Float[Array, ""] = eqx.field(default_factory=lambda: jnp.zeros(()))

    @classmethod
    def of(cls, policy: ActorCritic, exploration: Float[Array, ""]) -> "ActionValues":
        """With the network of another policy, whose logits become advantages."""
        fields = {f.name: getattr(policy, f.name) for f in dataclasses.fields(ActorCritic)}
        return cls(**fields, exploration=exploration)

    def evaluate(
        self,
        network: Network | Specialists,
        encoded: Encoded,
        memory: Float[Array, "*batch memory"],
        acting: Bool[Array, "steps *batch"],
    ) -> tuple[Any, Float[Array, "steps *batch"], Float[Array, "*batch memory"]]:
        found, value, memory = super().evaluate(network, encoded, memory, acting)
        assert isinstance(found, MultiCategorical)
        exploration = jnp.broadcast_to(self.exploration, value.shape)
        choices = MostlyGreedy(found.logits, found.mask, exploration, found.sizes)
        return choices, value + choices.best(), memory

    def rescale(self, statistics: RunningStatistics) -> "ActionValues":
        """Change the units of all values, leaving them as they are."""
        old = self.return_statistics
        assert old is not None
        ratio = old.deviation / statistics.deviation

        def rescaled(network: Network) -> Network:
            head = network.policy_head
            return dataclasses.replace(
                network, policy_head=Dense(ratio * head.weight, ratio * head.bias)
            )

        policy = super().rescale(statistics)
        assert isinstance(policy, ActionValues)
        network = policy.network
        if isinstance(network, Specialists):
            each = tuple(map(rescaled, network.networks))
            return dataclasses.replace(policy, network=dataclasses.replace(network, networks=each))
        return dataclasses.replace(policy, network=rescaled(network))
