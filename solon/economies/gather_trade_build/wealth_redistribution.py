"""Full redistribution: at the end of every step all workers own the same."""

import dataclasses
from typing import Any, ClassVar

import jax.numpy as jnp

from ...component import Component
from ...errors import require

__all__ = ["WealthRedistribution"]


@dataclasses.dataclass(frozen=True)
class WealthRedistribution(Component[Any, Any]):
    """Share out coin in every step so that all own the same: the benchmark of full equality.

    Coin that is bound by open orders stays with its owner, as part of its share. Who has bound
    more than that keeps it, and the others share the rest. In the original such a worker's free
    coin becomes negative. By default the component has to come last, so that nothing is
    earned after it; the original's rules let it come anywhere.
    """

    name: ClassVar[str] = "wealth-redistribution"

    def validate(self, economy: Any) -> None:
        names = [part.name for part in economy.components]
        last = names[-1] == self.name or economy.compatibility == "foundation"
        require(last, "components", names, f"{self.name} as the last one")

    def default_params(self, economy: Any) -> tuple[()]:
        return ()

    def step(self, economy: Any, state: Any, actions: Any, luck: Any) -> Any:
        bound = state.escrow.coin
        if economy.compatibility == "foundation":
            coin = jnp.mean(state.coin) - bound
        else:
            # Filled up from those with the least bound: the share is what free coin allows if
            # the k lowest take part, for the k with which it is lowest.
            count = jnp.arange(1, economy.workers + 1)
            pool = jnp.sum(state.inventory.coin) + jnp.cumsum(jnp.sort(bound))
            coin = jnp.maximum(jnp.min(pool / count) - bound, 0)
        inventory = dataclasses.replace(state.inventory, coin=coin)
        return dataclasses.replace(state, inventory=inventory)
