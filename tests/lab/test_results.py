"""Results by the hash of their configuration, and the warm-up."""

import concurrent.futures
import threading
import time

import pytest

pytest.importorskip("streamlit", reason="the lab needs the extra `lab`")

from solon.lab import results, warm


@pytest.fixture(autouse=True)
def empty():
    results.forget()
    yield
    results.forget()


def test_a_result_is_computed_once_whoever_asks_at_the_same_time():
    calls = []

    def compute():
        calls.append(1)
        time.sleep(0.05)
        return object()

    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        futures = [pool.submit(results.result, {"a": 1, "b": 2}, compute) for _ in range(10)]
        found = {id(future.result()) for future in futures}
    assert len(calls) == 1 and len(found) == 1
    assert results.result({"b": 2, "a": 1}, compute) is not None and len(calls) == 1
    results.result({"a": 1, "b": 3}, compute)
    assert len(calls) == 2


def test_a_failure_is_not_kept():
    with pytest.raises(ZeroDivisionError):
        results.result({"a": 1}, lambda: 1 / 0)
    assert results.result({"a": 1}, lambda: 5) == 5
    assert not results._locks


def test_only_so_many_are_kept():
    for i in range(2 * results._MOST):
        results.result({"i": i}, lambda i=i: i)
    assert len(results._kept) == results._MOST


def test_not_a_number_is_no_configuration():
    with pytest.raises(ValueError, match="JSON"):
        results.fingerprint({"rate": float("nan")})


def test_the_room_that_somebody_waits_for_comes_next(monkeypatch):
    order, gate = [], threading.Event()

    def task(name):
        def run():
            if name == "first":
                gate.wait(5)
            order.append(name)
            if name == "broken":
                raise ValueError("no")

        return warm.Task(run)

    tasks = {name: task(name) for name in ("first", "second", "broken", "wanted")}
    monkeypatch.setattr(warm, "_tasks", tasks)
    monkeypatch.setattr(warm, "_queue", list(tasks))
    thread = threading.Thread(target=warm._work)
    thread.start()
    while tasks["first"].state == "waiting":
        time.sleep(0.01)
    warm.first("wanted")
    gate.set()
    thread.join(20)
    assert order == ["first", "wanted", "second", "broken"]
    assert tasks["broken"].state == "failed" and tasks["broken"].problem == "no"
    assert all(one.done.is_set() for one in tasks.values())
    assert warm.wait("wanted", 0) and warm.wait("a room without a task", 0)
