"""What is wrong with a user's economy is said before its first step, by role, field and shape."""

import pytest

import solon
from solon import registry
from solon.checking import check_economy, contract, faults
from solon.cli import main
from solon.errors import EconomyError
from solon.learning import Learner
from tests.checking.planted import (
    ACTING,
    ENDED,
    LUCK,
    METRICS,
    NEXT,
    PAID,
    ROLE,
    SEEN,
    SHOWN,
    UNIFORM,
    WORLD,
    also,
    built,
    masked,
    written,
)

PRESET = """from solon.runs import Preset


class Odd(Preset):
    def settings(self, *given, **named):
        1 / 0


PRESET = Odd()
"""

MASK = 'solon.Box((2,), 0, 1, "boolean")'

# What is changed in the economy -> what the first line has to say.
WRONG = {
    "too few rewards": (
        ((PAID, 'reward={"person": eaten[:1]}'),),
        "reward of person after a start: wanted shape (2,), got (1,)",
    ),
    "one reward for all": (
        ((PAID, 'reward={"person": eaten.sum()}'),),
        "reward of person after a start: wanted shape (2,), got ()",
    ),
    "a reward of nothing": (
        ((PAID, 'reward={"person": None}'),),
        "reward of person after a start: wanted an array, got None",
    ),
    "an empty name": ((('name = "harvest"', 'name = " "'),), "name: wanted a text in letters"),
    "a name in two lines": (
        (('name = "harvest"', 'name = "two\\nlines"'),),
        "name: wanted a text in letters that can be printed, got 'two\\nlines'",
    ),
    "a role of no name": ((('{"person": solon', '{"": solon'),), "roles: wanted a text"),
    "a role that is a number": ((('{"person": solon', "{3: solon"),), "roles: wanted a text"),
    "a role as in a path": (
        (('{"person": solon', '{"per/son": solon'),),
        "roles: wanted names other than episode, without = and /, got 'per/son'",
    ),
    "a role as all metrics": ((('{"person": solon', '{"episode": solon'),), "roles: wanted names"),
    "a metric that is a number": ((('{"stock"', "{3"),), "metrics after a start: wanted a text"),
    "a metric in colour": ((('{"stock"', '{"\\x1b[31m"'),), "metrics after a start: wanted a text"),
    "params of two kinds": (
        (('{"growth": jnp', '{1: jnp.zeros(()), "growth": jnp'),),
        "default_params failed: ValueError: Comparator raised",
    ),
    "no reward": (((PAID, "reward={}"),), "reward after a start, role person: is missing"),
    "rewards without roles": (
        ((PAID, "reward=eaten"),),
        "reward after a start: wanted arrays by role",
    ),
    "a reward for nobody": (
        ((PAID, 'reward={"person": eaten, "planner": eaten}'),),
        "reward after a start, role planner: is not declared in roles (person)",
    ),
    "complex rewards": (
        ((PAID, 'reward={"person": eaten * 1j}'),),
        "reward of person after a start: wanted real numbers, got complex64",
    ),
    "a mask of three columns": (
        masked(MASK, "jnp.ones((2, 3), bool)"),
        "observation of person after a start, field action_mask: wanted shape (2, 2), got (2, 3)",
    ),
    "a mask declared with three columns": (
        masked('solon.Box((3,), 0, 1, "boolean")', "jnp.ones((2, 3), bool)"),
        "role person, action_mask: wanted a boolean Box of shape (2,), one entry a choice",
    ),
    "a mask of numbers": (
        masked(MASK, "jnp.ones((2, 2))"),
        "field action_mask: wanted booleans, got float32",
    ),
    "an undeclared field": (
        ((SHOWN, SHOWN[:-1] + ', "price": jnp.zeros(2)}'),),
        "observation of person after a start, field price: is not declared",
    ),
    "a missing field": (
        ((SEEN, SEEN[:-1] + ', "price": solon.Box(())}'),),
        "observation of person after a start, field price: is missing",
    ),
    "an observation of another shape": (
        ((SHOWN, '{"amount": jnp.full((self.people, 2), state.amount)}'),),
        "observation of person after a start, field amount: wanted shape (2, 1), got (2, 2)",
    ),
    "complex observations": (
        ((SHOWN, '{"amount": jnp.full((self.people, 1), state.amount * 1j)}'),),
        "field amount: wanted real numbers, got complex64",
    ),
    "codes that are no integers": (
        (("solon.Box((1,))", 'solon.Box((1,), 0, 5, "integer")'),),
        "field amount: wanted integers, got float32",
    ),
    "a text as an observation": (
        ((SHOWN, '{"amount": "much"}'),),
        "observation of person after a start, field amount: wanted an array, got 'much'",
    ),
    "acting in numbers": (
        ((ACTING, 'acting={"person": jnp.ones(2)}'),),
        "acting of person after a start: wanted booleans, got float32",
    ),
    "acting of nobody": (
        ((ACTING, "acting={}"),),
        "acting after a start, role person: is missing",
    ),
    "an end for each member": (
        ((ENDED, "terminated=jnp.full(2, state.step >= self.horizon)"),),
        "terminated after a start: wanted shape (), got (2,)",
    ),
    "an end in numbers": (
        ((ENDED, "terminated=state.step"),),
        "terminated after a start: wanted booleans, got int32",
    ),
    "a metric for each member": (
        ((METRICS, 'metrics={"stock": eaten}'),),
        "metric stock after a start: wanted shape (), got (2,)",
    ),
    "one who left and was not there": (
        ((ACTING, ACTING + ', left={"pirate": jnp.zeros(2, bool)}'),),
        "left after a start, role pirate: is not declared in roles",
    ),
    "a shape that changes": (
        ((NEXT, "Stock(state.step + 1, left * jnp.ones(2), state.params)"),),
        "transition failed: own.py:57: ValueError: Incompatible types for broadcasting",
    ),
    "a type that changes": (
        ((NEXT, "Stock(state.step + 1.0, left, state.params)"),),
        "the state.step: after a start int32[], after a step float32[]",
    ),
    "a structure that changes": (
        ((NEXT, 'Stock(state.step + 1, left, {**state.params, "more": left})'),),
        "the state.params['more']: after a start nothing, after a step float32[]",
    ),
    "shocks of one copy": (
        ((UNIFORM, "return jax.random.uniform(key)"),),
        "draw_shocks: with batch_shape (2, 3) wanted float32[2, 3], got float32[]",
    ),
    "only a state": (
        (("return state, self._show(state, jnp.zeros(self.people))", "return state"),),
        "start: wanted a state and a solon.TimeStep, got Stock",
    ),
    "params that are no arrays": (
        (("jnp.asarray(1.1)", "1.1"),),
        "default_params['growth']: wanted an array, got 1.1",
    ),
    "a role without members": (
        ((ROLE, "solon.Role(0, solon.Discrete(2), seen)"),),
        "role person, count: wanted a whole number of at least 1, got 0",
    ),
    "kinds of more members": (
        ((ROLE, "solon.Role(2, solon.Discrete(2), seen, kinds=(1, 2))"),),
        "role person, kinds: wanted numbers with sum 2, got (1, 2)",
    ),
    "no roles": ((('{"person": ' + ROLE + "}", "{}"),), "roles: wanted a mapping"),
    "an action that is no space": (
        (("solon.Discrete(2)", "2"),),
        "role person, action: wanted a space, got 2",
    ),
    "no steps": ((("horizon: int = 10", "horizon: int = 0"),), "horizon: wanted a whole number"),
    "no hash": ((("(frozen=True)", ""),), "cannot be hashed"),
    "a potential of another shape": (
        also(["def potential(self, state):", '    return {"person": state.amount}']),
        "potential of person: wanted shape (2,), got ()",
    ),
    "a branch on a number": (
        (("left = (state", "left = 0 if eaten.sum() > 0 else (state"),),
        "own.py:51: TracerBoolConversionError",
    ),
    "a name that is missing": (
        ((WORLD, "return self.luck(key)\n"),),
        "draw_world or start failed: own.py:40: AttributeError",
    ),
    "a step that ends the process": (
        (("eaten.sum()", "__import__('sys').exit('enough')"),),
        "transition failed: own.py:51: SystemExit: enough",
    ),
    "roles that fail": (((ROLE, "1 // 0"),), "roles failed: own.py:34: ZeroDivisionError"),
}

