"""The original's rules, to rounding: reference trajectories and the published totals.

The file holds some days of four runs of an independent implementation in double precision, with
the actions of the two that have any; rewards of the planner are those of all days.
"""

import io
import lzma
import pathlib

import jax.numpy as jnp
import numpy as np
import pytest

import solon

from .episodes import episode, with_priorities

FILE = pathlib.Path(__file__).with_name("oracle.npz.xz")
RUNS = {
    "replay": ("policy", 437, (1.0, 1.0)),
    "openloop": (None, 540, (0.3, 0.45)),
    "unmasked": (None, 540, (0.3, 0.45)),
    "datareplay": ("data", 404, (1.0, 1.0)),
}


@pytest.fixture(scope="module")
def oracle():
    return dict(np.load(io.BytesIO(lzma.decompress(FILE.read_bytes()))))


def economy(run):
    replay, horizon, priorities = RUNS[run]
    env = solon.make("pandemic", compatibility="foundation", horizon=horizon, replay=replay)
    return env, with_priorities(env.default_params(), *priorities)


def flat(states, rewards):
    """By the oracle's names."""
    persons = states["compartments"]
    return {
        "susceptible": persons.susceptible,
        "infected": persons.infected,
        "recovered": persons.recovered,
        "deaths": persons.deaths,
        "vaccinated": persons.vaccinated,
        "unemployed": states["unemployed"],
        "productivity": states["production"],
        "postsubsidy_productivity": states["income"],
        "stringency": states["stringency"],
        "cooldown_until": states["cooldown_until"],
        "subsidy_level": states["subsidy_level"],
        "reward_governors": rewards["governor"],
    }


@pytest.mark.parametrize("run", RUNS)
def test_reference_trajectories(run, oracle, float64):
    env, params = economy(run)
    idle = np.zeros((env.horizon, 51), np.int8), np.zeros(env.horizon, np.int8)
    actions = [
        jnp.asarray(oracle.get(f"{run}/action_{role}", nothing), jnp.int32)
        for role, nothing in zip(("governors", "planner"), idle, strict=True)
    ]
    states, rewards, _ = episode(env, params, *actions)
    population = np.asarray(params.population)
    days = oracle[f"{run}/days"]
    compared = 0
    for name, values in flat(states, rewards).items():
        key = f"{run}/{name}"
        if key not in oracle:
            continue
        found, expected = np.asarray(values)[days - 1], oracle[key]
        compared += 1
        if expected.dtype == np.int16:
            np.testing.assert_array_equal(found, expected, err_msg=name)
        elif name == "reward_governors":
            np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6, err_msg=name)
        elif name in ("unemployed", "productivity", "postsubsidy_productivity"):
            np.testing.assert_allclose(found, expected, rtol=1e-12, err_msg=name)
        else:
            np.testing.assert_allclose(
                found / population, expected / population, rtol=0, atol=1e-12, err_msg=name
            )
    assert compared >= 5
    np.testing.assert_allclose(
        np.asarray(rewards["planner"])[:, 0], oracle[f"{run}/reward_planner"], rtol=0, atol=1e-6
    )
    if RUNS[run][0]:
        # The published totals of 405 days, to the printed digit; the data end a day earlier.
        total = float(np.asarray(rewards["planner"])[:405].sum())
        assert f"{total:.1f}" == {"replay": "349.1", "datareplay": "347.6"}[run]


def test_published_welfare():
    env = solon.make("pandemic", compatibility="foundation", horizon=405)
    day = np.arange(405)
    plans = {
        "183.8": (np.full(405, 1), np.zeros(405)),
        "317.8": (np.full(405, 10), np.full(405, 20)),
        "334.2": (np.where(day < 180, 10, 1), np.zeros(405)),
    }
    for published, (levels, subsidy) in plans.items():
        governor = jnp.asarray(np.broadcast_to(levels[:, None], (405, 51)), jnp.int32)
        _, _, metrics = episode(
            env, env.default_params(), governor, jnp.asarray(subsidy, jnp.int32)
        )
        assert f"{float(metrics['welfare'][-1]):.1f}" == published


def test_constants(oracle, float64):
    params = economy("openloop")[1]
    np.testing.assert_array_equal(
        np.asarray(params.production.output_per_worker), oracle["const/daily_production_per_worker"]
    )
    doses = np.floor(np.asarray(params.population / 1e6 * params.vaccination.doses_per_million))
    np.testing.assert_array_equal(doses, oracle["const/vaccines_per_delivery"])
