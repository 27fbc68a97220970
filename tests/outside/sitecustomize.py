"""Keeps tests on this machine: a look-up of a name or a connection elsewhere is an error.

Each process of a test run loads it: Python imports `sitecustomize` when it starts, and the
processes that tests start inherit where it is. What was asked for is also written down, since a
library may pass over the error.
"""

import ipaddress
import os
import socket
import sys

VARIABLE = "SOLON_TEST_ASKED_OUTSIDE"
_LOOK_UPS = {
    *("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"),
    "socket.getnameinfo",
}
_CONNECTIONS = {"socket.connect", "socket.sendto", "socket.sendmsg"}


def is_here(place):
    """Whether a host, or the address of an internet socket, is this machine."""
    host = place[0] if isinstance(place, tuple) else place
    if isinstance(host, bytes):
        host = host.decode("latin-1")
    if host in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _refuse(event, arguments):
    if event in _LOOK_UPS:
        asked = arguments[0]
    elif event in _CONNECTIONS and arguments[0].family in (socket.AF_INET, socket.AF_INET6):
        asked = arguments[1]
    else:
        return
    if is_here(asked):
        return
    with open(os.environ[VARIABLE], "a", encoding="utf-8") as file:
        file.write(f"{event} {asked!r} in process {os.getpid()}\n")
    raise PermissionError(f"a test asked for {asked!r}")


if os.environ.get(VARIABLE):
    sys.addaudithook(_refuse)
