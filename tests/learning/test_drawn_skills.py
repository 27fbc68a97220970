"""Skills and layouts that a prior draws, in an economy that says which ones it takes."""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats

import solon
from solon import ConfigurationError
from solon.environment import SkillRange
from solon.learning import PPO, Learner, Prior
from solon.learning.skills import Skills
from solon.luck import WORLDS
from solon.view import View
from tests.learning.economies import Chain

SMALL = PPO(environments=12, unroll=4, minibatches=1, epochs=1, hidden=(4,))
RANGE = SkillRange(3, 0.0, 100.0)


class Place(eqx.Module):
    luck: jax.Array
    skills: jax.Array
    layout: jax.Array


@dataclasses.dataclass(frozen=True)
class Village(Chain):
    """Its world is what a prior gives, -1 where nothing is given."""

    horizon: int = 4  # type: ignore[assignment]
    fields: tuple[str, ...] = ("dry",)

    def skill_ranges(self):
        return {"worker": RANGE}

    def layout_choices(self):
        return self.fields

    def with_layouts(self, layouts):
        solon.errors.require("sea" not in layouts, "layouts", "sea", "land")
        return dataclasses.replace(self, fields=tuple(layouts))

    def draw_world(self, key):
        return Place(jax.random.uniform(key), -jnp.ones(3), jnp.asarray(-1))

    def draw_world_given(self, key, given):
        world = self.draw_world(key)
        skills = given.skills.get("worker", world.skills)
        return Place(world.luck, skills, world.layout if given.layout is None else given.layout)

    def start(self, world, params):
        state, timestep = super().start(world.luck, params)
        # In the place of the luck, which nobody needs.
        return dataclasses.replace(state, luck=jnp.append(world.skills, world.layout)), timestep

    def ends(self, state):
        return state.step >= self.horizon, jnp.zeros((), bool)


def worlds(prior, count=3000, key=0, purpose="scoring"):
    params = Village().default_params()
    return prior.settings(jax.random.key(key), params, count, purpose)[1]


def test_a_vector_is_what_everybody_has_and_several_are_as_likely():
    prior = Prior.of({"skills": [1, 2, 3]}, Village())
    given = worlds(prior, 9)
    assert given.layout is None
    assert given.skills["worker"].tolist() == [[1, 2, 3]] * 9
    prior = Prior.of({"skills": {"choice": [[1, 2, 3], [4, 5, 6]]}}, Village())
    drawn = np.asarray(worlds(prior).skills["worker"])
    first = (drawn == [1, 2, 3]).all(axis=1)
    assert (drawn[~first] == [4, 5, 6]).all()
    assert scipy.stats.binomtest(int(first.sum()), 3000).pvalue > 0.01


def test_a_family_draws_each_skill_and_its_numbers_once_a_world():
    content = {"skills": {"uniform": [{"choice": [1, 11]}, {"constant": 12}]}}
    drawn = np.asarray(worlds(Prior.of(content, Village())).skills["worker"])
    low = np.where(drawn.min(axis=1) < 11, 1, 11)
    # A world with the lower bound of 1 has no skill below 11 once in 1331 times.
    assert scipy.stats.binomtest(int((low == 1).sum()), 3000).pvalue > 0.01
    spread = (drawn[low == 1] - 1).ravel() / 11
    assert scipy.stats.kstest(spread, scipy.stats.uniform().cdf).pvalue > 0.01
    assert len({*drawn[:10].ravel().tolist()}) == 30
    for one, truth in (
        ({"pareto": [2, 3]}, scipy.stats.pareto(3, scale=2)),
        ({"lognormal": [0, 0.5]}, scipy.stats.lognorm(0.5)),
        ({"log_uniform": [1, {"choice": [9]}]}, scipy.stats.loguniform(1, 9)),
    ):
        skills = Skills.of(one, "it", SkillRange(4000, 0, 1e9))
        drawn = np.asarray(skills.draw(jax.random.key(1)), float)
        assert scipy.stats.kstest(drawn, truth.cdf).pvalue > 0.01


@pytest.mark.parametrize("shares", [None, (3, 1)])
def test_layouts_come_as_often_as_their_weights_say(shares):
    names = ("dry", "wet")
    layouts = [*names] if shares is None else dict(zip(names, shares, strict=True))
    prior = Prior.of({"layouts": layouts}, Village())
    assert prior.view(Village()).fields == names
    given = worlds(prior)
    assert given.skills == {}
    counts = np.bincount(np.asarray(given.layout), minlength=2)
    wanted = 3000 * np.array(shares or (1, 1)) / sum(shares or (1, 1))
    assert scipy.stats.chisquare(counts, wanted).pvalue > 0.01
    assert Prior.of(prior.content(), Village()) == prior
    assert prior.content()["layouts"] == layouts


def test_purposes_have_skills_of_their_own_and_nothing_else_changes_a_draw():
    env, skills = Village(), {"worker": {"uniform": [0, 1]}}
    few = Prior.of({"skills": skills}, env)
    more = {"params": {"bonus": {"uniform": [0, 1]}}, "skills": skills, "layouts": ["a", "b"]}
    many = Prior.of(more, env)
    drawn = {purpose: worlds(few, 50, purpose=purpose).skills["worker"] for purpose in WORLDS}
    found = {name: {*np.asarray(values).ravel().tolist()} for name, values in drawn.items()}
    assert len(set.union(*found.values())) == 3 * 150
    assert (worlds(many, 50).skills["worker"] == drawn["scoring"]).all()
    bonus = {"params": more["params"]}
    alone = Prior.of(bonus, env)
    assert worlds(alone, 50) is None
    given = (jax.random.key(0), env.default_params(), 50, "scoring")
    assert (many.worlds(*given)["bonus"] == alone.worlds(*given)["bonus"]).all()


