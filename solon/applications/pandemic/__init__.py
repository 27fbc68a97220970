"""Pandemic policy of 51 governors and a federal planner: rules, calibration, search, study."""

from ..application import Application, Room
from .entries import ENSEMBLE, POLICY

__all__ = ["APPLICATION"]

APPLICATION = Application(
    commands={
        "pandemic": f"{__name__}.commands.pandemic",
        "calibrate": f"{__name__}.commands.calibrate",
    },
    policies={"against-pandemic": f"{__name__}.policies.named:AGAINST_PANDEMIC"},
    entries={
        POLICY: "policies of the pandemic are for solon pandemic run",
        ENSEMBLE: "ensembles are for the --ensemble of solon pandemic run",
    },
    studies={"pandemic": f"{__name__}.study.study"},
    rooms=(
        Room(
            "pandemic",
            "Pandemic",
            "What would have saved more lives and jobs?",
            f"{__name__}.rooms.pandemic",
            warm=1,
        ),
    ),
)
