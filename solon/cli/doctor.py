"""Say what this machine has for Solon, and what to install for what is missing."""

import dataclasses
import importlib.metadata
import os
import platform
from collections.abc import Iterator

from .._terminal import say
from ..errors import ConfigurationError

__all__ = ["EXTRAS", "Options", "run"]

EXTRAS = {
    "lab": ("streamlit",),
    "docs": ("latex2mathml", "mkdocs-material", "mkdocstrings"),
    "logs": ("mlflow", "tensorboard"),
    "interop": ("gymnasium", "gymnax", "jaxmarl", "pettingzoo"),
    "cluster": ("ray",),
    "oracles": ("econ-ark", "nashpy", "quantecon", "sequence-jacobian"),
    "test": ("pytest", "hypothesis", "beartype"),
}
"""Optional parts: the packages that each consists of."""

_GPU_PLUGINS = ("jax-cuda13-plugin", "jax-cuda12-plugin", "jax-rocm7-plugin")


@dataclasses.dataclass(frozen=True)
class Options:
    """Say what Python, jax, devices, cores, memory and optional parts there are.

    It writes nothing.
    """


def run(options: Options) -> int:
    """Print the findings."""
    for name, finding in _findings():
        say(f"{name:12}{finding}")
    return 0


def _findings() -> Iterator[tuple[str, str]]:
    from ..runs.memory import usable_memory
    from ..runs.provenance import code_version, machine

    code = code_version()
    commit = f", commit {code['commit'][:10]}" if code["commit"] else ""
    yield "solon", f"{code['version']}{commit}{', with changes' if code['changed'] else ''}"
    yield "python", f"{platform.python_version()} ({platform.python_implementation()})"
    yield "jax", f"{_version('jax') or 'missing'}, jaxlib {_version('jaxlib') or 'missing'}"
    yield "devices", _devices()
    found = machine()
    yield "machine", f"{found['processor']}, {found['system']} {found['architecture']}"
    yield "cores", f"{found['cores']} of {os.cpu_count()} may be used"
    memory = usable_memory()
    yield "memory", "unknown" if memory is None else f"{memory / 2**30:.1f} GiB may be used"
    yield "cache", _cache()
    for extra, packages in EXTRAS.items():
        yield extra, _part(extra, packages)
    yield "cuda", _gpu()


def _devices() -> str:
    try:
        import jax

        return ", ".join(f"{device.platform}: {device.device_kind}" for device in jax.devices())
    except (ImportError, RuntimeError, AssertionError) as error:
        asked = os.environ.get("JAX_PLATFORMS", "")
        reason = " ".join(str(error).split()) or f"JAX_PLATFORMS={asked} is not there"
        return f"none: {reason}"


def _cache() -> str:
    from ._runtime import cache_folder, cache_problem

    try:
        folder = cache_folder()
    except ConfigurationError as error:
        return f"none: {error}"
    if folder is not None and not os.path.lexists(folder):
        return f"{folder} (will be made when something is compiled)"
    problem = cache_problem(folder)
    if problem is not None:
        return f"none: {problem}"
    return "off (SOLON_CACHE=off)" if folder is None else str(folder)


def _part(extra: str, packages: tuple[str, ...]) -> str:
    versions = {package: _version(package) for package in packages}
    found = [f"{package} {version}" for package, version in versions.items() if version]
    missing = [package for package, version in versions.items() if version is None]
    if not missing:
        return ", ".join(found)
    return f"missing {', '.join(missing)}: pip install 'solon[{extra}]'"


def _gpu() -> str:
    found = [f"{name} {_version(name)}" for name in _GPU_PLUGINS if _version(name)]
    return ", ".join(found) or "missing, needed for GPUs only: pip install 'solon[cuda]'"


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
