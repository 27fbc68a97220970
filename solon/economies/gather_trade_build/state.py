"""What the economy holds: endowments, the map, parameters, and the luck of a start and a step."""

from typing import Any

import equinox as eqx
from jaxtyping import Array, Bool, Float, Int

__all__ = ["Endowment", "Params", "Shocks", "State", "Terrain", "World"]


class Endowment(eqx.Module):
    """What workers own.

    Attributes:
        coin: coin of each worker.
        goods: units of stone and wood (in this order) of each worker.
    """

    coin: Float[Array, " n"]
    goods: Int[Array, "n 2"]


class Terrain(eqx.Module):
    """The map.

    Attributes:
        water: cells that nobody can enter.
        source: the commodity that grows in a cell, or -1.
        source_cells: row-major positions of the cells where something grows; where a layout drew
            fewer than it might have, the rest points behind the last cell.
        resource: units lying in a cell, of the commodity that grows there.
        house: the owner of the house in a cell, or -1.
    """

    water: Bool[Array, "height width"]
    source: Int[Array, "height width"]
    source_cells: Int[Array, " sources"]
    resource: Int[Array, "height width"]
    house: Int[Array, "height width"]


class Params(eqx.Module):
    """The numbers that a study may vary.

    Attributes:
        risk_aversion: the isoelastic coefficient eta of utility in coin.
        labor_cost: utility lost with a unit of labor, at full cost.
        labor_cost_weight: the share of `labor_cost` that is charged, set by curricula.
        warmup_constant: if positive, the share is instead 1 - exp(-productive steps / constant).
        productive_steps: steps so far on which the mean worker gained, for `warmup_constant`.
        starting_coin: coin of each worker at the start.
        equality_weight: kappa in [0, 1]; the planner's objective at 0 is productivity alone.
        regeneration: probability a step that an empty source refills, for stone and wood.
        parts: the numbers of the components, by name.
    """

    risk_aversion: Float[Array, ""]
    labor_cost: Float[Array, ""]
    labor_cost_weight: Float[Array, ""]
    warmup_constant: Float[Array, ""]
    productive_steps: Int[Array, ""]
    starting_coin: Float[Array, ""]
    equality_weight: Float[Array, ""]
    regeneration: Float[Array, "2"]
    parts: dict[str, Any]


class World(eqx.Module):
    """The luck of a start.

    Attributes:
        location: row and column of each worker, distinct cells.
        rank: place of each worker in the order of skill, 0 for the lowest.
        parts: the luck of the components, by name.
        source: the commodity that grows in a cell, or -1, where the layout draws it; else None.
        layout: number of the map, where there are several; else None.
    """

    location: Int[Array, "n 2"]
    rank: Int[Array, " n"]
    parts: dict[str, Any]
    source: Int[Array, "height width"] | None = None
    layout: Int[Array, ""] | None = None


class Shocks(eqx.Module):
    """The luck of a step.

    Attributes:
        regrowth: a uniform draw for each source, in the order of `Terrain.source_cells`.
        parts: the luck of the components, by name.
    """

    regrowth: Float[Array, "*batch sources"]
    parts: dict[str, Any]


class State(eqx.Module):
    """The economy between two steps.

    Attributes:
        step: steps taken so far.
        terrain: the map.
        location: row and column of each worker.
        inventory: what workers can dispose of.
        escrow: what is bound by open orders.
        labor: labor so far of each worker.
        rank: place of each worker in the order of skill, 0 for the lowest.
        utility: utility of each worker, from which the next reward is counted.
        welfare: the planner's objective, from which its next reward is counted.
        productive_steps: see `Params.productive_steps`.
        parts: the memories of the components, by name.
        params: the numbers of this episode.
    """

    step: Int[Array, ""]
    terrain: Terrain
    location: Int[Array, "n 2"]
    inventory: Endowment
    escrow: Endowment
    labor: Float[Array, " n"]
    rank: Int[Array, " n"]
    utility: Float[Array, " n"]
    welfare: Float[Array, ""]
    productive_steps: Int[Array, ""]
    parts: dict[str, Any]
    params: Params

    @property
    def coin(self) -> Float[Array, "*batch n"]:
        """All coin of each worker, bound or not."""
        return self.inventory.coin + self.escrow.coin
