"""How taggers and a runner had better learn in Grid Tag."""

from typing import Any

from ..environment import Environment
from .presets import Preset

__all__ = ["GRID_TAG"]


class _GridTag(Preset):
    def settings(
        self, env: Environment, steps: int, role: str | None = None, *, experienced: bool = False
    ) -> dict[str, Any]:
        if role is not None:
            return {}
        # A tagger that acts by chance now and then comes too late, so there is little entropy. With
        # 120 copies a runner that nobody caught came to act in one way alone, and did so for ten
        # million steps in which taggers caught it every time.
        return {"environments": 400, "minibatches": 20, "entropy": 0.003, "discount": 0.99}


GRID_TAG = _GridTag()
