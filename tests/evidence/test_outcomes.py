"""Outcomes of any economy: what they hold, and what is saved and read."""

import dataclasses

import jax.numpy as jnp
import numpy as np
import pyarrow
import pytest

import solon
from solon.errors import DamageError
from solon.evidence import Outcomes
from solon.evidence.run import evaluate_players
from solon.policy import Policy
from solon.runs.atomic import write_file
from solon.runs.players import Players
from solon.runs.recipe import Recipe
from solon.runs.seals import parquet_bytes
from tests.cli.own_economy import Harvest


@pytest.fixture
def whole():
    random = np.random.default_rng(0)
    return Outcomes(
        regime="quota",
        episodes={"catch": np.arange(3.0), "episode": np.arange(3)},
        labels={"economy": "fishery@1"},
        members={
            "fisher": {"return": random.normal(size=(3, 4)), "days": np.ones((3, 4), np.int32)},
            "ministry of fish": {"return": random.normal(size=(3, 1))},
        },
        series={"stock": random.normal(size=(2, 6)).astype(np.float32), "step": np.ones((2, 6))},
        trajectory={"boats": np.zeros((6, 4, 2), np.int8)},
    )


def assert_equal(found, expected):
    assert set(found) == set(expected)
    for name, array in expected.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == array.dtype, name


def test_what_is_saved_is_what_is_loaded(whole, tmp_path):
    whole.save(tmp_path / "new" / "evaluation")
    found = Outcomes.load(tmp_path / "new" / "evaluation")
    assert (found.regime, found.labels) == (whole.regime, whole.labels)
    for field in ("episodes", "series", "trajectory"):
        assert_equal(getattr(found, field), getattr(whole, field))
    assert list(found.members) == list(whole.members)
    for role, group in whole.members.items():
        assert_equal(found.members[role], group)
    # A folder holds nothing of what was there before.
    Outcomes("open access", {"catch": np.ones(2)}).save(tmp_path / "new" / "evaluation")
    assert [p.name for p in (tmp_path / "new" / "evaluation").iterdir()] == ["episodes.parquet"]


def test_the_first_form_is_still_read(tmp_path):
    metadata = {b"format": b"solon-outcomes@1", b"regime": b"quota", b"label steps": b"8"}
    table = pyarrow.table({"catch": [1.0, 2.0]}).replace_schema_metadata(metadata)
    write_file(tmp_path / "episodes.parquet", parquet_bytes(table))
    found = Outcomes.load(tmp_path)
    assert (found.regime, found.labels) == ("quota", {"steps": "8"})
    assert found.episodes["catch"].tolist() == [1, 2]
    assert not found.members and not found.series and not found.trajectory


@pytest.mark.parametrize("name", ["members-0.parquet", "series.parquet", "trajectory.npz"])
def test_files_of_two_evaluations_do_not_pass_for_one(whole, name, tmp_path):
    whole.save(tmp_path / "a")
    changed = {
        "fisher": {"return": np.ones((3, 4))},
        "ministry of fish": {"return": np.ones((3, 1))},
    }
    other = {
        "members": changed,
        "series": {"stock": np.ones((2, 6))},
        "trajectory": {"a": np.ones(1)},
    }
    dataclasses.replace(whole, **other).save(tmp_path / "b")
    (tmp_path / "b" / name).replace(tmp_path / "a" / name)
    with pytest.raises(DamageError, match="belongs to this evaluation"):
        Outcomes.load(tmp_path / "a")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"episodes": {}}, "at least one number"),
        ({"episodes": {"catch": np.ones(3), "price": np.ones(2)}}, r"episodes\['price'\]"),
        ({"members": {"fisher": {"a": np.ones((3, 4)), "b": np.ones((3, 5))}}}, "each member"),
        ({"members": {"fisher": {"return": np.ones((2, 4))}}}, "3 episodes"),
        ({"series": {"stock": np.ones((4, 6))}}, "at most 3 episodes"),
        ({"series": {"stock": np.ones((3, 6)), "price": np.ones((3, 5))}}, "one shape"),
        ({"trajectory": {"boats": np.array([{}])}}, "numbers or booleans"),
    ],
)
def test_what_does_not_fit_together(whole, change, words):
    with pytest.raises(solon.ConfigurationError, match=words) as caught:
        dataclasses.replace(whole, **change)
    assert "\n" not in str(caught.value)


class FirstEats(Policy):
    """The first member eats in every step, the other never does."""

    def init(self, key):
        return ()

    def act(self, memory, observation, key):
        return jnp.arange(observation["amount"].shape[0]) == 0, memory


def test_any_economy_has_values_by_member_and_over_time():
    env = Harvest()
    players = Players(
        recipe=Recipe(economy="harvest"),
        env=env,
        params=env.default_params(),
        policies={"person": FirstEats()},
        learning=(),
        memories={},
        regime="first eats",
        steps=0,
    )
    found = evaluate_players(players, episodes=3, seed=1)
    eaten = found.members["person"]["return"]
    assert eaten.shape == (3, 2)
    assert (eaten[:, 0] > 0).all() and (eaten[:, 1] == 0).all()
    np.testing.assert_allclose(found.episodes["return of a person"], eaten.mean(axis=1), rtol=1e-6)
    stock, reward = found.series["stock"], found.series["reward of a person"]
    # The start and ten steps; a tenth of what was there is eaten in each, by one of two.
    assert stock.shape == reward.shape == (3, 11)
    np.testing.assert_array_equal(stock[:, -1], found.episodes["stock"])
    assert (reward[:, 0] == 0).all()
    np.testing.assert_allclose(reward[:, 1:], stock[:, :-1] * 0.1 / 2, rtol=1e-5)
    grown = stock[:, 1:] / (stock[:, :-1] * 0.9)
    assert (grown >= 1.1 * 0.9 - 1e-6).all() and (grown <= 1.1 * 1.1 + 1e-6).all()
