"""`import solon` and the command line are instant: nothing heavy is loaded before it is needed."""

import importlib
import os

import pytest

import solon
from solon.cli import _COMMANDS

HEAVY = "equinox jax jaxlib numpy optax plotly pyarrow rich scipy streamlit tyro yaml"

# What a console script does, wherever the package is installed.
COMMAND = "import sys; sys.argv[0] = 'solon'; from solon.cli import main; sys.exit(main())"

# Put in front of a program, it writes to stderr which of the heavy modules were loaded.
REPORT = f"""
import atexit, sys
heavy = set("{HEAVY}".split())
atexit.register(lambda: sys.stderr.write(" ".join(heavy & sys.modules.keys())))
"""


def test_import_loads_nothing_heavy_and_prints_nothing(run_python):
    done = run_python(REPORT + "import solon; solon.registered()")
    assert done.stdout == ""
    assert done.stderr == ""


def test_public_names_exist():
    assert sorted(solon.__all__) == solon.__all__
    for name in solon.__all__:
        assert getattr(solon, name) is not None, name


# What is typed, and a mistake or a question of which nothing heavy has to be known.
INSTANT = ("--help", "--version", "trian")


@pytest.mark.parametrize("typed", INSTANT)
def test_what_needs_nothing_loads_nothing(run_python, typed):
    done = run_python(REPORT + COMMAND, typed, check=False)
    *lines, loaded = (done.stdout + done.stderr).split("\n")
    assert loaded == "" and any("solon" in line for line in lines)


def test_help_of_a_command_loads_what_reads_options_alone(run_python):
    """For all commands in one process, and for an option that does not exist."""
    program = """
import io, sys, contextlib
from solon.cli import _COMMANDS, main
for command in _COMMANDS:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        assert main([command, "--help"]) == 0
    assert f"usage: solon {command}" in out.getvalue(), command
    with contextlib.redirect_stderr(io.StringIO()) as err:
        assert main([command, "--no-such-option"]) == 2
    assert err.getvalue().count("\\n") == 1, command
"""
    done = run_python(REPORT + program)
    assert set(done.stderr.split()) <= {"rich", "tyro"}


def test_help_names_every_command_with_its_summary(run_python):
    lines = run_python(COMMAND, "--help").stdout.splitlines()
    listed = {line.split()[0]: line for line in lines if line.startswith("  ")}
    assert list(listed) == list(_COMMANDS)
    for name, module in _COMMANDS.items():
        summary = importlib.import_module(module).__doc__.splitlines()[0]
        assert listed[name].endswith(f" {summary}")


@pytest.mark.parametrize("typed", ["--help", "train --help"])
def test_help_answers_in_half_a_second(run_python, typed):
    # Processor time, which is what it takes on an idle machine: neighbours, such as the tests of
    # another worker, can make a wall clock say anything.
    def seconds():
        before = os.times()
        run_python(COMMAND, *typed.split(), check=False)
        after = os.times()
        user = after.children_user - before.children_user
        return user + after.children_system - before.children_system

    assert min(seconds() for _ in range(3)) < 0.5


def test_a_system_without_locks_is_refused_in_one_line(run_python):
    """Windows has no `fcntl`; what needs none is answered there, too."""
    # Python's own modules are loaded first, as some want others on Windows.
    without = (
        "import shutil, subprocess, sys; sys.modules['fcntl'] = None; sys.platform = 'win32'\n"
    )
    done = run_python(without + COMMAND, "list", "economies", check=False)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith("solon: error: system: got 'win32'; allowed: Solon runs on Linux")
    assert done.stderr.count("\n") == 1
    assert "usage" in run_python(without + COMMAND, "--help").stdout
