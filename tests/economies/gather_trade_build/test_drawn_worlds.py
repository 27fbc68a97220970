"""Worlds that a prior draws: which map, what each worker is paid, and how long it stays."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solon
from solon import ConfigurationError
from solon.agents import RandomPolicy
from solon.applications.taxation.outcomes.playing import evaluate
from solon.economies.gather_trade_build.layout_set import LayoutSet
from solon.economies.gather_trade_build.placement import corner_cells
from solon.economies.gather_trade_build.regeneration import regenerate
from solon.economies.gather_trade_build.terrain import starting_terrain
from solon.environment import Given
from solon.learning import Prior, play

FEW = (".....S", "......", "..~...", "......", "W.....")
MANY = ("..SS.S", "......", "..~~..", ".W....", "WWW...")
# Nothing but the map differs.
SMALL = {"workers": 3, "horizon": 2, "components": ["build", "gather"], "placement": "uniform"}


def economy(**options):
    return solon.make("gather-trade-build", **(SMALL | {"layout": FEW} | options))


@pytest.fixture
def maps(tmp_path):
    """The two maps as files."""
    for name, rows in (("few", FEW), ("many", MANY)):
        (tmp_path / f"{name}.txt").write_text("\n".join(rows))
    return [str(tmp_path / f"{name}.txt") for name in ("few", "many")]


@pytest.mark.parametrize("placement", ["uniform", "corners", "split"])
def test_a_world_on_one_of_several_maps_is_one_on_that_map(placement, maps):
    one_of = economy(placement=placement).with_layouts(maps)
    assert isinstance(one_of.layout, LayoutSet) and one_of.layout.name == "few, many"
    for number, file in enumerate(maps):
        alone = economy(placement=placement, layout=file)
        assert alone == economy(placement=placement).with_layouts([file])
        assert one_of.layout_choices()[number] == alone.layout
        world = one_of.draw_world_given(jax.random.key(3), Given(layout=jnp.asarray(number)))
        same = alone.draw_world(jax.random.key(3))
        np.testing.assert_array_equal(world.location, same.location)
        np.testing.assert_array_equal(world.rank, same.rank)
        found = starting_terrain(one_of.layout, None, world.layout)
        wanted = starting_terrain(alone.layout, None)
        for field in ("water", "source", "resource", "house"):
            np.testing.assert_array_equal(getattr(found, field), getattr(wanted, field))
        slots = alone.layout.source_slots
        np.testing.assert_array_equal(found.source_cells[:slots], wanted.source_cells)
        assert (np.asarray(found.source_cells[slots:]) == 30).all()


def test_sources_grow_as_on_their_own_map(maps):
    """Two sources on the one map and seven on the other, which has the slots for both."""
    one_of = economy().with_layouts(maps)
    params = dataclasses.replace(one_of.default_params(), regeneration=jnp.array([0.4, 0.6]))
    shapes = jax.eval_shape(lambda: one_of.reset(jax.random.key(0), params)[0])
    state = jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), shapes)
    draws = jax.random.uniform(jax.random.key(0), (one_of.layout.source_slots,))
    assert draws.shape == (7,)
    for number, layout in enumerate(one_of.layout.layouts):
        grown = []
        for given in ((one_of.layout, None, jnp.asarray(number)), (layout, None)):
            terrain = starting_terrain(*given)
            bare = dataclasses.replace(terrain, resource=jnp.zeros_like(terrain.resource))
            used = draws[: terrain.source_cells.shape[0]]
            before = dataclasses.replace(state, terrain=bare, params=params)
            grown.append(regenerate(one_of, before, used).terrain.resource)
        np.testing.assert_array_equal(*grown)
        assert 0 < grown[0].sum() < layout.source_slots or number == 0


def test_who_is_paid_more_ranks_higher_and_starts_where_that_rank_does():
    env = economy(placement="corners", layout=("......",) * 5)
    paid = jnp.array([22.0, 10.0, 12.0])
    world = env.draw_world_given(jax.random.key(0), Given({"build": paid}))
    assert world.rank.tolist() == [2, 0, 1]
    cells = corner_cells(env.layout, 3)
    assert world.location.tolist() == cells[[2, 0, 1]].tolist()
    # The luck of whatever is not given is the same.
    assert (world.parts["gather"] == env.draw_world(jax.random.key(0)).parts["gather"]).all()


def lived(states, timesteps):
    terrain, parts = states.terrain, states.parts
    return {
        "number": terrain.source[:, 0, 2] + 1,
        "water": terrain.water.sum(axis=(1, 2)),
        "payment": parts["build"].payment,
        "chance": parts["gather"].bonus_probability,
        "rank": states.rank,
        "location": states.location,
    }


def test_a_world_of_three_episodes_keeps_its_map_and_skills(maps):
    vectors = [[12.0, 30.0, 10.0], [11.0, 12.0, 13.0]]
    content = {
        "layouts": maps,
        "skills": {"build": {"choice": vectors}, "gather": {"uniform": [0, {"uniform": [0.5, 1]}]}},
        "episodes_per_world": 3,
    }
    env = economy()
    prior = Prior.of(content, env)
    assert Prior.of(prior.content(), env) == prior
    policies = {"worker": RandomPolicy(env.roles["worker"])}
    env = prior.view(env)
    given = (policies, jax.random.key(2), env.default_params())
    seen = play(env, *given, episodes=24, record=lived, prior=prior)
    # What does not change within an episode, by world and episode.
    seen = {name: np.asarray(values) for name, values in seen.items()}
    for name in ("number", "water", "payment", "chance"):
        assert (seen[name] == seen[name][0]).all()
        worlds = seen[name][0].reshape(8, 3, -1)
        assert (worlds == worlds[:, :1]).all(), name
    worlds = {name: values[0].reshape(8, 3, *values.shape[2:]) for name, values in seen.items()}
    # Water and sources are those of one map, and both maps are met with.
    pairs = {*zip(worlds["number"][:, 0].tolist(), worlds["water"][:, 0].tolist(), strict=True)}
    assert pairs == {(0, 1), (1, 2)}
    found = worlds["payment"][:, 0].tolist()
    assert all(payment in vectors for payment in found)
    assert all(vector in found for vector in vectors)
    chances = worlds["chance"][:, 0]
    assert len({*chances.ravel().tolist()}) == 24
    assert (chances >= 0).all() and (chances < 1).all()
    order = np.argsort(np.argsort(worlds["payment"], axis=-1), axis=-1)
    np.testing.assert_array_equal(worlds["rank"], order)
    # Where they start is the luck of an episode.
    assert (worlds["location"] != worlds["location"][:, :1]).any()


def test_evaluations_have_the_first_world_and_its_map(maps):
    env = economy()
    content = {"layouts": maps, "skills": {"build": [10, 30, 20]}, "episodes_per_world": 2}
    prior = Prior.of(content, env)
    env = prior.view(env)
    given = ({"worker": RandomPolicy(env.roles["worker"])},)
    luck = {"key": jax.random.key(0), "params": env.default_params(), "prior": prior}
    found = evaluate(env, *given, **luck, episodes=4)
    assert found.labels["layout"] == "few, many"
    assert found.workers["payment"].tolist() == [[10, 20, 30]] * 4
    water = found.trajectory["water"]
    number = int(water.sum()) - 1
    np.testing.assert_array_equal(water, env.layout.water[number])
    np.testing.assert_array_equal(found.trajectory["source"], 1 + env.layout.source[number])
    assert found.trajectory["location"].shape == (3, 3, 2)
    with pytest.raises(ConfigurationError, match=r"episodes.*multiple of 2"):
        evaluate(env, *given, **luck, episodes=3)


def test_one_layout_is_the_economy_on_it(maps):
    """So it is the same program and the same luck, bit for bit."""
    prior = Prior.of({"layouts": maps[1:]}, economy())
    assert prior.view(economy()) == economy(layout=maps[1])
    assert hash(prior.view(economy())) == hash(economy(layout=maps[1]))
    assert prior.settings(jax.random.key(0), economy().default_params(), 2, "scoring") == ({}, None)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"layouts": ["few", "other.txt"]}, ("prior.layouts", "'few'", "one of closed-quadrant")),
        ({"layouts": ["other.txt"]}, ("prior.layouts", "other.txt", "existing map file")),
        ({"layouts": ["uniform"]}, ("prior.layouts", "uniform", "path of a map file")),
        (
            {"layouts": ["open-quadrant", "open-quadrant-40"]},
            ("prior.layouts", "open-quadrant-40 of 40 x 40 cells", "one size", "25 x 25 cells"),
        ),
        ({"layouts": ["wet.txt"]}, ("prior.layouts", "wet", "suits the economy", "dry corners")),
        ({"layouts": ["open-quadrant", "again.txt"]}, ("prior.layouts", "again", "each map once")),
        ({"layouts": []}, ("prior.layouts", "[]", "a list of names and map files")),
        ({"layouts": "open-quadrant"}, ("prior.layouts", "open-quadrant", "a list")),
        ({"layouts": [25]}, ("prior.layouts", "25", "a list of names")),
        ({"layouts": ["a.txt", "a.txt"]}, ("prior.layouts", "each layout once")),
        ({"layouts": {"open-quadrant": 0}}, ("prior.layouts.open-quadrant", "0", "above 0")),
        ({"skills": [1, 2, 3]}, ("prior.skills", "by name (build, gather)")),
        ({"skills": {"bulid": [1, 2, 3]}}, ("prior.skills", "bulid", "did you mean build")),
        ({"skills": {}}, ("prior.skills", "{}", "some of build, gather")),
        ({"skills": {"build": [1, 2]}}, ("prior.skills.build", "[1, 2]", "3 numbers")),
        ({"skills": {"build": [1, 2, -3]}}, ("prior.skills.build", "numbers from 0 to 1e+09")),
        ({"skills": {"gather": {"uniform": [0, 2]}}}, ("prior.skills.gather.uniform", "0 to 1")),
    ],
)
def test_mistakes_are_told_in_one_line(content, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wet.txt").write_text("~....\n.....\n....~\n")
    shipped = solon.make("gather-trade-build").layout
    (tmp_path / "again.txt").write_text("\n".join(shipped.rows))
    with pytest.raises(ConfigurationError) as caught:
        Prior.of(content, economy(placement="corners"))
    assert "\n" not in str(caught.value)
    for word in words:
        assert word in str(caught.value)