@pytest.mark.parametrize("lasts", [1, 3])
def test_a_learner_meets_all_layouts_and_has_the_skills_of_the_vector(lasts):
    content = {"skills": [7, 8, 9], "layouts": ["dry", "wet"], "episodes_per_world": lasts}
    prior = Prior.of(content, Village())
    with pytest.raises(ConfigurationError, match=r"prior.layouts.*dry.*wet.*Prior.view"):
        Learner(Village(), SMALL, prior=prior)
    learner = Learner(prior.view(Village()), SMALL, prior=prior)
    state = learner.init(jax.random.key(0), Village().default_params())
    seen = []
    for _ in range(12):
        # What comes at the start of each episode.
        seen.append(np.array(state.economies.states.luck))
        state, _ = learner.update(state)
    seen = np.array(seen)
    assert (seen[..., :3] == [7, 8, 9]).all()
    layouts = seen[..., 3].T
    assert {*layouts.ravel().tolist()} == {0, 1}
    assert scipy.stats.binomtest(int(layouts.sum()), layouts.size).pvalue > 0.001
    if lasts == 3:
        for row in layouts:
            changes = np.flatnonzero(np.diff(row)) + 1
            assert len({*(changes % 3).tolist()}) <= 1
        assert {int(c) % 3 for row in layouts for c in np.flatnonzero(np.diff(row)) + 1} == {
            0,
            1,
            2,
        }


def test_views_pass_on_what_may_be_given():
    view = View(Village())
    assert view.skill_ranges() == Village().skill_ranges()
    laid = view.with_layouts(["a", "b"])
    assert isinstance(laid, View) and laid.layout_choices() == ("a", "b")
    prior = Prior.of({"skills": [1, 2, 3]}, view)
    prior.check(laid)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"skills": 3}, ("prior.skills", "3", "3 numbers, one each, or one of constant")),
        ({"skills": [1, 2]}, ("prior.skills", "[1, 2]", "3 numbers, one each")),
        ({"skills": [1, 2, "much"]}, ("prior.skills", "much", "3 numbers")),
        ({"skills": [1, 2, 200]}, ("prior.skills", "[1, 2, 200]", "numbers from 0 to 100")),
        ({"skills": {"choice": [[1, 2, 3], [1, 2]]}}, ("prior.skills.choice", "[1, 2]")),
        ({"skills": {"choice": [[1, 2, 3], 4]}}, ("prior.skills.choice", "4", "3 numbers")),
        ({"skills": {"worker": {"unifrom": [1, 2]}}}, ("unifrom", "did you mean uniform")),
        ({"skills": {"unifrom": [1, 2]}}, ("prior.skills", "unifrom", "did you mean uniform")),
        (
            {"skills": {"uniform": [1, "much"]}},
            ("prior.skills.uniform[1]", "much"),
        ),
        ({"skills": {"uniform": [{"uniform": [0, 3]}, 2]}}, ("prior.skills.uniform", "below")),
        ({"skills": {"uniform": [{"uniform": [3]}, 2]}}, ("prior.skills.uniform[0].uniform",)),
        ({"skills": {"uniform": [1, {"uniform": [2, 101]}]}}, ("numbers from 0 to 100",)),
        ({"skills": {"normal": [50, 10]}}, ("prior.skills.normal", "numbers from 0 to 100")),
        ({"skills": {"lognormal": [0, {"choice": [1, -1]}]}}, ("prior.skills.lognormal",)),
        ({"layouts": ["sea"]}, ("prior.layouts", "sea", "land")),
        ({"skills": [1, 2, 3], "shown": {"worker": "bonus"}}, ("prior.shown", "there is none")),
    ],
)
def test_mistakes_are_told_in_one_line(content, words):
    with pytest.raises(ConfigurationError) as caught:
        Prior.of(content, Village())
    assert "\n" not in str(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_economies_without_skills_or_layouts_say_so():
    with pytest.raises(ConfigurationError, match=r"prior.skills.*no skills that can be set"):
        Prior.of({"skills": [1]}, Chain())
    with pytest.raises(ConfigurationError, match=r"prior.layouts.*no layouts"):
        Prior.of({"layouts": ["open-quadrant"]}, solon.make("one-step-economy"))


@pytest.mark.parametrize("economy", ["one-step-economy", "labor-supply", "unknown-society"])
def test_shipped_economies_give_everybody_the_skill_of_the_vector(economy):
    env = solon.make(economy, workers=3)
    prior = Prior.of({"skills": [3, 1, 2]}, env)

    @jax.jit
    def start(key):
        given = prior.given(key)
        return env.start(env.draw_world_given(key, given), env.default_params())[0]

    state = start(jax.random.key(0))
    if economy == "one-step-economy":
        assert state.parts["simple-labor"].skill.tolist() == [3, 1, 2]
        assert state.rank.tolist() == [2, 0, 1]
    elif economy == "labor-supply":
        assert state.params.skills.tolist() == [3, 1, 2]
    else:
        # Workers are told apart by their rank there.
        assert state.skills.tolist() == [1, 2, 3]
