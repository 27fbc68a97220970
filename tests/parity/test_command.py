"""The command: what it needs, and one line on stderr where it cannot go on."""

import numpy as np
import pytest
import yaml

from solon.cli import main
from solon.parity.luck import Draws
from solon.parity.original import frames
from solon.parity.table import rows

from .test_configuration import BASE


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A working directory with some files in it, in which the original is not set up."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SOLON_PARITY", raising=False)
    (tmp_path / "good.yaml").write_text(yaml.safe_dump(BASE))
    (tmp_path / "broken.yaml").write_text("components: [")
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe")
    (tmp_path / "table.yaml").write_text("rows: [1]")
    for name, wrong in {
        "component": {"changes": {"components": {"Bild": {}}}},
        "list": {"changes": [3]},
        "like": {"like": "later"},
        "steps": {"steps": "many"},
    }.items():
        table = {"base": BASE, "rows": [{"name": "odd", **wrong}]}
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(table))
    return tmp_path


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ((), ("--config", "--table", "--setup")),
        (("--config", "missing.yaml"), ("config", "missing.yaml", "No such file")),
        (("--config", "broken.yaml"), ("config", "broken.yaml", "YAML")),
        (("--config", "binary.yaml"), ("config", "binary.yaml", "text")),
        (("--config", "good.yaml"), ("environment", ".parity", "solon parity --setup")),
        (("--config", "good.yaml", "--steps", "0"), ("steps", "0")),
        (("--config", "good.yaml", "--seed", "-1"), ("seed", "-1")),
        (("--config", "good.yaml", "--invalid", "2"), ("invalid", "2")),
        (("--table", "table.yaml"), ("table", "base")),
        (("--table", "component.yaml"), ("table, odd, changes, components", "Bild", "Build")),
        (("--table", "list.yaml"), ("table, odd, changes", "[3]", "a mapping")),
        (("--table", "like.yaml"), ("table, odd, like", "'later'", "an earlier row")),
        (("--table", "steps.yaml"), ("table, odd, steps", "'many'", "a whole number")),
    ],
    ids=str,
)
def test_bad_input(place, capfd, typed, named):
    assert main(["parity", *typed]) == 2
    shown = capfd.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    for word in named:
        assert word in shown.err


def test_a_row_may_be_like_an_earlier_one():
    first = {"name": "first", "changes": {"n_agents": 7, "components": {"Gather": {"x": 1}}}}
    second = {"name": "second", "like": "first", "changes": {"episode_length": 9}}
    base = {"n_agents": 4, "components": [{"Gather": {}}]}
    one, two = rows({"base": base, "rows": [first, second]})
    assert one.configuration == {"n_agents": 7, "components": [{"Gather": {"x": 1}}]}
    assert two.configuration == {**one.configuration, "episode_length": 9}
    assert base == {"n_agents": 4, "components": [{"Gather": {}}]}


def test_an_environment_for_other_versions_is_not_used(place, capfd):
    folder = place / ".parity" / "bin"
    folder.mkdir(parents=True)
    (folder / "python").touch()
    (place / ".parity" / "requirements.txt").write_text("ai-economist==1.0\n")
    assert main(["parity", "--config", "good.yaml"]) == 2
    assert "solon parity --setup" in capfd.readouterr().err


def test_messages_arrive_as_they_were_sent(tmp_path):
    sent = {"flat": np.array([0.1, np.nan]), "mask": np.zeros((2, 3), np.int8)}
    with open(tmp_path / "pipe", "w+b") as pipe:
        frames.write(pipe, {"steps": 3}, sent)
        frames.write(pipe, {"error": "KeyError: 'x'"}, {})
        pipe.seek(0)
        header, arrays = frames.read(pipe)
        assert header == {"steps": 3}
        np.testing.assert_equal(arrays, sent)
        assert frames.read(pipe) == ({"error": "KeyError: 'x'"}, {})
        assert frames.read(pipe) is None


def test_objects_do_not_get_through(tmp_path):
    with open(tmp_path / "pipe", "w+b") as pipe:
        frames.write(pipe, {}, {"thing": np.array([{}], object)})
        pipe.seek(0)
        with pytest.raises(ValueError, match="pickle"):
            frames.read(pipe)


def test_draws_are_found_by_place():
    where = [
        [-1, "Build", "pareto", []],
        [0, "Gather", "permutation", [2]],
        [1, "Gather", "permutation", [2]],
        [-1, "Build", "pareto", []],
    ]
    draws = Draws(where, np.array([0.5, 1, 0, 0, 1, 0.25]))
    np.testing.assert_equal(draws.at_start("Build", "pareto"), [0.5, 0.25])
    np.testing.assert_equal(draws.in_steps("Gather", "permutation"), [[1, 0], [0, 1]])
    assert draws.in_steps("Gather", "rand") == []
