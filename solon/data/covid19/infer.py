"""What the epidemic must have been for the deaths that were reported."""

import dataclasses

import numpy as np

from .table import StateData

__all__ = ["DEATH_SHARE", "RECOVERY_RATE", "Epidemic", "infer_epidemic"]

#: Share of the infections that end in death, as published. Later estimates are well below it.
DEATH_SHARE = 0.02

#: Per day: who is infected stays so for two weeks on average.
RECOVERY_RATE = 1 / 14


@dataclasses.dataclass(frozen=True, eq=False)
class Epidemic:
    """Persons in each compartment, float64 of shape (days, states); NaN where it is unknown.

    Attributes:
        susceptible: neither infected so far nor vaccinated. Negative in four cells, see the
            datasheet.
        infected: right now. Negative in eleven cells.
        recovered: all others: recovered, dead and vaccinated.
    """

    susceptible: np.ndarray
    infected: np.ndarray
    recovered: np.ndarray


def infer_epidemic(
    data: StateData, *, death_share: float = DEATH_SHARE, recovery_rate: float = RECOVERY_RATE
) -> Epidemic:
    """Compartments from smoothed deaths and vaccinations.

    A share of those who recover is dead, so deaths give the recovered, and by how much these grow
    until tomorrow gives the infected of today. A value of a day uses smoothed deaths of the next,
    which use reports from up to 31 days later: a forecast must not begin with it.

    Args:
        data: real observations on consecutive days.
        death_share: share of the infections that end in death.
        recovery_rate: per day.

    Source:
        Trott et al., Building a foundation for data-driven, interpretable, and robust policy
        design using the AI Economist, arXiv 2108.02904, 2021.
    """
    through_infection = data.smoothed_deaths / death_share
    recovered = through_infection + data.vaccinated
    infected = np.full_like(recovered, np.nan)
    infected[:-1] = np.diff(through_infection, axis=0) / recovery_rate
    susceptible = data.population - infected - recovered
    return Epidemic(susceptible, infected, recovered)
