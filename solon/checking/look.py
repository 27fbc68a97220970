"""One time step of several episodes, held against what the roles declare: values, not shapes."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..environment import ACTION_MASK, Role
from ..spaces import Box, Discrete, MultiDiscrete, Space
from .findings import Collected, place, told

__all__ = ["Watch"]


class Watch:
    """Looks at what several episodes show, step by step.

    It counts what a learner counts: nothing after an end, neither of an episode nor of a member
    that has left, and no observation that nobody decides on.

    Args:
        roles: of the economy.
        episodes: how many run side by side.
        found: where faults go.

    Attributes:
        over: which episodes have ended.
        deciding: by role, who decides on the coming step.
    """

    def __init__(self, roles: Mapping[str, Role], episodes: int, found: Collected):
        self._roles = roles
        self._found = found
        self.over = np.zeros(episodes, bool)
        self.deciding: dict[str, np.ndarray] = {}
        self._left = {name: np.zeros((episodes, role.count), bool) for name, role in roles.items()}
        # The step of the last decision, or None before the first.
        self._decided: dict[str, list[int | None]] = {name: [None] * episodes for name in roles}

    def see(self, step: int, shown: Any, potential: Mapping[str, np.ndarray]) -> None:
        """Look at what is shown after a start (step 0), or after a step.

        Args:
            step: how many steps led to it.
            shown: the time step, of arrays of NumPy with a leading axis for the episodes.
            potential: by role, likewise.
        """
        before = self.over
        ended = before | shown.terminated | shown.truncated
        cut = shown.truncated & ~before
        for name, value in shown.metrics.items():
            kind = f"metric {name}: wanted numbers, got "
            self._say(kind, value, np.isnan(value) & ~before, step)
            if np.any(np.isinf(value) & ~before):
                self._found.note(f"metric {name}: is infinite in some episode")
        for name, role in self._roles.items():
            self._reward(name, step, shown.reward[name])
            gone = self._leaving(name, step, shown, ended)
            acts = shown.acting[name] & ~ended[:, None] & ~gone
            looks = acts | (cut[:, None] & ~gone)
            self.deciding[name] = acts
            self._left[name] = gone
            self._pace(name, step, acts)
            if name in potential:
                self._finite(f"potential of {name}", potential[name], looks, step)
            for field, space in role.observation.items():
                where = looks.any(axis=1) if field in role.shared else looks
                what = f"observation of {name}, field {field}"
                self._inside(what, space, shown.observation[name][field], where, step)
            if ACTION_MASK in role.observation and not isinstance(role.action, Box):
                self._mask(name, role.action, shown.observation[name][ACTION_MASK], acts, step)
        self.over = ended

    def _reward(self, name: str, step: int, reward: np.ndarray) -> None:
        running = np.broadcast_to(~self.over[:, None], reward.shape)
        if step == 0:
            self._say(f"reward of {name} after a start: wanted 0, got ", reward, reward != 0, 0)
            return
        left = self._left[name]
        self._finite(f"reward of {name}", reward, running & ~left, step)
        if np.any(running & left & (reward != 0)):
            self._found.note(f"reward of {name}: a reward of a member that has left does not count")

    def _leaving(self, name: str, step: int, shown: Any, ended: np.ndarray) -> np.ndarray:
        """Who has left by now."""
        before = self._left[name]
        if name not in shown.left:
            return before
        now, running = shown.left[name], ~self.over[:, None]
        self._say(
            f"left of {name}: wanted a member that has left to stay away, and it comes back",
            None,
            before & ~now & running,
            step,
        )
        self._say(
            f"acting of {name}: wanted nobody who has left to decide, and it does",
            None,
            shown.acting[name] & (before | now) & ~ended[:, None],
            step,
        )
        return before | now

    def _pace(self, name: str, step: int, acts: np.ndarray) -> None:
        """Decisions of a role are as far apart as it declares: a learner keeps no more of them."""
        every = self._roles[name].every
        if every == 1:
            return
        for episode in np.flatnonzero(acts.any(axis=1)):
            last = self._decided[name][episode]
            self._decided[name][episode] = step
            if last is not None and step - last < every:
                kind = f"role {name}, every: wanted at least {every} steps between decisions, got "
                self._found.fault(kind, str(step - last), place(step, int(episode)))

    def _mask(
        self, name: str, action: Discrete | MultiDiscrete, mask: np.ndarray, acts: Any, step: int
    ) -> None:
        end = 0
        for number, size in enumerate(action.sizes):
            start, end = end, end + size
            nothing = ~mask[..., start:end].any(axis=-1) & acts
            of = f", sub-action {number}" if len(action.sizes) > 1 else ""
            what = f"observation of {name}, field {ACTION_MASK}{of}"
            wanted = "wanted something allowed to a member that decides, got nothing"
            self._say(f"{what}: {wanted}", None, nothing, step)

    def _inside(
        self, what: str, space: Space, values: np.ndarray, where: np.ndarray, step: int
    ) -> None:
        """That finite numbers are shown to those who look, in their space."""
        alike = where.ndim == 1
        where = np.broadcast_to(where.reshape(*where.shape, *[1] * len(space.shape)), values.shape)
        low, high = _bounds(space)
        if values.dtype == bool or not np.any(where):
            return
        finite = np.isfinite(values)
        kind = f"{what}: wanted finite numbers, got "
        self._say(kind, values, where & ~finite, step, alike)
        # What is 0.1 in 32 bits is more than 0.1.
        rough = np.issubdtype(values.dtype, np.inexact)
        slack = 8 * float(np.finfo(values.dtype).eps) if rough else 0.0
        near = [slack * np.where(np.isfinite(b), np.maximum(1, np.abs(b)), 1) for b in (low, high)]
        with np.errstate(invalid="ignore"):
            numbers = values.astype(float)
            out = (numbers < low - near[0]) | (numbers > high + near[1])
        kind = f"{what}: wanted {_wanted(space)}, got "
        self._say(kind, values, where & finite & out, step, alike)

    def _finite(self, what: str, values: np.ndarray, where: np.ndarray, step: int) -> None:
        bad = ~np.isfinite(values) & where
        self._say(f"{what}: wanted finite numbers, got ", values, bad, step)

    def _say(
        self,
        kind: str,
        values: np.ndarray | None,
        bad: np.ndarray,
        step: int,
        alike: bool = False,
    ) -> None:
        """Note a fault where there is one.

        Args:
            kind: what it is.
            values: of which the first bad one is shown.
            bad: axes (episodes,), (episodes, members), or more for the entries of a field.
            step: how many steps led to it.
            alike: there is no axis for members, as all see the same.
        """
        if not bad.any():
            return
        first = tuple(int(i) for i in np.argwhere(bad)[0])
        got = "" if values is None else told(values[first])
        member = first[1] if len(first) > 1 and not alike else None
        self._found.fault(kind, got, place(step, first[0], member), int(bad.sum()))


def _bounds(space: Space) -> tuple[Any, Any]:
    if isinstance(space, Discrete):
        return 0, space.n - 1
    if isinstance(space, MultiDiscrete):
        return 0, np.asarray(space.sizes) - 1
    return space.low, space.high


def _wanted(space: Space) -> str:
    if isinstance(space, Discrete):
        return f"codes from 0 to {space.n - 1}"
    if isinstance(space, MultiDiscrete):
        return f"codes from 0 to one below {space.sizes}"
    kind = "codes" if space.kind == "integer" and space.low == 0 else "numbers"
    if math.isinf(space.high):
        return f"{kind} from {space.low:g} on"
    if math.isinf(space.low):
        return f"{kind} up to {space.high:g}"
    return f"{kind} from {space.low:g} to {space.high:g}"
