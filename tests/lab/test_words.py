"""What controls and files are refused with, as an economist reads it."""

import pytest

pytest.importorskip("streamlit", reason="the lab needs the extra `lab`")

from solon.applications.pandemic.policies import Threshold
from solon.applications.taxation.game import Setup
from solon.applications.taxation.rooms.year import fitted
from solon.economics.tax_schedules import check_schedule
from solon.errors import ConfigurationError
from solon.lab import uploads
from solon.lab.words import in_words, line_in_words


def said(call, *given, **named):
    with pytest.raises(ConfigurationError) as caught:
        call(*given, **named)
    return in_words(caught.value)


def a_schedule(text):
    return lambda: fitted(uploads.schedule("plan.yaml", text.encode()), "file")


MISTAKES = {
    "a bracket below the one before": (
        lambda: check_schedule([0, 9.7, 5], [0.1, 0.2, 0.3]),
        "The third bracket starts at 5 coin, below the second, which starts at 9.7. Brackets must "
        "rise.",
    ),
    "a bracket at the one before": (
        lambda: check_schedule([0, 5, 5], [0.1, 0.2, 0.3]),
        "The third bracket starts at 5 coin, as the second does. Brackets must rise.",
    ),
    "a first bracket above nothing": (
        lambda: check_schedule([3, 5], [0.1, 0.2]),
        "The first bracket starts at 3 coin. It has to start at 0.",
    ),
    "a rate above all": (
        a_schedule("rates: [0.1, 2.5]\ncutoffs: [0, 5]"),
        "In plan.yaml, line 1: The rate of the second bracket is 250 %. Rates go from 0 to 100 %, "
        "and a file gives them as shares: 0.25 is 25 %.",
    ),
    "more rates than brackets": (
        a_schedule("rates: [0.1, 0.2, 0.3]\ncutoffs: [0, 5]"),
        "In plan.yaml, line 1: There are 3 rates for 2 brackets. Each bracket has one rate.",
    ),
    "more brackets than there are": (
        a_schedule(f"rates: {[0.1] * 9}\ncutoffs: {list(range(9))}"),
        "The schedule has 9 brackets, and the economy here has 7. Join some of them.",
    ),
    "rates alone": (
        a_schedule("rates: [0.1, 0.2]"),
        "The schedule has 2 rates and does not say where its brackets start. Add “cutoffs”, the "
        "income from which each bracket starts (coin).",
    ),
    "a word for a rate": (
        a_schedule("rates: [much]\ncutoffs: [0]"),
        "In plan.yaml, line 1: Each bracket needs a rate, as a number from 0 to 1: 0.25 is 25 %.",
    ),
    "no schedule": (
        a_schedule("hello: world"),
        "The file has no rates. A schedule is a list of rates with the incomes from which they "
        "start, such as {rates: [0.1, 0.3], cutoffs: [0, 50]}.",
    ),
    "another entry": (
        a_schedule("rates: [0.1]\ncutoffs: [0]\ncolour: red"),
        "“colour” is no entry of a schedule. A schedule has rates, cutoffs and, if you like, a "
        "name.",
    ),
    "a large file": (
        a_schedule("#" * 30_000),
        "In plan.yaml: The file has 30,000 bytes, and up to 20,000 bytes are read.",
    ),
    "opening above closing": (
        lambda: Threshold("deaths", upper=1, lower=3, above=8, below=4),
        "States cannot open again above the number at which they close.",
    ),
    "a level that is none": (
        lambda: Threshold("deaths", upper=3, lower=1, above=12, below=4),
        "The level of restrictions is 12. Levels are 1, 2, … 10.",
    ),
    "a worker who is none": (
        lambda: Setup(worker=7),
        "There is no worker 7. You can be one of the workers 1 to 4.",
    ),
    "a game of another length": (lambda: Setup(steps=5), "A game has 100, 200 or 300 steps."),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_a_sentence(name):
    call, words = MISTAKES[name]
    assert said(call) == words


@pytest.mark.parametrize(
    "argument",
    [
        "cutoffs",
        "plan.yaml, line 3, date",
        "file",
        "window",
        "run",
        "level",
        "anything_else",
        "",
        "lower",
        "policy",
        "moves[3]",
    ],
)
@pytest.mark.parametrize("value", [None, float("nan"), [], [0, "x"], {"a": 1}, 10**400, "x" * 9999,
                                   True, -1, "ü\x1b[1m"])  # fmt: skip
def test_any_mistake_is_in_words(argument, value):
    words = in_words(ConfigurationError(argument, value, "something else"))
    assert words and "got " not in words and "allowed:" not in words and len(words) < 700


def test_where_in_a_table_it_is():
    error = ConfigurationError("plan.csv, line 7, stringency", "12", "a whole number from 1 to 10")
    words = "In plan.csv, line 7: The level of restrictions is 12. Levels are 1, 2, … 10."
    assert in_words(error) == words


def test_the_last_line_of_a_command():
    line = "solon: error: steps: got -5; allowed: a whole number of at least 1"
    words = "This does not fit: steps = -5. What fits: a whole number of at least 1."
    assert line_in_words(line) == words
    assert line_in_words("solon: error: the disk is full") == "the disk is full"
