"""How tests compile: quickly, and in places where it may matter also as users do."""

QUICKLY = {
    "xla_cpu_use_fusion_emitters": False,
    "xla_backend_optimization_level": 0,
    "xla_cpu_parallel_codegen_split_count": 1,
}
"""XLA's plain generator of code, without LLVM's optimisations: a quarter of the CPU time.

In one piece, as a second thread would only take the core of another test.
"""

AS_USERS = {
    "xla_cpu_use_fusion_emitters": True,
    "xla_backend_optimization_level": 3,
    "xla_cpu_parallel_codegen_split_count": 32,
}
"""What XLA does if nothing is said."""


def as_flags(options: dict[str, bool | int]) -> str:
    """The same for the environment variable `XLA_FLAGS`, which holds for all that is compiled."""
    return " ".join(f"--{name}={str(value).lower()}" for name, value in options.items())
