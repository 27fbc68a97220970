"""The pandemic in steps of four weeks: what a learner decides on, and no day in between."""

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from ..._plain import plain_fields
from ...environment import Environment, Role, TimeStep
from ...errors import require_whole
from . import subsidies
from .economy import Pandemic
from .state import Params, State

__all__ = ["Draws", "Reviews"]


class Draws(eqx.Module):
    """What episodes are played under, each leaf with the draws in front.

    Attributes:
        params: of the economy.
        price: what a point of its own unemployment, in the mean over the days, costs a governor, in
            points of its welfare. It holds unemployment down where welfare alone would not.
    """

    params: Params
    price: Float[Array, "*draws"]


class ReviewState(eqx.Module):
    """The economy between two reviews, and the price of the episode."""

    economy: State
    price: Float[Array, ""]


@dataclasses.dataclass(frozen=True)
class Reviews(Environment):
    """The pandemic, where governors decide on review days alone and a step leads to the next one.

    A level may be set every 28 days, so that 27 of 28 decisions of the economy are none: a learner
    that leaves them out sees fifteen steps in an episode of 405 days. The days in between are
    simulated as they are. The planner decides on the last review day before its payments change.

    An episode is played under one of several draws of the parameters, which is its only luck.
    Governors may be charged for unemployment; what is measured is their welfare without it.

    Attributes:
        economy: by day, without a replay and with the default layout of observations.
        days: from one review to the next, at least the cooldown. The last step may be shorter.
    """

    name: ClassVar[str] = "pandemic-reviews"

    economy: Pandemic
    days: int = 28

    def __post_init__(self) -> None:
        plain_fields(self)
        require_whole("days", self.days, low=self.economy.cooldown, high=self.economy.horizon)

    @property
    def horizon(self) -> int:
        return -(-self.economy.horizon // self.days)

    @property
    def roles(self) -> Mapping[str, Role]:
        return {role: dataclasses.replace(one, every=1) for role, one in self.economy.roles.items()}

    def default_params(self) -> Draws:
        """The parameters of the economy, as the only draw, without a price."""
        params = jax.tree.map(lambda leaf: leaf[None], self.economy.default_params())
        return Draws(params, jnp.zeros(1))

    def draw_world(self, key: Key[Array, ""]) -> Float[Array, ""]:
        """Where among the draws: a share of them."""
        return jax.random.uniform(key)

    def draw_shocks(self, key: Key[Array, ""], batch_shape: tuple[int, ...] = ()) -> tuple[()]:
        """Nothing: there is no luck in a step."""
        return ()

    def start(self, world: Float[Array, ""], params: Draws) -> tuple[ReviewState, TimeStep]:
        draws = params.price.shape[0]
        number = jnp.minimum((world * draws).astype(int), draws - 1)
        drawn = jax.tree.map(lambda leaf: leaf[number], params)
        state, timestep = self.economy.start((), drawn.params)
        return ReviewState(state, drawn.price), self._seen(state, timestep)

    def transition(
        self, state: ReviewState, actions: Mapping[str, Array], shocks: Any
    ) -> tuple[ReviewState, TimeStep]:
        """The next review day. Governors set levels at once and keep them; rewards are sums."""
        economy, price = self.economy, state.price

        def day(state: State, number: Array) -> tuple[State, dict[str, Array]]:
            governor = jnp.where(number == 0, actions["governor"], 0)
            todays = {"governor": governor, "planner": actions["planner"]}
            after, timestep = economy.transition(state, todays, ())
            workers = economy.labor_force_share * after.params.population
            idle = 100 * after.unemployed / workers / economy.horizon
            reward = {**timestep.reward, "governor": timestep.reward["governor"] - price * idle}
            # After the last day nothing happens any more.
            on = state.step < economy.horizon
            after = jax.tree.map(lambda new, old: jnp.where(on, new, old), after, state)
            return after, {role: jnp.where(on, one, 0) for role, one in reward.items()}

        after, rewards = jax.lax.scan(day, state.economy, jnp.arange(self.days))
        reward = {role: jnp.sum(one, axis=0) for role, one in rewards.items()}
        timestep = economy.shown(after, economy.full_output(after.params), reward)
        return ReviewState(after, price), self._seen(after, timestep)

    def _seen(self, state: State, timestep: TimeStep) -> TimeStep:
        """What is shown on a review day. The planner may choose what it pays until the next."""
        days = state.step + jnp.arange(self.days)
        pays = jnp.any(subsidies.decides(days, self._interval))
        mask = (jnp.arange(1 + subsidies.LEVELS) == 0) | pays
        planner = {**timestep.observation["planner"], "action_mask": mask[None]}
        return dataclasses.replace(
            timestep,
            observation={**timestep.observation, "planner": planner},
            acting={**timestep.acting, "planner": pays[None]},
        )

    @property
    def _interval(self) -> int:
        return self.economy.subsidy_interval
