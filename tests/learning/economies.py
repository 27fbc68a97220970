"""Small economies whose best policies, values and ends are known."""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array

from solon import Box, Discrete, Environment, MultiDiscrete, Role, TimeStep


class State(eqx.Module):
    step: Array
    luck: Array
    params: dict[str, Array]


@dataclasses.dataclass(frozen=True)
class Small(Environment):
    """The common part: a state of one counter and the luck of the last draw."""

    horizon: int = 8  # type: ignore[assignment]

    def default_params(self):
        return {"bonus": jnp.zeros(())}

    def draw_world(self, key):
        return jax.random.uniform(key)

    def draw_shocks(self, key, batch_shape=()):
        return jax.random.uniform(key, batch_shape)

    def start(self, world, params):
        state = State(jnp.zeros((), jnp.int32), world, params)
        return state, self.show(state, self.no_reward())

    def transition(self, state, actions, shocks):
        reward = self.payoffs(state, actions)
        state = State(state.step + 1, shocks, state.params)
        return state, self.show(state, reward)

    def show(self, state, reward):
        terminated, truncated = self.ends(state)
        return TimeStep(
            observation={role: self.see(role, state) for role in self.roles},
            reward=reward,
            acting=self.deciding(state),
            terminated=terminated,
            truncated=truncated,
            metrics={"steps": state.step, "bonus": state.params["bonus"]},
        )

    def deciding(self, state):
        return self.everyone_acts()

    def ends(self, state):
        return state.step >= self.horizon, jnp.zeros((), bool)


@dataclasses.dataclass(frozen=True)
class MaskedBandit(Small):
    """Three members see a situation; some choices are barred, at random, the best ones too.

    The reward of a choice is its entry in `worth`, plus 1 if the second sub-action tells the
    first letter of the situation. Taking a barred choice costs 100.
    """

    name = "masked-bandit"
    worth = ((0.0, 1.0, 2.0, 3.0), (0.0, 3.0, 1.0, 2.0), (0.0, 2.0, 3.0, 1.0))
    members = 3

    @property
    def roles(self):
        fields = {
            "situation": Box((1,), 0, 2, "integer"),
            "noise": Box((2,)),
            "action_mask": Box((7,), 0, 1, "boolean"),
        }
        return {"worker": Role(self.members, MultiDiscrete((4, 3)), fields)}

    def situations(self, state):
        digits = (state.luck * jnp.array([3.0, 9.0, 27.0])).astype(jnp.int32)
        return digits % 3

    def mask(self, state):
        # One of the choices 1 to 3 is barred; which one is as good as independent of the rest.
        barred = 1 + (state.luck * jnp.array([81.0, 243.0, 729.0])).astype(jnp.int32) % 3
        first = jnp.arange(4)[None] != barred[:, None]
        return jnp.concatenate([first, jnp.ones((self.members, 3), bool)], axis=1)

    def see(self, role, state):
        noise = jnp.stack([state.luck, 1 - state.luck])
        return {
            "situation": self.situations(state)[:, None].astype(jnp.int8),
            "noise": jnp.broadcast_to(noise, (self.members, 2)),
            "action_mask": self.mask(state),
        }

    def payoffs(self, state, actions):
        first, second = actions["worker"][:, 0], actions["worker"][:, 1]
        situation = self.situations(state)
        reward = jnp.array(self.worth)[situation, first] + (second == situation)
        allowed = jnp.take_along_axis(self.mask(state), first[:, None], axis=1)[:, 0]
        return {"worker": jnp.where(allowed, reward, -100.0)}

    #: Best allowed choice: 3 if it is not barred (two times in three), else 2; and 1 for telling.
    best = 1 + 3 * 2 / 3 + 2 / 3


@dataclasses.dataclass(frozen=True)
class Targets(Small):
    """Two members hand in two numbers each, and lose the squared distance to what they see.

    The second number of the first member may lie at the very bounds, where there are some.
    """

    name = "targets"
    bounded: bool = True

    @property
    def roles(self):
        bounds = (-1.0, 1.0) if self.bounded else ()
        return {"worker": Role(2, Box((2,), *bounds), {"goal": Box((2,), -1, 1)})}

    def goals(self, state):
        return jnp.stack([jnp.array([0.5, 1.0]) * (2 * state.luck - 1), jnp.array([-0.4, 0.8])])

    def see(self, role, state):
        return {"goal": self.goals(state)}

    def payoffs(self, state, actions):
        return {"worker": -jnp.sum((actions["worker"] - self.goals(state)) ** 2, axis=-1)}


