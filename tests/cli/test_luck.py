"""The same seed is the same luck, whatever the environment says about jax."""

import json
import re

import jax
import numpy as np
import pytest

import solon
from solon.cli import main
from solon.luck import check_settings, key_of, settings

DRAW = """
import json, sys
import jax
before = dict(jax.config.values)
import solon, solon.economies.gather_trade_build, solon.evidence.run, solon.runs.train
assert dict(jax.config.values) == before, "importing a library changes no setting"
from solon.cli._runtime import prepare
from solon.luck import key_of, settings
env = solon.make("one-step-economy")
prepare()
print(json.dumps([jax.random.uniform(key_of(7), (4,)).tolist(), settings()]))
"""


def test_what_the_environment_says_decides_no_luck(run_python):
    expected = jax.random.uniform(jax.random.key(7), (4,)).tolist()
    said = {"JAX_THREEFRY_PARTITIONABLE": "0", "JAX_DEFAULT_PRNG_IMPL": "rbg"}
    drawn, found = json.loads(run_python(DRAW, JAX_RANDOM_SEED_OFFSET="3", **said).stdout)
    assert drawn == expected
    assert found == settings()


def test_a_key_is_of_the_generator_that_all_runs_had():
    np.testing.assert_array_equal(
        jax.random.key_data(key_of(3)), jax.random.key_data(jax.random.key(3))
    )
    with jax.default_prng_impl("rbg"):
        other = key_of(3)
    assert jax.random.key_impl(other) == jax.random.key_impl(key_of(3))


def test_every_key_is_made_there(request):
    for path in (request.config.rootpath / "solon").rglob("*.py"):
        made = re.findall(r"random\.(?:key|PRNGKey)\(", path.read_text("utf-8"))
        assert len(made) == (path.name == "luck.py" and path.parent.name == "solon"), path


def test_runs_record_the_settings(trained):
    record = json.loads((trained / "run.json").read_text("utf-8"))
    assert record["provenance"]["settings"] == settings()
    assert {"jax_threefry_partitionable", "jax_enable_x64"} <= set(settings())


def test_settings_that_differ_are_named():
    with jax.threefry_partitionable(False):
        made_with = {"settings": settings()}
    with pytest.raises(solon.ConfigurationError) as refusal:
        check_settings(made_with, "run", "runs/a")
    assert str(refusal.value) == (
        "run: got 'runs/a'; allowed: a run made under JAX_THREEFRY_PARTITIONABLE=True, "
        "or set JAX_THREEFRY_PARTITIONABLE=False"
    )
    check_settings({"settings": settings()}, "run", "runs/a")
    # Runs from before settings were recorded, and settings that jax no longer has.
    check_settings({}, "run", "runs/a")
    check_settings({"settings": {"jax_gone": 1}}, "run", "runs/a")


@pytest.mark.parametrize("command", [("train", "--resume"), ("evaluate",)])
def test_a_run_goes_on_under_its_own_settings_only(command, run_folder, capsys, monkeypatch):
    now = {**settings(), "jax_default_matmul_precision": "float32"}
    monkeypatch.setattr("solon.luck.settings", lambda: now)
    assert main([*command, str(run_folder)]) == 2
    shown = capsys.readouterr().err
    assert "JAX_DEFAULT_MATMUL_PRECISION=None" in shown and shown.count("\n") == 1
