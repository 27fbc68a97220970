"""Solon plays what the original has been recorded to play, and it is the same at every step."""

import dataclasses

import numpy as np
import pytest

from solon.parity import replica
from solon.parity.configuration import match
from solon.parity.run import compare_recordings
from tests.compiling import AS_USERS

from . import traces

LARGEST = 1_000_000


@pytest.fixture(autouse=True)
def as_users(monkeypatch):
    """It is a matter of roundings: everything is compiled as `solon parity` compiles it."""
    monkeypatch.setattr(replica, "_AS_WRITTEN", AS_USERS | replica._AS_WRITTEN)


@pytest.mark.parametrize("name", traces.CONFIGURATIONS)
def test_trace(name):
    found = match(traces.configuration(name))
    summary = compare_recordings(found, traces.load(name))
    assert summary.difference is None, str(summary.difference[1])
    episodes = traces.STEPS // traces.configuration(name)["episode_length"]
    assert (summary.steps, summary.episodes) == (traces.STEPS, episodes)


def test_traces_show_what_they_are_for():
    """There is trade, building, tax and growth in them."""
    seen = [recording.seen for name in traces.SPATIAL for recording in traces.load(name)]
    assert sum(s["metric.Trade/n_trades"][-1] for s in seen) > 100
    assert sum(s["map.House"][-1].sum() for s in seen) > 20
    assert sum(s["tax.paid"].sum() for s in seen) > 500
    grown = [
        np.diff(s[f"map.{good}"].astype(int), axis=0) > 0
        for s in seen
        for good in ("Stone", "Wood")
    ]
    assert sum(g.sum() for g in grown) > 100
    for name in ("saez", "one-step-saez"):
        shown = [recording.seen for recording in traces.load(name)]
        assert shown[-1]["saez.average_rates"][-1].max() > 0, "the formula has set rates"
        rates = np.concatenate([s["tax.rates"] for s in shown])
        assert len(np.unique(rates, axis=0)) > 70
    assert sum(s["tax.paid"].sum() for s in [r.seen for r in traces.load("one-step")]) > 1000


def test_differences_are_found():
    """The first step at which something is off is named, and the place in it."""
    found = match(traces.configuration("open-quadrant"))
    first, *_ = traces.load("open-quadrant")
    rates = np.array(first.seen["observation.worker.flat"])
    coin = np.array(first.seen["state.coin"])
    orders = np.array(first.seen["market.orders"])
    coin[5, 2] *= 1 + 1e-7
    rates[5, 1, 130] += 1e-7
    orders[7, 1, 2, 0, 1] += 1
    for changes, expected in (
        ({"state.coin": coin, "market.orders": orders}, "step 5, state.coin[2]"),
        ({"observation.worker.flat": rates}, "step 5, observation.worker.flat[1, 130]"),
        ({"market.orders": orders}, "step 7, market.orders[1, 2, 0, 1]"),
    ):
        wrong = dataclasses.replace(first, seen={**first.seen, **changes})
        summary = compare_recordings(found, [wrong])
        assert str(summary.difference[1]).startswith(expected)


def test_they_stay_small():
    assert sum(path.stat().st_size for path in traces.FOLDER.iterdir()) < LARGEST
