"""What the commands that need jax set up before they use it."""

import os
import pathlib
import sys

from ..luck import pin_luck

__all__ = ["cache_folder", "prepare"]

_VARIABLE = "SOLON_CACHE"


def cache_folder() -> pathlib.Path | None:
    """Where compiled functions are kept from process to process; None if that is turned off.

    `SOLON_CACHE` names the folder, and `SOLON_CACHE=off` turns it off. Otherwise it is in the
    user's cache folder.
    """
    chosen = os.environ.get(_VARIABLE)
    if chosen == "off":
        return None
    if chosen:
        return pathlib.Path(chosen).expanduser()
    if os.environ.get("XDG_CACHE_HOME"):
        base = pathlib.Path(os.environ["XDG_CACHE_HOME"])
    elif sys.platform == "darwin":
        base = pathlib.Path.home() / "Library" / "Caches"
    else:
        base = pathlib.Path.home() / ".cache"
    return base / "solon" / "jax"


def prepare() -> None:
    """Pin luck, and let jax keep what it compiles, unless it was told where to or can not write."""
    import jax

    pin_luck()
    folder = cache_folder()
    if folder is None or getattr(jax.config, "jax_compilation_cache_dir", None):
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return
    if os.access(folder, os.W_OK):
        jax.config.update("jax_compilation_cache_dir", str(folder))
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.2)
