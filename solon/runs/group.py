"""Several processes that train together: how they find each other, agree and gather a state.

Process 0 leads: it writes the run folder. The others compute the same program on their share of
the copies of the economy, and write nothing.
"""

import contextlib
import dataclasses
import json
import os
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from jaxtyping import PyTree

from ..errors import ConfigurationError, require, require_whole

__all__ = ["MOST_PROCESSES", "Group", "address_of", "free_address"]

MOST_PROCESSES = 1024
_PATIENCE = 120
"""Seconds for the others to be found."""
_PARTING = 60
"""Seconds for the others to come to their end."""
_PAUSE = 0.2
_HEARING = 5.0
"""Seconds for one of them to say what it is."""
_GREETING = 4096
"""Bytes at most of what a process says of itself."""


@dataclasses.dataclass(frozen=True)
class Group:
    """A process' place among those that train together.

    Attributes:
        processes: how many there are.
        place: of this one, from 0.
    """

    processes: int
    place: int

    @property
    def leads(self) -> bool:
        """Whether this process writes the run folder."""
        return self.place == 0

    @classmethod
    def joined(
        cls,
        coordinator: str,
        count: int,
        place: int,
        command: str,
        *,
        devices: Sequence[int] | None = None,
        patience: float = _PATIENCE,
    ) -> "Group":
        """Wait for all others; afterwards jax has the devices of all of them.

        It has to come before jax looks for devices.

        Args:
            coordinator: HOST:PORT at which process 0 can be reached.
            count: of processes.
            place: of this one, from 0.
            command: what is trained, which has to be the same text in all of them.
            devices: numbers of the machine's devices that are this one's; all if left out. A CPU
                has none to share out.
            patience: seconds to wait.

        Raises:
            ConfigurationError: if one is missing by then, or trains something else.
        """
        host, port = address_of(coordinator)
        require_whole("processes", count, low=2, high=MOST_PROCESSES)
        require_whole("process", place, low=0, high=count - 1)
        # Jax ends a process that does not find the others, so they meet before it is asked.
        if place == 0:
            _receive(host, port, count, command, patience)
        else:
            _report(host, port, count, place, command, patience)
        jax.config.update("jax_cpu_collectives_implementation", "gloo")
        jax.distributed.initialize(
            coordinator,
            count,
            place,
            local_device_ids=devices,
            initialization_timeout=_PATIENCE,
            shutdown_timeout_seconds=_PARTING,
            coordinator_bind_address=coordinator if place == 0 else None,
        )
        group = cls(count, place)
        with _unheard():
            group.agreed(0)
        return group

    def agreed(self, *wishes: int) -> tuple[int, ...]:
        """The largest of what all processes wish, number by number: the same in all of them."""
        from jax.experimental import multihost_utils

        all_wishes = multihost_utils.process_allgather(np.asarray(wishes, np.int32))
        return tuple(int(each) for each in np.max(all_wishes, axis=0))

    def whole(self, state: PyTree[Any]) -> PyTree[Any]:
        """A state of which every process has all numbers."""
        mesh = Mesh(np.array(jax.devices()), ("devices",))
        everywhere = NamedSharding(mesh, PartitionSpec())
        return jax.jit(_same, out_shardings=everywhere)(state)


def _same(tree: PyTree[Any]) -> PyTree[Any]:
    return tree


def address_of(text: str) -> tuple[str, int]:
    """`node1:29500` -> `("node1", 29500)`.

    Raises:
        ConfigurationError: if it is no address.
    """
    host, _, port = text.rpartition(":")
    number = int(port) if port.isdecimal() and len(port) <= 5 else 0
    require(
        host != "" and 1 <= number < 2**16,
        "coordinator",
        text,
        "HOST:PORT of the machine on which process 0 runs, such as node1:29500",
    )
    return host.strip("[]"), number


