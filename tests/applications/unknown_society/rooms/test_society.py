"""The room Society, as a visitor meets it. What is compiled serves all of these."""

import json

import pytest

from solon.applications.unknown_society.game import Society, govern, standing, told
from solon.applications.unknown_society.game.files import save
from solon.applications.unknown_society.game.govern import YEARS
from solon.applications.unknown_society.rooms.shown import MODELS, percent, verdict
from tests.lab.conftest import texts

GAME = Society(luck=4, played=True)
RATES = [0.3, 0.4, 0.5, *[0.6] * 7]


@pytest.fixture(scope="module")
def known():
    return told(GAME)


def everything(page):
    """All that a page sends, but for its controls' own words of what they are."""
    shown = (page.title, page.subheader, page.markdown, page.caption, page.error, page.warning)
    figures = [element.proto.spec for element in page.get("plotly_chart")]
    return "\n".join([*map(texts, shown), *figures, *(m.value for m in page.metric)])


def button(page, label):
    return next(b for b in page.button if b.label == label)


def table(page, head):
    return next(m.value for m in page.markdown if head in m.value)


def test_planners_are_watched_in_a_society_that_is_drawn(lab):
    page = lab("society", society="4")
    assert not page.exception and not page.error
    rows = table(page, "| gap closed |").split("\n")
    assert len(rows) == 2 + 6
    assert rows[2].startswith(f"| best rates | {percent(1)} | {percent(1)} |")
    assert f"| single rate | {percent(0)} | {percent(0)} |" in table(page, "| gap closed |")
    found = told(Society(luck=4))
    assert page.subheader[0].value == verdict(found)
    assert f"**{found.elasticity:.2f}**" in texts(page.markdown)
    page = page.slider(key="society").set_value(5).run()
    assert page.query_params["society"] == "5" and "elasticity" not in page.query_params
    page = page.selectbox(key="incomes").select("shocks").run()
    assert not page.error and page.query_params["incomes"] == "shocks"


def test_a_society_of_ones_own_numbers_is_in_the_address(lab):
    page = lab("society", **{"from": "own"}, elasticity="0.3", spread="0.9")
    assert not page.exception and not page.error
    assert "elasticity **0.30**" in texts(page.markdown)
    page = page.slider(key="elasticity").set_value(1.25).run()
    page = page.selectbox(key="model").select("reservation").run()
    assert "elasticity **1.25**" in texts(page.markdown)
    assert MODELS["reservation"] in texts(page.markdown)
    given = page.query_params
    assert (given["elasticity"], given["spread"], given["model"]) == ("1.25", "0.9", "reservation")


@pytest.mark.parametrize("bad", ["-0.3", "9", "nan", "<b>x</b>"])
def test_an_elasticity_that_is_none_is_said_in_a_line(lab, bad):
    page = lab("society", **{"from": "own"}, elasticity=bad)
    assert not page.exception
    (said,) = page.error
    assert "\n" not in said.value and "0.1 to 1.5" in texts(page.error) and "<b>" not in said.value
    assert page.slider(key="elasticity").value == 0.5


def test_ten_years_are_governed_and_nothing_is_told_before_the_last(lab, known):
    page = lab("society", mode="play", society="4")
    assert not page.exception and not page.error
    secrets = [f"{known.elasticity:.2f}", f"{known.spread:.2f}", MODELS[known.model], known.model]
    secrets += ["| best rates |", "| learned planner |", "gap closed"]
    whole = govern(GAME, RATES)
    for year, rate in enumerate(RATES, start=1):
        said = everything(page)
        assert f"Year {year} of 10" in said
        assert not [secret for secret in secrets if secret in said]
        page.slider(key="society-rate").set_value(round(100 * rate))
        page = button(page, f"Tax year {year}").click().run()
        assert not page.exception and not page.error
        last = table(page, "| worker 1 |").split("\n")[-1]
        incomes = " | ".join(f"{income:.2f}" for income in whole.incomes[year - 1])
        assert last.startswith(f"| {year} | {percent(rate)} | {incomes} | ")
    mine = standing(whole, known)
    assert page.subheader[0].value == f"You closed {percent(mine.all_years)} of the gap"
    said = everything(page)
    assert not [secret for secret in secrets[:3] if secret not in said]
    row = next(r for r in table(page, "| gap closed |").split("\n") if "**you**" in r)
    assert f"| {percent(mine.all_years)} | {percent(mine.last_five)} |" in row
    page = button(page, "Put my rates into the address").click().run()
    assert page.query_params["rates"] == "30-40-50-60-60-60-60-60-60-60"
    again = lab("society", mode="play", society="4", rates=page.query_params["rates"])
    assert again.subheader[0].value == page.subheader[0].value
    page = button(page, "Begin again").click().run()
    assert page.subheader[0].value == "Year 1 of 10" and "rates" not in page.query_params


def test_who_plays_the_best_rates_has_all_of_the_gap(lab, known):
    rates = "-".join([f"{100 * known.best.rates[0]:.3f}"] * YEARS)
    page = lab("society", mode="play", society="4", rates=rates)
    assert page.subheader[0].value == f"You closed {percent(1)} of the gap"


def test_another_number_is_another_game(lab):
    page = lab("society", mode="play", society="4", rates="30-40")
    assert page.subheader[0].value == "Year 3 of 10"
    page = page.slider(key="society").set_value(6).run()
    assert page.subheader[0].value == "Year 1 of 10"


@pytest.mark.parametrize("bad", ["30-100", "x", "30--5", "1-" * 11 + "1", "<b>"])
def test_rates_in_the_address_that_are_none_are_said(lab, bad):
    page = lab("society", mode="play", society="4", rates=bad)
    assert not page.exception
    (said,) = page.error
    assert "at least 0 and below 100" in texts(page.error) and "<b>" not in said.value
    assert page.subheader[0].value == "Year 1 of 10"


def saved(player, played, known, **changes):
    record = json.loads(save(player, GAME, played, standing(govern(GAME, played), known)))
    return json.dumps({**record, **changes}).encode()


def test_saved_games_are_ranked_by_their_rates_and_others_left_out(lab, known):
    page = lab("society", mode="play", society="4")
    page.file_uploader[0].set_value(
        [
            ("one.json", saved("Ada | <b>Augusta</b>", RATES, known), "application/json"),
            ("two.json", saved("Mallory", [0.0] * YEARS, known, share=3), "application/json"),
            ("<i>.json", b'{"format": "other"}', "application/json"),
            ("four.json", saved("Nobody", RATES, known, rates=[2.0] * YEARS), "application/json"),
        ]
    )
    page = page.run()
    assert not page.exception
    rows = table(page, "| place |").split("\n")
    places = [row.split(" | ")[:2] for row in rows if "**" in row]
    assert places[0][0] == "| 1" and "Ada" in places[0][1] and "<b>" not in places[0][1]
    assert places[1][0] == "| 2" and "Mallory" in places[1][1]
    mine = standing(govern(GAME, RATES), known)
    assert percent(mine.all_years) in next(row for row in rows if "Ada" in row)
    assert percent(3) not in table(page, "| place |")
    assert f"says {percent(3)}" in texts(page.warning)
    wrong = texts(page.error)
    assert len(page.error) == 2 and "<i>.json is left out" in wrong
    assert "rate of year 1 is 2" in wrong.lower()


def test_shares_are_whole_percents():
    assert [percent(x) for x in (0.414, -0.12, -0.001, None)] == [
        "41\N{NO-BREAK SPACE}%",
        "\N{MINUS SIGN}12\N{NO-BREAK SPACE}%",
        "0\N{NO-BREAK SPACE}%",
        "–",
    ]
