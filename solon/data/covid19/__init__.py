"""The COVID-19 pandemic in the United States, by state and day: see DATASHEET.md."""

from .calibration import Calibration, load_calibration
from .infer import DEATH_SHARE, RECOVERY_RATE, Epidemic, infer_epidemic
from .table import StateData, load

__all__ = [
    "DEATH_SHARE",
    "RECOVERY_RATE",
    "Calibration",
    "Epidemic",
    "StateData",
    "infer_epidemic",
    "load",
    "load_calibration",
]
