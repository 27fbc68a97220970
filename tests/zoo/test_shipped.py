"""The entries that are shipped: whole, small, with a card, and fit for other populations."""

import pytest

import solon
from solon import ConfigurationError
from solon.zoo.files import RECORD, folder_of, names, read_entry

FREE_MARKET = "tax/open-quadrant/free-market"
MEGABYTE = 2**20


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


def test_they_are_small():
    sizes = {
        name: sum(file.stat().st_size for file in folder_of(name).iterdir()) for name in names()
    }
    assert FREE_MARKET in sizes
    assert sum(size for name, size in sizes.items() if name.startswith("tax/")) < 4 * MEGABYTE


def test_nothing_else_is_shipped():
    root = folder_of(FREE_MARKET).parents[2]
    allowed = {folder_of(name) for name in names()}
    strangers = [f for f in root.rglob("*") if f.is_file() and f.parent not in allowed]
    assert strangers == []
    assert (folder_of(FREE_MARKET) / RECORD).is_file()


def test_policies_take_other_populations():
    for workers, counts in ((10, (3, 2, 3, 2)), (100, (25, 25, 25, 25))):
        entry = solon.zoo.load(FREE_MARKET, workers=workers)
        assert entry.policies["worker"].counts == counts
    with pytest.raises(ConfigurationError, match=r"networks fit, and not \{'workers': 2\}"):
        solon.zoo.load(FREE_MARKET, workers=2)
