"""Building: a unit of stone and a unit of wood become a house, which pays its builder coin."""

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, Key

from ..._plain import plain_fields
from ...component import Component, SubAction
from ...economics.skills import (
    capped_skill,
    lognormal_skill,
    pareto_skill,
    published_build_payments,
)
from ...economics.utility import MOST_COIN
from ...errors import require, require_number
from .layouts import NO_SOURCE
from .state import Endowment, State

if TYPE_CHECKING:
    from .economy import GatherTradeBuild

__all__ = ["Build", "BuildParams", "Builders"]

_SKILLS = ("ranked", "pareto", "lognormal", "equal")


class BuildParams(eqx.Module):
    """Numbers of building.

    Attributes:
        payment: coin a house for a worker of skill 1.
        max_skill_multiplier: the highest payment, as a multiple of `payment`.
        ranked_payments: coin a house by rank, lowest first (used when skills are ranked).
        labor: labor of building a house.
    """

    payment: Float[Array, ""]
    max_skill_multiplier: Float[Array, ""]
    ranked_payments: Float[Array, " n"]
    labor: Float[Array, ""]


class GivenPayments(eqx.Module):
    """In the place of raw skills, where payments are given.

    Attributes:
        payment: coin that a house pays each worker.
    """

    payment: Float[Array, " n"]


class Builders(eqx.Module):
    """Memory of building.

    Attributes:
        payment: coin that a house pays each worker.
        skill: the raw skill draw behind it; 1 where there is none.
        houses: houses built so far by each worker.
    """

    payment: Float[Array, " n"]
    skill: Float[Array, " n"]
    houses: Int[Array, " n"]


