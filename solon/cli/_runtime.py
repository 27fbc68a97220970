"""What the commands that need jax set up before they use it."""

import contextlib
import os
import pathlib
from collections.abc import Iterator

from .._terminal import tell
from ..errors import ConfigurationError, require, require_whole
from ..luck import pin_luck
from ..runs.memory import address_space
from ..runs.private import NotPrivateError, home_folder, private_folder

__all__ = ["cache_folder", "cache_problem", "check_devices", "prepare"]

_VARIABLE = "SOLON_CACHE"
_IN_ADVANCE = "XLA_PYTHON_CLIENT_PREALLOCATE"
_MOST_PARTS = 64
"""Of a machine."""
_LEAST_SPACE = 3 * 2**30
"""Bytes of address space below which XLA ends the process while it starts or compiles."""


def check_devices(devices: int) -> None:
    """Raise `ConfigurationError` unless so many may be asked for."""
    require_whole("devices", devices, low=1, high=_MOST_PARTS)


def cache_folder() -> pathlib.Path | None:
    """Where compiled functions are kept from process to process; None if that is turned off.

    `SOLON_CACHE` names the folder, and `SOLON_CACHE=off` turns it off. Otherwise it is in the
    user's cache folder; a user without a home has none.

    Raises:
        ConfigurationError: if `SOLON_CACHE` names the home of a user whom there is not.
    """
    chosen = os.environ.get(_VARIABLE)
    if chosen == "off":
        return None
    if chosen:
        try:
            return pathlib.Path(chosen).expanduser()
        except RuntimeError:
            allowed = "a folder, or off (the home that ~ stands for is not known)"
            raise ConfigurationError(_VARIABLE, chosen, allowed) from None
    return home_folder("cache", "jax")


def cache_problem(folder: pathlib.Path | None) -> str | None:
    """Why nothing is kept of what is compiled; None if it is, or the user has turned that off."""
    if folder is None:
        off = os.environ.get(_VARIABLE) == "off"
        return None if off else f"there is no home folder; {_VARIABLE}=FOLDER names a place"
    try:
        private_folder(folder)
    except NotPrivateError as error:
        return str(error)
    return None


def prepare(*, quiet: bool = False, shared: bool = False, devices: int = 1) -> None:
    """Start jax, pin luck, and let it keep what it compiles, unless it was told where to already.

    What it keeps is run without being checked when it is read again, so that nobody else may be
    able to write there.

    Args:
        quiet: do not say why nothing is kept, as another process of the command has said it.
        shared: other processes of the command will need the device's memory, so this one takes
            none of it in advance.
        devices: how many are wanted; of a CPU as many parts are made.

    Raises:
        ConfigurationError: if jax cannot start: the device that `JAX_PLATFORMS` names is not
            there, or there is too little memory.
    """
    space = address_space()
    gibibytes = 2**30
    require(
        space is None or space >= _LEAST_SPACE,
        "ulimit -v",
        f"{(space or 0) / gibibytes:.1f} GiB",
        f"at least {_LEAST_SPACE / gibibytes:.0f} GiB of address space, or unlimited",
    )
    import jax

    if devices > 1:
        # Of nothing but the CPU, and only before it has been looked for.
        with contextlib.suppress(RuntimeError):
            jax.config.update("jax_num_cpu_devices", devices)
    pin_luck()
    with _nothing_in_advance() if shared else contextlib.nullcontext():
        _check_device()
    if getattr(jax.config, "jax_compilation_cache_dir", None):
        return
    folder = cache_folder()
    problem = cache_problem(folder)
    if problem is not None and not quiet:
        tell(f"solon: what is compiled is not kept: {problem}")
    if problem is None and folder is not None:
        jax.config.update("jax_compilation_cache_dir", str(folder))
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.2)


@contextlib.contextmanager
def _nothing_in_advance() -> Iterator[None]:
    """Processes that are started later decide for themselves."""
    chosen = _IN_ADVANCE in os.environ
    os.environ.setdefault(_IN_ADVANCE, "false")
    try:
        yield
    finally:
        if not chosen:
            del os.environ[_IN_ADVANCE]


def _check_device() -> None:
    import jax

    try:
        jax.devices()
    except (RuntimeError, AssertionError) as error:
        # An assertion is all that jax says where a device's plugin is not installed.
        asked = getattr(jax.config, "jax_platforms", None)
        reason = str(error).partition(" (you may")[0]
        allowed = "a device of this machine, such as cpu" + (f" ({reason})" if reason else "")
        raise ConfigurationError("JAX_PLATFORMS", asked, allowed) from None
