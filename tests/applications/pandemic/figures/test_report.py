import re

import pytest

import solon
from solon.applications.pandemic.card import ADVICE, simulation_card
from solon.applications.pandemic.figures import write_pandemic_report
from tests.applications.pandemic.figures import made as pandemic
from tests.figures.test_report import HOSTILE, Page

FEW = ("Texas", "Ohio")


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    outcomes = [
        pandemic.outcome(name, level=level, states=FEW, draws=3, days=60)
        for name, level in (("real policy", 5), (HOSTILE, 7))
    ]
    path = write_pandemic_report(
        tmp_path_factory.mktemp("report") / "report.html",
        outcomes,
        constant_levels={k: pandemic.outcome(str(k), level=k, states=FEW, days=60) for k in (2, 9)},
        reported=pandemic.reported(FEW, days=60),
        remarks=[f"{HOSTILE}: changes"],
        configuration={"policies": ["real", HOSTILE]},
        provenance={"seed": 1},
    )
    return path.read_text("utf-8")


def test_it_asks_no_other_place_for_anything(report):
    page = Page(report)
    assert page.loads == []
    assert not [tag for tag, _ in page.tags if tag in ("link", "iframe", "img", "embed", "base")]
    assert "default-src 'none'" in page.policy


def test_names_are_text(report):
    page = Page(report)
    assert not [tag for tag, values in page.tags if "onerror" in values]
    assert len([tag for tag, _ in page.tags if tag == "script"]) == 5
    (figures,) = [data for values, data in page.scripts if values.get("id") == "figures"]
    assert "<" not in figures


def letters(text):
    """Without spaces, since a page's marks begin and end within a line."""
    return "".join(text.split())


def test_it_shows_all_figures_and_the_whole_card(report):
    page = Page(report)
    shown = [values["data-figure"] for _, values in page.tags if "data-figure" in values]
    assert shown == [
        *("frontier", "map-stringency", "map-deaths"),
        *("curves-deaths", "curves-unemployment", "curves-stringency"),
    ]
    text = letters(" ".join(page.text))
    assert letters(ADVICE) in text
    # All of the card but its marks and where its one link leads to.
    for line in re.sub(r"^- |[*#]|\[|\]\(.*?\)", "", simulation_card(), flags=re.M).splitlines():
        assert letters(line) in text


def test_card_begins_with_the_advice():
    first, second = simulation_card().splitlines()[0:3:2]
    assert first.startswith("# ")
    assert second == f"**{ADVICE}**"


def test_mistakes_are_named(tmp_path):
    outcome = pandemic.outcome(states=FEW, days=5)
    facts = {"configuration": {}, "provenance": {}}
    with pytest.raises(solon.ConfigurationError, match="different name"):
        write_pandemic_report(tmp_path / "report.html", [outcome, outcome], **facts)
    assert list(tmp_path.iterdir()) == []
