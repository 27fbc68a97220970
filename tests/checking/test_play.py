"""What types and shapes do not tell is found by playing, and said by role, member and step."""

import pytest

import solon
from solon import registry
from solon.checking import examine, play, trail
from solon.errors import ConfigurationError
from tests.checking.planted import (
    ACTING,
    ENDED,
    LUCK,
    METRICS,
    PAID,
    ROLE,
    SEEN,
    SHOWN,
    UNIFORM,
    WORLD,
    also,
    built,
    masked,
)

TRUTHS = 'solon.Box((2,), 0, 1, "boolean")'
NUMPY = "__import__('numpy')"
THIRD = "state.step == 3"
ONCE_TRACED = (
    "; what Python draws, counts or looks up (random, NumPy, the time, a variable) is read once, "
    "while the function is traced: "
)
LEFT = "jnp.array([False, True])"
EVERY = "solon.Role(self.people, solon.Discrete(2), seen, every=4)"


def leaving(left, acting="self.everyone_acts()"):
    return ((ACTING, f'acting={acting}, left={{"person": {left}}}'),)


def in_third(what, usually):
    return f"jnp.where({THIRD}, {what}, {usually})"


# What is changed in the economy -> the lines on its faults. Of a line with numbers that luck
# decides, the parts around them.
FAULTS = {
    "what is no number": (
        (
            (PAID, f'reward={{"person": {in_third("jnp.array([0.0, jnp.nan])", "eaten")}}}'),
            (SHOWN, f'{{"amount": jnp.full((2, 1), {in_third("jnp.nan", "1.0")})}}'),
            (METRICS, f'metrics={{"stock": {in_third("jnp.nan", "1.0")}}}'),
            *also(["def potential(self, state):", '    return {"person": jnp.full(2, jnp.inf)}']),
        ),
        [
            "potential of person: wanted finite numbers, got inf "
            "(member 0, start of episode 0, and 39 more)",
            "metric stock: wanted numbers, got nan (step 3 of episode 0, and 1 more)",
            "reward of person: wanted finite numbers, got nan "
            "(member 1, step 3 of episode 0, and 1 more)",
            "observation of person, field amount: wanted finite numbers, got nan "
            "(member 0, step 3 of episode 0, and 3 more)",
        ],
    ),
    "an infinite reward, one after a start, and no end": (
        (
            (PAID, f'reward={{"person": {in_third("-jnp.inf", "eaten + 1")}}}'),
            (ENDED, "terminated=state.step > self.horizon"),
        ),
        [
            "reward of person after a start: wanted 0, got 1 "
            "(member 0, start of episode 0, and 3 more)",
            "reward of person: wanted finite numbers, got -inf "
            "(member 0, step 3 of episode 0, and 3 more)",
            "terminated, truncated: wanted an end by step 10, the horizon, got none "
            "(episode 0, and 1 more)",
        ],
    ),
    "observations out of their space": (
        (
            (
                SEEN,
                '{"above": solon.Box((1,), 0, 0.7), "below": solon.Box((), -1), '
                '"all": solon.Box((2,), high=1), "code": solon.Box((), 0, 5, "integer"), '
                '"choice": solon.Discrete(9), "choices": solon.MultiDiscrete((99, 10))}',
            ),
            ("Discrete(2), seen", 'Discrete(2), seen, shared=("all",)'),
            (
                SHOWN,
                '{"above": jnp.full((2, 1), 0.1 * state.step), "below": jnp.full(2, '
                + in_third("-2.5", "1.0")
                + f'), "all": {in_third("jnp.array([0, 4])", "0")}, '
                '"code": jnp.full(2, state.step), "choice": jnp.full(2, state.step), '
                '"choices": jnp.full((2, 2), state.step)}',
            ),
        ),
        [
            "observation of person, field below: wanted numbers from -1 on, got -2.5 "
            "(member 0, step 3 of episode 0, and 3 more)",
            "observation of person, field all: wanted numbers up to 1, got 4 "
            "(step 3 of episode 0, and 1 more)",
            "observation of person, field code: wanted codes from 0 to 5, got 6 "
            "(member 0, step 6 of episode 0, and 15 more)",
            "observation of person, field above: wanted numbers from 0 to 0.7, got 0.8 "
            "(member 0, step 8 of episode 0, and 7 more)",
            "observation of person, field choice: wanted codes from 0 to 8, got 9 "
            "(member 0, step 9 of episode 0, and 3 more)",
        ],
    ),
    "nothing allowed": (
        masked(TRUTHS, f"jnp.ones((2, 2), bool).at[1].set(~({THIRD}))"),
        [
            "observation of person, field action_mask: wanted something allowed to a member that "
            "decides, got nothing (member 1, step 3 of episode 0, and 1 more)"
        ],
    ),
    "nothing allowed in a part": (
        (
            *masked(
                TRUTHS.replace("2", "5"), "jnp.array([[1, 1, 0, 0, 0], [1, 0, 1, 0, 0]], bool)"
            ),
            ("solon.Discrete(2)", "solon.MultiDiscrete((2, 3))"),
            ('actions["person"] *', 'actions["person"][:, 0] *'),
        ),
        [
            "observation of person, field action_mask, sub-action 1: wanted something allowed to a "
            "member that decides, got nothing (member 0, start of episode 0, and 19 more)"
        ],
    ),
    "a member that comes back": (
        leaving(f"jnp.array([False, {THIRD}])", f'{{"person": jnp.array([True, ~({THIRD})])}}'),
        [
            "left of person: wanted a member that has left to stay away, and it comes back "
            "(member 1, step 4 of episode 0, and 13 more)",
            "acting of person: wanted nobody who has left to decide, and it does "
            "(member 1, step 4 of episode 0, and 11 more)",
            "acting of person: wanted no effect of what idle members do, and it changes reward of "
            "person (step 4 of episode 0, and 2 more)",
        ],
    ),
    "a member that decides after it left": (
        leaving("jnp.stack([state.step >= 8, state.step >= 99])"),
        [
            "acting of person: wanted nobody who has left to decide, and it does "
            "(member 0, step 8 of episode 0, and 3 more)",
            "acting of person: wanted no effect of what idle members do, and it changes reward of "
            "person (step 9 of episode 0, and 1 more)",
        ],
    ),
    "idle members that count": (
        ((ACTING, f'acting={{"person": jnp.array([True, ~({THIRD})])}}'),),
        [
            "acting of person: wanted no effect of what idle members do, and it changes reward of "
            "person (step 4 of episode 0)"
        ],
    ),
    "decisions too often": (
        (
            (ROLE, EVERY),
            (ACTING, 'acting={"person": jnp.full(2, state.step % 3 == 0)}'),
            ('actions["person"] *', "(state.step % 3 == 0) * " + 'actions["person"] *'),
        ),
        [
            "role person, every: wanted at least 4 steps between decisions, got 3 "
            "(step 3 of episode 0, and 5 more)"
        ],
    ),
    "params and bounds": (
        (
            (
                '{"growth": jnp.asarray(1.1)}',
                '{"growth": jnp.asarray(1.1), "odd": jnp.asarray(jnp.nan), "more": jnp.ones(2), '
                f'"drawn": jnp.asarray({NUMPY}.random.rand())}}',
            ),
            *also(
                [
                    "def param_bounds(self):",
                    '    return {"growth": (0.0, 1.0), "grwoth": (0.0, 2.0), "more": (2.0, 0.0)}',
                ]
            ),
        ),
        [
            "default_params, drawn: is not the same when it is asked for again",
            "default_params, odd: wanted numbers, got nan",
            "default_params, growth: wanted 0 to 1, got 1.1",
            "param_bounds, grwoth: wanted a param, such as drawn, growth, more, odd",
            "param_bounds, more: wanted the lowest and the highest value, got (2.0, 0.0)",
        ],
    ),
    "bounds that fail": (
        also(["def param_bounds(self):", "    return 1 / 0"]),
        ["param_bounds failed: own.py:56: ZeroDivisionError: division by zero"],
    ),
    "a step with luck of NumPy": (
        ((LUCK, f" * (0.9 + 0.2 * {NUMPY}.random.rand())"),),
        [
            "transition: is not deterministic; given the same state, actions and shocks after it "
            "was traced anew, it gave another metric stock, ",
            ONCE_TRACED + "draw_shocks draws luck (step 1 of episode 0)",
        ],
    ),
    "a step that counts": (
        (
            (
                "@dataclasses.dataclass(frozen=True)\nclass Harvest",
                "TRACED = []\n\n\n@dataclasses.dataclass(frozen=True)\nclass Harvest",
            ),
            ("        eaten = ", "        TRACED.append(1)\n        eaten = len(TRACED) * "),
        ),
        [
            "transition: is not deterministic; given the same state, actions and shocks after it "
            "was traced anew, it gave another reward of person, ",
            ONCE_TRACED + "draw_shocks draws luck (step 1 of episode ",
        ],
    ),
    "a start with luck of NumPy": (
        (("1 + world", f"1 + world + {NUMPY}.random.rand()"),),
        [
            "start: is not deterministic; given the same world and params after it was traced "
            "anew, it gave another metric stock, ",
            ONCE_TRACED + "draw_world draws luck (start of episode 0)",
        ],
    ),
    "a world with luck of NumPy": (
        ((WORLD, f"return {NUMPY}.float32({NUMPY}.random.rand())\n"),),
        [
            "draw_world: is not deterministic; given the same key after it was traced anew, it "
            "gave another value, ",
            ONCE_TRACED + "luck comes from its key (start of episode 0)",
        ],
    ),
    "shocks with luck of NumPy": (
        ((UNIFORM, f"return jnp.full(batch_shape, {NUMPY}.random.rand())"),),
        [
            "draw_shocks: is not deterministic; given the same key after it was traced anew, it "
            "gave another value, ",
            ONCE_TRACED + "luck comes from its key (step 1 of episode 0)",
        ],
    ),
    "a callback with luck of NumPy": (
        (
            (
                LUCK,
                " * jax.pure_callback(lambda x: "
                f"{NUMPY}.asarray({NUMPY}.random.rand(*x.shape), 'float32'), shocks, shocks, "
                "vmap_method='expand_dims')",
            ),
        ),
        [
            "transition: is not deterministic; given the same state, actions and shocks again, it "
            "gave another metric stock, ",
            " (step 1 of episode 0)",
        ],
    ),
    "a callback that fails": (
        (
            (
                LUCK,
                " * jax.pure_callback(lambda x: 1 / 0, shocks, shocks, vmap_method='expand_dims')",
            ),
        ),
        ["transition failed: own.py:", "ZeroDivisionError"],
    ),
}

