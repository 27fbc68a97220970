"""The episodes of `solon check` once more in a process of their own: do they come out the same?"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

__all__ = ["OtherProcess", "Told", "answer"]

_SECONDS = 600
_PROGRAM = "from solon.cli._other_process import answer; answer()"
_SEED = "PYTHONHASHSEED"


class Told(NamedTuple):
    """What the other process came to.

    Attributes:
        lines: to be shown, if there is something to say.
        fault: whether that is a fault, and no note.
    """

    lines: tuple[str, ...] = ()
    fault: bool = False


class OtherProcess:
    """A process that plays the same episodes with other hashes of texts; a context manager.

    Args:
        economy: `FILE.py:NAME`.
        options: of the economy.
        params: place of a param -> its value, where it is not the usual one.
        episodes: how many are played.
        seed: of all luck.
    """

    def __init__(
        self,
        economy: str,
        options: Mapping[str, Any],
        params: Mapping[str, Any],
        *,
        episodes: int,
        seed: int,
    ):
        self._asked = {
            **{"economy": economy, "options": options, "params": params},
            **{"episodes": episodes, "seed": seed, "path": sys.path},
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "OtherProcess":
        import jax

        # Other devices may add up in another order each time.
        if jax.default_backend() == "cpu":
            other = "1" if os.environ.get(_SEED) != "1" else "2"
            self._process = subprocess.Popen(
                [sys.executable, "-c", _PROGRAM],
                env={**os.environ, _SEED: other},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(self._asked).encode())
            self._process.stdin.close()
            self._process.stdin = None
        return self

    def __exit__(self, *_: Any) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def differs(self, trail: Sequence[Mapping[str, int]]) -> Told:
        """Wait for the other process, and compare.

        Args:
            trail: what `solon.checking.trail` gave here.
        """
        if self._process is None:
            return Told(("bits were not compared with a second process, as that needs a CPU",))
        try:
            out, err = self._process.communicate(timeout=_SECONDS)
        except subprocess.TimeoutExpired:
            return Told((f"a second process had no answer after {_SECONDS} seconds",))
        if self._process.returncode != 0:
            last = (err.decode(errors="replace").strip().splitlines() or ["no message"])[-1]
            return Told((f"a second process could not play it: {last:.300}",))
        for step, (here, there) in enumerate(zip(trail, json.loads(out), strict=False)):
            for what, checksum in here.items():
                if there.get(what) != checksum:
                    where = f"step {step}" if step else "start"
                    line = (
                        f"a second process, with the same seed, gave another {what} ({where}): "
                        "something else decides, too, such as hash() of a text, the order of a "
                        "set, the time, or numbers of random or NumPy"
                    )
                    return Told((line,), fault=True)
        return Told()


def answer() -> None:
    """What the other process does: read what is asked for, play, and write the trail."""
    asked = json.load(sys.stdin)
    sys.path[:] = asked["path"]
    # What the user's file prints is no answer.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    import jax

    from ..checking import faults, trail
    from ..learning.params import given_params
    from ..registry import build
    from ..runs.values import as_tuples
    from ._runtime import prepare

    prepare(quiet=True)
    env = build(asked["economy"], as_tuples(asked["options"]), checked=False)
    params = given_params(env.default_params(), asked["params"], env.param_bounds())
    # More often than over there, also what the economy compiles itself: numbers that are drawn or
    # counted while functions are traced are others by now, whatever seed a file gives them.
    for _ in range(2):
        faults(env)
        jax.clear_caches()
    found = trail(env, params, episodes=asked["episodes"], seed=asked["seed"])
    with out:
        json.dump([dict(each) for each in found], out)
