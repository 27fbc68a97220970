"""One member of an economy as an environment of Gymnasium: one copy, or many in one program."""

from collections.abc import Mapping
from typing import Any, ClassVar

import jax
import numpy as np
from jaxtyping import Array, Key, PyTree

from ..environment import Environment
from ..errors import require, require_whole
from ..luck import key_of
from ..policy import Policy
from .gym_spaces import action_space, in_space, masks, observation_space
from .libraries import library
from .seat import Anew, Seat, Shown

__all__ = ["GymnasiumEnv", "GymnasiumVectorEnv"]

_Env: Any = library("gymnasium").Env
_VectorEnv: Any = library("gymnasium.vector").VectorEnv
_Mode: Any = library("gymnasium.vector").AutoresetMode
_ANEW: dict[Any, Anew] = {_Mode.NEXT_STEP: "next", _Mode.SAME_STEP: "same"}


class GymnasiumEnv(_Env):
    """An economy as one member sees it, such as its planner; policies decide for everyone else.

    A step goes from one decision of the member to the next one, and its reward is the sum in
    between: a planner that sets taxes once a year takes one step a year. With `every_step` it is a
    step of the economy, and what the member does while it does not decide is ignored. The episode
    ends when the economy's does, or when the member leaves (terminated).

    `info` has the economy's metrics, and `action_mask` where the role has a mask; `action_masks()`
    is the mask as `sb3-contrib` asks for it.

    Args:
        env: the economy.
        role: of the member.
        member: its number in the role.
        policies: one for each other role, and one for the role itself if it has other members.
        params: of all episodes; `default_params` if left out.
        memories: what policies remember when an episode begins (`solon.learning.play`).
        flat: whether an observation is one vector (`solon.interop.members.Vector`) rather than a
            dictionary of fields.
        every_step: whether a step is one of the economy.

    Raises:
        ConfigurationError: if Gymnasium is not installed, there is no such member, or policies do
            not fit the economy.
    """

    metadata: ClassVar[dict[str, Any]] = {"render_modes": []}

    def __init__(
        self,
        env: Environment,
        role: str,
        *,
        policies: Mapping[str, Policy],
        member: int = 0,
        params: PyTree[Array] | None = None,
        memories: Mapping[str, Any] | None = None,
        flat: bool = False,
        every_step: bool = False,
    ):
        self.seat = Seat(
            env,
            role,
            member=member,
            policies=policies,
            params=params,
            memories=memories,
            flat=flat,
            every_step=every_step,
        )
        self.observation_space = observation_space(self.seat.its_role, flat)
        self.action_space = action_space(self.seat.its_role.action)
        self._copies: Any = None
        self._mask: Any = None

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self._key = _drawn(self.np_random)
        self._steps = 0
        self._copies, shown = self.seat.begin(self._key, 1)
        return self._told(shown)

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        _begun(self._copies)
        self._steps += 1
        key = jax.random.fold_in(self._key, self._steps)
        self._copies, shown, _ = self.seat.step(self._copies, action, key)
        ends = bool(shown.terminated[0]), bool(shown.truncated[0])
        observation, info = self._told(shown)
        return observation, float(shown.reward[0]), *ends, info

    def action_masks(self) -> Any:
        """The mask of the coming decision, one entry a choice."""
        return self._mask

    def _told(self, shown: Shown) -> tuple[Any, dict[str, Any]]:
        shown = jax.tree.map(lambda leaf: np.asarray(leaf)[0], shown)
        info: dict[str, Any] = {name: value.item() for name, value in shown.metrics.items()}
        if shown.mask is not None:
            self._mask = shown.mask
            info["action_mask"] = masks(self.seat.its_role.action, np.asarray(shown.mask))
        return in_space(self.observation_space, shown.observation), info


