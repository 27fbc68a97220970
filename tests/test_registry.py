"""Economies by name: the shipped ones, registered ones, and ones in a user's file."""

import dataclasses
import os
import pathlib

import pytest

import solon
from solon import registry

# All that an economy needs: people who are paid what they do, times the luck of the day.
ECONOMY = """
import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp

import solon


class State(eqx.Module):
    step: jax.Array
    wage: jax.Array


@dataclasses.dataclass(frozen=True)
class DayLabor(solon.Environment):
    name = "day-labor"
    version = 3

    people: int = 2
    horizon: int = 2

    @property
    def roles(self):
        return {"person": solon.Role(self.people, solon.Discrete(2), {"wage": solon.Box((1,))})}

    def default_params(self):
        return jnp.asarray(10.0)

    def draw_world(self, key):
        return ()

    def draw_shocks(self, key, batch_shape=()):
        return jax.random.uniform(key, batch_shape)

    def start(self, world, params):
        return self._show(State(jnp.zeros((), jnp.int32), params), self.no_reward())

    def transition(self, state, actions, shocks):
        pay = state.wage * shocks * actions["person"]
        return self._show(State(state.step + 1, state.wage), {"person": pay})

    def _show(self, state, reward):
        return state, solon.TimeStep(
            observation={"person": {"wage": jnp.full((self.people, 1), state.wage)}},
            reward=reward,
            acting=self.everyone_acts(),
            terminated=state.step >= self.horizon,
            truncated=jnp.zeros((), bool),
            metrics={},
        )


not_an_economy = 5
"""


@pytest.fixture
def own(tmp_path):
    path = tmp_path / "day_labor.py"
    path.write_text(ECONOMY)
    return path


@pytest.fixture(autouse=True)
def untouched(monkeypatch):
    """What a test registers is forgotten after it."""
    monkeypatch.setattr(registry, "_FACTORIES", dict(registry._FACTORIES))


@dataclasses.dataclass(frozen=True)
class Nothing:
    people: int = 1


def test_shipped_economies():
    assert "gather-trade-build" in solon.registered()
    assert list(solon.registered()) == sorted(solon.registered())
    economy = solon.make("gather-trade-build", workers=3)
    assert isinstance(economy, solon.Environment)
    assert economy.workers == 3 and economy.rules == "gather-trade-build@1"


def test_an_economy_of_ones_own_in_a_file(own):
    import jax
    import jax.numpy as jnp

    economy = solon.make(f"{own}:DayLabor", people=3)
    assert isinstance(economy, solon.Environment) and economy.rules == "day-labor@3"
    state, timestep = economy.reset(jax.random.key(0), economy.default_params())
    assert timestep.reward["person"].tolist() == [0, 0, 0]
    assert timestep.acting["person"].tolist() == [True] * 3
    working = {"person": jnp.array([1, 0, 1])}
    shocks = economy.draw_shocks(jax.random.key(1))
    expected = [10 * float(shocks), 0, 10 * float(shocks)]
    state, timestep = economy.step(jax.random.key(1), state, working)
    assert timestep.reward["person"].tolist() == pytest.approx(expected)
    assert not timestep.terminated
    _, timestep = economy.step(jax.random.key(2), state, working)
    assert timestep.terminated


def test_a_file_whose_name_is_no_text_is_run(own, tmp_path):
    """jax writes down where a function is from, and cannot write bytes that are no UTF-8."""
    import jax

    odd = tmp_path / os.fsdecode(b"own \xff.py")
    odd.write_bytes(pathlib.Path(own).read_bytes())
    economy = solon.make(f"{odd}:DayLabor")
    _, timestep = jax.jit(economy.reset)(jax.random.key(0), economy.default_params())
    assert timestep.reward["person"].shape == (economy.people,)


def test_registering(own):
    factory = registry.load_factory(f"{own}:DayLabor")
    solon.register("day-labor", factory)
    solon.register("day-labor", factory)
    assert "day-labor" in solon.registered()
    assert solon.make("day-labor", people=4) == factory(people=4)
    with pytest.raises(solon.ConfigurationError, match=r"^name: got 'day-labor'; .*not registered"):
        solon.register("day-labor", Nothing)


def test_factories_of_the_same_name_are_told_apart(own, tmp_path):
    solon.register("one", lambda: Nothing())
    with pytest.raises(solon.ConfigurationError, match="not registered yet"):
        solon.register("one", lambda: Nothing(2))
    other = tmp_path / "other_labor.py"
    other.write_text(own.read_text())
    solon.register("day-labor", registry.load_factory(f"{own}:DayLabor"))
    with pytest.raises(solon.ConfigurationError, match="not registered yet"):
        solon.register("day-labor", registry.load_factory(f"{other}:DayLabor"))


def test_a_shipped_name_is_taken():
    with pytest.raises(solon.ConfigurationError, match="not registered yet"):
        solon.register("gather-trade-build", Nothing)


@pytest.mark.parametrize(
    "name", ["", "Day-Labor", "day labor", "day_labor", "day.labor", "a:b", "-", "day-"]
)
def test_names_that_are_not_kebab_case(name):
    with pytest.raises(solon.ConfigurationError, match=r"^name: got .*lower-case letters"):
        solon.register(name, Nothing)


def test_what_can_not_make_an_economy():
    with pytest.raises(solon.ConfigurationError, match=r"^factory: got 5; allowed: a callable"):
        solon.register("five", 5)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("gather-trade-bild", r"did you mean gather-trade-build\?"),
        ("gather_trade_build", r"did you mean gather-trade-build\?"),
        ("", "gather-trade-build"),
        ("day_labor.py", r"FILE\.py:NAME"),
        ("no/such/file.py:DayLabor", "an existing Python file"),
    ],
)
def test_unknown_economies(name, says):
    with pytest.raises(solon.ConfigurationError, match=says) as error:
        solon.make(name)
    assert str(error.value).startswith("economy: got ") and "\n" not in str(error.value)


def test_a_name_that_a_file_does_not_define(own):
    for attribute in ("NightLabor", "not_an_economy", ""):
        with pytest.raises(solon.ConfigurationError, match=r"^economy: got .*a name defined in"):
            solon.make(f"{own}:{attribute}")


def test_unknown_options(own):
    with pytest.raises(solon.ConfigurationError, match=r"^wages: got 5; .*people, horizon"):
        solon.make(f"{own}:DayLabor", wages=5)
    with pytest.raises(solon.ConfigurationError, match=r"^wrokers: got 5; .*workers"):
        solon.make("gather-trade-build", wrokers=5)


def test_errors_inside_a_factory_are_its_own():
    """A mistake in a user's code is not blamed on an option."""

    def factory(people=2):
        return {"people": people}.update(1, 2)

    solon.register("broken", factory)
    with pytest.raises(TypeError, match="update expected"):
        solon.make("broken", people=3)


def test_a_name_that_is_no_text(run_python):
    """In a process without the type checks that tests run under."""
    script = """
import solon
for call in (lambda: solon.make(5), lambda: solon.register(5, dict)):
    try:
        call()
    except solon.ConfigurationError as error:
        print(error)
"""
    lines = run_python(script).stdout.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["economy", "name"]
    assert all(": got 5; allowed: " in line for line in lines)
