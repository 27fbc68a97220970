"""Labor: a worker chooses hours and is paid its skill for each."""

import dataclasses
from typing import Any, ClassVar

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from ..._plain import plain_fields
from ...component import Component, SubAction
from ...economics.skills import expected_ranked_skills
from ...economics.utility import MOST_COIN
from ...errors import require, require_number, require_whole

__all__ = ["LaborParams", "Payroll", "SimpleLabor"]

_SOCIETIES = 1_000


class LaborParams(eqx.Module):
    """Numbers of the labor.

    Attributes:
        skills: coin an hour, one for each rank.
    """

    skills: Float[Array, " n"]


class GivenSkills(eqx.Module):
    """Luck in which skills are given.

    Attributes:
        skill: coin an hour of each worker.
    """

    skill: Float[Array, " n"]


class Payroll(eqx.Module):
    """Memory of the labor.

    Attributes:
        skill: coin an hour of each worker.
        production: coin earned so far by each worker, before tax.
    """

    skill: Float[Array, " n"]
    production: Float[Array, " n"]


@dataclasses.dataclass(frozen=True)
class SimpleLabor(Component[Any, Any]):
    """Work for some hours at a wage of one's own.

    Under the rules of the original it can be a component of an economy with a map, too.

    Attributes:
        skills: coin an hour: `ranked`, the expected order statistics of a capped Pareto
            distribution, or one number for each worker.
        max_skill_multiplier: what the most skilled earn relative to no skill, at most; skills
            are observed as shares of it.
        hours: the most that can be worked in a step.
        mask_first_step: nobody works in the first step, in which the planner sets the rates.
    """

    name: ClassVar[str] = "simple-labor"

    skills: str | tuple[float, ...] = "ranked"
    max_skill_multiplier: float = 3.0
    hours: int = 100
    mask_first_step: bool = True

    def __post_init__(self):
        plain_fields(self)
        if isinstance(self.skills, list):
            object.__setattr__(self, "skills", tuple(self.skills))
        listed = isinstance(self.skills, tuple)
        allowed = "ranked, or a list of coin an hour, one for each worker"
        require(listed or self.skills == "ranked", "skills", self.skills, allowed)
        if listed:
            for skill in self.skills:
                require_number("skills", skill, low=0)
        require_number("max_skill_multiplier", self.max_skill_multiplier, low=1)
        require_whole("hours", self.hours, low=1, high=100_000)
        proper = isinstance(self.mask_first_step, bool)
        require(proper, "mask_first_step", self.mask_first_step, "true or false")

    def validate(self, economy: Any) -> None:
        fits = self.skills == "ranked" or len(self.skills) == economy.workers
        allowed = f"ranked, or {economy.workers} numbers, one for each worker"
        require(fits, f"{self.name}.skills", self.skills, allowed)
        idle = self.mask_first_step and economy.horizon < 2
        # In the original the mask alone keeps people from working.
        idle = idle and economy.compatibility != "foundation"
        allowed = "false, where an episode has a single step"
        require(not idle, f"{self.name}.mask_first_step", True, allowed)

    def default_params(self, economy: Any) -> LaborParams:
        if self.skills != "ranked":
            return LaborParams(jnp.asarray(self.skills, float))
        ranked = expected_ranked_skills(
            economy.workers, multiplier=self.max_skill_multiplier, samples=_SOCIETIES
        )
        return LaborParams(jnp.asarray(ranked, float))

    def sub_actions(self, economy: Any, role: str) -> tuple[SubAction, ...]:
        return (SubAction("labor", self.hours),) if role == "worker" else ()

    def skill_bounds(self, economy: Any) -> tuple[float, float]:
        """In coin an hour."""
        return 0.0, MOST_COIN

    def luck_given(self, economy: Any, luck: Any, skills: Float[Array, " n"]) -> Any:
        return GivenSkills(skills)

    def start(self, economy: Any, state: Any, luck: Any) -> Any:
        params: LaborParams = state.params.parts[self.name]
        # There skills go by number, also where a map deals out ranks.
        by_number = economy.compatibility == "foundation"
        skill = params.skills if by_number else params.skills[state.rank]
        if isinstance(luck, GivenSkills):
            skill = luck.skill
        payroll = Payroll(skill, jnp.zeros(economy.workers))
        return dataclasses.replace(state, parts=state.parts | {self.name: payroll})

    def step(self, economy: Any, state: Any, actions: Any, luck: Any) -> Any:
        payroll: Payroll = state.parts[self.name]
        hours = actions["worker"]["labor"].astype(float)
        if economy.compatibility == "foundation":
            # There only the mask keeps people from working, and hours replace earlier ones.
            labor = jnp.where(hours > 0, hours, state.labor)
        else:
            hours = jnp.where(self._open(state.step - 1), hours, 0)
            labor = state.labor + hours
        pay = hours * payroll.skill
        payroll = dataclasses.replace(payroll, production=payroll.production + pay)
        return dataclasses.replace(
            state,
            inventory=dataclasses.replace(state.inventory, coin=state.inventory.coin + pay),
            labor=labor,
            parts=state.parts | {self.name: payroll},
        )

    def _open(self, steps_taken: Array) -> Bool[Array, ""]:
        """Whether there is work in the coming step."""
        return (steps_taken > 0) | (not self.mask_first_step)

    def observe(self, economy: Any, state: Any) -> dict[str, dict[str, Array]]:
        payroll: Payroll = state.parts[self.name]
        return {"worker": {"skill": payroll.skill / self.max_skill_multiplier}}

    def mask(self, economy: Any, state: Any) -> dict[str, dict[str, Array]]:
        shape = (economy.workers, self.hours)
        return {"worker": {"labor": jnp.broadcast_to(self._open(state.step), shape)}}

    def acting(self, economy: Any, state: Any) -> dict[str, Array]:
        if economy.compatibility == "foundation":
            return {}
        return {"worker": jnp.broadcast_to(self._open(state.step), (economy.workers,))}

    def metrics(self, economy: Any, state: Any) -> dict[str, Array]:
        return {"production": jnp.sum(state.parts[self.name].production)}