class GymnasiumVectorEnv(_VectorEnv):
    """`GymnasiumEnv` in many copies that one compiled program steps.

    A copy whose episode has ended begins the next one in the next step, whatever it is told to do
    there, as Gymnasium's own copies do. With the mode `SameStep` it begins in the step of the end:
    what was seen last is in `info["final_obs"]` then, and the metrics in `info["final_info"]`.

    Args:
        env: the economy.
        role: of the member.
        num_envs: how many copies.
        member: its number in the role.
        policies: as for `GymnasiumEnv`.
        params: of all episodes of all copies.
        memories: what policies remember when an episode begins; copies take theirs in turn.
        flat: whether an observation is one vector.
        every_step: whether a step is one of the economy.
        autoreset_mode: `NextStep` or `SameStep`, or a `gymnasium.vector.AutoresetMode`.

    Raises:
        ConfigurationError: as for `GymnasiumEnv`, or if there is no copy, or the mode is another.
    """

    def __init__(
        self,
        env: Environment,
        role: str,
        num_envs: int,
        *,
        policies: Mapping[str, Policy],
        member: int = 0,
        params: PyTree[Array] | None = None,
        memories: Mapping[str, Any] | None = None,
        flat: bool = False,
        every_step: bool = False,
        autoreset_mode: Any = "NextStep",
    ):
        known = [mode.value for mode in _ANEW]
        chosen = getattr(autoreset_mode, "value", autoreset_mode)
        require(chosen in known, "autoreset_mode", chosen, ", ".join(known))
        self._anew = _ANEW[_Mode(chosen)]
        self.metadata = {"render_modes": [], "autoreset_mode": _Mode(chosen)}
        self.num_envs = require_whole("num_envs", num_envs, low=1, high=1_000_000)
        self.seat = Seat(
            env,
            role,
            member=member,
            policies=policies,
            params=params,
            memories=memories,
            flat=flat,
            every_step=every_step,
        )
        batch = library("gymnasium.vector.utils").batch_space
        self.single_observation_space = observation_space(self.seat.its_role, flat)
        self.single_action_space = action_space(self.seat.its_role.action)
        self.observation_space = batch(self.single_observation_space, self.num_envs)
        self.action_space = batch(self.single_action_space, self.num_envs)
        self._copies: Any = None

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self._key = _drawn(self.np_random)
        self._steps = 0
        self._copies, shown = self.seat.begin(self._key, self.num_envs)
        shown = jax.tree.map(np.asarray, shown)
        return in_space(self.observation_space, shown.observation), self._info(shown)

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        _begun(self._copies)
        self._steps += 1
        key = jax.random.fold_in(self._key, self._steps)
        self._copies, *both = self.seat.step(self._copies, actions, key, anew=self._anew)
        shown, last = jax.tree.map(np.asarray, both)
        over = shown.terminated | shown.truncated
        info = self._info(shown)
        if self._anew == "same" and over.any():
            final = in_space(self.observation_space, last.observation)
            kept = np.full(self.num_envs, None, object)
            for copy in np.flatnonzero(over):
                kept[copy] = jax.tree.map(lambda leaf, i=copy: leaf[i], final)
            info |= {"final_obs": kept, "_final_obs": over}
            info |= {"final_info": self._info(last, over), "_final_info": over}
        return (
            in_space(self.observation_space, shown.observation),
            shown.reward.astype(np.float64),
            shown.terminated,
            shown.truncated,
            info,
        )

    def _info(self, shown: Shown, told: Any = None) -> dict[str, Any]:
        """By name a value of each copy, and beside it which copies have one."""
        info: dict[str, Any] = dict(shown.metrics)
        if shown.mask is not None:
            info["action_mask"] = masks(self.seat.its_role.action, np.asarray(shown.mask))
        told = np.ones(self.num_envs, bool) if told is None else told
        return info | {f"_{name}": told.copy() for name in info}


def _begun(copies: Any) -> None:
    """Raise Gymnasium's own error unless there was a `reset`."""
    if copies is None:
        raise library("gymnasium.error").ResetNeeded("reset() comes before the first step()")


def _drawn(generator: Any) -> Key[Array, ""]:
    """A key, from the luck that Gymnasium's seed decides."""
    return key_of(int(generator.integers(2**32)))
