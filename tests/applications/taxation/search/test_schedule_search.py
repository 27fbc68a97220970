"""Direct search while workers learn: what it tries, finds and keeps, and how it goes on."""

import dataclasses

import jax
import numpy as np
import pytest

import solon
from solon import ConfigurationError
from solon.applications.taxation.policies import RandomSchedules
from solon.applications.taxation.search.candidate_schedules import CandidateSchedules
from solon.applications.taxation.search.schedule_search import (
    CANDIDATES,
    ScheduleSearch,
    SearchSettings,
)
from solon.learning import PPO, Learner

SETTINGS = SearchSettings(generations=2, updates=2, episodes=1, settling=2, seed=3)


@pytest.fixture(scope="module")
def learner():
    # Of the economies with rates for all brackets the one that compiles soonest.
    env = solon.make(
        "one-step-economy", horizon=10, periodic_bracket_tax={"period": 5, "cutoffs": [0.0, 5.0]}
    )
    config = PPO(environments=CANDIDATES, unroll=10, minibatches=2, hidden=(8,))
    return Learner(env, config, learn=("worker",))


def begin(learner):
    planner = CandidateSchedules(SETTINGS.generations, CANDIDATES, 2)
    return learner.init(jax.random.key(0), learner.env.default_params(), {"planner": planner})


@pytest.fixture(scope="module")
def history(learner):
    """The states after each update, on the host, and the metrics."""
    search, state, states, metrics = ScheduleSearch(learner, SETTINGS), begin(learner), [], []
    for _ in range(SETTINGS.training_updates):
        state, found = search.update(state)
        states.append(jax.tree.map(_plain, state))
        metrics.append({name: float(value) for name, value in found.items()})
    return states, metrics


def _plain(leaf):
    keyed = jax.numpy.issubdtype(leaf.dtype, jax.dtypes.prng_key)
    return np.asarray(jax.random.key_data(leaf) if keyed else leaf)


def coming(state):
    return np.asarray(state.economies.memories["planner"].coming)


def test_copies_live_under_all_candidates_and_then_under_the_middle(history):
    states, _ = history
    for generation in range(2):
        during = coming(states[2 * generation])
        assert len(np.unique(during, axis=0)) == CANDIDATES
        np.testing.assert_array_equal(during, coming(states[2 * generation + 1]))
        assert during.min() >= 0
        assert during.max() <= 1
    assert (coming(states[0]) != coming(states[2])).any()
    for state in states[4:]:
        assert len(np.unique(coming(state), axis=0)) == 1
    # By the end the schedule is in force everywhere.
    rates = states[-1].economies.states.parts["periodic-bracket-tax"].rates
    np.testing.assert_allclose(rates, coming(states[-1]), rtol=1e-6)


def test_scores_are_kept_with_what_was_tried_and_their_steps_counted(history):
    states, metrics = history
    planner = states[-1].policies["planner"]
    assert planner.generation == 2
    assert np.isfinite(planner.scores).all()
    np.testing.assert_array_equal(planner.tried[0], coming(states[0]))
    np.testing.assert_array_equal(planner.tried[1], coming(states[2]))
    assert np.isnan(np.asarray(states[1].policies["planner"].scores)).all()
    assert [m["search/scoring_steps"] for m in metrics] == [0, 0, 120, 120, 240, 240]
    assert metrics[2]["search/best"] >= metrics[2]["search/score"]


def test_a_search_goes_on_from_a_checkpoint(learner, history):
    """Also in the midst of a generation: the search is told anew what it was told."""
    states, _ = history
    state = begin(learner)
    for update in range(SETTINGS.training_updates):
        # Another object each time, as after a restart of the process.
        state, _ = ScheduleSearch(learner, SETTINGS).update(state)
        np.testing.assert_array_equal(coming(state), coming(states[update]))
    before, after = (jax.tree.leaves(s.policies) for s in (states[-1], state))
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


@pytest.mark.parametrize("steps", [400_000, 4_000_000])
@pytest.mark.parametrize(("update", "rounds"), [(12_000, 1), (12_000, 10)])
def test_a_search_takes_as_many_steps_as_a_training(steps, update, rounds):
    found = SearchSettings.within(steps, update, rounds, 1000)
    taken = found.steps(update, 1000)
    assert taken == found.training_updates * update + 48_000 * found.generations
    assert steps - update < taken <= steps
    assert found.settling * update >= 0.2 * steps


def test_what_can_not_be_is_refused(learner):
    with pytest.raises(ConfigurationError, match="spread"):
        SearchSettings(generations=1, updates=1, spread=0.0)
    with pytest.raises(ConfigurationError, match="settling: got 0; allowed: at least 1 "):
        ScheduleSearch(learner, SearchSettings(settling=0))
    both = Learner(
        solon.make(
            "one-step-economy", horizon=10, periodic_bracket_tax={"period": 5, "set_by": "levels"}
        ),
        PPO(environments=2, unroll=10, minibatches=1, hidden=(8,)),
    )
    with pytest.raises(ConfigurationError, match="learner"):
        ScheduleSearch(both, SETTINGS)


def test_where_others_set_the_rates_no_candidate_is_left_out(learner):
    """Copies take the candidates in turn from update to update."""
    own = dataclasses.replace(learner.config, stand_in=0.5)
    made = dataclasses.replace(learner, own_configs=(("planner", own),))
    planner = CandidateSchedules(SETTINGS.generations, CANDIDATES, 2)
    state = made.init(
        jax.random.key(0),
        made.env.default_params(),
        {"planner": planner},
        {"planner": RandomSchedules(2)},
    )
    search, seen = ScheduleSearch(made, SETTINGS), []
    for _ in range(2):
        state, _ = search.update(state)
        seen.append(coming(state)[made.usually("planner")])
    assert len(np.unique(np.concatenate(seen), axis=0)) == CANDIDATES
