"""Trainings on Ray, started here or a cluster that runs elsewhere. Needs the extra `cluster`."""

import contextlib
import importlib.util
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from .._terminal import tell
from ..errors import ConfigurationError, require
from ..runs.errors import RunError
from ._pool import Job, attempt

__all__ = ["check_ray", "ray_backend"]

_SECONDS = 30
"""To answer in, for a cluster."""

_PROBE = """
import sys, ray
ray.init(address=sys.argv[1], logging_level="ERROR", log_to_driver=False)
print(ray.cluster_resources().get("CPU", 0))
"""
_TELLS_NOBODY = "RAY_USAGE_STATS_ENABLED"


def check_ray(address: str | None) -> None:
    """Raise `ConfigurationError` unless Ray is installed, and a cluster answers at the address.

    That is asked by a process of its own, which can be stopped: Ray itself may wait for minutes.
    """
    there = importlib.util.find_spec("ray") is not None
    require(there, "backend", "ray", "processes; ray needs: pip install 'solon[cluster]'")
    if address is None:
        return
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    fits = bool(colon) and host != "" and port.isascii() and port.isdigit() and int(port) < 2**16
    require(fits, "address", address, "HOST:PORT or ray://HOST:PORT, such as 10.0.0.5:6379")
    began = time.monotonic()
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_SECONDS).close()
        probed = subprocess.run(
            [sys.executable, "-c", _PROBE, address],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            env={**os.environ, _TELLS_NOBODY: "0"},
        )
    except subprocess.TimeoutExpired:
        reason = f"no answer within {_SECONDS} seconds"
    except (OSError, UnicodeError) as error:
        waited = time.monotonic() - began >= _SECONDS
        reason = f"no answer within {_SECONDS} seconds" if waited else _reason(error)
    else:
        if probed.returncode == 0:
            return
        reason = (probed.stderr.strip().splitlines() or ["it does not answer"])[-1][:200]
    allowed = f"that of a Ray cluster that can be reached ({reason})"
    raise ConfigurationError("address", address, allowed)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


@contextlib.contextmanager
def ray_backend(address: str | None, workers: int | None) -> "Iterator[tuple[_OnRay, int]]":
    """Ray while trainings run, and how many at a time; nothing of it stays.

    Args:
        address: of a cluster; one is started here if left out.
        workers: trainings at a time; as many as there are processors if left out.

    Raises:
        ConfigurationError: as `check_ray`.
        RunError: if Ray does not start.
    """
    check_ray(address)
    os.environ.setdefault(_TELLS_NOBODY, "0")
    import ray

    here: dict[str, Any] = {"address": "local", "include_dashboard": False, "num_cpus": workers}
    try:
        try:
            ray.init(**(here if address is None else {"address": address}), logging_level="ERROR")
        except Exception as error:
            # Of no kind of its own, as when its processes do not start in time.
            raise RunError(f"Ray cannot be used: {error}") from error
        there = int(ray.cluster_resources().get("CPU", 1))
        yield _OnRay(ray), min(workers or there, max(1, there))
    finally:
        ray.shutdown()


def _attempt_in(folder: str, call: Callable[[], int]) -> int:
    """What a worker does, in the folder that paths of the sweep are seen from."""
    os.chdir(folder)
    return attempt(call)


class _OnRay:
    """A task a job, each in a process of its own that takes a processor.

    A task whose worker died is not tried again by Ray: who asks for it keeps count.
    """

    def __init__(self, ray: Any):
        self._ray = ray
        # A process that has trained keeps memory, and what jax compiled, for nobody.
        self._remote = ray.remote(num_cpus=1, max_retries=0, max_calls=1)(_attempt_in)

    def start(self, job: Job) -> Any:
        return self._remote.remote(os.getcwd(), job.call)

    def ended(self, running: Sequence[Any]) -> list[tuple[Any, int | None]]:
        done, _ = self._ray.wait(list(running), num_returns=1)
        return [(handle, self._status(handle)) for handle in done]

    def ask_to_stop(self, running: Sequence[Any], number: int) -> None:
        for handle in running:
            # As if Ctrl-C had been pressed there.
            self._ray.cancel(handle, force=False)

    def _status(self, handle: Any) -> int | None:
        errors = self._ray.exceptions
        try:
            status: int = self._ray.get(handle)
        except errors.TaskCancelledError:
            return 130
        except errors.RayTaskError as error:
            tell(f"solon: error: {' '.join(str(error.cause).split())}")
            return 1
        except errors.RayError:
            # The worker died, or the machine that it ran on.
            return None
        return status
