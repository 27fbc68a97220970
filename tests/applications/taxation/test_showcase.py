"""The main job, with a short training and few societies: its page says what it found."""

import re

import pytest

from solon import ConfigurationError
from solon.applications.taxation import showcase
from solon.cli import main


def test_the_page_opens_with_what_was_found(tmp_path, capsys):
    folder = tmp_path / "demo"
    assert showcase.run(str(folder), seed=3, steps=20_480, societies=8, episodes=1) == 0
    said = capsys.readouterr().out
    page = (folder / "report.html").read_text("utf-8")
    body = page[page.index("<body") :]
    # The finding stands before all figures and tables, with the numbers that were printed.
    sentence = re.search(r"<p><b>(A planner that learned.*?)</b></p>", body)
    assert sentence is not None and sentence.start() < body.index("<figure")
    shares = re.findall(r"(-?\d+%)", sentence[1])
    assert len(shares) == 4
    whose = "learned", "formula that", "estimator of one", "estimator of all"
    for who, share in zip(whose, shares, strict=True):
        line = next(line for line in said.splitlines() if line.startswith(who))
        assert line.split()[-1] == share
    for regime in ("free market", "US federal rates", "learned tax"):
        money = re.search(rf"{regime}: (\d+) coin, revenue (\d+), equality", said)
        assert money is not None and (int(money[2]) > 0) == (regime != "free market")
        assert regime in body
    assert "one seed" in body


def test_what_belongs_to_the_training_is_refused_without_it(capsys):
    assert main(["demo", "--minutes", "5"]) == 2
    assert "minutes: got 5.0; allowed: with --train only" in capsys.readouterr().err


def test_a_folder_in_use_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ConfigurationError, match="run: got"):
        showcase.run(str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
