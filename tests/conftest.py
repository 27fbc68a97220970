"""Strictness that every test runs under, and fixtures that any test may ask for.

Already on for every test, from pyproject.toml: warnings are errors, and the shapes and types in
solon's annotations are checked at each call.
"""

import importlib.util
import os
import pathlib
import subprocess
import sys
import tempfile

import hypothesis
import jax
import pytest

from tests.compiling import QUICKLY, as_flags

ROOT = pathlib.Path(__file__).parents[1]

# Nothing that Solon does asks for anything outside this machine: not in this process, and not in
# those that tests start.
_ASKED = pathlib.Path(tempfile.mkdtemp(prefix="solon-tests-")) / "asked"


def _stay_here():
    place = ROOT / "tests" / "outside"
    os.environ["SOLON_TEST_ASKED_OUTSIDE"] = str(_ASKED)
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(place), *([before] if before else [])])
    spec = importlib.util.spec_from_file_location("outside", place / "sitecustomize.py")
    spec.loader.exec_module(importlib.util.module_from_spec(spec))


_stay_here()

# A run is mostly XLA compiling programs that then take milliseconds. XLA reads this when it
# compiles the first one, and the processes that tests start inherit it. `XLA_FLAGS= make test`
# compiles as users do, and so do the tests with a browser, which count a room's seconds.
if not os.environ.get("SOLON_BROWSER"):
    os.environ.setdefault("XLA_FLAGS", as_flags(QUICKLY))

# The first example of a property compiles and takes seconds; and a run that fails fails again.
hypothesis.settings.register_profile("solon", deadline=None, derandomize=True)
hypothesis.settings.load_profile("solon")


def pytest_configure(config):
    jax.config.update("jax_debug_key_reuse", True)
    jax.config.update("jax_numpy_rank_promotion", "raise")
    jax.config.update("jax_legacy_prng_key", "error")
    # Most of a run is XLA compiling: what it compiled is kept for the next run, and shared with
    # xdist's workers and, through the environment, with the processes that tests start.
    cache = str(_kept(config, "xla"))
    jax.config.update("jax_compilation_cache_dir", cache)
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.2)
    os.environ["JAX_COMPILATION_CACHE_DIR"] = cache
    # What tests trust is nothing that the user trusts.
    os.environ["SOLON_STATE"] = str(_kept(config, "state"))


def _kept(config, name):
    """A folder that the next run finds again, unless pytest runs without its cache."""
    if hasattr(config, "cache"):
        return config.cache.mkdir(name)
    return tempfile.mkdtemp(prefix=f"solon-{name}-")


@pytest.fixture
def asked_outside():
    """What was asked for outside this machine since the last test: a list of lines."""

    def asked():
        try:
            return _ASKED.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []

    yield asked
    _ASKED.unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def nothing_is_asked_outside(request):
    """No test asks for anything outside this machine, unless it looks itself at what was asked."""
    yield
    if "asked_outside" not in request.fixturenames and _ASKED.exists():
        said = _ASKED.read_text(encoding="utf-8")
        _ASKED.unlink()
        raise AssertionError(f"asked for outside this machine:\n{said}")


MOST_MAPS = 20_000


@pytest.fixture(autouse=True, scope="module")
def forget_what_was_compiled():
    """Drop compiled functions between modules, once there are many.

    Each holds memory maps, and Linux grants a process 65,530 of them: a worker that keeps
    everything it compiled in a whole run dies of a segmentation fault near its end. To drop them
    after every module would be to compile small things, such as a sum, over and over.
    """
    yield
    maps = pathlib.Path("/proc/self/maps")
    if not maps.exists() or maps.read_bytes().count(b"\n") > MOST_MAPS:
        jax.clear_caches()


@pytest.fixture
def float64():
    """Floats default to 64 bits while the test runs; jax compiles apart for them.

    It holds for what the test itself builds. Arrays from wider fixtures or made when a module
    was imported stay in 32 bits; where that matters, use `run_python(..., JAX_ENABLE_X64="1")`.
    """
    with jax.enable_x64(True):
        yield


@pytest.fixture
def no_leaks():
    """Tracers that escape their transformation are errors.

    Not for every test: while it is on, jax keeps nothing that it traced or compiled, so every
    call compiles again. Use it around one small call of each function that matters.
    """
    with jax.checking_leaks():
        yield


@pytest.fixture(scope="session")
def run_python():
    """Run code in a fresh interpreter, away from the source tree.

    `run_python(code, *arguments, check=True, cwd=..., **environment)` returns the completed
    process, with `stdout` and `stderr` as text.
    """

    def run(code, *arguments, check=True, cwd=ROOT / "tests", **environment):
        done = subprocess.run(
            [sys.executable, "-c", code, *map(str, arguments)],
            cwd=cwd,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert not check or done.returncode == 0, done.stderr
        return done

    return run
