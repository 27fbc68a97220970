"""The server: whom it answers, what it tells browsers, and what it is started with."""

import asyncio

import pytest

pytest.importorskip("streamlit", reason="the lab needs the extra `lab`")

from solon.cli import main
from solon.lab import server


def answer(host, kind="http", more=()):
    """What the guard makes of a request: the messages that go back, and whether it was let in."""
    sent, let_in = [], []

    async def inner(scope, receive, send):
        let_in.append(scope["type"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"hello"})

    async def send(message):
        sent.append(message)

    headers = [(b"host", value.encode()) for value in host] + list(more)
    scope = {"type": kind, "headers": headers, "path": "/"}
    asyncio.run(server.OnlyThisMachine(inner)(scope, None, send))
    return sent, bool(let_in)


@pytest.mark.parametrize("host", ["127.0.0.1:8501", "localhost", "LOCALHOST:8501", "localhost.:80"])
def test_this_machine_is_answered_and_told_to_load_nothing_from_elsewhere(host):
    sent, let_in = answer([host])
    assert let_in
    policy = dict(sent[0]["headers"])[b"content-security-policy"].decode()
    assert "default-src 'self'" in policy and "http" not in policy and "*" not in policy


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    "host",
    [["evil.example"], ["127.0.0.1.evil.example"], ["localhost@evil.example"], [], ["0.0.0.0"],
     ["localhost", "evil.example"], ["localhost:80:80"], ["[::1]"], [""]],
)  # fmt: skip
def test_other_hosts_are_refused(host, kind):
    sent, let_in = answer(host, kind)
    assert not let_in
    if kind == "http":
        assert sent[0]["status"] == 421
    else:
        assert sent == [{"type": "websocket.close", "code": 1008}]


HERE = "127.0.0.1:8501"


def is_let_in(kind, **headers):
    more = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    sent, let_in = answer([HERE], kind, more)
    assert let_in or kind == "websocket" or sent[0]["status"] == 421
    return let_in


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "https://127.0.0.1:8501", "http://127.0.0.1:3000", "null", "",
     "http://localhost:8501", "http://127.0.0.1:8501.evil.example", "http://127.0.0.1"],
)  # fmt: skip
def test_pages_of_other_origins_are_refused(kind, origin):
    assert not is_let_in(kind, origin=origin)


@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_the_labs_own_pages_are_answered_and_links_lead_here(kind):
    assert is_let_in(kind)
    assert is_let_in(kind, origin=f"http://{HERE}", sec_fetch_site="same-origin")
    assert is_let_in(kind, sec_fetch_site="none", sec_fetch_mode="navigate")
    assert is_let_in(kind, sec_fetch_site="cross-site", sec_fetch_mode="navigate")
    # A picture or a script that is named by a page elsewhere comes without an origin.
    assert not is_let_in(kind, sec_fetch_site="cross-site", sec_fetch_mode="no-cors")
    assert not is_let_in(kind, sec_fetch_site="same-site", sec_fetch_mode="no-cors")


def test_what_streamlit_is_told():
    from streamlit import config

    options = server.options(8501, browser=False)
    assert options["server.address"] == "127.0.0.1"
    assert options["browser.gatherUsageStats"] is False
    assert options["server.enableXsrfProtection"] and options["server.enableCORS"]
    assert options["server.allowedHosts"] == ["127.0.0.1", "localhost"]
    assert options["server.fileWatcherType"] == "none"
    assert options["server.enableStaticServing"] is False
    unknown = [name for name in options if name not in config.get_config_options()]
    assert not unknown


def test_mistakes_get_one_line(capsys, tmp_path, monkeypatch):
    assert main(["lab", "--port", "70000"]) == 2
    assert "port" in capsys.readouterr().err
    file = tmp_path / "file"
    file.write_text("")
    assert main(["lab", "--runs", str(file)]) == 2
    assert "a folder" in capsys.readouterr().err
    import importlib.util

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert main(["lab"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "solon[lab]" in said


def test_a_port_that_is_taken_is_said(capsys):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert main(["lab", "--port", str(taken.getsockname()[1])]) == 2
    assert "a port that is free" in capsys.readouterr().err
