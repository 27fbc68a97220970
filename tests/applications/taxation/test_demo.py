"""The main job, with a few steps only: two trainings on equal terms and their report."""

import numpy as np
import pytest

from solon import ConfigurationError
from solon.applications.taxation import demo
from solon.applications.taxation.outcomes import Evaluation
from solon.runs import RunFolder


def test_the_demo_compares_like_with_like(tmp_path, capsys):
    folder = tmp_path / "demo"
    assert demo.run(str(folder), seed=3, first=12_000, most=24_000, episodes=2) == 0

    runs = [RunFolder.open(str(folder / planner)) for planner in demo.REGIMES]
    free, taxed = (run.config for run in runs)
    assert {name for name in free if free[name] != taxed[name]} == {"planner"}
    assert len({run.saved_steps for run in runs}) == 1
    # Nothing is left to resume: how many steps fit into the time is part of the record.
    assert all(run.config["steps"] == run.saved_steps for run in runs)

    none, federal = (Evaluation.load(run.path / "evaluation") for run in runs)
    assert none.episode_count == federal.episode_count == 2
    assert not none.workers["tax_paid"].any() and federal.workers["tax_paid"].any()
    for name in ("location", "payment"):
        start = [np.asarray(found.trajectory[name])[0] for found in (none, federal)]
        np.testing.assert_array_equal(*start)

    page = (folder / "report.html").read_text("utf-8")
    assert "one training seed" in page and "US federal brackets" in page
    assert "equality times productivity" in capsys.readouterr().out


def test_a_folder_in_use_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ConfigurationError, match="run: got"):
        demo.run(str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(("name", "value"), [("seed", -1), ("minutes", 0.5), ("seed", 2**32)])
def test_bad_arguments(tmp_path, name, value):
    with pytest.raises(ConfigurationError, match=f"{name}: got {value}"):
        demo.run(str(tmp_path / "demo"), **{name: value})
    assert not (tmp_path / "demo").exists()
