"""What decides luck: keys that are the same under any setting of jax, and the settings that remain.

The same seed is to be the same luck. `key_of` says itself which generator it is for, so that
`JAX_DEFAULT_PRNG_IMPL` decides nothing. What a generator makes of a key still depends on settings
of the process: the command line sets them (`pin_luck`), runs record them (`settings`), and a run is
not continued under others (`check_settings`). `import solon` changes no setting.
"""

import contextlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .errors import ConfigurationError, require

if TYPE_CHECKING:
    from jaxtyping import Array, Key

__all__ = ["WORLDS", "check_settings", "key_of", "pin_luck", "settings", "worlds_key"]

_GENERATOR = "threefry2x32"

WORLDS = {"training": 0x9E3779B1, "choosing": 0x85EBCA77, "scoring": 0xC2B2AE3D}
"""What worlds of a prior are drawn for, and the number that is folded into the key for it.

Runs record these numbers. They are larger than any count of copies, since to fold in a small number
gives one of the keys into which the same key splits.
"""

# What draws of such a key depend on, and the values that all results so far were made under.
_LUCK = {
    "jax_threefry_partitionable": True,
    "jax_random_seed_offset": 0,
}
# What other numbers depend on. That is the user's to choose, and recorded.
_NUMBERS = ("jax_enable_x64", "jax_default_matmul_precision", "jax_numpy_dtype_promotion")


def key_of(seed: int) -> "Key[Array, '']":
    """The key of a seed, for the same generator whatever the settings are.

    Args:
        seed: a whole number from 0.
    """
    import jax

    return jax.random.key(seed, impl=_GENERATOR)


def worlds_key(key: "Key[Array, '']", purpose: str) -> "Key[Array, '']":
    """The key that worlds are drawn with.

    With the same key, training, choosing among trainings and scoring have different worlds.

    Args:
        key: luck of the worlds.
        purpose: a name of `WORLDS`.
    """
    import jax

    require(purpose in WORLDS, "purpose", purpose, ", ".join(WORLDS))
    return jax.random.fold_in(key, WORLDS[purpose])


def pin_luck() -> None:
    """Set what luck depends on. For programs of Solon only, since it holds for the whole process.

    What the environment says (`JAX_THREEFRY_PARTITIONABLE` and its like) counts no longer.
    """
    import jax

    for name, value in _LUCK.items():
        if getattr(jax.config, name, value) != value:
            jax.config.update(name, value)


def settings() -> dict[str, Any]:
    """The settings of this process that decide luck and numbers, as JSON values."""
    import jax

    found = {}
    for name in (*_LUCK, *_NUMBERS):
        # A version of jax that knows it no longer has nothing to choose.
        with contextlib.suppress(AttributeError):
            value = getattr(jax.config, name)
            plain = value is None or isinstance(value, (bool, int, str))
            found[name] = value if plain else str(getattr(value, "value", value))
    return found


def check_settings(provenance: Mapping[str, Any], argument: str, shown: str) -> None:
    """Raise `ConfigurationError` if a run was made under other settings than those of now.

    Args:
        provenance: of the run. One from before settings were recorded is taken as it is.
        argument: what the user knows the run as.
        shown: its value.
    """
    now, then = settings(), provenance.get("settings")
    if not isinstance(then, Mapping):
        return
    other = [name for name, value in now.items() if name in then and then[name] != value]
    if other:
        theirs = ", ".join(f"{name.upper()}={then[name]}" for name in other)
        ours = ", ".join(f"{name.upper()}={now[name]}" for name in other)
        raise ConfigurationError(argument, shown, f"a run made under {ours}, or set {theirs}")