@dataclasses.dataclass(frozen=True)
class Chain(Small):
    """Nothing to decide; a reward of 1 on each step.

    What comes after `horizon` steps is up to `params`: the end, or (`cut`) just a cut, in which
    case all steps look alike. With `sudden`, the end comes at a random step before that, and each
    step beyond costs 1000.
    """

    name = "chain"

    def default_params(self):
        return {"bonus": jnp.zeros(()), "cut": jnp.zeros((), bool), "sudden": jnp.zeros((), bool)}

    @property
    def roles(self):
        return {"worker": Role(1, Discrete(2), {"time": Box((self.horizon + 1,))})}

    def see(self, role, state):
        shown = jnp.where(state.params["cut"], 0, state.step)
        return {"time": jax.nn.one_hot(shown, self.horizon + 1)[None]}

    def transition(self, state, actions, shocks):
        over, _ = self.ends(state)
        state = State(state.step + 1, state.luck, state.params)
        return state, self.show(state, {"worker": jnp.where(over, -1000.0, 1.0)[None]})

    def ends(self, state):
        last = 1 + (state.luck * (self.horizon - 1)).astype(jnp.int32)
        last = jnp.where(state.params["sudden"], last, self.horizon)
        over, cut = state.step >= last, state.params["cut"]
        return over & ~cut, over & cut


@dataclasses.dataclass(frozen=True)
class LaborSupply(Small):
    """Two workers with wages 1 and 2 choose hours; a planner sets a flat tax rate.

    A worker gets (1 - rate) wage hours - hours^2 / 2, so it works (1 - rate) x wage hours.
    """

    name = "labor-supply"
    wages = (1.0, 2.0)
    grid = 9

    @property
    def roles(self):
        worker = {"wage": Box((1,))}
        return {
            "worker": Role(2, Discrete(self.grid), worker),
            "planner": Role(1, Box((1,), 0.0, 1.0), {"time": Box((1,))}),
        }

    def see(self, role, state):
        if role == "planner":
            return {"time": (state.step / self.horizon)[None, None]}
        return {"wage": jnp.array(self.wages)[:, None]}

    def payoffs(self, state, actions):
        hours = actions["worker"] / 4
        rate = actions["planner"][0, 0]
        income = jnp.array(self.wages) * hours
        return {
            "worker": (1 - rate) * income - hours**2 / 2,
            "planner": jnp.sum(rate * income)[None],
        }


@dataclasses.dataclass(frozen=True)
class Meeting(Small):
    """Two roles choose one of three places; meeting at place k is worth k, else nothing."""

    name = "meeting"

    @property
    def roles(self):
        sight = {"time": Box((1,))}
        return {
            "buyer": Role(2, Discrete(3), sight),
            "seller": Role(2, Discrete(3), sight),
        }

    def see(self, role, state):
        return {"time": jnp.full((2, 1), state.step / self.horizon)}

    def payoffs(self, state, actions):
        met = actions["buyer"] == actions["seller"]
        worth = jnp.where(met, actions["buyer"] + 1.0, 0.0)
        return {"buyer": worth, "seller": worth}


@dataclasses.dataclass(frozen=True)
class Opposites(Small):
    """Who is of kind 0 had better choose 0, who is of kind 1 choose 1, whatever their places.

    They are told nothing but their kind. If they are `blind`, they are told nothing at all, and
    the last one always is of kind 1.
    """

    name = "opposites"
    blind: bool = False

    @property
    def roles(self):
        if self.blind:
            return {"worker": Role(3, Discrete(2), {"time": Box((1,))})}
        return {"worker": Role(3, Discrete(2), {"kind": Box((), 0, 1, "integer")}, kinds=(2, 1))}

    def who(self, state):
        first = 2 if self.blind else (state.luck * 3).astype(jnp.int32)
        return (jnp.arange(3) == first).astype(jnp.int8)

    def see(self, role, state):
        if self.blind:
            return {"time": jnp.zeros((3, 1))}
        return {"kind": self.who(state)}

    def payoffs(self, state, actions):
        return {"worker": (actions["worker"] == self.who(state)).astype(float)}


