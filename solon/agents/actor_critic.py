"""A stochastic policy and its value function, with all that is needed to use them again."""

import dataclasses
import math
from collections.abc import Sequence
from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, Key, Shaped

from ..environment import KIND
from ..policy import Policy
from .distributions import Distribution
from .encoding import Encoded, Encoding
from .networks import Network, Specialists, rows
from .normalization import RunningStatistics
from .trunk import Dense, Trunk

__all__ = ["ActorCritic"]


class ActorCritic(Policy):
    """A stochastic policy and its value function, with all that is needed to use them again.

    Its memory is what members recall since the episode began, of width 0 without recurrence.

    Attributes:
        network: the weights.
        feature_statistics: by which features are normalised; None if they are taken as they are.
        return_statistics: in whose units the value head speaks; None if in units of reward.
        encoding: how observations are read (static).
        members: how many it acts for (static).
        counts: how many members share each network, where there are several (static).
        ready: it is asked about observations in the form that `readied` gives them (static).
    """

    rests: ClassVar[bool] = True

    network: Network | Specialists
    feature_statistics: RunningStatistics | None
    return_statistics: RunningStatistics | None
    encoding: Encoding = eqx.field(static=True)
    members: int = eqx.field(static=True, default=1)
    counts: tuple[int, ...] = eqx.field(static=True, default=())
    ready: bool = eqx.field(static=True, default=False)

    @classmethod
    def create(
        cls,
        key: Key[Array, ""],
        encoding: Encoding,
        *,
        hidden: Sequence[int] = (64, 64),
        embedding: int = 4,
        shared_trunk: bool = True,
        layer_norm: bool = False,
        normalize_observations: bool = False,
        normalize_returns: bool = True,
        members: int = 1,
        counts: tuple[int, ...] = (),
        recurrent: bool = False,
    ) -> "ActorCritic":
        """A policy that knows nothing yet.

        Args:
            key: luck of the weights.
            encoding: of the role it is for.
            hidden: widths of the layers; none for logits that are linear in what is seen.
            embedding: how many numbers stand for an integer code.
            shared_trunk: the policy and the value read the same hidden layers, unless the critic
                has fields of its own.
            layer_norm: normalise the last hidden layer.
            normalize_observations: keep running statistics of the features.
            normalize_returns: keep running statistics of the returns.
            members: how many it acts for.
            counts: how many members share a network; all do if left out.
            recurrent: members remember what they saw since the episode began.
        """

        def create(key: Key[Array, ""]) -> Network:
            actor_key, critic_key, policy_key, value_key = jax.random.split(key, 4)

            def trunk(key: Key[Array, ""], encoding: Encoding) -> Trunk:
                return Trunk.create(
                    key,
                    encoding,
                    hidden=hidden,
                    embedding=embedding,
                    layer_norm=layer_norm,
                    recurrent=recurrent,
                )

            seen = encoding.of_actor
            # A critic with fields of its own cannot read the policy's layers.
            alone = shared_trunk and seen == encoding
            width, its = (Trunk.width(e, hidden, embedding) for e in (seen, encoding))
            return Network(
                actor_trunk=trunk(actor_key, seen),
                critic_trunk=None if alone else trunk(critic_key, encoding),
                policy_head=Dense.create(policy_key, width, encoding.outputs, scale=0.01),
                value_head=Dense.create(value_key, its, 1, scale=1.0),
            )

        network: Network | Specialists
        if len(counts) > 1:
            keys = jax.random.split(key, len(counts))
            network = Specialists(tuple(create(k) for k in keys))
        else:
            network = create(key)
        return cls(
            network=network,
            feature_statistics=(
                RunningStatistics.create((encoding.width,)) if normalize_observations else None
            ),
            return_statistics=RunningStatistics.create() if normalize_returns else None,
            encoding=encoding,
            members=members,
            counts=tuple(counts),
        )

    def first_memory(self, *batch: int) -> Float[Array, "*batch memory"]:
        """What is remembered when an episode begins: nothing, and of width 0 without memory."""
        return jnp.zeros((*batch, self.network.memory_width))

    def evaluate(
        self,
        network: Network | Specialists,
        encoded: Encoded,
        memory: Float[Array, "*batch memory"],
        acting: Bool[Array, "steps *batch"],
    ) -> tuple[Distribution, Float[Array, "steps *batch"], Float[Array, "*batch memory"]]:
        """What `network`, in the place of this one's, makes of encoded observations.

        Args:
            network: the weights.
            encoded: step after step, on the first axis.
            memory: before the first step.
            acting: who looks on which step; others keep the memory they have.

        Returns:
            The distribution over actions, the value in normalised units, and the memory after the
            last step.
        """
        shape = acting.shape
        flat = jax.tree.map(rows, encoded)
        flat = flat if self.ready else self.normalized(flat)
        past, looks = rows(memory), acting.reshape(shape[0], math.prod(shape[1:]))
        if isinstance(network, Specialists):
            logits, values, past = network(flat, past, looks, self.counts, in_order=self.ready)
        else:
            logits, values, past = network(flat, past, looks)
        outputs = logits.reshape(*shape, logits.shape[-1])
        distribution = self.encoding.distribution(outputs, encoded.mask)
        return distribution, values.reshape(shape), past.reshape(memory.shape)

    def readied(
        self, encoded: Encoded
    ) -> tuple["ActorCritic", Encoded, Int[Array, "*batch count"] | None]:
        """What gradient steps read again and again, brought into its form once.

        Args:
            encoded: with members on the last axis but one.

        Returns:
            The policy that reads that form, the observations in units of their deviations, and the
            order in which members have to be put, all that belongs to them: by the network that
            they share. None if they stand in it.
        """
        seen, policy = self.normalized(encoded), dataclasses.replace(self, ready=True)
        if not isinstance(self.network, Specialists) or KIND not in encoded.codes:
            return policy, seen, None
        return policy, seen, jnp.argsort(encoded.codes[KIND][..., 0], axis=-1)

    def normalized(self, encoded: Encoded) -> Encoded:
        """The same with features in units of their running deviations, if these are kept."""
        if self.feature_statistics is None:
            return encoded
        places = self.encoding.places()
        own, *others = (self.feature_statistics.of(place) for place in places.values())
        more = {
            name: dataclasses.replace(parts, features=statistics.normalize(parts.features))
            for statistics, (name, parts) in zip(others, encoded.more.items(), strict=True)
        }
        return dataclasses.replace(encoded, features=own.normalize(encoded.features), more=more)

    def step(
        self, encoded: Encoded, memory: Float[Array, "*batch memory"]
    ) -> tuple[Distribution, Float[Array, "*batch"], Float[Array, "*batch memory"]]:
        """The distribution over actions, the value in units of discounted reward, and the memory.

        Args:
            encoded: from `self.encoding.encode`, with any leading axes.
            memory: from the last step, or `first_memory`.
        """
        batch = encoded.mask.shape[:-1]
        one = jax.tree.map(lambda x: x[None], encoded)
        distribution, values, memory = self.evaluate(
            self.network, one, memory, jnp.ones((1, *batch), bool)
        )
        distribution = jax.tree.map(lambda x: x[0], distribution)
        return distribution, self.denormalize(values[0]), memory

    def __call__(self, encoded: Encoded) -> tuple[Distribution, Float[Array, "*batch"]]:
        """As `step`, for the first step of an episode or for policies without memory."""
        batch = encoded.mask.shape[:-1]
        return self.step(encoded, self.first_memory(*batch))[:2]

    def init(self, key: Key[Array, ""]) -> Float[Array, "count memory"]:
        return self.first_memory(self.members)

    def begin(
        self, memory: Float[Array, "count memory"], new_world: Bool[Array, ""] | None = None
    ) -> Float[Array, "count memory"]:
        """Nothing is remembered, but of earlier episodes in the same world of a prior."""
        nothing = jnp.zeros_like(memory)
        return nothing if new_world is None else jnp.where(new_world, nothing, memory)

    def act(
        self,
        memory: Float[Array, "count memory"],
        observation: dict[str, Shaped[Array, "..."]],
        key: Key[Array, ""],
    ) -> tuple[Shaped[Array, "count ..."], Float[Array, "count memory"]]:
        choices, _, _, memory = self.choose(memory, self.encoding.encode(observation), key)
        return self.encoding.decode(choices), memory

    def act_in_all(
        self,
        memories: Float[Array, "copies count memory"],
        observations: dict[str, Shaped[Array, "..."]],
        key: Key[Array, ""],
        acting: Bool[Array, "copies count"],
    ) -> tuple[Shaped[Array, "copies count ..."], Float[Array, "copies count memory"]]:
        """Sample an action for each member. Those who do not act keep the memory they have."""
        encoded = self.encoding.encode(observations)
        choices, _, _, after = self.choose(memories, encoded, key)
        return self.encoding.decode(choices), jnp.where(acting[..., None], after, memories)

    def choose(
        self, memory: Float[Array, "*batch memory"], encoded: Encoded, key: Key[Array, ""]
    ) -> tuple[
        Shaped[Array, "*batch subactions"],
        Float[Array, "*batch"],
        Float[Array, "*batch"],
        Float[Array, "*batch memory"],
    ]:
        """Sampled choices, the logarithm of their probability, the value, and the memory.

        Args:
            memory: from the last step, or `first_memory`.
            encoded: from `self.encoding.encode`, with any leading axes.
            key: luck of all choices.
        """
        distribution, value, memory = self.step(encoded, memory)
        choices = distribution.draw(key)
        return choices, distribution.log_probability(choices), value, memory

    def normalize(self, returns: Float[Array, "..."]) -> Float[Array, "..."]:
        """Returns in the units of the value head."""
        if self.return_statistics is None:
            return returns
        return self.return_statistics.normalize(returns, limit=float("inf"))

    def denormalize(self, values: Float[Array, "..."]) -> Float[Array, "..."]:
        """Outputs of the value head in units of discounted reward."""
        if self.return_statistics is None:
            return values
        return self.return_statistics.mean + self.return_statistics.deviation * values

    def rescale(self, statistics: RunningStatistics) -> "ActorCritic":
        """Change the units of the value head, leaving all values as they are.

        It is the "Pop" of Pop-Art (van Hasselt, Guez, Hessel, Mnih and Silver 2016, equation 7).
        """
        old = self.return_statistics
        assert old is not None
        ratio = old.deviation / statistics.deviation
        shift = (old.mean - statistics.mean) / statistics.deviation

        def rescaled(network: Network) -> Network:
            head = network.value_head
            head = Dense(ratio * head.weight, ratio * head.bias + shift)
            return dataclasses.replace(network, value_head=head)

        network = self.network
        if isinstance(network, Specialists):
            each = tuple(rescaled(part) for part in network.networks)
            network = dataclasses.replace(network, networks=each)
        else:
            network = rescaled(network)
        return dataclasses.replace(self, network=network, return_statistics=statistics)