def free_address() -> str:
    """An address of this machine alone, at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"127.0.0.1:{server.getsockname()[1]}"


def _receive(host: str, port: int, count: int, command: str, patience: float) -> None:
    """Wait until all others have said that they are there, then tell all of them."""
    until = time.monotonic() + patience
    waiting: dict[int, socket.socket] = {}
    with contextlib.ExitStack() as stack:
        with _reachable(f"{host}:{port}", "an address of this machine at which nobody listens yet"):
            family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
            server = stack.enter_context(socket.create_server((host, port), family=family))
        while len(waiting) < count - 1:
            left = until - time.monotonic()
            missing = ", ".join(str(n) for n in range(1, count) if n not in waiting)
            allowed = f"as many as are started within {patience:.0f} s (missing: {missing})"
            require(left > 0, "processes", count, allowed)
            server.settimeout(left)
            try:
                peer, _ = server.accept()
            except TimeoutError:
                continue
            stack.enter_context(peer)
            peer.settimeout(min(_HEARING, left))
            said = _heard(peer)
            place: Any = said.get("process")
            known = isinstance(place, int) and 0 < place < count
            if said.get("processes") != count or not known or place in waiting:
                _say(peer, {"refused": f"process {place} of {said.get('processes')}"})
            elif said.get("command") != command:
                _say(peer, {"refused": "another command"})
            else:
                waiting[int(place)] = peer
        for peer in waiting.values():
            _say(peer, {"go": True})


def _report(host: str, port: int, count: int, place: int, command: str, patience: float) -> None:
    """Say that this process is there, and wait until all are."""
    until = time.monotonic() + patience
    address = f"{host}:{port}"
    allowed = f"an address at which process 0 answers within {patience:.0f} s"
    while True:
        left = until - time.monotonic()
        require(left > 0, "coordinator", address, allowed)
        try:
            peer = socket.create_connection((host, port), timeout=left)
        except OSError as error:
            if isinstance(error, socket.gaierror):
                allowed = f"the name of a machine that can be found ({error.strerror})"
                raise ConfigurationError("coordinator", address, allowed) from None
            time.sleep(min(_PAUSE, max(0.0, until - time.monotonic())))
            continue
        with peer:
            _say(peer, {"processes": count, "process": place, "command": command})
            peer.settimeout(max(0.1, until - time.monotonic()))
            answer = _heard(peer)
        if answer.get("go") is True:
            return
        refused = answer.get("refused")
        if refused == "another command":
            allowed = "the same options in all processes (process 0 was started with others)"
            raise ConfigurationError("process", place, allowed)
        if refused is not None:
            allowed = f"each number once below --processes, alike in all (process 0 saw {refused})"
            raise ConfigurationError("process", place, allowed)
        # What answered is no process 0, or it has ended.
        time.sleep(_PAUSE)


def _say(peer: socket.socket, message: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):
        peer.sendall(json.dumps(message).encode() + b"\n")


def _heard(peer: socket.socket) -> dict[str, Any]:
    """A line of JSON; nothing of what is none."""
    received = b""
    with contextlib.suppress(OSError):
        while not received.endswith(b"\n") and len(received) < _GREETING:
            part = peer.recv(_GREETING)
            if not part:
                break
            received += part
    with contextlib.suppress(ValueError):
        found = json.loads(received)
        if isinstance(found, dict):
            return found
    return {}


@contextlib.contextmanager
def _unheard() -> Iterator[None]:
    """The library that connects the processes says so on stdout, where results go."""
    sys.stdout.flush()
    with contextlib.ExitStack() as stack:
        kept = os.dup(1)
        stack.callback(os.close, kept)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        stack.callback(os.close, nowhere)
        os.dup2(nowhere, 1)
        try:
            yield
        finally:
            os.dup2(kept, 1)


@contextlib.contextmanager
def _reachable(address: str, allowed: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = f"{allowed} ({error.strerror or error})"
        raise ConfigurationError("coordinator", address, reason) from None
