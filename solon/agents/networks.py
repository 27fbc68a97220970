"""Feed-forward networks which choose and value: an actor and a critic."""

import dataclasses
import functools
import itertools
import math
from collections.abc import Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, Key, PyTree, Shaped

from .distributions import MultiCategorical
from .encoding import KIND, Encoded, Encoding
from .normalization import RunningStatistics

__all__ = ["ActorCritic", "Dense", "Network", "Specialists", "Trunk"]


class Dense(eqx.Module):
    """An affine map of the last axis: `x W + b`."""

    weight: Float[Array, "inputs outputs"]
    bias: Float[Array, " outputs"]

    @classmethod
    def create(
        cls, key: Key[Array, ""], inputs: int, outputs: int, scale: float = math.sqrt(2)
    ) -> "Dense":
        """Orthogonal weights (Saxe, McClelland and Ganguli 2014) times `scale`, no bias."""
        orthogonal = jax.nn.initializers.orthogonal(scale)
        return cls(orthogonal(key, (inputs, outputs), jnp.zeros(()).dtype), jnp.zeros(outputs))

    def __call__(self, x: Float[Array, "batch inputs"]) -> Float[Array, "batch outputs"]:
        return x @ self.weight + self.bias[None]


class Trunk(eqx.Module):
    """From an encoded observation to hidden features.

    Each integer code is looked up in a small table, and the numbers found there join the
    features. Reading a map of 121 cells this way costs a fraction of a convolution on a CPU.

    Attributes:
        tables: by field, one row a code.
        layers: dense layers, each followed by a ReLU.
        gain: of the layer normalisation (Ba, Kiros and Hinton 2016) after the last layer, if any.
    """

    tables: dict[str, Float[Array, "codes embedding"]]
    layers: tuple[Dense, ...]
    gain: Float[Array, " hidden"] | None

    @classmethod
    def create(
        cls,
        key: Key[Array, ""],
        encoding: Encoding,
        *,
        hidden: Sequence[int],
        embedding: int,
        layer_norm: bool,
    ) -> "Trunk":
        table_key, layer_key = jax.random.split(key)
        table_keys = jax.random.split(table_key, max(1, len(encoding.codes)))
        tables = {
            field.name: jax.random.normal(k, (field.codes, embedding))
            for k, field in zip(table_keys, encoding.codes, strict=False)
        }
        inputs = encoding.width + embedding * sum(field.size for field in encoding.codes)
        widths = [inputs, *hidden]
        layer_keys = jax.random.split(layer_key, len(hidden))
        layers = tuple(
            Dense.create(k, *sizes)
            for k, sizes in zip(layer_keys, itertools.pairwise(widths), strict=True)
        )
        return cls(tables, layers, jnp.ones(widths[-1]) if layer_norm else None)

    def __call__(self, encoded: Encoded) -> Float[Array, "batch hidden"]:
        batch = encoded.features.shape[0]
        found = [self.tables[name][code].reshape(batch, -1) for name, code in encoded.codes.items()]
        first, *others = self.layers
        x = first.bias[None] + _product([encoded.features, *found], first.weight)
        x = jax.nn.relu(x)
        for layer in others:
            x = jax.nn.relu(layer(x))
        if self.gain is not None:
            x = jax.nn.standardize(x, axis=-1, epsilon=1e-3) * self.gain[None]
        return x


def _product(
    parts: Sequence[Float[Array, "batch _"]], weight: Float[Array, "inputs outputs"]
) -> Float[Array, "batch outputs"]:
    """All parts side by side times `weight`.

    One product a part: putting them side by side first takes 1.7 times as long with gradients.
    """
    ends = itertools.accumulate(part.shape[1] for part in parts[:-1])
    blocks = jnp.split(weight, list(ends))
    return functools.reduce(jnp.add, map(jnp.matmul, parts, blocks))


class Network(eqx.Module):
    """What gradients train: one trunk for both heads, or one for each.

    Attributes:
        actor_trunk: feeds the policy head.
        critic_trunk: feeds the value head; None if that shares the actor's.
        policy_head: the logits of all choices. It starts small, so the first policy is nearly
            uniform over the allowed choices.
        value_head: one number, in the units of the running statistics of the returns.
    """

    actor_trunk: Trunk
    critic_trunk: Trunk | None
    policy_head: Dense
    value_head: Dense

    def __call__(
        self, encoded: Encoded
    ) -> tuple[Float[Array, "batch choices"], Float[Array, " batch"]]:
        """Logits and (normalised) values."""
        actor = self.actor_trunk(encoded)
        critic = actor if self.critic_trunk is None else self.critic_trunk(encoded)
        return self.policy_head(actor), self.value_head(critic)[:, 0]


