"""Settings that suit an economy, from beside its application or its rules."""

import pathlib

import pytest

from solon import ConfigurationError
from solon.runs.algorithms import (
    ALGORITHMS,
    algorithm_class,
    checked_settings,
    typed_settings,
)
from solon.runs.build import build_recipe
from solon.runs.named import split_name
from solon.runs.presets import Preset, preset_of
from solon.runs.recipe import Recipe

OWN_ECONOMY = pathlib.Path(__file__).parents[1] / "cli" / "own_economy.py"

PRESET = """

from solon.runs import Preset


class Slow(Preset):
    def settings(self, env, steps, role=None, *, experienced=False):
        if role is not None:
            return {"entropy": 0.5} if role == "person" else {}
        return {"learning_rate": [[0, 1e-2], [steps, 1e-4]], "unroll": env.horizon}

    def curriculum(self, env, steps, *, experienced=False):
        return {} if experienced else {"growth": [[0, 2.0], [steps, 1.1]]}


PRESET = Slow()
"""


def written(tmp_path, more):
    path = tmp_path / "own.py"
    path.write_text(OWN_ECONOMY.read_text() + more)
    return f"{path}:Harvest"


def test_a_file_has_a_preset_beside_its_economy(tmp_path):
    economy = written(tmp_path, PRESET)
    made = build_recipe(economy, settings={"environments": 4}, steps=100)
    assert (made.ppo.learning_rate, made.ppo.unroll) == (((0, 1e-2), (100, 1e-4)), 10)
    assert made.own_ppo["person"].entropy == 0.5
    assert made.curriculum == {"growth": [[0, 2.0], [100, 1.1]]}
    # What the user says counts, and the published settings are nobody's preset.
    chosen = build_recipe(economy, settings={"learning_rate": 0.1}, curriculum={}, steps=100)
    assert chosen.ppo.learning_rate == 0.1 and chosen.curriculum == {}
    assert build_recipe(economy, preset="published", steps=100).own_ppo == {}


def test_applications_have_presets_of_their_economies():
    env = Recipe("gather-trade-build", {"workers": 4}).env()
    found = preset_of("gather-trade-build", env)
    assert found.curriculum(env, 100)["labor_cost_weight"] == [[0, 0.0], [50, 1.0]]
    assert found.settings(env, 100, experienced=True) == {"discount": 0.998}
    assert type(preset_of("labor-supply", Recipe("labor-supply").env())) is Preset


def test_an_odd_preset_is_told(tmp_path):
    with pytest.raises(ConfigurationError, match=r"economy: .*a file whose PRESET is a solon.runs"):
        build_recipe(written(tmp_path, "\n\nPRESET = {}\n"), steps=100)


@pytest.mark.parametrize("name", ALGORITHMS)
def test_the_settings_in_the_help_are_those_of_the_algorithm(name):
    _, settings = split_name(f"{name}:{typed_settings(name).replace(', ', ',')}", "learn")
    kind = algorithm_class(name, "learn")
    assert kind(**checked_settings(kind, settings)) == kind()


def test_an_economy_without_an_application_has_its_settings():
    usual = build_recipe("grid-tag", steps=1000).ppo
    assert (usual.environments, usual.minibatches, usual.entropy) == (400, 20, 0.003)
    own = build_recipe("grid-tag", settings={"environments": 8, "entropy": 0.02}, steps=1000).ppo
    assert (own.environments, own.minibatches, own.entropy) == (8, 8, 0.02)


def test_a_business_cycle_is_learned_in_turns():
    """Consumers first, then firms, then the government, each with wider ranges before it begins."""
    made = build_recipe("business-cycle", steps=100_000)
    assert (made.ppo.environments, made.ppo.unroll, made.ppo.learns_from) == (128, 10, 0)
    firm, government = made.own_ppo["firm"], made.own_ppo["government"]
    assert (firm.learns_from, government.learns_from) == (15_000, 30_000)
    assert (firm.learning_rate, government.learning_rate) == (1e-3, 5e-4)
    course = made.curriculum
    assert course["work_disutility"][0] == [0, 0.0]
    assert course["work_disutility"][-1] == [30_000, 0.01]
    assert course["parts.posting.highest_price"] == [[0, 1000.0], [15_000, 2500.0]]
    assert course["parts.posting.lowest_wage"] == [[0, 22.0], [15_000, 0.0]]
    taxes = course["parts.flat-taxes.highest_income_tax"]
    assert taxes == [[15_000, 0.0], [30_000, 1.0]]
    published = build_recipe("business-cycle", {"compatibility": "foundation"}, steps=100_000)
    assert published.own_ppo["government"].learning_rate == 5e-5
