"""`solon check`: every fault in a line, and the same episodes in a second process."""

import pytest

from solon.cli import main

from .conftest import OWN_ECONOMY

CHECK = ("check", "own.py:Harvest", "--episodes", "2")
LUCK = " * (0.9 + 0.2 * shocks)"


@pytest.fixture
def check(workplace, capfd):
    """Status and what is shown for the economy with one thing changed, and nothing is written."""

    def run(*arguments, changes=()):
        text = OWN_ECONOMY.read_text()
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (workplace / "own.py").write_text(text)
        status = main([*CHECK, *arguments])
        assert [path.name for path in workplace.iterdir()] == ["own.py"]
        return status, *capfd.readouterr()

    return run


def test_what_was_looked_at_is_said_where_nothing_is_wrong(check):
    status, out, err = check("--option", "people=3", "--param", "growth=1.2", "--seed", "4")
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "own.py:Harvest: no faults",
        "  3 person: Discrete(n=2); sees amount",
        "  played: 2 episodes of 20 steps in all, random actions, seed 4",
    ]


def test_every_fault_has_a_line(check):
    infinite = 'reward={"person": eaten}', 'reward={"person": eaten + jnp.inf}'
    status, out, err = check(changes=[infinite])
    assert (status, err) == (1, "")
    assert out.splitlines() == [
        "own.py:Harvest: 2 faults",
        "  reward of person after a start: wanted 0, got inf "
        "(member 0, start of episode 0, and 3 more)",
        "  reward of person: wanted finite numbers, got inf "
        "(member 0, step 1 of episode 0, and 39 more)",
        "  played: 2 episodes of 20 steps in all, random actions, seed 0",
    ]


def test_shapes_and_types_come_first(check):
    status, out, err = check(changes=[("jnp.asarray(1.1)", "1.1")])
    assert (status, err) == (1, "")
    assert out.splitlines() == [
        "own.py:Harvest: 1 fault",
        "  default_params['growth']: wanted an array, got 1.1 (jnp.asarray makes one)",
        "  note: nothing was played, as what types and shapes tell comes first",
    ]


HASHED = ' * (0.9 + 1e-6 * (hash("luck") % 1000)) + 0 * shocks; print("traced")'
# A function that is compiled by itself keeps what was drawn first, the same in each process.
KEPT = " * jax.jit(LUCK)() + 0 * shocks"
SEEDED = """import solon

np = __import__("numpy")
np.random.seed(0)


def LUCK():
    return np.random.rand()

"""


@pytest.mark.parametrize(
    "changes",
    [[(LUCK, HASHED)], [(LUCK, KEPT), ("import solon\n", SEEDED)]],
    ids=["hashed", "kept"],
)
def test_what_differs_between_processes_is_found(changes, check):
    """Whatever the file prints is no answer of the second process."""
    status, out, err = check(changes=changes)
    assert (status, err) == (1, "")
    assert (
        "  a second process, with the same seed, gave another metric stock (step 1): something "
        "else decides, too, such as hash() of a text, the order of a set, the time, or numbers of "
        "random or NumPy\n"
    ) in out


def test_a_second_process_that_fails_is_a_note(check, monkeypatch):
    monkeypatch.setattr("solon.cli._other_process._PROGRAM", "1 / 0")
    status, out, _ = check()
    assert status == 0
    says = "  note: a second process could not play it: ZeroDivisionError: division by zero\n"
    assert says in out


def test_the_users_own_line_is_named(check):
    status, out, err = check(changes=[("eaten.sum()", "(eaten if eaten.sum() > 0 else 0)")])
    assert (status, err) == (1, "")
    assert "own.py:Harvest: 1 fault\n  transition failed: own.py:51: TracerBoolConv" in out
