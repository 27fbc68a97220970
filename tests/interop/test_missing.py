"""Without a library: one line that says what to install, and nothing is left behind."""

import importlib
import sys

import pytest

import solon
from solon.cli import main
from solon.interop.libraries import library

BRIDGES = {
    "to_jaxmarl": "jaxmarl",
    "to_pettingzoo": "pettingzoo",
    "to_gymnasium": "gymnasium",
}
INSTALL = "pip install 'solon[interop]'"


@pytest.fixture
def without(monkeypatch):
    """A function after which a library cannot be imported."""

    def gone(name):
        for module in [m for m in sys.modules if m == name or m.startswith(f"{name}.")]:
            monkeypatch.delitem(sys.modules, module)
        monkeypatch.setitem(sys.modules, name, None)

    return gone


@pytest.mark.parametrize(("bridge", "name"), BRIDGES.items())
def test_a_bridge_says_what_to_install(bridge, name, without, monkeypatch):
    without(name)
    monkeypatch.delitem(sys.modules, f"solon.interop.{bridge}", raising=False)
    with pytest.raises(solon.ConfigurationError) as caught:
        importlib.import_module(f"solon.interop.{bridge}")
    assert str(caught.value).startswith(f"library: got '{name}")
    assert INSTALL in str(caught.value)


@pytest.mark.parametrize("economy", ["gymnax:CartPole-v1", "jumanji:Snake-v1"])
@pytest.mark.parametrize("command", [["check"], ["train", "--economy"]])
def test_a_command_ends_in_one_line(economy, command, without, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    name = economy.partition(":")[0]
    without(name)
    assert main([*command, economy]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1
    assert err.startswith(f"solon: error: library: got '{name}'") and INSTALL in err
    assert list(tmp_path.iterdir()) == []


def test_a_library_that_lacks_something_says_what(tmp_path, monkeypatch):
    (tmp_path / "half_a_library.py").write_text("import what_it_needs\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(solon.ConfigurationError, match="half_a_library, which needs what_it_needs"):
        library("half_a_library")


def test_an_unknown_name_is_told_of_games():
    with pytest.raises(solon.ConfigurationError, match=r"gymnax:GAME, jumanji:GAME, or FILE\.py"):
        solon.make("cart-pole")


def test_the_package_loads_no_library(run_python):
    libraries = ["gymnasium", "gymnax", "jaxmarl", "jumanji", "pettingzoo", "jax"]
    done = run_python(
        "import sys, solon.interop; print(sorted(set(sys.modules) & set(sys.argv[1:])))", *libraries
    )
    assert done.stdout == "[]\n"