@dataclasses.dataclass(frozen=True)
class Remember(Small):
    """Two members are shown a sign on the first step, and are paid for showing it ever after.

    It is there on the first step only, so without memory chance decides on all others.
    """

    name = "remember"

    @property
    def roles(self):
        sight = {"sign": Box((1,)), "kind": Box((), 0, 1, "integer")}
        return {"worker": Role(2, Discrete(2), sight, kinds=(1, 1))}

    def signs(self, state):
        return (state.luck * jnp.array([2.0, 4.0])).astype(jnp.int32) % 2

    def see(self, role, state):
        shown = jnp.where(state.step == 0, 2.0 * self.signs(state) - 1, 0)
        swapped = (state.luck * 8).astype(jnp.int32) % 2
        return {"sign": shown[:, None], "kind": ((jnp.arange(2) + swapped) % 2).astype(jnp.int8)}

    def payoffs(self, state, actions):
        return {"worker": (actions["worker"] == self.signs(state)).astype(float)}

    def transition(self, state, actions, shocks):
        reward = self.payoffs(state, actions)
        state = State(state.step + 1, state.luck, state.params)
        return state, self.show(state, reward)


@dataclasses.dataclass(frozen=True)
class Watched(Remember):
    """The same, and a planner who has no say in it."""

    name = "watched"

    @property
    def roles(self):
        return super().roles | {"planner": Role(1, Discrete(2), {"time": Box((1,))})}

    def see(self, role, state):
        if role == "planner":
            return {"time": jnp.zeros((1, 1))}
        return super().see(role, state)

    def payoffs(self, state, actions):
        return super().payoffs(state, actions) | {"planner": jnp.zeros(1)}


@dataclasses.dataclass(frozen=True)
class Unequal(Small):
    """Poor and rich alike choose to work or not; the rich gamble, and noise is all they get.

    A poor member earns 1 by choice 1. What a rich one gets is luck of a thousand times the size,
    whatever it does.
    """

    name = "unequal"

    @property
    def roles(self):
        return {"worker": Role(2, Discrete(2), {"kind": Box((), 0, 1, "integer")}, kinds=(1, 1))}

    def see(self, role, state):
        return {"kind": jnp.arange(2, dtype=jnp.int8)}

    def payoffs(self, state, actions):
        gamble = 1000 * jnp.where(state.luck < 0.5, 1.0, -1.0)
        return {"worker": jnp.stack([actions["worker"][0].astype(float), gamble])}


@dataclasses.dataclass(frozen=True)
class Rare(Small):
    """A role that decides on every `period`-th step, and is paid later for what it chose then.

    The choice at the decision is carried in `luck`, and pays 1 for choice 1 on the last step
    of the period only.
    """

    name = "rare"
    period: int = 4
    every: int = 1

    @property
    def roles(self):
        return {"planner": Role(1, Discrete(2), {"time": Box((1,))}, every=self.every)}

    def see(self, role, state):
        return {"time": (state.step / self.horizon)[None, None]}

    def deciding(self, state):
        return {"planner": (state.step % self.period == 0)[None]}

    def transition(self, state, actions, shocks):
        decides = state.step % self.period == 0
        choice = jnp.where(decides, actions["planner"][0].astype(float), state.luck)
        pays = (state.step + 1) % self.period == 0
        reward = jnp.where(pays, choice, 0.0)
        state = State(state.step + 1, choice, state.params)
        return state, self.show(state, {"planner": reward[None]})


@dataclasses.dataclass(frozen=True)
class Hidden(Small):
    """One member bets on one of four doors, of which a param is the right one, and is then told.

    It is worth 1 to be right in the first step of two; what is done in the second one is nothing.
    """

    name = "hidden"
    horizon: int = 2  # type: ignore[assignment]
    doors = 4

    @property
    def roles(self):
        told = {"told": Box((self.doors,), 0, 1), "step": Box((1,), 0, 2)}
        return {"worker": Role(1, Discrete(self.doors), told)}

    def default_params(self):
        return {"bonus": jnp.zeros(()), "door": jnp.zeros((), jnp.int32)}

    def see(self, role, state):
        right = jnp.arange(self.doors) == state.params["door"]
        told = jnp.where(state.step > 0, right, False).astype(float)
        return {"told": told[None], "step": state.step.astype(float)[None, None]}

    def payoffs(self, state, actions):
        right = actions["worker"] == state.params["door"]
        return {"worker": jnp.where(state.step == 0, right, False).astype(float)}
