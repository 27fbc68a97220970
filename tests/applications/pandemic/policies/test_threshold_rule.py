import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solon
from solon.applications.pandemic.policies import LevelSchedule, Threshold, ThresholdRule

KEY = jax.random.key(0)


def seen(day, deaths, *, level=5, unemployment=4.0, free=True, horizon=10):
    """What two states see: deaths so far per million, unemployment in percent."""
    n = 2
    persons = np.zeros((n, 6), np.float32)
    persons[:, 3] = np.asarray(deaths) / 1e6
    persons[:, 5] = np.asarray(unemployment) / 100 * 0.6
    mask = np.ones((n, 11), bool)
    mask[:, 1:] = np.reshape(free, (-1, 1))
    return {
        "persons": jnp.asarray(persons),
        "stringency": jnp.full((n, 1), level / 10),
        "time": jnp.full((n, 1), day / horizon),
        "action_mask": jnp.asarray(mask),
    }


def follow(rule, observations):
    memory, actions = rule.init(KEY), []
    for observation in observations:
        action, memory = rule.act(memory, observation, KEY)
        actions.append(action.tolist())
    return actions


CLOSE = Threshold("deaths", upper=10, lower=2, above=8, below=3)


def test_deaths_close_and_open_with_a_gap_between():
    """New deaths a day and million, mean of the last two days: by hand."""
    totals = [[0, 0], [0, 12], [3, 36], [10, 40], [20, 41], [24, 41]]
    # State 0: 0, 0, 1.5, 5, 8.5, 7. State 1: 0, 12, 18, 14, 2.5, 0.5.
    rule = ThresholdRule([CLOSE], states=2, window=2)
    found = follow(rule, [seen(k, total) for k, total in enumerate(totals)])
    assert found == [[3, 3], [3, 8], [3, 8], [0, 8], [0, 0], [0, 3]]


def test_nothing_is_set_that_is_in_force_or_can_not_be_set():
    rule = ThresholdRule([CLOSE], states=2, window=1)
    assert follow(rule, [seen(0, 0), seen(1, 50, level=8)]) == [[3, 3], [0, 0]]
    assert follow(rule, [seen(0, 0), seen(1, 50, free=[True, False])]) == [[3, 3], [8, 0]]


def test_a_new_episode_forgets_the_last_one():
    rule = ThresholdRule([CLOSE], states=2, window=3)
    found = follow(rule, [seen(0, 0), seen(1, 500), seen(0, 700), seen(1, 705)])
    assert found == [[3, 3], [8, 8], [3, 3], [0, 0]]


def test_the_first_threshold_with_an_answer_decides():
    jobs = Threshold("unemployment", upper=9, lower=6, above=2)
    rule = ThresholdRule([CLOSE, jobs], states=2, window=1)
    found = follow(rule, [seen(0, 0), seen(1, [50, 5], unemployment=12)])
    assert found[1] == [8, 2]
    # Between its thresholds and below, where it has no answer, nothing changes.
    assert follow(rule, [seen(0, 0), seen(1, 5, unemployment=3)])[1] == [0, 0]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"signal": "mood"}, "deaths or unemployment"),
        ({"lower": 11}, "at most 10"),
        ({"upper": float("nan")}, "upper"),
        ({"above": 11}, "from 1 to 10"),
        ({"above": None, "below": None}, "here or in below"),
    ],
)
def test_mistakes_are_named(changes, words):
    values = {"signal": "deaths", "upper": 10, "lower": 2, "above": 8, "below": 3}
    with pytest.raises(solon.ConfigurationError, match=words):
        Threshold(**{**values, **changes})
    with pytest.raises(solon.ConfigurationError, match="window"):
        ThresholdRule([CLOSE], states=2, window=0)


def test_a_schedule_says_its_row_as_it_is():
    schedule = LevelSchedule(np.array([[1, 2], [3, 4]]))
    for day, row in ((0, [1, 2]), (1, [3, 4]), (2, [3, 4])):
        action, _ = schedule.act((), seen(day, 0, horizon=2, free=False), KEY)
        assert action.tolist() == row
        assert jnp.issubdtype(action.dtype, jnp.floating)


def test_a_schedule_may_keep_to_the_cooldown():
    schedule = LevelSchedule(np.array([[5, 7]]), keeps_cooldown=True)
    action, _ = schedule.act((), seen(0, 0, horizon=1), KEY)
    assert action.tolist() == [0, 7]
    action, _ = schedule.act((), seen(0, 0, horizon=1, free=False), KEY)
    assert action.tolist() == [0, 0]
