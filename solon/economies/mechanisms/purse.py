"""Coin of workers where there is nothing else to own, and no market that could bind any."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

__all__ = ["HoldsCoin", "Purse"]


class Purse(eqx.Module):
    """Coin of each worker."""

    coin: Float[Array, " n"]


class HoldsCoin(eqx.Module):
    """The part of a state that taxes read: what workers own, and what open orders bind.

    Attributes:
        inventory: what workers own.
    """

    inventory: Purse

    @property
    def escrow(self) -> Purse:
        """Coin bound by open orders: there is no market, and so none."""
        return Purse(jnp.zeros_like(self.inventory.coin))

    @property
    def coin(self) -> Float[Array, "*batch n"]:
        """All coin of each worker."""
        return self.inventory.coin
