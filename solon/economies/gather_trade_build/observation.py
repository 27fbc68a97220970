"""What workers and the planner see.

The fields do not depend on how many workers there are: others appear as sums over the market's
orders and as quantiles. So one policy can act in economies of any size.
"""

from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ...environment import KIND
from ..mechanisms.periodic_bracket_tax import PeriodicBracketTax
from .map_view import windows
from .state import State

if TYPE_CHECKING:
    from .economy import GatherTradeBuild

__all__ = ["observe", "pooled_fields", "quantiles"]

_QUANTILES = (0.0, 0.25, 0.5, 0.75, 1.0)


def quantiles(values: Float[Array, " n"]) -> Float[Array, " 5"]:
    """Minimum, quartiles and maximum, interpolated linearly between members."""
    n = values.shape[0]
    weights = np.zeros((len(_QUANTILES), n))
    for i, q in enumerate(_QUANTILES):
        below = min(int(q * (n - 1)), n - 1)
        above = min(below + 1, n - 1)
        share = q * (n - 1) - below
        weights[i, below] += 1 - share
        weights[i, above] += share
    return jnp.asarray(weights, values.dtype) @ jnp.sort(values)


def observe(economy: "GatherTradeBuild", state: State) -> dict[str, dict[str, Array]]:
    """All fields but the action masks: role -> field -> array with leading axis `count`."""
    n, scale = economy.workers, economy.observation_scale
    worker, planner = pooled_fields(economy, state)
    height, width = state.terrain.water.shape
    time = (state.step.astype(float) / economy.horizon)[None]
    worker |= {
        "inventory_coin": state.inventory.coin * scale,
        "inventory_goods": state.inventory.goods * scale,
        "escrow_coin": state.escrow.coin * scale,
        "escrow_goods": state.escrow.goods * scale,
        "location": state.location / jnp.array([[height, width]]),
        "time": jnp.broadcast_to(time, (n,)),
        # By rank of skill, as many whatever the number of workers.
        KIND: (state.rank * economy.worker_kinds // n).astype(jnp.int8),
        "map": windows(state, economy.view),
    }
    tax = economy.component(PeriodicBracketTax.name)
    if tax is not None:
        # It is taken up to a period after the income that it is for. Who does not know what is due
        # learns for long to take taxed income for untaxed.
        worker |= {name: coin * scale for name, coin in tax.due(state).items()}
    planner |= {
        "coin_quantiles": quantiles(state.coin * scale)[None],
        "goods": jnp.mean(state.inventory.goods + state.escrow.goods, axis=0, dtype=float)[None]
        * scale,
        "time": time,
    }
    return {"worker": worker, "planner": planner}


def pooled_fields(economy: Any, state: Any) -> tuple[dict[str, Array], dict[str, Array]]:
    """What the components show to workers and to the planner, with quantiles of the incomes."""
    worker: dict[str, Array] = {}
    planner: dict[str, Array] = {}
    for component in economy.components:
        shown = component.observe(economy, state)
        worker |= shown.get("worker", {})
        planner |= shown.get("planner", {})
    for fields in (worker, planner):
        if "last_incomes" in fields:
            incomes = fields.pop("last_incomes")
            pooled = quantiles(incomes[0])
            shape = (incomes.shape[0], *pooled.shape)
            fields["income_quantiles"] = jnp.broadcast_to(pooled, shape)
    return worker, planner
