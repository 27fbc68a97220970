"""The published calibration: what was fitted to the data, state by state."""

import dataclasses
import functools
import json
import pathlib

import numpy as np

__all__ = ["Calibration", "load_calibration"]

_FILE = pathlib.Path(__file__).with_name("calibration.json")


@dataclasses.dataclass(frozen=True, eq=False)
class Calibration:
    """Fitted parameters in single precision, as published; states in the order of the data.

    Attributes:
        states: full names.
        transmission_delay: days until a level of restrictions changes transmission.
        memory: days for which a change of the level acts on unemployment.
        output_per_person: gross domestic product, US dollars a year (2019).
        value_of_life: US dollars.
        time_constants: of the responses of unemployment, days: float32 of shape (5,).
        unemployment_weights: percentage points a level, float32 of shape (51, 5).
        by_state: name -> float32 of shape (51,): transmission_intercept (per day),
            transmission_slope (per day and level), unemployment_bias (percent), health_weight
            (0 to 1), and the daily indices at which a normalised one is 0 and 1:
            health_index_low, health_index_high, economic_index_low, economic_index_high.
        nation: the last five for the nation as a whole.
    """

    states: tuple[str, ...]
    transmission_delay: int
    memory: int
    output_per_person: float
    value_of_life: float
    time_constants: np.ndarray
    unemployment_weights: np.ndarray
    by_state: dict[str, np.ndarray]
    nation: dict[str, float]


@functools.cache
def load_calibration() -> Calibration:
    """The calibration that comes with Solon. Needs no network, and jax is not loaded.

    Source:
        Trott et al., Building a foundation for data-driven, interpretable, and robust policy
        design using the AI Economist, arXiv 2108.02904, 2021.
    """
    content = json.loads(_FILE.read_text("utf-8"))
    states = content["states"]
    rows = list(states.values())
    return Calibration(
        states=tuple(states),
        transmission_delay=content["transmission_delay"],
        memory=content["memory"],
        output_per_person=content["output_per_person"],
        value_of_life=content["value_of_life"],
        time_constants=np.array(content["time_constants"], np.float32),
        unemployment_weights=np.array([row["unemployment_weights"] for row in rows], np.float32),
        by_state={
            name: np.array([row[name] for row in rows], np.float32)
            for name in rows[0]
            if name != "unemployment_weights"
        },
        nation={name: float(np.float32(value)) for name, value in content["nation"].items()},
    )