# What is changed in the economy, and is all right.
RIGHT = {
    "whole rewards": ((PAID, 'reward={"person": jnp.arange(self.people)}'),),
    "true or false rewards": ((PAID, 'reward={"person": eaten > 0}'),),
    "half precision": ((PAID, 'reward={"person": eaten.astype(jnp.float16)}'),),
    "ends of NumPy and Python": (
        (ENDED, "terminated=state.step >= self.horizon"),
        ("truncated=jnp.zeros((), bool)", "truncated=__import__('numpy').False_"),
    ),
    "whole observations": ((SHOWN, '{"amount": jnp.full((self.people, 1), state.step)}'),),
    "no luck": ((WORLD, "return {}\n"), ("1 + world", "jnp.ones(())"), (UNIFORM, "return ()"),
                (LUCK, "")),
    "no metrics": ((METRICS, "metrics={}"),),
    "params of NumPy": (("jnp.asarray(1.1)", "__import__('numpy').float32(1.1)"),),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_named(case):
    changes, says = WRONG[case]
    found = faults(built(changes))
    assert found and says in found[0]
    assert not any("\n" in line for line in found)


@pytest.mark.parametrize("case", RIGHT)
def test_what_is_allowed_has_no_faults(case):
    assert faults(built(RIGHT[case])) == []


@pytest.mark.parametrize("name", sorted({n for n, f in registry._FACTORIES.items()
                                         if isinstance(f, str)}))  # fmt: skip
def test_shipped_economies_have_no_faults(name):
    assert faults(solon.make(name)) == []


def test_python_is_told_as_well(monkeypatch):
    name = written(WRONG["too few rewards"][0])
    first = r"^economy Harvest: reward of person after a start: wanted .* \(and 1 more\)$"
    with pytest.raises(EconomyError, match=first):
        solon.make(name)
    env = registry.load_factory(name)()
    with pytest.raises(EconomyError, match=first):
        Learner(env)
    with pytest.raises(EconomyError, match=first):
        check_economy(env)
    # One that was found to be right is not traced again.
    right = built(())
    check_economy(right)
    monkeypatch.setattr(contract, "faults", None)
    check_economy(right)


TRAIN = ("train", "--steps", "40", "--environments", "4", "--ppo", "hidden=[4]", "--quiet")


def test_whole_numbers_and_no_luck_train_and_are_evaluated(capsys):
    changes = (
        *RIGHT["whole rewards"], *RIGHT["no luck"], *RIGHT["ends of NumPy and Python"],
    )  # fmt: skip
    assert main([*TRAIN, "--economy", written(changes), "--run", "run"]) == 0
    assert main(["evaluate", "run", "--episodes", "3"]) == 0
    # Somebody gets 0 and somebody 1 in each of ten steps; what a start shows is no reward.
    assert "return of a person                       5 " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (WRONG["a mask of three columns"][0], "field action_mask: wanted shape (2, 2), got (2, 3)"),
        (WRONG["a branch on a number"][0], "own.py:51: TracerBoolConversionError"),
        ((("import solon\n", "import solon\n\nimport nothing_of_that_name\n"),), "own.py:12: Modu"),
        ((("import solon\n", "import solon\n\nexit('done')\n"),), "own.py:12: SystemExit: done"),
        ((("class Stock", "class class"),), "own.py:13: SyntaxError"),
        ((("import solon\n", f"import solon\n{PRESET}"),), "own.py:16: ZeroDivisionError"),
    ],
    ids=["mask", "branch", "import", "exit", "syntax", "preset"],
)  # fmt: skip
def test_the_command_line_names_the_users_own_line(changes, says, capsys, tmp_path):
    status = main([*TRAIN, "--economy", written(changes), "--run", "run"])
    shown = capsys.readouterr()
    assert status == 1 and shown.out == ""
    assert shown.err.count("\n") == 1 and shown.err.startswith("solon: error: ")
    assert says in shown.err
    assert not (tmp_path / "run").exists()
