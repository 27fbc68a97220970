"""Programs are dropped where the process has grown, and what is computed meanwhile is right."""

import threading

import jax
import jax.numpy as jnp
import pytest

from solon.lab import memory, results


@pytest.fixture
def sizes(monkeypatch):
    """What the process is said to have, in megabytes, from one look to the next."""
    given = []
    monkeypatch.setattr(memory, "_resident", lambda: given.pop(0))
    monkeypatch.setattr(memory, "_least", None)
    return given


def test_programs_are_dropped_when_the_process_has_grown(sizes):
    doubled = jax.jit(lambda x: 2 * x)
    assert float(doubled(jnp.ones(()))) == 2
    assert doubled._cache_size() == 1
    # Smaller, larger, larger by less than the limit: nothing happens.
    sizes += [900, 800, 1000, 1311]
    assert [memory.keep_small() for _ in range(4)] == [False] * 4
    assert doubled._cache_size() == 1
    # 512 above the smallest, then 950 when they are gone: that is what counts from now on.
    sizes += [1312, 950, 1400, 1462, 940]
    assert memory.keep_small()
    assert doubled._cache_size() == 0
    assert not memory.keep_small()
    assert memory.keep_small()
    assert float(doubled(jnp.ones(()))) == 2


def test_a_system_that_does_not_say_drops_nothing(monkeypatch):
    monkeypatch.setattr(memory, "_resident", lambda: None)
    assert not memory.keep_small()


def test_the_process_knows_its_size():
    before = memory._resident()
    block = bytearray(64 * 2**20)
    block[:: 2**12] = b"x" * len(block[:: 2**12])
    assert 32 < memory._resident() - before < 200


def test_visitors_compute_while_programs_are_dropped(monkeypatch):
    monkeypatch.setattr(memory, "_GROWTH", -1)
    results.forget()
    found = {}

    def visit(number):
        for change in range(20):
            configuration = {"visitor": number, "change": change}
            made = jax.jit(lambda x, c=change: jnp.sum(x * c))
            found[number, change] = results.result(
                configuration, lambda made=made, n=number: float(made(jnp.arange(n + 2.0)))
            )

    visitors = [threading.Thread(target=visit, args=(n,)) for n in range(4)]
    for each in visitors:
        each.start()
    for each in visitors:
        each.join()
    results.forget()
    assert found == {(n, c): float(sum(range(n + 2)) * c) for n in range(4) for c in range(20)}
