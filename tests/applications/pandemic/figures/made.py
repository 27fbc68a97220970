"""Outcomes of policies that have the right shape and nothing else."""

import numpy as np

from solon.applications.pandemic.outcome import PolicyOutcome, Reported
from solon.data.covid19 import load


def outcome(policy="real", *, level=5, draws=1, states=None, days=120, seed=0):
    """More restrictions, fewer deaths and less output."""
    data = load().select(states, "2020-03-22", days + 1)
    rng = np.random.default_rng(seed)
    shape = (draws, days + 1, len(data.states))
    wave = np.exp(-(((np.arange(days + 1) - rng.uniform(0.2, 1, (draws, 1)) * days) / 25) ** 2))
    size = rng.uniform(0.5, 1.5, (draws, 1, len(data.states)))
    daily = wave[:, :, None] * size * data.population / 1e6 * 12 / level
    unemployment = 4 + level * (0.3 + wave[:, :, None]) * size
    full = np.broadcast_to(data.population * 180.0, (draws, len(data.states)))
    output = full[:, None] * (1 - unemployment / 100)
    return PolicyOutcome(
        policy=policy,
        states=data.states,
        dates=data.dates,
        population=data.population,
        deaths=np.cumsum(daily, axis=1),
        unemployment=unemployment,
        stringency=np.clip(np.broadcast_to(level + (wave[:, :, None] > 0.5), shape), 1, 10),
        output=output,
        full_output=full,
        subsidy=np.zeros(shape),
        federal_welfare=rng.normal(340, 5, draws),
        state_welfare=rng.normal(350, 5, (draws, len(data.states))),
        debt=np.zeros(draws),
    )


def reported(states=None, days=120):
    data = load().select(states, "2020-03-22", days + 1)
    new = np.diff(data.deaths, axis=0, prepend=data.deaths[:1]) / data.population * 1e6
    return Reported(new, data.unemployment, data.stringency.astype(float))
