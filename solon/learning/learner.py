"""A learner: all of training that is carried from update to update, and the update."""

import dataclasses
import math
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, cast

import jax
import numpy as np
from jax.sharding import Mesh
from jaxtyping import Array, Float, Key, PyTree

from ..checking import check_own_economy
from ..environment import Environment
from ..errors import require, require_whole
from ..policy import Policy
from . import update as updates
from .algorithm import Algorithm
from .config import PPO
from .driving import check_roles
from .prior import Prior
from .shards import place_in_group, placed
from .shown import bare
from .train_state import TrainState

__all__ = ["Curriculum", "Learner", "unchanged"]


Curriculum: TypeAlias = Callable[[Any, Float[Array, ""]], Any]
"""From params and environment steps done to the params that hold now."""


def unchanged(params: PyTree[Array], environment_steps: Float[Array, ""]) -> PyTree[Array]:
    """The curriculum that leaves the params as they are."""
    return params


@dataclasses.dataclass(frozen=True)
class Learner:
    """Trains a policy for each of some roles, each by its own algorithm.

    The members of a role share its policy. All other roles have policies that stay. Copies of the
    economy start at different times if the unroll is shorter than an episode: in each update
    another group of them begins anew, so a batch holds all phases of an episode. In the first
    round, episodes are cut short for that.

    Args:
        env: the economy.
        config: the algorithm of the roles that have none of their own.
        learn: the roles that learn; all of them if left out.
        own_configs: pairs of a role and an algorithm of its own, where one does not suit all: a
            planner decides rarely, and had better explore longer. All share `environments` and
            `unroll`.
        curriculum: from params and environment steps done (as a float, all copies together) to
            the params with which episodes start now. Running ones keep those they began with:
            a new price of labor would also re-price the labor that is done.
        prior: of which each episode draws some params; the curriculum sets those that are not
            drawn. All copies have the same ones if left out.
        shards: parts of the copies, of each of which alike many start together and share a
            minibatch, so that devices may share them out. It decides luck.
        mesh: devices that share the copies out, from `solon.learning.shards.device_mesh`; one
            device if left out. It decides nothing but rounding.

    Raises:
        ConfigurationError: if sizes do not fit together or a role cannot learn.
        EconomyError: if the economy is a user's own and `solon.checking.check_economy` refuses it.
    """

    env: Environment
    config: Algorithm = PPO()
    learn: tuple[str, ...] = ()
    curriculum: Curriculum = unchanged
    own_configs: tuple[tuple[str, Algorithm], ...] = ()
    prior: Prior | None = None
    shards: int = 1
    mesh: Mesh | None = None

    def __post_init__(self):
        env, config = self.env, self.config
        check_own_economy(bare(env))
        if self.prior is not None:
            self.prior.check(env)
        object.__setattr__(self, "learn", tuple(self.learn) or tuple(env.roles))
        for role in self.learn:
            known = ", ".join(env.roles)
            require(role in env.roles, "learn", role, f"a role of the economy: {known}")
        horizon, steps = env.horizon, config.unroll
        fits = horizon % steps == 0 or steps % horizon == 0
        allowed = f"a divisor or a multiple of the horizon {horizon}"
        require(fits, "unroll", steps, allowed)
        require(
            config.environments % self.groups == 0,
            "environments",
            config.environments,
            f"a multiple of {self.groups}, the unrolls of {steps} steps in an episode",
        )
        together = config.environments // self.groups
        allowed = f"a divisor of {together}, the environments that start together"
        require_whole("shards", self.shards, low=1, high=2**31 - 1)
        require(together % self.shards == 0, "shards", self.shards, allowed)
        if self.mesh is not None:
            devices = self.mesh.size
            allowed = f"a divisor of {self.shards}, the shards"
            require(self.shards % devices == 0, "devices", devices, allowed)
        for role, own in self.own_configs:
            known = ", ".join(env.roles)
            require(role in env.roles, "own_configs", role, f"a role of the economy: {known}")
            for field in ("environments", "unroll"):
                value, shared = getattr(own, field), getattr(config, field)
                require(value == shared, f"{role}.{field}", value, f"that of all roles, {shared}")
            if role not in self.learn:
                same = dataclasses.replace(cast(Any, config), stand_in=own.stand_in) == own
                allowed = "nothing but stand_in, as this role does not learn"
                require(same, "own_configs", role, allowed)
        pieces = config.environments * self.segments // self.chained
        allowed = f"a divisor of {pieces}, the pieces of episodes in an update"
        for role in self.learn:
            parts = self.config_of(role).minibatches
            name = "minibatches" if parts == config.minibatches else f"{role}.minibatches"
            require(pieces % parts == 0, name, parts, allowed)
            of_shards = f"{parts}, as {self.shards} shards have alike many pieces in each"
            fits = pieces // parts % self.shards == 0
            require(fits, name, parts, f"other than {of_shards}")
            added, own_pieces = self.config_of(role).accumulate, pieces // parts // self.shards
            name = "accumulate" if added == config.accumulate else f"{role}.accumulate"
            of_it = f"a divisor of {own_pieces}, the pieces of episodes in a minibatch"
            of_it += " of a shard" if self.shards > 1 else ""
            require(own_pieces % added == 0, name, added, of_it)
            self.config_of(role).check(role, env.roles[role])
            every = env.roles[role].every
            # Otherwise most unrolls end in a state that the role's critic is never asked about.
            often = every <= steps or horizon % every != 0
            require(often, "unroll", steps, f"at least the {every} steps between its decisions")
        for role in env.roles:
            share, together = self.config_of(role).stand_in, config.environments // self.groups
            some = share == 0 or int(share * together) >= 1
            # Rounded up, so that what is offered is enough.
            least = math.ceil(1000 / together) / 1000
            allowed = f"0, or at least {least:g}, one of the {together} copies that start together"
            allowed = allowed if together > 1 else "0, as only one copy starts at a time"
            require(some, f"{role}.stand_in", share, allowed)

    def config_of(self, role: str) -> Algorithm:
        """The configuration that a role learns by; of one that does not, its `stand_in` counts."""
        return dict(self.own_configs).get(role, self.config)

    def usually(self, role: str) -> np.ndarray:
        """In which environments nobody stands in for the usual policy of a role: booleans."""
        share = self.config_of(role).stand_in
        # In each of the groups alike, so that all phases of an episode are met with.
        place = self.places
        return np.floor((place + 1) * share) == np.floor(place * share)

    @property
    def steps_per_update(self) -> int:
        """Environment steps in an update, all copies together."""
        return self.config.environments * self.config.unroll

    @property
    def round(self) -> int:
        """Updates until each copy has begun a new episode."""
        return self.groups

    @property
    def groups(self) -> int:
        """How many groups of copies take turns in starting anew."""
        return max(1, self.env.horizon // self.config.unroll)

    @property
    def places(self) -> np.ndarray:
        """The place of each copy among those that start together."""
        return place_in_group(self.config.environments, self.groups, self.shards)

    @property
    def segments(self) -> int:
        """How many whole episodes follow one another in an update."""
        return max(1, self.config.unroll // self.env.horizon)

    @property
    def chained(self) -> int:
        """How many episodes of an update one can look back on: those that share a world."""
        return 1 if self.prior is None else math.gcd(self.segments, self.prior.lasts)

    def init(
        self,
        key: Key[Array, ""],
        params: PyTree[Array],
        policies: Mapping[str, Policy] | None = None,
        stand_ins: Mapping[str, Policy] | None = None,
        given: updates.Given | None = None,
    ) -> TrainState:
        """The state before the first update.

        Args:
            key: all luck of the training.
            params: of the economy.
            policies: one for each role that does not learn.
            stand_ins: one for each role whose configuration has a `stand_in`.
            given: coefficients in the place of those of the algorithms, as `update` has them.

        Raises:
            ConfigurationError: if a role has no policy, or a policy no role that needs it.
        """
        policies, stand_ins = dict(policies or {}), dict(stand_ins or {})
        idle = ", ".join(role for role in self.env.roles if role not in self.learn)
        for role in policies:
            allowed = f"a role that does not learn ({idle or 'there is none'})"
            require(role not in self.learn, "policies", role, allowed)
        check_roles(self.env, dict.fromkeys(self.learn) | policies)
        wanted = [role for role in self.env.roles if self.config_of(role).stand_in > 0]
        allowed = f"a policy for each of {wanted}, whose environments have a share of stand_in"
        require(sorted(stand_ins) == sorted(wanted), "stand_ins", sorted(stand_ins), allowed)
        return jax.tree.map(
            updates.own, updates.first_state(self, key, params, policies, stand_ins, given or {})
        )

    def placed(self, state: TrainState) -> Any:
        """Where each array of a state is, for a learner with a `mesh`: shardings of jax.

        Copies of the economy are shared out. Policies, optimisers and what is replayed are the same
        on all devices.
        """
        assert self.mesh is not None
        everywhere = placed(state, self.mesh, shared_out=False)
        economies = placed(state.economies, self.mesh, shared_out=True)
        return dataclasses.replace(everywhere, economies=economies)

    def update(
        self, state: TrainState, given: updates.Given | None = None
    ) -> tuple[TrainState, dict[str, Float[Array, ""]]]:
        """Gather experience and learn from it.

        Args:
            state: from `init` or the last update. Its memory is taken over: it cannot be used
                again.
            given: coefficients in the place of those of the algorithms: role, or
                `solon.learning.update.SHARED` for the roles without an algorithm of their own ->
                name -> number. As arguments they are no part of the compiled program.

        Returns:
            The next state, and scalars by name. By role: `reward` (mean of a step and member),
            `episode_return` (mean of the episodes that ended), `entropy` (nats), `kl`,
            `clip_fraction`, `explained_variance`, `policy_loss`, `value_loss`, `gradient_norm`,
            and the coefficients that follow, of roles with a configuration of their own.
            For all: `learning_rate`, `entropy_coefficient`, `discount`, `episodes` that ended, and
            under `episode/` their last metrics. Means over no episode are nan.
        """
        return updates.updated(self, state, given or {})