@dataclasses.dataclass(frozen=True)
class Build(Component["GatherTradeBuild", State]):
    """Build a house on the cell where one stands.

    The cell must be bare: nothing lies or grows there and there is no house. The house is
    permanent, only its owner can walk over it, and it earns nothing afterwards.

    Attributes:
        skills: who is paid how much a house. `ranked`: the expected order statistics of
            the capped Pareto distribution, dealt to the workers at random (the published
            experiments); `pareto` or `lognormal`: drawn anew for each episode, and workers are
            ranked by what they drew; `equal`: all the base payment; or the payments themselves,
            in coin, one for each worker, which are dealt at random too.
        payment: coin a house for a worker of skill 1.
        max_skill_multiplier: the highest payment, as a multiple of `payment`.
        labor: labor of building a house.
    """

    name: ClassVar[str] = "build"

    skills: str | tuple[float, ...] = "ranked"
    payment: float = 10.0
    max_skill_multiplier: float = 3.0
    labor: float = 10.0

    def __post_init__(self):
        plain_fields(self)
        if isinstance(self.skills, (list, tuple)):
            object.__setattr__(self, "skills", tuple(self.skills))
            require(bool(self.skills), "skills", self.skills, "a payment for each worker")
            for payment in self.skills:
                require_number("skills", payment, low=0)
        else:
            allowed = ", ".join(_SKILLS) + ", or a payment for each worker"
            require(self.skills in _SKILLS, "skills", self.skills, allowed)
        require_number("payment", self.payment, low=0, above=True)
        require_number("labor", self.labor, low=0)
        require_number("max_skill_multiplier", self.max_skill_multiplier, low=1)

    @property
    def ranked(self) -> bool:
        """Whether payments are dealt by rank."""
        return self.skills == "ranked" or isinstance(self.skills, tuple)

    @property
    def drawn(self) -> bool:
        """Whether skills are drawn anew for each episode, so that they decide who ranks where."""
        return self.skills in ("pareto", "lognormal")

    def validate(self, economy: "GatherTradeBuild") -> None:
        whole = economy.compatibility is None or self.payment >= 1
        require(whole, "build.payment", self.payment, "at least 1 with the original's rules")
        if isinstance(self.skills, tuple):
            count = economy.workers
            allowed = f"one payment for each of the {count} workers"
            require(len(self.skills) == count, "build.skills", self.skills, allowed)

    def default_params(self, economy: "GatherTradeBuild") -> BuildParams:
        payment, multiplier = self.payment, self.max_skill_multiplier
        if economy.compatibility == "foundation":
            # The original cuts both down to whole numbers.
            payment, multiplier = float(int(payment)), float(int(multiplier))
        if isinstance(self.skills, tuple):
            payments: Sequence[float] = sorted(self.skills)
        elif self.skills == "ranked":
            payments = published_build_payments(
                economy.workers, payment=payment, multiplier=multiplier
            )
        else:
            payments = [payment] * economy.workers
        return BuildParams(
            payment=jnp.asarray(payment, float),
            max_skill_multiplier=jnp.asarray(multiplier, float),
            ranked_payments=jnp.asarray(payments, float),
            labor=jnp.asarray(self.labor, float),
        )

    def sub_actions(self, economy: "GatherTradeBuild", role: str) -> tuple[SubAction, ...]:
        return (SubAction("build", 1),) if role == "worker" else ()

    def draw_world(self, economy: "GatherTradeBuild", key: Key[Array, ""]) -> Float[Array, " n"]:
        """The raw skill of each worker."""
        shape = (economy.workers,)
        if self.skills == "lognormal":
            return lognormal_skill(jax.random.normal(key, shape), mean=-1.0, sigma=0.5)
        if self.skills == "pareto":
            return pareto_skill(jax.random.uniform(key, shape), shape=4.0)
        return jnp.ones(shape)

    def skill_bounds(self, economy: "GatherTradeBuild") -> tuple[float, float]:
        """In coin a house."""
        return 0.0, MOST_COIN

    def luck_given(
        self, economy: "GatherTradeBuild", luck: Any, skills: Float[Array, " n"]
    ) -> GivenPayments:
        return GivenPayments(skills)

    def start(self, economy: "GatherTradeBuild", state: State, luck: Any) -> State:
        params: BuildParams = state.params.parts[self.name]
        multiplier = params.max_skill_multiplier
        if isinstance(luck, GivenPayments):
            payment, luck = luck.payment, jnp.ones(economy.workers)
        elif self.ranked:
            payment = params.ranked_payments[state.rank]
        elif self.skills == "equal":
            payment = jnp.full(economy.workers, params.payment)
        else:
            payment = params.payment * capped_skill(luck, multiplier=multiplier)
        builders = Builders(
            payment=payment, skill=luck, houses=jnp.zeros(economy.workers, jnp.int32)
        )
        return dataclasses.replace(state, parts=state.parts | {self.name: builders})

    def feasible(self, state: State) -> Bool[Array, " n"]:
        """Whether each worker could build right now, where it stands."""
        row, column = state.location[:, 0], state.location[:, 1]
        bare = (state.terrain.house[row, column] < 0) & (
            state.terrain.source[row, column] == NO_SOURCE
        )
        return bare & jnp.all(state.inventory.goods >= 1, axis=-1)

    def step(self, economy: "GatherTradeBuild", state: State, actions: Any, luck: Any) -> State:
        params: BuildParams = state.params.parts[self.name]
        builders: Builders = state.parts[self.name]
        # Workers stand on different cells and use their own goods, so all can build at once.
        builds = (actions["worker"]["build"] == 1) & self.feasible(state)
        inventory = Endowment(
            coin=state.inventory.coin + jnp.where(builds, builders.payment, 0),
            goods=state.inventory.goods - builds[:, None].astype(state.inventory.goods.dtype),
        )
        row, column = state.location[:, 0], state.location[:, 1]
        owner = jnp.arange(economy.workers, dtype=state.terrain.house.dtype)
        before = state.terrain.house
        house = before.at[row, column].set(jnp.where(builds, owner, before[row, column]))
        return dataclasses.replace(
            state,
            inventory=inventory,
            labor=state.labor + jnp.where(builds, params.labor, 0),
            terrain=dataclasses.replace(state.terrain, house=house),
            parts=state.parts
            | {self.name: dataclasses.replace(builders, houses=builders.houses + builds)},
        )

    def observe(self, economy: "GatherTradeBuild", state: State) -> dict[str, dict[str, Array]]:
        params: BuildParams = state.params.parts[self.name]
        builders: Builders = state.parts[self.name]
        fields = {"build_payment": builders.payment / params.payment}
        if economy.observation == "foundation":
            # Where payments are dealt by rank this is noise, which the original shows all the same.
            fields["build_skill"] = builders.skill
        return {"worker": fields}

    def mask(self, economy: "GatherTradeBuild", state: State) -> dict[str, dict[str, Array]]:
        return {"worker": {"build": self.feasible(state)[:, None]}}

    def metrics(self, economy: "GatherTradeBuild", state: State) -> dict[str, Array]:
        houses = state.parts[self.name].houses
        each = {f"houses/{i}": houses[i] for i in range(economy.workers)}
        return {"houses": jnp.sum(houses)} | each