# What is changed -> notes on what is allowed.
NOTES = {
    "rewards of those who left": (
        (
            *leaving(
                "jnp.stack([state.step >= 8, state.step >= 99])",
                '{"person": jnp.stack([state.step < 8, state.step < 99])}',
            ),
            (PAID, 'reward={"person": jnp.where(state.step > 8, jnp.array([jnp.nan, 0]), 0)}'),
            ('actions["person"] *', "jnp.ones(2) *"),
        ),
        ["reward of person: a reward of a member that has left does not count"],
    ),
    "an infinite metric": (
        ((METRICS, 'metrics={"stock": jnp.inf}'),),
        ["metric stock: is infinite in some episode"],
    ),
    "a callback": (
        ((LUCK, " * jax.pure_callback(lambda x: x, shocks, shocks, vmap_method='expand_dims')"),),
        [
            "transition: slow, since it calls back to Python each time (pure_callback, io_callback "
            "or jax.debug)"
        ],
    ),
    "nothing but ends": (
        ((ENDED, "terminated=jnp.ones((), bool)"),),
        [
            "terminated, truncated: all episodes were over after their start, so no step was "
            "looked at"
        ],
    ),
}

# What nobody sees, or what does not count, is nobody's fault.
SILENCE = {
    "after an end": (
        (ENDED, "terminated=state.step >= 3"),
        (PAID, 'reward={"person": jnp.where(state.step > 3, jnp.nan, eaten)}'),
        (SHOWN, '{"amount": jnp.full((2, 1), jnp.where(state.step >= 3, jnp.inf, 1.0))}'),
        (METRICS, 'metrics={"stock": jnp.where(state.step > 3, jnp.nan, 1.0)}'),
    ),
    "of those who left": (
        *leaving(
            "jnp.array([False, state.step >= 3])", '{"person": jnp.array([True, state.step < 3])}'
        ),
        (PAID, 'reward={"person": eaten.at[1].set(0)}'),
        (SHOWN, '{"amount": jnp.ones((2, 1)).at[1].set(jnp.where(state.step >= 3, jnp.nan, 1.0))}'),
        ('actions["person"] *', 'actions["person"] * (state.step < jnp.array([99, 3])) *'),
    ),
    "of those who wait": (
        (ROLE, EVERY),
        (ACTING, 'acting={"person": jnp.full(2, state.step % 4 == 0)}'),
        (SHOWN, '{"amount": jnp.full((2, 1), jnp.where(state.step % 4 == 0, 1.0, jnp.nan))}'),
        ('actions["person"] *', '(state.step % 4 == 0) * actions["person"] *'),
    ),
    "rounding": (
        (SEEN, '{"amount": solon.Box((1,), 0, 0.1)}'),
        (SHOWN, '{"amount": jnp.full((2, 1), 0.1)}'),
    ),
    "truths and numbers without bounds": (
        (SEEN, '{"amount": solon.Box((1,), 0, 1, "boolean")}'),
        (SHOWN, '{"amount": jnp.ones((2, 1), bool)}'),
        ("solon.Discrete(2)", "solon.Box(())"),
    ),
    "no luck, and an early end": (
        (WORLD, "return {}\n"), ("1 + world", "jnp.ones(())"), (UNIFORM, "return ()"), (LUCK, ""),
        (ENDED, "terminated=state.step >= 3"),
    ),
    "keys as shocks": (
        (UNIFORM, "return jax.random.split(key, batch_shape)"),
        (LUCK, " * jax.random.uniform(shocks)"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FAULTS)
def test_what_is_wrong_is_named_with_its_place(case):
    changes, lines = FAULTS[case]
    found = examine(built(changes), episodes=2).faults
    if len(found) == 1:
        assert all(part in found[0] for part in lines), found
        assert found[0].startswith(lines[0])
        if len(lines) == 1:
            assert found[0] == lines[0]
    else:
        assert list(found) == lines


@pytest.mark.parametrize("case", NOTES)
def test_what_is_allowed_and_may_not_be_meant_is_a_note(case):
    changes, lines = NOTES[case]
    findings = examine(built(changes), episodes=2)
    assert findings.faults == ()
    assert list(findings.notes) == lines


@pytest.mark.parametrize("case", SILENCE)
def test_what_does_not_count_is_no_fault(case):
    findings = examine(built(SILENCE[case]), episodes=2)
    assert (findings.faults, findings.notes) == ((), ())


def test_of_very_long_episodes_the_beginning_is_played(monkeypatch):
    monkeypatch.setattr(play, "_MOST_STEPS", 12)
    findings = examine(built((("horizon: int = 10", "horizon: int = 1000"),)), episodes=2)
    assert (findings.faults, findings.steps) == ((), 24)
    assert findings.notes == ("of the 1,000 steps of an episode, 12 were played",)


def test_shapes_and_types_come_first():
    found = examine(built(((PAID, 'reward={"person": eaten[:1] * jnp.nan}'),)))
    assert len(found.faults) == 2 and "wanted shape (2,), got (1,)" in found.faults[0]
    assert (found.episodes, found.steps, found.trail) == (0, 0, ())


SHORT = {
    "gather-trade-build": {"horizon": 4, "periodic-bracket-tax": {"period": 2}},
    "continuous-tag": {"horizon": 30, "taggers": 5, "runners": 5, "nearest": 3},
    "business-cycle": {"horizon": 3, "consumers": 6, "firms": 3},
    "grid-tag": {"horizon": 30},
}
SHIPPED = sorted(name for name, place in registry._FACTORIES.items() if isinstance(place, str))


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_economies_are_played_without_faults(name):
    env = solon.make(name, **SHORT.get(name, {}))
    findings = examine(env, episodes=1, seed=1)
    assert findings.faults == ()
    assert findings.steps >= 2 and len(findings.trail) == min(findings.steps, 100) + 1


def test_the_trail_tells_episodes_apart():
    env = built(())
    params = env.default_params()
    one = trail(env, params, episodes=2, seed=3, steps=4)
    assert one == trail(env, params, episodes=2, seed=3)[:5]
    assert one == examine(env, params, episodes=2, seed=3).trail[:5]
    other = trail(env, params, episodes=2, seed=4, steps=4)
    assert one[0]["reward of person"] == other[0]["reward of person"]
    assert one[0]["metric stock"] != other[0]["metric stock"]
    # Names of what is shown, and of the state.
    assert {
        "acting of person",
        "terminated",
        "state.amount",
        "observation of person, field amount",
    } < {*one[0]}


@pytest.mark.parametrize(
    ("given", "says"),
    [({"episodes": 0}, "episodes: got 0"), ({"seed": -1}, "seed: got -1")],
)  # fmt: skip
def test_numbers_that_cannot_be_are_refused(given, says):
    with pytest.raises(ConfigurationError, match=says):
        examine(built(()), **given)
