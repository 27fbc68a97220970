"""Networks which choose and value: an actor and a critic, for all members or a kind of them."""

import dataclasses
import itertools
import math
from collections.abc import Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PyTree, Shaped

from ..environment import KIND
from .encoding import GROUPS, OF_ALL, Encoded, Parts
from .trunk import Dense, Trunk

__all__ = ["Network", "Specialists", "rows"]


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

    @property
    def memory_width(self) -> int:
        """How many numbers it remembers, those of the actor before those of the critic."""
        trunks = [trunk for trunk in (self.actor_trunk, self.critic_trunk) if trunk is not None]
        return sum(trunk.memory_width for trunk in trunks)

    def __call__(
        self,
        encoded: Encoded,
        memory: Float[Array, "rows memory"],
        acting: Bool[Array, "steps rows"],
    ) -> tuple[Float[Array, "batch choices"], Float[Array, " batch"], Float[Array, "rows memory"]]:
        """Logits, (normalised) values, and what is remembered after the last step.

        Args:
            encoded: the rows of the first step, then those of the next.
            memory: before the first step.
            acting: who looks on which step.
        """
        own = self.actor_trunk.memory_width
        actor, remembered = self.actor_trunk(encoded.of_actor(), memory[:, :own], acting)
        critic = actor
        if self.critic_trunk is not None:
            critic, its = self.critic_trunk(encoded, memory[:, own:], acting)
            remembered = jnp.concatenate([remembered, its], axis=1)
        return self.policy_head(actor), self.value_head(critic)[:, 0], remembered


class Specialists(eqx.Module):
    """A network for each kind of members, or for each member.

    Members who live different lives do not have to share what they learn, and each costs no more.

    Attributes:
        networks: one for each kind.
    """

    networks: tuple[Network, ...]

    @property
    def memory_width(self) -> int:
        """How many numbers a member remembers."""
        return self.networks[0].memory_width

    def __call__(
        self,
        encoded: Encoded,
        memory: Float[Array, "rows memory"],
        acting: Bool[Array, "steps rows"],
        counts: Sequence[int],
        *,
        in_order: bool = False,
    ) -> tuple[Float[Array, "batch choices"], Float[Array, " batch"], Float[Array, "rows memory"]]:
        """Logits, (normalised) values and memories of all members, by the networks of their kinds.

        Args:
            encoded: of whole roles: the rows hold all members of one, then those of the next, and
                after all of a step those of the next step.
            memory: before the first step.
            acting: who looks on which step.
            counts: how many members of each kind a role has. Where the encoding does not tell of
                which kind a member is, they stand in that order. It is of one kind throughout.
            in_order: they stand in that order, whether the encoding tells or not.
        """
        members = sum(counts)
        alike = {name: parts for name, parts in encoded.more.items() if name in OF_ALL}
        own = {name: parts for name, parts in encoded.more.items() if name not in OF_ALL}
        encoded = dataclasses.replace(encoded, more=own)
        seen = _by_role((encoded, acting.reshape(-1, 1)), members)
        past = _by_role(memory, members)
        if in_order or KIND not in encoded.codes:
            return _flat(self._ordered(seen, past, counts, alike))
        order = jnp.argsort(seen[0].codes[KIND][..., 0], axis=1)
        back, teams = jnp.argsort(order, axis=1), past.shape[0]
        found = self._ordered(_take(seen, order), _take(past, order[:teams]), counts, alike)
        return _flat((*_take(found[:2], back), _take(found[2], back[:teams])))

    def _ordered(
        self,
        seen: tuple[Encoded, Bool[Array, "roles count 1"]],
        memory: Float[Array, "teams count memory"],
        counts: Sequence[int],
        alike: dict[str, Parts],
    ) -> tuple[Array, Array, Array]:
        ends = list(itertools.accumulate(counts))
        found = []
        for network, end, count in zip(self.networks, ends, counts, strict=True):
            own, looks, past = jax.tree.map(
                lambda x, a=end - count, b=end: rows(x[:, a:b]), (*seen, memory)
            )
            more = {n: {**own.more, **alike}[n] for n in GROUPS if n in {**own.more, **alike}}
            own = dataclasses.replace(own, more=more)
            steps = looks.reshape(-1, past.shape[0])
            logits, values, remembered = network(own, past, steps)
            found.append(_by_role((logits, values[:, None], remembered), count))
        logits, values, remembered = (
            jnp.concatenate(parts, axis=1) for parts in zip(*found, strict=True)
        )
        return logits, values, remembered


def rows(x: Shaped[Array, "*batch width"]) -> Shaped[Array, "rows width"]:
    """All axes but the last one flattened into one."""
    # Not -1, which cannot be told where the width is 0.
    return x.reshape(math.prod(x.shape[:-1]), x.shape[-1])


def _by_role(tree: PyTree[Array], members: int) -> PyTree[Array]:
    """Rows with the members of a role on an axis of their own."""
    return jax.tree.map(lambda x: x.reshape(x.shape[0] // members, members, x.shape[-1]), tree)


def _flat(found: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
    logits, values, memory = found
    return rows(logits), values.ravel(), rows(memory)


def _take(tree: PyTree[Array], order: Int[Array, "roles count"]) -> PyTree[Array]:
    """The members of each role in another order."""

    def take(leaf: Array) -> Array:
        return jnp.take_along_axis(leaf, order[..., None], axis=1, mode="clip")

    return jax.tree.map(take, tree)