class Specialists(eqx.Module):
    """A network for each kind of members, or for each member.

    Members who live different lives do not have to share what they learn, and each costs no more.

    Attributes:
        networks: one for each kind.
    """

    networks: tuple[Network, ...]

    def __call__(
        self, encoded: Encoded, counts: Sequence[int]
    ) -> tuple[Float[Array, "batch choices"], Float[Array, " batch"]]:
        """Logits and (normalised) values of all members, each by the network of its kind.

        Args:
            encoded: of whole roles: the batch holds all members of one, then those of the next.
            counts: how many members of each kind a role has. Where the encoding does not tell of
                which kind a member is, they stand in that order.
        """
        members = sum(counts)
        teams = encoded.mask.shape[0] // members
        roles = jax.tree.map(lambda x: x.reshape(teams, members, x.shape[-1]), encoded)
        if KIND not in encoded.codes:
            return _flat(self._ordered(roles, counts))
        order = jnp.argsort(roles.codes[KIND][..., 0], axis=1)
        return _flat(_take(self._ordered(_take(roles, order), counts), jnp.argsort(order, axis=1)))

    def _ordered(
        self, roles: Encoded, counts: Sequence[int]
    ) -> tuple[Float[Array, "roles count choices"], Float[Array, "roles count 1"]]:
        ends = list(itertools.accumulate(counts))
        found = []
        for network, end, count in zip(self.networks, ends, counts, strict=True):
            own = jax.tree.map(lambda x, a=end - count, b=end: _rows(x[:, a:b]), roles)
            logits, values = network(own)
            found.append((logits.reshape(-1, count, logits.shape[1]), values.reshape(-1, count, 1)))
        logits, values = (jnp.concatenate(parts, axis=1) for parts in zip(*found, strict=True))
        return logits, values


def _rows(x: Shaped[Array, "*batch width"]) -> Shaped[Array, "rows width"]:
    # Not -1, which can not be told where the width is 0.
    return x.reshape(math.prod(x.shape[:-1]), x.shape[-1])


def _flat(
    found: tuple[Float[Array, "roles count choices"], Float[Array, "roles count 1"]],
) -> tuple[Float[Array, "batch choices"], Float[Array, " batch"]]:
    logits, values = found
    return _rows(logits), values.ravel()


def _take(tree: PyTree[Array], order: Int[Array, "roles count"]) -> PyTree[Array]:
    """The members of each role in another order."""

    def take(leaf: Array) -> Array:
        return jnp.take_along_axis(leaf, order[..., None], axis=1, mode="clip")

    return jax.tree.map(take, tree)


class ActorCritic(eqx.Module):
    """A stochastic policy and its value function, with all that is needed to use them again.

    Attributes:
        network: the weights.
        feature_statistics: by which features are normalised; None if they are taken as they are.
        return_statistics: in whose units the value head speaks; None if in units of reward.
        encoding: how observations are read (static).
        counts: how many members share each network, where there are several (static).
    """

    network: Network | Specialists
    feature_statistics: RunningStatistics | None
    return_statistics: RunningStatistics | None
    encoding: Encoding = eqx.field(static=True)
    counts: tuple[int, ...] = eqx.field(static=True, default=())

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
        counts: tuple[int, ...] = (),
    ) -> "ActorCritic":
        """A policy that knows nothing yet.

        Args:
            key: luck of the weights.
            encoding: of the role it is for.
            hidden: widths of the layers.
            embedding: how many numbers stand for an integer code.
            shared_trunk: the policy and the value read the same hidden layers.
            layer_norm: normalise the last hidden layer.
            normalize_observations: keep running statistics of the features.
            normalize_returns: keep running statistics of the returns.
            counts: how many members share a network; all do if left out.
        """

        def create(key: Key[Array, ""]) -> Network:
            actor_key, critic_key, policy_key, value_key = jax.random.split(key, 4)

            def trunk(key: Key[Array, ""]) -> Trunk:
                return Trunk.create(
                    key, encoding, hidden=hidden, embedding=embedding, layer_norm=layer_norm
                )

            return Network(
                actor_trunk=trunk(actor_key),
                critic_trunk=None if shared_trunk else trunk(critic_key),
                policy_head=Dense.create(policy_key, hidden[-1], sum(encoding.sizes), scale=0.01),
                value_head=Dense.create(value_key, hidden[-1], 1, scale=1.0),
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
            counts=tuple(counts),
        )

    def evaluate(
        self, network: Network | Specialists, encoded: Encoded
    ) -> tuple[MultiCategorical, Float[Array, "*batch"]]:
        """What `network`, in the place of this one's, makes of encoded observations.

        Returns:
            The distribution over actions and the value in normalised units.
        """
        batch = encoded.mask.shape[:-1]
        flat = jax.tree.map(_rows, encoded)
        if self.feature_statistics is not None:
            features = self.feature_statistics.normalize(flat.features)
            flat = dataclasses.replace(flat, features=features)
        if isinstance(network, Specialists):
            logits, values = network(flat, self.counts)
        else:
            logits, values = network(flat)
        distribution = MultiCategorical(
            logits.reshape(*batch, -1), encoded.mask, self.encoding.sizes
        )
        return distribution, values.reshape(batch)

    def __call__(self, encoded: Encoded) -> tuple[MultiCategorical, Float[Array, "*batch"]]:
        """The distribution over actions and the value, in units of discounted reward.

        Args:
            encoded: from `self.encoding.encode`, with any leading axes.
        """
        distribution, values = self.evaluate(self.network, encoded)
        return distribution, self.denormalize(values)

    def act(
        self, key: Key[Array, ""], observation: dict[str, Shaped[Array, "..."]]
    ) -> Shaped[Array, "..."]:
        """Sample an action for each member.

        Args:
            key: luck of the choice.
            observation: of the role, by field, with any leading axes (such as the members').
        """
        distribution, _ = self(self.encoding.encode(observation))
        shape = (*distribution.mask.shape[:-1], len(self.encoding.sizes))
        return self.encoding.decode(distribution.sample(jax.random.uniform(key, shape)))

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
