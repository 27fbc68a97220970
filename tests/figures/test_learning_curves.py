import numpy as np
import pytest

import solon
from solon.figures import learning_curves
from solon.figures.learning_curves import panels_of, smoothed
from tests.figures import synthetic


def test_a_moving_average_keeps_a_constant_and_centres_a_peak():
    np.testing.assert_allclose(smoothed(np.full(7, 3.0), 5), 3)
    np.testing.assert_allclose(smoothed(np.array([0.0, 0, 6, 0, 0]), 3), [0, 2, 2, 2, 0])
    np.testing.assert_allclose(smoothed(np.array([1.0, 2]), 1), [1, 2])


def test_curves_are_what_was_logged():
    curves = synthetic.learning_curves()
    figure = learning_curves(curves)
    assert len(figure.data) == 2 * 3 * 2
    free = curves["free market"]
    np.testing.assert_array_equal(figure.data[0].x, free["environment_steps"])
    np.testing.assert_array_equal(figure.data[0].y, free["episode/productivity"])
    assert figure.data[1].name == "free market"


def test_updates_in_which_no_episode_ended_leave_no_gap():
    steps = np.arange(6)
    values = np.array([np.nan, 1.0, np.nan, 3.0, np.nan, np.nan])
    figure = learning_curves({"a": {"environment_steps": steps, "episode/productivity": values}})
    np.testing.assert_array_equal(figure.data[0].x, [1, 3])
    np.testing.assert_array_equal(figure.data[0].y, [1, 3])


def test_long_runs_are_thinned():
    steps = np.arange(4_001)
    columns = {"environment_steps": steps, "fisher/entropy": steps / 9}
    figure = learning_curves({"a": columns})
    assert 400 < len(figure.data[0].x) <= 500


def test_economies_without_productivity_show_the_return_of_each_role():
    steps = np.arange(3)
    logged = ("fisher/episode_return", "fisher/kl", "governor/episode_return", "governor/entropy")
    curves = {"a": {"environment_steps": steps, **dict.fromkeys(logged, steps)}}
    assert [name for name, _, _ in panels_of(curves)] == [logged[0], *logged[2:]]
    titles = [a.text for a in learning_curves(curves).layout.annotations]
    assert titles[0] == "Return of an episode, fisher"


def test_what_can_not_be_drawn():
    steps = np.arange(3)
    nothing = {"environment_steps": steps, "worker/entropy": np.full(3, np.nan)}
    for columns in ({}, {"environment_steps": steps, "seconds": steps}, nothing):
        assert panels_of({"a": columns}) == []
    for columns, words in (
        ({"worker/entropy": steps}, "environment_steps"),
        ({"environment_steps": steps, "worker/entropy": steps[:2]}, "equal length"),
        ({"environment_steps": steps}, "episode/productivity"),
    ):
        with pytest.raises(solon.ConfigurationError, match=words):
            learning_curves({"a": columns})
