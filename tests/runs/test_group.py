"""How processes that train together find each other, and what they are told where they do not."""

import socket
import threading

import pytest

from solon.errors import ConfigurationError
from solon.runs.group import Group, address_of, free_address


@pytest.fixture
def unjoined(monkeypatch):
    """Jax joins processes for good, and this one has its devices already."""
    joined = []
    monkeypatch.setattr("jax.distributed.initialize", lambda *given, **more: joined.append(given))
    monkeypatch.setattr("jax.config.update", lambda *given: None)
    monkeypatch.setattr(Group, "agreed", lambda self, *wishes: wishes)
    return joined


def meet(address, places, count=2, commands=None):
    """What each of some processes got, or what it was told."""
    found = {}

    def one(place):
        try:
            command = (commands or {}).get(place, "the same")
            found[place] = Group.joined(address, count, place, command, patience=3.0)
        except ConfigurationError as error:
            found[place] = str(error)

    threads = [threading.Thread(target=one, args=(place,)) for place in places]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_all_find_each_other_whoever_comes_first(unjoined):
    address = free_address()
    found = meet(address, [2, 1, 0], count=3)
    assert found == {place: Group(3, place) for place in range(3)}
    assert {given[:3] for given in unjoined} == {(address, 3, place) for place in range(3)}
    assert found[0].leads and not found[1].leads


def test_one_that_is_missing_is_named(unjoined):
    found = meet(free_address(), [0, 2], count=3)
    assert "processes: got 3" in found[0] and "missing: 1" in found[0]
    assert not unjoined
    assert "answers within 3 s" in meet(free_address(), [1])[1]


def test_one_that_trains_something_else_is_told(unjoined):
    found = meet(free_address(), [0, 1], commands={1: "another"})
    assert "the same options in all processes" in found[1]
    assert "missing: 1" in found[0] and not unjoined


def test_a_stranger_does_not_disturb(unjoined):
    address = free_address()
    strangers = []

    def disturb():
        for said in (b"GET / HTTP/1.1\r\n\r\n", b"[]\n", b'{"process": "1"}\n', b"\xff" * 5000):
            for _ in range(50):
                try:
                    with socket.create_connection(address_of(address), timeout=1) as peer:
                        peer.sendall(said)
                        peer.shutdown(socket.SHUT_WR)
                        strangers.append(said)
                    break
                except OSError:
                    continue

    other = threading.Thread(target=disturb)
    other.start()
    found = meet(address, [0, 1])
    other.join()
    assert found == {place: Group(2, place) for place in range(2)}


def test_an_address_is_checked():
    assert address_of("node1:29500") == ("node1", 29500)
    assert address_of("[::1]:80") == ("::1", 80)
    for text in ("node1", ":80", "node1:0", "node1:65536", "node1:80x", "node1:"):
        with pytest.raises(ConfigurationError, match=r"coordinator.*HOST:PORT"):
            address_of(text)
    taken = socket.create_server(("127.0.0.1", 0))
    with taken, pytest.raises(ConfigurationError, match="nobody listens yet"):
        Group.joined(f"127.0.0.1:{taken.getsockname()[1]}", 2, 0, "", patience=1.0)


def test_a_machine_that_is_not_known_is_named(monkeypatch):
    def unknown(*given, **more):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "create_connection", unknown)
    with pytest.raises(ConfigurationError, match=r"the name of a machine.*\(Name or service"):
        Group.joined("no-such-machine:80", 2, 1, "", patience=1.0)
