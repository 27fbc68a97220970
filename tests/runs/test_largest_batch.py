"""As many copies as fit: what an update needs is known from its compiled program."""

import dataclasses

import pytest

from solon.cli import main
from solon.errors import ConfigurationError
from solon.runs import RunFolder
from solon.runs.build import build_recipe
from solon.runs.largest_batch import largest_batch, needed_bytes, with_environments
from tests.cli.conftest import OWN_ECONOMY

SMALL = {"environments": 4, "unroll": 10, "minibatches": 2, "hidden": (4,)}


@pytest.fixture(scope="module")
def recipe():
    return build_recipe(f"{OWN_ECONOMY}:Harvest", settings=SMALL, steps=100_000)


def test_the_most_that_fit_are_found(recipe):
    needed = {count: needed_bytes(with_environments(recipe, count)) for count in (8, 16, 32)}
    assert needed[8] < needed[16] < needed[32]
    for count in (8, 16):
        # Four fifths are taken.
        assert largest_batch(recipe, int(1.25 * needed[count]) + 2) == count
        assert largest_batch(recipe, int(1.25 * needed[2 * count]) - 2) == count


def test_some_updates_are_left(recipe):
    assert largest_batch(dataclasses.replace(recipe, steps=20 * 40), 2**40) == 4
    assert largest_batch(dataclasses.replace(recipe, steps=20 * 80), 2**40) == 8
    assert largest_batch(dataclasses.replace(recipe, steps=20 * 80 - 1), 2**40) == 4


def test_too_little_memory_is_told(recipe):
    with pytest.raises(ConfigurationError, match=r"environments: got 4; allowed: fewer"):
        largest_batch(recipe, 1000)


def test_it_is_asked_for_by_a_word(tmp_path, capsys):
    train = ["train", f"{OWN_ECONOMY}:Harvest", "--quiet", "--unroll", "10", "--steps", "24000"]
    sizes = ["--ppo", "hidden=[4]"]
    run = tmp_path / "run"
    assert main([*train, *sizes, "--environments", "auto", "--run", str(run)]) == 0
    count = RunFolder.open(run).config["ppo"]["environments"]
    assert f"{count} environments" in capsys.readouterr().err
    # The preset has 120, and with twice as many there would be fewer than 20 updates.
    assert count == 120
    for typed, words in (
        (("--environments", "many"), "environments: got 'many'; allowed: a whole number, or auto"),
        (("--environments", "auto", "--seeds", "1-2"), "environments: got 'auto'; allowed"),
        (("--environments", "auto", "--ppo", "environments=8"), "--environments or --ppo"),
    ):
        assert main([*train, *typed, "--run", str(tmp_path / "no")]) == 2
        assert words in capsys.readouterr().err and not (tmp_path / "no").exists()
