"""One society, governed by planners and by somebody at a screen: scores, luck, files, ranking."""

import json

import numpy as np
import pytest

from solon.applications.unknown_society import oracle, scoring
from solon.applications.unknown_society.game import LEARNED, Society, govern, standing, told
from solon.applications.unknown_society.game.files import (
    load,
    pack_rates,
    ranked,
    save,
    unpack_rates,
)
from solon.applications.unknown_society.game.govern import SINGLE, YEARS
from solon.errors import ConfigurationError

SOCIETY = Society(luck=3, shocks=True, elasticity=0.4, spread=0.9, model="cost-of-working")
PLAYED = Society(luck=4, played=True)


@pytest.fixture(scope="module")
def known():
    return told(PLAYED)


def test_the_best_rates_score_one_and_the_single_rate_nothing(known):
    best, single = standing(known.best, known), standing(known.courses[SINGLE], known)
    assert (best.all_years, best.last_five) == (1, 1)
    assert (single.all_years, single.last_five) == (0, 0)
    mine = standing(govern(PLAYED, known.best.rates.tolist()), known)
    assert mine.all_years == pytest.approx(1, abs=1e-4)
    assert standing(govern(PLAYED, [0.3] * YEARS), known).all_years == pytest.approx(0, abs=1e-5)
    assert standing(govern(PLAYED, [0.0] * YEARS), known).all_years < 0
    for course in known.courses.values():
        assert standing(course, known).all_years <= 1 + 1e-5


def test_luck_is_the_same_whoever_governs():
    known = told(SOCIETY)
    same = govern(SOCIETY, known.courses[SINGLE].rates.tolist())
    np.testing.assert_array_equal(same.incomes, known.courses[SINGLE].incomes)
    rates = known.courses[LEARNED].rates.tolist()
    whole = govern(SOCIETY, rates)
    np.testing.assert_allclose(whole.incomes, known.courses[LEARNED].incomes, rtol=1e-6)
    # Years to come change nothing of those gone by.
    np.testing.assert_array_equal(govern(SOCIETY, rates[:4]).incomes, whole.incomes[:4])
    assert len(govern(SOCIETY, []).rates) == 0


def test_workers_answer_by_the_elasticity_and_get_the_revenue_back():
    society = Society(luck=5, elasticity=0.5, spread=0.6, model="standard")
    course = govern(society, [0.0, 0.36])
    # z = w^(1+e) (1-t)^e
    np.testing.assert_allclose(course.incomes[1] / course.incomes[0], 0.64**0.5, rtol=1e-5)
    assert course.transfer[1] == pytest.approx(0.36 * course.incomes[1].mean())
    assert course.working.tolist() == [1, 1] and course.equality[1] > course.equality[0]
    nobody = govern(Society(luck=5, model="reservation"), [0.31])
    assert nobody.working[0] == 0 and nobody.transfer[0] == 0


def test_what_is_given_holds_and_the_rest_is_drawn_by_the_number():
    given = told(SOCIETY)
    assert given.elasticity == pytest.approx(0.4) and given.spread == pytest.approx(0.9)
    assert given.model == "cost-of-working"
    one, same, other = (told(Society(luck=luck)) for luck in (7, 7, 8))
    assert (one.elasticity, one.spread, one.model) == (same.elasticity, same.spread, same.model)
    assert one.elasticity != other.elasticity
    # Who watches a society under a number learns nothing of the game under it.
    assert told(Society(luck=7, played=True)).elasticity != one.elasticity


def test_another_society_compiles_nothing(known):
    counts = scoring._governed._cache_size(), oracle.best_rates._cache_size()
    told(Society(luck=9, elasticity=1.2, spread=0.4, model="reservation"))
    told(Society(luck=10, shocks=True))
    govern(PLAYED, [0.1, 0.2])
    assert (scoring._governed._cache_size(), oracle.best_rates._cache_size()) == counts


