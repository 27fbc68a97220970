"""Random actions: most of them allowed by the masks, some not, some missing."""

from typing import Any

import numpy as np

__all__ = ["Chooser"]

# Someone who has set out in a direction mostly goes on, and so gets around on the map.
_GO_ON = 0.7
# Who can build mostly does, since it takes luck to get there.
_BUILD = 0.7
_IDLE = 0.4
_MISSING = 0.01


class Chooser:
    """Chooses for one agent.

    Kinds of action (build, buy stone, ...) are chosen first and then one of the kind: there are
    many prices, and houses would hardly ever be built otherwise.
    """

    def __init__(self, agent: Any, generator: np.random.RandomState, invalid: float) -> None:
        self._generator = generator
        self._invalid = invalid
        self._names = list(agent._action_names)
        self.several = bool(agent.multi_action_mode)
        extra = 1 if self.several else 0
        self._choices = [int(agent.action_dim[name]) - extra for name in self._names]
        self._heading = 0

    def __call__(self, mask: np.ndarray) -> "np.ndarray | None":
        """An action, or None to leave it out (which means doing nothing)."""
        if self._generator.random_sample() < _MISSING:
            return None
        if not self.several:
            return np.array(self._one(mask))
        actions, place = [], 0
        for kind, choices in enumerate(self._choices):
            allowed = mask[place + 1 : place + 1 + choices]
            place += 1 + choices
            if self._wild():
                actions.append(self._generator.randint(1 + choices))
            elif not allowed.any() or self._generator.random_sample() < _IDLE:
                actions.append(0)
            else:
                actions.append(1 + self._of_kind(kind, allowed))
        return np.array(actions)

    def _wild(self) -> bool:
        return bool(self._generator.random_sample() < self._invalid)

    def _one(self, mask: np.ndarray) -> int:
        if self._wild():
            return int(self._generator.randint(1 + sum(self._choices)))
        kinds, start = [(-1, 0, mask[:1])], 1
        for kind, choices in enumerate(self._choices):
            allowed = mask[start : start + choices]
            if allowed.any():
                kinds.append((kind, start, allowed))
            start += choices
        builds = [one for one in kinds if one[0] >= 0 and self._names[one[0]] == "Build"]
        if builds and self._generator.random_sample() < _BUILD:
            kinds = builds
        kind, start, allowed = kinds[self._generator.randint(len(kinds))]
        return 0 if kind < 0 else start + self._of_kind(kind, allowed)

    def _of_kind(self, kind: int, allowed: np.ndarray) -> int:
        open_to_choice = np.flatnonzero(allowed)
        if self._names[kind] != "Gather":
            return int(self._generator.choice(open_to_choice))
        if not allowed[self._heading] or self._generator.random_sample() > _GO_ON:
            self._heading = int(self._generator.choice(open_to_choice))
        return self._heading
