"""How tests compile: quickly, and in places where it may matter also as users do.

Each version of XLA has options of its own, and an unknown one in `XLA_FLAGS` ends a process
without a message, so only those that this version knows are used.
"""

import os
import re
import subprocess
import sys

# What was found out is handed to the processes that tests start.
_FOUND = "SOLON_TESTS_UNKNOWN_XLA_OPTIONS"


def as_flags(options: dict[str, bool | int]) -> str:
    """The same for the environment variable `XLA_FLAGS`, which holds for all that is compiled."""
    return " ".join(f"--{name}={str(value).lower()}" for name, value in options.items())


def unknown(options: dict[str, bool | int]) -> list[str]:
    """The options that this version of XLA does not know.

    Another process reads them, without jax: that takes a quarter of a second.
    """
    done = subprocess.run(
        [sys.executable, "-c", "from jaxlib import _jax; _jax.CompileOptions()"],
        env={**os.environ, "XLA_FLAGS": as_flags(options)},
        capture_output=True,
        text=True,
    )
    if done.returncode == 0:
        return []
    named = re.search("Unknown flags? in XLA_FLAGS: (.*)", done.stderr)
    if named is None:
        raise RuntimeError(f"XLA does not start: {done.stderr}")
    return re.findall("--([a-z0-9_]+)", named[1])


def known(options: dict[str, bool | int]) -> dict[str, bool | int]:
    """The options that this version of XLA knows."""
    if _FOUND not in os.environ:
        os.environ[_FOUND] = " ".join(unknown(options))
    missing = os.environ[_FOUND].split()
    return {name: value for name, value in options.items() if name not in missing}


QUICKLY = known(
    {
        "xla_cpu_use_fusion_emitters": False,
        "xla_backend_optimization_level": 0,
        "xla_cpu_parallel_codegen_split_count": 1,
    }
)
"""XLA's plain generator of code, without LLVM's optimisations: a quarter of the CPU time.

In one piece, as a second thread would only take the core of another test.
"""

AS_USERS = known(
    {
        "xla_cpu_use_fusion_emitters": True,
        "xla_backend_optimization_level": 3,
        "xla_cpu_parallel_codegen_split_count": 32,
    }
)
"""What XLA does if nothing is said."""