@pytest.mark.parametrize(
    ("call", "line"),
    [
        (lambda: Society(elasticity=-0.2), r"^elasticity: got -0.2; allowed: .* at least 0.1"),
        (lambda: Society(elasticity=float("nan")), r"^elasticity: got nan"),
        (lambda: Society(spread=3.0), r"^spread: got 3.0"),
        (lambda: Society(model="income-effects"), r"^model: got 'income-effects'; .*reservation"),
        (lambda: Society(luck=-1), r"^society: got -1"),
        (lambda: govern(PLAYED, [0.3, 1.0]), r"^rate of year 2: got 1.0; .* below 1"),
        (lambda: govern(PLAYED, [-0.1]), r"^rate of year 1: got -0.1"),
        (lambda: govern(PLAYED, [0.1] * 11), r"^number of rates: got 11; .*10"),
        (lambda: unpack_rates("30-130"), r"^rates in the address: got '30-130"),
        (lambda: unpack_rates("30-" * 500), r"^rates in the address"),
        (lambda: unpack_rates("nan"), r"^rates in the address"),
    ],
)
def test_what_does_not_fit_is_one_line(call, line):
    with pytest.raises(ConfigurationError, match=line) as told_so:
        call()
    assert "\n" not in str(told_so.value)


def test_rates_in_an_address_come_back():
    rates = [0.3, 0.0, 0.275, 0.99]
    assert pack_rates(rates) == "30-0-27.5-99" and unpack_rates(pack_rates(rates)) == rates


def game(player, rates, known, **changes):
    record = json.loads(save(player, PLAYED, rates, standing(govern(PLAYED, rates), known)))
    return json.dumps({**record, **changes}).encode()


def test_a_forged_score_is_ranked_by_its_rates(known):
    honest = load(game("Ada", [0.6] * YEARS, known))
    forged = load(game("Mallory", [0.0] * YEARS, known, share=2.0))
    assert honest.society == PLAYED and honest.rates == (0.6,) * YEARS
    (first, ada), (second, mallory) = ranked([forged, honest], known)
    assert (first.player, second.player) == ("Ada", "Mallory")
    assert mallory.all_years < 0 < ada.all_years < 1
    assert honest.said == pytest.approx(ada.all_years, abs=1e-4) and forged.said == 2


BAD = {
    "no JSON": (b"{", "^file: got 'no JSON"),
    "no text": (b"\x80\x04\x95", "^file: got 'no JSON"),
    "a list": (b"[]", "^file: got 'of another format"),
    "large": (b" " * 20_000, "^file: got '20,000 bytes"),
    "a game of another room": (b'{"format": "solon-game@1"}', "^file: got 'of another format"),
    "without rates": ({"rates": None, "drop": "rates"}, "^file: got 'without rates"),
    "with more": ({"more": 1}, "^file: got 'of more than a game: more"),
    "other rules": ({"rules": "unknown-society@9"}, "^rules of the file: got 'unknown-society@9"),
    "nine rates": ({"rates": [0.1] * 9}, "^number of rates: got 9; allowed: 10"),
    "rates in percent": ({"rates": [30] * 10}, "^rate of year 1: got 30"),
    "a rate of all": ({"rates": [0.1] * 9 + [1]}, "^rate of year 10: got 1"),
    "a true rate": ({"rates": [True] * 10}, "^rate of year 1: got True"),
    "rates as a text": ({"rates": "0.1"}, "^rates of the file: got '0.1"),
    "no society": ({"society": "4"}, "^society: got '4'"),
    "a high society": ({"society": 10**6}, "^society: got 1000000"),
    "shocks in words": ({"shocks": "yes"}, "^shocks: got 'yes"),
    "no name": ({"player": " "}, "^name of the player"),
    "a long name": ({"player": "x" * 99}, "^name of the player"),
    "a name of two lines": ({"player": "a\nb"}, "^name of the player"),
    "a score in words": ({"share": "best"}, "^share of the gap: got 'best"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_malformed_file_is_one_line(name, known):
    content, line = BAD[name]
    if isinstance(content, dict):
        record = json.loads(game("Ada", [0.6] * YEARS, known)) | content
        record.pop(str(record.pop("drop", "")), None)
        content = json.dumps(record).encode()
    with pytest.raises(ConfigurationError, match=line) as told_so:
        load(content)
    assert "\n" not in str(told_so.value)


def test_all_begin_with_what_the_prior_says(known):
    first = {who: float(course.rates[0]) for who, course in known.courses.items()}
    assert first == pytest.approx(
        {LEARNED: 0.3, SINGLE: 0.3, "formula": 0.3, "estimator": 0.39, "model averaging": 0.3}
    )
