"""`import solon` and the command line are instant: nothing heavy is loaded before it is needed."""

import os

import solon

HEAVY = "equinox jax jaxlib numpy optax plotly pyarrow rich scipy streamlit tyro"

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


def test_help_loads_no_jax(run_python):
    done = run_python(REPORT + COMMAND, "--help")
    assert "usage" in done.stdout.lower()
    assert not {"jax", "jaxlib", "equinox", "optax"} & set(done.stderr.split())


def test_help_answers_in_half_a_second(run_python):
    # Processor time, which is what it takes on an idle machine: neighbours, such as the tests of
    # another worker, can make a wall clock say anything.
    def seconds():
        before = os.times()
        run_python(COMMAND, "--help")
        after = os.times()
        user = after.children_user - before.children_user
        return user + after.children_system - before.children_system

    assert min(seconds() for _ in range(3)) < 0.5
