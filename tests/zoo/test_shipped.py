"""The entries that are shipped: whole, small, with a card, and fit for other populations."""

import json
import pathlib

import pytest

import solon
from solon import ConfigurationError
from solon.zoo.files import RECORD, folder_of, names, read_entry
from solon.zoo.packing import renew

FREE_MARKET = "tax/open-quadrant/free-market"
MEGABYTE = 2**20
_LEARNED = ("learned", "learned-seed-2")
_CELLS = {
    **{"free-market": "free-market", "us-federal": "us-federal-alike", "saez": "saez-alike"},
    **{"search": "search-alike", "learned": "learned", "learned-seed-2": "learned"},
    "learned-mixture": "learned-mixed",
}
"""The trainings of the pilot that entries are."""


@pytest.mark.parametrize("name", names())
def test_entries_are_whole(name):
    entry = read_entry(name)
    assert entry.record["name"] == name
    assert entry.record["file"]["bytes"] == len(entry.data)
    assert entry.card.startswith(f"# {name}\n")
    for score in entry.record["scores"]["metrics"].values():
        assert f"| {score['mean']:.5g} |" in entry.card
    rates = entry.record["rates"] or {"cutoffs": [], "mean": [], "deviation": []}
    for cutoff, mean, deviation in zip(*rates.values(), strict=True):
        assert f"| {cutoff:.6g} | {mean:.1%} | {deviation:.1%} |" in entry.card
    # Nothing of the machine that it was made on.
    assert "/tmp" not in entry.card + str(entry.record)
    assert "/home" not in entry.card + str(entry.record)


@pytest.mark.parametrize("name", names())
def test_records_and_cards_are_what_would_be_written_today(name):
    written = renew(name, read_entry(name).record["note"])
    for file, content in written.items():
        assert (folder_of(name) / file).read_bytes() == content, file


def test_entries_say_how_their_tax_was_brought_in():
    """The free market had no stand-ins; to compare it with the others is not to compare taxes."""
    summary = {name: read_entry(name).record["summary"] for name in names()}
    alike = {name for name, words in summary.items() if ", with stand-ins;" in words}
    place = "tax/open-quadrant/"
    assert alike == {f"{place}{n}" for n in ("us-federal", "saez", "search", *_LEARNED)}
    assert ", at once;" in summary[FREE_MARKET]
    assert "planner learned, workers stayed as they were" in summary[f"{place}learned-mixture"]
    for name in names():
        how = "with stand-ins" if name in alike else "at once" if name == FREE_MARKET else None
        said = f"- How the tax was brought in: {how}" in read_entry(name).card
        assert said == (how is not None), name


@pytest.mark.parametrize(("entry", "cell"), sorted(_CELLS.items()))
def test_cards_quote_the_pilot(entry, cell):
    results = pathlib.Path(__file__).parents[2] / "results" / "tax" / "cells"
    card = read_entry(f"tax/open-quadrant/{entry}").card
    found = [json.loads((results / f"{cell}-{s}" / "cell.json").read_text()) for s in (1, 2)]
    first, second = (r["result"]["means"]["equality_times_productivity"] for r in found)
    assert f"{first:,.0f} and {second:,.0f} equality x coin" in card


def test_they_are_small():
    sizes = {
        name: sum(file.stat().st_size for file in folder_of(name).iterdir()) for name in names()
    }
    assert FREE_MARKET in sizes
    assert sum(size for name, size in sizes.items() if name.startswith("tax/")) < 4 * MEGABYTE


def test_nothing_else_is_shipped():
    root = folder_of(FREE_MARKET).parents[2]
    allowed = {folder_of(name) for name in names(None)}
    strangers = [f for f in root.rglob("*") if f.is_file() and f.parent not in allowed]
    assert strangers == []
    assert (folder_of(FREE_MARKET) / RECORD).is_file()


def test_policies_take_other_populations():
    for workers, counts in ((10, (3, 2, 3, 2)), (100, (25, 25, 25, 25))):
        entry = solon.zoo.load(FREE_MARKET, workers=workers)
        assert entry.policies["worker"].counts == counts
    with pytest.raises(ConfigurationError, match=r"networks fit, and not \{'workers': 2\}"):
        solon.zoo.load(FREE_MARKET, workers=2)
