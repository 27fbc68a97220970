"""What is believed before a fit, and where each number comes from. None is estimated here."""

import dataclasses
from typing import NamedTuple

__all__ = ["Prior", "VaccineScenario"]


class Prior(NamedTuple):
    """Means and spreads before the data are seen; the same at every origin.

    Attributes:
        infection_fatality: deaths per infection. 0.68 % in a meta-analysis of 2020[1]. Reported
            deaths do not tell it apart from the number infected; it says how many are immune.
        recovery_rate: per day, as the economy has it.
        death_rate: centre of the death rate at which an epidemic neither grows nor shrinks, in
            multiples of the nation's mean rate since 2020-03-22.
        death_rate_spread: of the nation's, in logarithms.
        death_rate_spread_of_states: of the states', in logarithms.
        caution: by how much transmission falls when the death rate rises, an elasticity. People
            avoid contacts as deaths rise, also where nothing is ordered[2].
        caution_spread: of its logarithm.
        season: half the swing of the logarithm of transmission between winter and summer, from
            what was known of other coronaviruses[3][4].
        season_spread: of it.
        season_peak: day of the year with the highest transmission: the winter solstice and three
            weeks, since infections here are those that are about to end in death.
        stringency: change of the logarithm of transmission with a level.
        stringency_spread: of it.
        stringency_spread_of_states: of the states' around it.
        half_life: of what else moves transmission, days.
        shock_of_nation, shock_of_states: its standard deviation, in logarithms.
        dispersion: of weekly reports of a state: the variance is mean + dispersion · mean².
        reporting: standard deviation of what moves the reports of all states in a week, such as
            holidays, in logarithms.

    References:
        [1] Meyerowitz-Katz and Merone (2020), International Journal of Infectious Diseases 101.
        [2] Goolsbee and Syverson (2020), NBER working paper 27432.
        [3] Neher et al. (2020), Swiss Medical Weekly 150, w20224.
        [4] Kissler et al. (2020), Science 368.
    """

    infection_fatality: float = 0.007
    recovery_rate: float = 1 / 14
    death_rate: float = 1.0
    death_rate_spread: float = 0.3
    death_rate_spread_of_states: float = 0.4
    caution: float = 0.45
    caution_spread: float = 0.3
    season: float = 0.22
    season_spread: float = 0.07
    season_peak: int = 11
    stringency: float = -0.05
    stringency_spread: float = 0.05
    stringency_spread_of_states: float = 0.02
    half_life: float = 20.0
    shock_of_nation: float = 0.15
    shock_of_states: float = 0.25
    dispersion: float = 0.15
    reporting: float = 0.08


@dataclasses.dataclass(frozen=True)
class VaccineScenario:
    """Vaccines as they are assumed to come: no data.

    The old come first: about half of the doses go to the 16.5 % who are 65 and older, among whom
    are 80 % of the deaths, and prevent 90 % of theirs. So deaths per infection fall in a straight
    line with the share of the population that is vaccinated. Full vaccination comes about four
    weeks after the first dose, as long as death comes after infection: there is no further delay.

    Attributes:
        first_day: of the campaign.
        doses_per_million: people fully vaccinated a day, per million inhabitants.
        share_of_old: of the doses.
        old: share of the population.
        deaths_of_old: share of all deaths.
        protection: against death.
    """

    first_day: str = "2021-01-12"
    doses_per_million: float = 3000.0
    share_of_old: float = 0.5
    old: float = 0.165
    deaths_of_old: float = 0.8
    protection: float = 0.9

    def fatality(self, vaccinated):
        """Deaths per infection, as a share of those without vaccines.

        Args:
            vaccinated: share of the population, a number or an array.
        """
        covered = (self.share_of_old / self.old) * vaccinated
        # The smaller of the two, in a form that works for numpy and jax alike.
        covered = covered - (covered - 1) * (covered > 1)
        return 1 - self.deaths_of_old * self.protection * covered
