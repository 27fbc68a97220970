"""`solon schedule`: what it prints, draws and writes."""

import pytest

from solon.cli import main
from solon.runs.schedules import read_schedule, schedule


def test_a_schedule_is_shown_with_its_average_rates(capsys, tmp_path):
    file = tmp_path / "two.yaml"
    file.write_text("rates: [0.1, 0.5]\ncutoffs: [0, 50]\n")
    assert main(["schedule", "show", str(file), "free-market"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "two"
    assert lines[2].split() == ["0", "50", "10.0%", "10.0%", "████"]
    assert lines[3].split() == ["50", "and", "above", "50.0%", 20 * "█"]
    assert lines[5] == "free-market"


def test_schedules_are_checked_and_compared(capsys, tmp_path):
    assert main(["schedule", "check", "us-federal-2024-single", "camelback"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert "7 brackets" in first and "10.0% to 37.0%, rising with income" in first
    assert second.endswith("rising and falling")
    file = tmp_path / "flat.json"
    file.write_text('{"rates": [0.2], "cutoffs": [0]}')
    page = tmp_path / "page" / "schedules.html"
    arguments = ["schedule", "compare", str(file), "us-federal", str(file), "--figure", str(page)]
    assert main(arguments) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == ["flat", "(1)", "us-federal", "flat", "(2)"]
    # 10 % of 9.7, 12 % of the next 29.775: 4.543 of 39.475 coin.
    assert " ".join(lines[4].split()) == "39.475 20.0% 20.0% 22.0% 11.5% 20.0% 20.0%"
    assert lines[-1] == str(page)
    text = page.read_text()
    assert "flat (2)" in text and "marginal rate" in text


@pytest.mark.parametrize("name", ["us-federal-2013-head-of-household", "camelback"])
def test_a_schedule_that_was_written_reads_the_same(name, tmp_path, capsys):
    file = tmp_path / "copy.yaml"
    assert main(["schedule", "show", name, "--out", str(file)]) == 0
    assert read_schedule(file) == schedule(name)
    # A line a bracket, so that a changed rate is a changed line.
    assert file.read_text().count("\n- ") in (7, 14)


def test_two_files_do_not_take_one_place(tmp_path, capsys):
    place = str(tmp_path / "one.html")
    both = ["--figure", place, "--out", f"{tmp_path}/../{tmp_path.name}/one.html"]
    assert main(["schedule", "show", "us-federal", *both]) == 2
    assert "allowed: another file than that of figure" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
