"""Brackets and rates that a planner may choose from, caps on them, and bad input."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solon.economics import (
    US_FEDERAL_2018_PUBLISHED_CUTOFFS,
    US_FEDERAL_2018_PUBLISHED_RATES,
    allowed_rates,
    bracket_cutoffs,
    check_cutoffs,
    check_rates,
    check_schedule,
    rate_cap_after_episodes,
    rate_cap_after_steps,
    rate_grid,
)
from solon.errors import ConfigurationError


def test_published_schedule():
    cutoffs = bracket_cutoffs("us-federal")
    assert cutoffs.tolist() == [0, 9.7, 39.475, 84.2, 160.725, 204.1, 510.3]
    scaled = bracket_cutoffs("us-federal", usd_scaling=1.0)
    assert scaled.tolist() == list(US_FEDERAL_2018_PUBLISHED_CUTOFFS)
    checked_cutoffs, checked_rates = check_schedule(cutoffs, US_FEDERAL_2018_PUBLISHED_RATES)
    assert checked_cutoffs.tolist() == cutoffs.tolist()
    assert checked_rates.tolist() == list(US_FEDERAL_2018_PUBLISHED_RATES)


def test_linear_and_log_spacing():
    assert bracket_cutoffs("linear").tolist() == [0, 25, 50, 75, 100]
    assert bracket_cutoffs("log").tolist() == [0, 12.5, 25, 50, 100]
    assert bracket_cutoffs("log", brackets=2, top=37.5).tolist() == [0, 37.5]
    assert bracket_cutoffs("linear", brackets=3, top=37.5).tolist() == [0, 18.75, 37.5]


def test_rate_grid_has_the_rates_that_were_meant():
    assert rate_grid(0, 1, 0.05).tolist() == [round(0.05 * i, 2) for i in range(21)]
    assert rate_grid(0, 0.3, 0.1).tolist() == [0, 0.1, 0.2, 0.3]
    assert rate_grid(0.1, 0.7, 0.2).tolist() == [0.1, 0.3, 0.5, 0.7]
    assert rate_grid(0, 1, 0.3).tolist() == [0, 0.3, 0.6, 0.9]
    assert rate_grid(0, 1, 0.35).tolist() == [0, 0.35, 0.7]
    assert rate_grid(0, 0, 0.05).tolist() == [0]
    assert rate_grid(0, 1, 1 / 3)[-1] == pytest.approx(1)
    assert (rate_grid(0, 1, 1 / 3) <= 1).all()


@pytest.mark.parametrize(
    ("rate_max", "step", "levels", "last"),
    [
        (1, 0.05, 21, 1.0),
        (0.3, 0.1, 3, 0.2),
        (0.7, 0.1, 7, 0.6000000000000001),
        (0.15, 0.05, 3, 0.1),
        (0.35, 0.05, 7, 0.30000000000000004),
    ],
)
def test_foundation_rate_grid_loses_its_top(rate_max, step, levels, last):
    grid = rate_grid(0, rate_max, step, compatibility="foundation")
    assert len(grid) == levels
    assert grid[-1] == last
    assert len(rate_grid(0, rate_max, step)) == round(rate_max / step) + 1


def test_foundation_rate_grid_is_a_floating_sum():
    grid = rate_grid(0, 1, 0.05, compatibility="foundation")
    above = {0.15000000000000002, 0.30000000000000004, 0.6000000000000001, 0.9500000000000001}
    assert above <= set(grid.tolist())
    from_a_tenth = rate_grid(0.1, 0.9, 0.1, compatibility="foundation")
    assert from_a_tenth.tolist() == [
        *(0.1, 0.2, 0.30000000000000004, 0.4, 0.5, 0.6, 0.7000000000000001, 0.8, 0.9)
    ]


def test_published_cap_by_episodes():
    caps = [float(rate_cap_after_episodes(c)) for c in (0, 1, 400, 900, 5000)]
    np.testing.assert_allclose(caps, [0.1, 0.101, 0.5, 1, 1], rtol=1e-6)
    assert float(rate_cap_after_episodes(0, warmup=50)) == 0
    late = rate_cap_after_episodes(10_000, rate_max=0.6)
    assert float(late) == pytest.approx(0.6)


def test_cap_by_steps_is_the_published_one_for_thirty_copies(float64):
    episodes = np.arange(0, 1200, 37)
    by_steps = jax.vmap(rate_cap_after_steps)(episodes * 1000 * 30)
    by_episodes = jax.vmap(rate_cap_after_episodes)(episodes)
    np.testing.assert_allclose(by_steps, by_episodes, rtol=1e-12)
    other = rate_cap_after_steps(500, full_after=1000, start=0.0, rate_max=0.8)
    assert float(other) == pytest.approx(0.4)


@pytest.mark.parametrize("transform", [lambda f: f, jax.jit], ids=["plain", "compiled"])
def test_a_rate_of_15_percent_is_unlocked_at_a_cap_of_15_percent(float64, transform):
    grid = rate_grid(0, 1, 0.05, compatibility="foundation")

    def unlocked(completed, compatibility):
        cap = rate_cap_after_episodes(completed)
        return allowed_rates(grid, cap, compatibility=compatibility)

    literal = transform(lambda c: unlocked(c, "foundation"))
    meant = transform(lambda c: unlocked(c, None))
    assert [int(literal(c).sum()) for c in (0, 49, 50, 51)] == [3, 3, 3, 4]
    assert [int(meant(c).sum()) for c in (0, 49, 50, 51)] == [3, 3, 4, 4]


def test_allowed_rates_in_single_precision():
    grid = jnp.asarray(rate_grid(0, 1, 0.05))
    completed = np.arange(901)
    masks = jax.vmap(lambda c: allowed_rates(grid, rate_cap_after_episodes(c)))(completed)
    np.testing.assert_array_equal(masks.sum(axis=1), (completed + 100) // 50 + 1)


@pytest.mark.parametrize(
    ("call", "argument", "allowed"),
    [
        (lambda: check_cutoffs([1.0, 2.0]), "cutoffs", "start at 0"),
        (lambda: check_cutoffs([0.0, 5.0, 5.0]), "cutoffs", "increase"),
        (lambda: check_cutoffs([0.0, 9.0, 5.0], "brackets"), "brackets", "increase"),
        (lambda: check_cutoffs([0.0, float("nan")]), "cutoffs", "finite"),
        (lambda: check_cutoffs([0.0, float("inf")]), "cutoffs", "finite"),
        (lambda: check_cutoffs([]), "cutoffs", "at least one"),
        (lambda: check_cutoffs([[0.0, 1.0]]), "cutoffs", "list"),
        (lambda: check_cutoffs("0, 10"), "cutoffs", "numbers"),
        (lambda: check_cutoffs([0, "ten"]), "cutoffs", "numbers"),
        (lambda: check_cutoffs([[0], [1, 2]]), "cutoffs", "numbers"),
        (lambda: check_cutoffs(None), "cutoffs", "numbers"),
        (lambda: check_rates([0.1, 1.2]), "rates", "between 0 and 1"),
        (lambda: check_rates([-0.1, 0.2]), "rates", "between 0 and 1"),
        (lambda: check_rates([10, 12]), "rates", "between 0 and 1"),
        (lambda: check_rates([True, False]), "rates", "numbers"),
        (lambda: check_rates([0.1, 0.2], 3), "rates", "3 rates"),
        (lambda: check_schedule([0.0, 10.0], [0.1]), "rates", "2 rates"),
        (lambda: bracket_cutoffs("exponential"), "bracket_spacing", "us-federal, linear, log"),
        (lambda: bracket_cutoffs("linear", brackets=1), "brackets", "at least 2"),
        (lambda: bracket_cutoffs("log", top=0.0), "top", "above 0"),
        (lambda: bracket_cutoffs("linear", top=float("inf")), "top", "above 0"),
        (lambda: bracket_cutoffs("us-federal", usd_scaling=0), "usd_scaling", "above 0"),
        (lambda: rate_grid(-0.1, 1, 0.1), "rate_min", "between 0 and 1"),
        (lambda: rate_grid(0, 1.5, 0.1), "rate_max", "1"),
        (lambda: rate_grid(0.5, 0.2, 0.1), "rate_max", "0.5"),
        (lambda: rate_grid(0, 1, 0), "step", "above 0"),
        (lambda: rate_grid(0, 1, float("nan")), "step", "above 0"),
        (lambda: rate_grid(0, True, 0.1), "rate_max", "rate"),
    ],
)
def test_bad_input(call, argument, allowed):
    with pytest.raises(ConfigurationError) as caught:
        call()
    message = str(caught.value)
    assert message.startswith(f"{argument}: got ")
    assert allowed in message.partition("; allowed: ")[2]
    assert "\n" not in message
