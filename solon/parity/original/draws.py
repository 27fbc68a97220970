"""Every random draw that the original makes, with the place it makes it at."""

import functools
from typing import Any

import numpy as np

__all__ = ["Draws"]

_FUNCTIONS = (
    "choice",
    "lognormal",
    "pareto",
    "permutation",
    "rand",
    "randint",
    "randn",
    "shuffle",
    "uniform",
)

_PLACES = {
    "reset_starting_layout": "layout",
    "reset_agent_states": "placement",
    "additional_reset_steps": "assignment",
    "scenario_step": "regeneration",
}


class Draws:
    """Stands between the original and NumPy's global generator.

    It has to be made before the original is imported, which binds some of the functions by name.
    """

    def __init__(self) -> None:
        self._place: str | None = None
        self._where: list[list[Any]] = []
        self._values: list[np.ndarray] = []
        self.step = 0
        for name in _FUNCTIONS:
            setattr(np.random, name, self._recorded(name, getattr(np.random, name)))

    def _recorded(self, name: str, function: Any) -> Any:
        @functools.wraps(function)
        def draw(*arguments: Any, **options: Any) -> Any:
            result = function(*arguments, **options)
            if self._place is not None:
                # Shuffling happens in place.
                values = np.array(arguments[0] if name == "shuffle" else result, np.float64)
                self._where.append([self.step, self._place, name, list(values.shape)])
                self._values.append(values.ravel())
            return result

        return draw

    def watch(self, environment: Any) -> None:
        """Tell places apart: parts of the scenario, and components."""
        for method, place in _PLACES.items():
            self._label(environment, method, place)
        for component in environment.components:
            self._label(component, "reset", component.name)
            self._label(component, "component_step", component.name)

    def _label(self, owner: Any, method: str, place: str) -> None:
        function = getattr(owner, method)

        @functools.wraps(function)
        def labelled(*arguments: Any, **options: Any) -> Any:
            outer, self._place = self._place, place
            try:
                return function(*arguments, **options)
            finally:
                self._place = outer

        setattr(owner, method, labelled)

    def take(self) -> "tuple[list[list[Any]], np.ndarray]":
        """What was drawn since the last call: step, place, function, shape of each; all values."""
        where, values = self._where, self._values
        self._where, self._values = [], []
        return where, np.concatenate(values) if values else np.zeros(0)
