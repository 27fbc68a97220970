"""Which society is governed: drawn by its number, or with an elasticity and a spread of its own."""

import dataclasses
import functools

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, Key

from ....economies.unknown_society import UnknownSociety
from ....economies.unknown_society.state import Params, State
from ....environment import TimeStep
from ....errors import require, require_number, require_whole
from ....luck import key_of
from ..scoring import Begun, economy_of
from ..shipped import prior
from ..societies import ELASTICITY, FAMILY, SHOCKS, SPREAD

__all__ = ["MOST_LUCK", "Society", "begun_one"]

MOST_LUCK = 99
"""The highest number of a society. Any would do: a class has to read it off a screen."""

#: Folded into the key of a number, by whether it is for the game: the society that is watched under
#: a number is not the one that is played. They are larger than any count that a key is split by.
_PURPOSES = {False: 0xA0761D65, True: 0xE7037ED1}


@dataclasses.dataclass(frozen=True)
class Society:
    """One society. The same values are the same workers and the same shocks for everybody.

    Attributes:
        luck: its number, of which all is drawn that is not given.
        shocks: whether incomes have yearly shocks, of log deviation .2.
        played: whether it is for the game: its numbers are of other societies.
        elasticity: e; None to draw it.
        spread: of the logarithm of skills; None to draw it.
        model: of behavior, one of `FAMILY`; None to draw it.
    """

    luck: int = 0
    shocks: bool = False
    played: bool = False
    elasticity: float | None = None
    spread: float | None = None
    model: str | None = None

    def __post_init__(self):
        require_whole("society", self.luck, low=0, high=MOST_LUCK)
        for name, given, (low, high) in (
            ("elasticity", self.elasticity, ELASTICITY),
            ("spread", self.spread, SPREAD),
        ):
            if given is not None:
                require_number(name, given, low=low, high=high)
        known = self.model is None or self.model in FAMILY
        require(known, "model", self.model, ", ".join(FAMILY))


def begun_one(society: Society) -> Begun:
    """A society before its first year, as `scoring.play_planner` takes it.

    Its numbers are traced: any society is governed by what was compiled for the first one.
    """
    societies = prior(society.shocks)
    env = economy_of(societies)
    key = jax.random.fold_in(key_of(society.luck), _PURPOSES[society.played])
    given = (society.elasticity, society.spread)
    numbers = [jnp.asarray(jnp.nan if one is None else one, float) for one in given]
    model = -1 if society.model is None else env.models.index(society.model)
    deviation = jnp.asarray(SHOCKS if society.shocks else 0.0, float)
    states, timesteps, luck = _begun(env, key, *numbers, jnp.asarray(model, jnp.int32), deviation)
    return Begun(societies, states, timesteps, luck)


@functools.partial(jax.jit, static_argnums=0)
def _begun(
    env: UnknownSociety,
    key: Key[Array, ""],
    elasticity: Float[Array, ""],
    spread: Float[Array, ""],
    model: Int[Array, ""],
    deviation: Float[Array, ""],
) -> tuple[State, TimeStep, Key[Array, ""]]:
    """As one of one; what is not a number, or a model below 0, is drawn."""
    e_key, spread_key, model_key, world_key, luck = jax.random.split(key, 5)
    e = jax.random.uniform(e_key, minval=ELASTICITY[0], maxval=ELASTICITY[1])
    drawn = jax.random.uniform(spread_key, minval=SPREAD[0], maxval=SPREAD[1])
    # Models of the family alone; the economy knows others.
    family = jnp.asarray([env.models.index(name) for name in FAMILY], jnp.int32)
    e = jnp.where(jnp.isnan(elasticity), e, elasticity)
    params = Params(
        elasticity=e,
        spread=jnp.where(jnp.isnan(spread), drawn, spread),
        model=jnp.where(model < 0, jax.random.choice(model_key, family), model),
        later_elasticity=e,
        shock_deviation=deviation,
    )
    state, timestep = env.start(env.draw_world(world_key), params)
    alone = jax.tree.map(lambda leaf: leaf[None], (state, timestep))
    return *alone, luck
