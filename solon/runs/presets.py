"""Settings and curricula that suit an economy: beside its application, or in a user's file."""

import importlib
import sys
from typing import Any

from .. import registry
from ..applications import applications
from ..environment import Environment
from ..errors import require

__all__ = ["Preset", "preset_of"]

_NAME = "PRESET"
"""What a user's file has beside its economy."""

# Of economies that belong to no application.
_ALONE = {
    "business-cycle": f"{__package__}.business_cycle:BUSINESS_CYCLE",
    "grid-tag": f"{__package__}.tag:GRID_TAG",
}


class Preset:
    """What suits an economy better than what is general.

    A subclass overrides what it knows better. An application names an instance by its economy in
    `presets`; a user's file has one named `PRESET` beside the economy.
    """

    def settings(
        self, env: Environment, steps: int, role: str | None = None, *, experienced: bool = False
    ) -> dict[str, Any]:
        """Settings of an algorithm.

        Args:
            env: the economy.
            steps: environment steps of the whole training, all copies together.
            role: whose settings; those for all who have none of their own when left out.
            experienced: whether they start from policies that learned in this economy before.

        Returns:
            Fields of `solon.learning.PPO` -> values.
        """
        return {}

    def curriculum(
        self, env: Environment, steps: int, *, experienced: bool = False
    ) -> dict[str, Any]:
        """Params that had better change while agents learn, if learning is to take off.

        Args:
            env: the economy.
            steps: environment steps of the whole training, all copies together.
            experienced: whether they start from policies that learned in this economy before.

        Returns:
            The place of a param (names joined by dots) -> points (steps done, value).
        """
        return {}


def preset_of(economy: str, env: Environment) -> Preset:
    """The preset of an economy, or of one that it is derived from; a neutral one if there is none.

    Args:
        economy: a name that `solon.make` knows, or `FILE.py:NAME`.
        env: the economy.

    Raises:
        ConfigurationError: if a user's file has a `PRESET` that is none.
    """
    factory = registry.load_factory(economy)
    module = sys.modules.get(getattr(factory, "__module__", ""))
    own = getattr(module, _NAME, None)
    if own is not None:
        allowed = f"a file whose {_NAME} is a solon.runs.Preset"
        require(isinstance(own, Preset), "economy", economy, allowed)
        assert isinstance(own, Preset)
        return own
    places = dict(_ALONE)
    for each in applications():
        places.update(each.presets)
    for kind in type(env).__mro__:
        name = getattr(kind, "name", None)
        if isinstance(name, str) and name in places:
            path, _, attribute = places[name].partition(":")
            found = getattr(importlib.import_module(path), attribute)
            assert isinstance(found, Preset)
            return found
    return Preset()
