"""Studies: cells are kept as they come and never computed twice, whatever happens in between."""

import dataclasses
import json

import pytest

from solon import ConfigurationError
from solon.applications.taxation.study.theory import STUDY, WORLDS, rows
from solon.cli import main
from solon.evidence.reproduce import CELL_FILE, finished, reproduce
from solon.evidence.studies import STUDIES, load_study
from solon.evidence.study import Cell, Study


class Sums:
    """A study whose cells double a number; its second cell adds what the first one found."""

    def __init__(self, fails=None):
        self.computed, self.fails = [], fails

    def study(self, **changes):
        made = Study(
            name="sums",
            summary="sums",
            version=1,
            scales=("full", "quick"),
            cells=lambda scale: [
                Cell("a/one", {"number": 1}),
                Cell("b", {"number": 2 if scale == "full" else 20}, needs=("a/one",)),
            ],
            run=self.run,
            report=lambda scale, results, folder: f"{scale} {sorted(results)}",
        )
        return dataclasses.replace(made, **changes)

    def run(self, config, needs, folder):
        if config["number"] == self.fails:
            raise RuntimeError("no more")
        self.computed.append(config["number"])
        (folder / "extra.txt").write_text("something")
        return {"value": 2 * config["number"] + sum(each["value"] for each in needs.values())}


def read(folder, cell):
    return json.loads((folder / "cells" / cell / CELL_FILE).read_text())


def test_cells_are_computed_once(tmp_path):
    sums, said = Sums(), []
    assert reproduce(sums.study(), tmp_path, say=said.append) == "full ['a/one', 'b']"
    assert sums.computed == [1, 2]
    record = read(tmp_path, "b")
    assert record["result"] == {"value": 6}
    assert record["config"] == {"number": 2}
    assert record["seconds"] >= 0 and record["processor_seconds"] >= 0
    assert set(record["provenance"]) >= {"code", "packages", "machine", "command"}
    assert str(tmp_path) not in json.dumps(record)
    reproduce(sums.study(), tmp_path, say=said.append)
    assert sums.computed == [1, 2]
    assert said[-1] == "sums, full: 2 of 2 cells are there"
    # What another configuration, or another version, has left does not count.
    reproduce(sums.study(), tmp_path, scale="quick", say=said.append)
    assert sums.computed == [1, 2, 20]
    reproduce(sums.study(version=2), tmp_path, say=said.append)
    assert sums.computed == [1, 2, 20, 1, 2]


def test_what_another_process_has_computed_meanwhile_is_taken(tmp_path):
    """While the first cell is computed here, all of the study is computed elsewhere."""
    elsewhere = Sums()

    class Shares(Sums):
        def run(self, config, needs, folder):
            if not self.computed:
                reproduce(elsewhere.study(), tmp_path, say=lambda line: None)
            return super().run(config, needs, folder)

    here = Shares()
    assert reproduce(here.study(), tmp_path, say=lambda line: None) == "full ['a/one', 'b']"
    assert elsewhere.computed == [1, 2] and here.computed == [1]
    # One who computes the second alone finds the first when its turn comes.
    (tmp_path / "cells" / "b" / CELL_FILE).unlink()
    later = Sums()
    reproduce(later.study(), tmp_path, only="b", say=lambda line: None)
    assert later.computed == [2]


def test_an_interrupted_study_goes_on_where_it_was(tmp_path):
    with pytest.raises(RuntimeError):
        reproduce(Sums(fails=2).study(), tmp_path, say=print)
    assert not (tmp_path / "cells" / "b" / CELL_FILE).exists()
    later = Sums()
    reproduce(later.study(), tmp_path, say=print)
    assert later.computed == [2]
    # Half a record is none.
    place = tmp_path / "cells" / "b" / CELL_FILE
    place.write_text(place.read_text()[:50])
    reproduce(later.study(), tmp_path, say=print)
    assert later.computed == [2, 2]


def test_a_part_of_a_study(tmp_path):
    sums, said = Sums(), []
    assert reproduce(sums.study(), tmp_path, only="b", say=said.append) == "full []"
    assert said[-1] == "  b waits for a/one"
    assert reproduce(sums.study(), tmp_path, only="a/*", say=said.append) == "full ['a/one']"
    assert sums.computed == [1]


@pytest.mark.parametrize(
    ("change", "options", "named"),
    [
        ({}, {"scale": "pilot"}, "scale.*pilot.*quick"),
        ({}, {"only": "zzz*"}, r"cells.*zzz.*a/one"),
        ({"cells": lambda _: [Cell("../out", {})]}, {}, r"cell.*\.\./out"),
        ({"cells": lambda _: [Cell("x", {}), Cell("x", {})]}, {}, "cell.*'x'"),
        ({"cells": lambda _: [Cell("x", {}, needs=("y",))]}, {}, "comes after y"),
    ],
)
def test_what_can_not_be_reproduced_is_refused(change, options, named, tmp_path):
    with pytest.raises(ConfigurationError, match=named):
        reproduce(Sums().study(**change), tmp_path / "new", **options)


def test_a_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="out"):
        reproduce(Sums().study(), tmp_path / "file")


def test_all_studies_are_what_they_say():
    for name in STUDIES:
        study = load_study(name)
        assert study.name == name and study.summary
        for scale in study.scales:
            cells = study.checked_cells(scale)
            json.dumps([dataclasses.asdict(cell) for cell in cells])


def test_the_study_of_tax_theory_covers_what_holds_and_what_does_not():
    assert {world.holds for world in WORLDS} == {True, False}
    cells = [cell.name for cell in STUDY.checked_cells("full")]
    for world in WORLDS:
        assert f"{world.name}/saez" in cells
        # As many seeds each, and the same budget for whoever searches and whoever learns.
        of_world = [c for c in STUDY.checked_cells("full") if c.name.startswith(f"{world.name}/")]
        budgets = {c.config["episodes"] for c in of_world if c.config["kind"] != "truth"
                   and c.config["kind"] != "saez"}  # fmt: skip
        assert len(budgets) == 1
        for kind in ("learned", "search"):
            seeds = sum(c.config["kind"] == kind for c in of_world)
            assert seeds == world.seeds
            # Where the formula is at home it is a confirmation, and elsewhere it may be a sketch.
            assert seeds == 5 or not world.holds


def test_shares_are_of_the_attainable_gain():
    truth = {"welfare": -1.0, "untaxed_welfare": -3.0}
    found = rows(
        {
            "formulas": {"rows": []},
            "pareto/truth": truth,
            "pareto/saez": {"welfare": -1.5, "rates": [0.1]},
            "pareto/learned-2": {"welfare": -1.0, "rates": [0.2]},
            "four-atoms/search-0": {"welfare": 0.0, "rates": [0.0]},
        }
    )
    assert [(r["planner"], r["seed"], r["captured"]) for r in found] == [
        ("saez", None, 0.75),
        ("learned", 2, 1.0),
    ]


def test_the_command_names_cells_without_computing(tmp_path, capsys):
    assert main(["reproduce", "tax-theory", "--quick", "--show", "--out", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "missing  pareto/truth" in lines
    assert not list(tmp_path.iterdir())
    assert finished(STUDY, tmp_path, STUDY.checked_cells("quick")[0]) is None


def test_a_report_of_several_lines_is_printed_as_such(monkeypatch, tmp_path, capsys):
    found = Sums().study()
    monkeypatch.setattr("solon.evidence.studies.load_study", lambda name: found)
    monkeypatch.setattr("solon.evidence.reproduce.reproduce", lambda *_, **__: "a\n\nb")
    assert main(["reproduce", "sums", "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "a\n\nb\n"
