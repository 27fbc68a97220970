import base64
import dataclasses
import hashlib
import html.parser
import json
import os
import pathlib
import re

import numpy as np
import pytest

import solon
from solon.evidence import OUTCOMES
from solon.evidence.outcomes import Outcomes
from solon.figures import write_report
from solon.figures.outcomes import number
from tests.figures import synthetic

HOSTILE = "</script><script>alert(\"x\")</script><img src=x onerror=alert(1)> & '$title' \u2028"


class Page(html.parser.HTMLParser):
    """Tags, the content of scripts, and every place that a browser would load something from."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.scripts, self.loads, self.text = [], [], [], []
        self.policy, self.script = "", None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.tags.append((tag, values))
        self.script = values if tag == "script" else None
        self.loads += [v for k, v in attributes if k in ("src", "href", "srcset", "data", "action")]
        if values.get("http-equiv") == "Content-Security-Policy":
            self.policy = values["content"]

    def handle_endtag(self, tag):
        self.script = None

    def handle_data(self, data):
        if self.script is not None:
            self.scripts.append((self.script, data))
        else:
            self.text.append(data)


def write(path, evaluations, **changes):
    options = {
        "title": "A title",
        "configuration": {"economy": {"workers": 4}},
        "provenance": {"seed": 3},
        "curves": synthetic.learning_curves(),
        "note": "A sketch with one seed.",
    }
    return write_report(path, evaluations, **{**options, **changes})


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    path = write(tmp_path_factory.mktemp("report") / "report.html", synthetic.pair())
    return path.read_text("utf-8")


def test_it_asks_no_other_place_for_anything(report):
    page = Page(report)
    assert page.loads == []
    assert not [tag for tag, _ in page.tags if tag in ("link", "iframe", "object", "embed", "base")]
    own = "".join(data for values, data in page.scripts if "Plotly=" not in data)
    styles = re.search(r"<style>(.*?)</style>", report, re.S).group(1)
    for text in (own, styles):
        assert not re.search(r"https?://|@import|url\(|fetch\(|XMLHttpRequest|WebSocket", text)
    # Whatever plotly.js could ask for, the browser refuses.
    rules = dict(rule.strip().split(" ", 1) for rule in page.policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert set(rules) == {
        *("default-src", "script-src", "style-src", "img-src", "base-uri", "form-action")
    }
    assert not re.search(r"https?:|\*|unsafe-eval", page.policy)


def test_only_the_scripts_that_were_written_may_run(report):
    page = Page(report)
    run = [data for values, data in page.scripts if "type" not in values]
    assert len(run) == 3
    allowed = re.search(r"script-src ([^;]*)", page.policy).group(1)
    hashes = {
        f"'sha256-{base64.b64encode(hashlib.sha256(data.encode()).digest()).decode()}'"
        for data in run
    }
    assert hashes == set(allowed.split())
    assert "\r" not in "".join(run)


def test_its_size_and_its_parts(report):
    assert len(report.encode()) < 8e6
    page = Page(report)
    words = " ".join(page.text)
    for evaluation in synthetic.pair():
        for name in OUTCOMES:
            assert number(evaluation.episodes[name].mean()) in words
    assert "A sketch with one seed." in words
    assert words.index("A sketch with one seed.") < words.index("Productivity")
    assert "economy.workers" in words
    figures = [values for _, values in page.tags if "data-figure" in values]
    drawn = json.loads(next(d for v, d in page.scripts if v.get("id") == "figures"))
    assert [values["data-figure"] for values in figures] == list(drawn)
    for values in figures:
        assert values["role"] == "img"
        assert len(values["aria-label"]) > 60
    for variants in drawn.values():
        assert set(variants) == {"light-wide", "light-narrow", "dark-wide", "dark-narrow"}
    episodes = json.loads(next(d for v, d in page.scripts if v.get("id") == "episodes"))
    assert [e["regime"] for e in episodes["episodes"]] == ["free market", "US federal brackets"]


def test_hostile_names_stay_names(tmp_path):
    free, taxed = (synthetic.evaluation(name, episodes=2, steps=200) for name in "ab")
    evaluations = [
        synthetic.renamed(free, HOSTILE, economy=HOSTILE),
        synthetic.renamed(taxed, "b" + HOSTILE, economy=HOSTILE),
    ]
    curves = {HOSTILE: synthetic.learning_curves()["free market"]}
    harmless = Page(write(tmp_path / "a.html", [free, taxed], curves=curves).read_text("utf-8"))
    path = write(
        tmp_path / "b.html",
        evaluations,
        title=HOSTILE,
        note=HOSTILE,
        configuration={HOSTILE: {HOSTILE: [HOSTILE]}},
        provenance={HOSTILE: HOSTILE},
        curves=curves,
    )
    page = Page(path.read_text("utf-8"))
    count = {tag: sum(t == tag for t, _ in page.tags) for tag in ("script", "img", "title", "p")}
    expected = {tag: sum(t == tag for t, _ in harmless.tags) for tag in count}
    assert count == {**expected, "img": 0}
    assert page.loads == []
    assert not [v for _, v in page.tags if any(name.startswith("on") for name in v)]
    episodes = json.loads(next(d for v, d in page.scripts if v.get("id") == "episodes"))
    assert episodes["episodes"][0]["regime"] == HOSTILE
    for values, data in page.scripts:
        if values.get("type") == "application/json":
            assert not re.search("[<>&\u2028\u2029]", data)


def test_a_name_that_is_no_text_is_shown_as_in_messages(tmp_path):
    evaluations = [synthetic.evaluation("free \udcff", episodes=2, steps=200)]
    page = write(tmp_path / "odd.html", evaluations, title="in q\udcff")
    text = pathlib.Path(page).read_text("utf-8")
    assert r"<title>in q\udcff" in text


def test_plotly_gets_names_as_plain_text(tmp_path):
    evil = '<a href="https://example.org">x</a>%{y}'
    evaluation = synthetic.renamed(synthetic.evaluation(episodes=1, steps=200), evil)
    path = write(tmp_path / "r.html", [evaluation], curves=None)
    figures = next(d for v, d in Page(path.read_text("utf-8")).scripts if v.get("id") == "figures")

    def strings(value, within=""):
        if isinstance(value, str):
            yield within, value
        elif isinstance(value, dict):
            for name, inner in value.items():
                yield from strings(inner, name)
        elif isinstance(value, list):
            for inner in value:
                yield from strings(inner, within)

    found = list(strings(json.loads(figures)))
    assert any("&lt;a" in text for _, text in found)
    for within, text in found:
        # The description is not drawn: the page escapes it where it shows it.
        assert "<a" not in text or within == "description"
        assert within != "hovertemplate" or "example.org" not in text


def test_one_regime_and_no_curves(tmp_path):
    evaluation = synthetic.evaluation(episodes=1, steps=200)
    for curves in (None, {}, {"free market": {"environment_steps": np.arange(0)}}):
        page = Page(write(tmp_path / "r.html", [evaluation], curves=curves).read_text("utf-8"))
        drawn = [values["data-figure"] for _, values in page.tags if "data-figure" in values]
        assert "differences" not in drawn
        assert "learning" not in drawn


def test_an_economy_of_ones_own(tmp_path):
    found = [
        Outcomes(name, {"catch": np.arange(3.0) + i}, {"economy": "fishery@1"})
        for i, name in enumerate(("open access", "quota"))
    ]
    page = Page(write(tmp_path / "r.html", found, curves=None).read_text("utf-8"))
    drawn = [values["data-figure"] for _, values in page.tags if "data-figure" in values]
    assert drawn == ["outcomes", "differences"]
    assert "player" not in [values.get("id") for _, values in page.tags]
    assert "economy: fishery@1" in page.text


def test_numbers_that_are_none_are_null_in_json(tmp_path):
    original = synthetic.evaluation(episodes=1, steps=200)
    market = {name: values * 0 for name, values in original.market.items()}
    periods = {**original.periods, "income": original.periods["income"] * 0}
    nothing = dataclasses.replace(original, market=market, periods=periods)
    page = Page(write(tmp_path / "r.html", [nothing], curves=None).read_text("utf-8"))
    for values, data in page.scripts:
        if values.get("type") == "application/json":
            json.loads(data, parse_constant=pytest.fail)


def test_a_report_is_whole_or_not_there(tmp_path, monkeypatch):
    path = tmp_path / "new" / "report.html"
    evaluation = synthetic.evaluation(episodes=1, steps=200)
    write(path, [evaluation])
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(solon.ConfigurationError, match="No space left"):
        write(path, [evaluation], title="Another")
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == ["report.html"]


def test_places_that_can_not_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "folder.html").mkdir()
    for path in (tmp_path / "file" / "report.html", tmp_path / "folder.html"):
        with pytest.raises(solon.ConfigurationError, match=r"^report: got '.*allowed: ") as caught:
            write(path, [synthetic.evaluation(episodes=1, steps=200)])
        assert "\n" not in str(caught.value)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "folder.html"]


def test_evaluations_that_do_not_belong_together(tmp_path):
    one = synthetic.evaluation(episodes=1, steps=200)
    two = synthetic.evaluation("two", episodes=2, steps=200)
    for evaluations, words in (
        ([], "at least one"),
        ([one, one], "different name"),
        ([one, two], "same number of episodes"),
        ([one, Outcomes("three", {"catch": np.ones(1)})], "numbers that all regimes have"),
    ):
        with pytest.raises(solon.ConfigurationError, match=words):
            write(tmp_path / "r.html", evaluations)
    assert not list(pathlib.Path(tmp_path).iterdir())


def test_importing_figures_loads_neither_jax_nor_plotly(run_python):
    code = (
        "import sys, solon.figures; "
        "print([m for m in ('jax', 'equinox', 'plotly', 'pyarrow') if m in sys.modules])"
    )
    assert run_python(code).stdout.strip() == "[]"
