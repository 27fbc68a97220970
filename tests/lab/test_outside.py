"""A lab in a process of its own, from its start to a visitor, asks nothing outside this machine."""

import base64
import http.client
import os
import re
import select
import socket
import subprocess
import sys
import time

import pytest

pytest.importorskip("streamlit", reason="the lab needs the extra `lab`")


@pytest.fixture
def served(tmp_path):
    """The port of a lab that compiles nothing ahead."""
    code = (
        "import pathlib, socket; from solon.lab import server; from solon.lab.settings import "
        "Settings; probe = socket.socket(); probe.bind(('127.0.0.1', 0)); "
        "port = probe.getsockname()[1]; probe.close(); print('port', port, flush=True); "
        "server.serve(port, browser=False, settings=Settings(pathlib.Path('runs'), warm=False))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=tmp_path, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "HOME": str(tmp_path)},
    )  # fmt: skip
    try:
        port = int(re.fullmatch(r"port (\d+)\n", process.stdout.readline())[1])
        for _ in range(600):
            try:
                if ask(port, "/_stcore/health") == 200:
                    break
            except OSError:
                assert process.poll() is None
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


def ask(port, path, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path, headers=headers)
    status = connection.getresponse().status
    connection.close()
    return status


def upgrade(port, **headers):
    """Ask for a websocket; the status, and whether the server then begins to talk."""
    key = base64.b64encode(os.urandom(16)).decode()
    lines = {
        "Host": f"127.0.0.1:{port}", "Connection": "Upgrade", "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": key,
        "Sec-WebSocket-Protocol": "streamlit", **headers,
    }  # fmt: skip
    text = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(f"GET /_stcore/stream HTTP/1.1\r\n{text}\r\n".encode())
        status = int(connection.recv(4096).split()[1])
        if status == 101:
            # A first message, masked and empty, as the browser sends to have the page drawn: it is
            # of field 11, rerun_script.
            connection.sendall(b"\x82\x82\0\0\0\0\x5a\x00")
            assert select.select([connection], [], [], 20)[0], "the page is not drawn"
        return status


def test_nothing_is_asked_outside(served, asked_outside):
    assert ask(served, "/") == 200 and ask(served, "/tax") == 200
    here = f"http://127.0.0.1:{served}"
    assert upgrade(served, Origin=here) == 101
    began = time.monotonic()
    for origin in ("http://evil.example", "null", f"http://localhost:{served}"):
        assert upgrade(served, Origin=origin) == 403
        assert ask(served, "/_stcore/health", Origin=origin) == 421
    assert upgrade(served, Host="evil.example", Origin=here) == 403
    assert time.monotonic() - began < 5, "the lab stood still"
    assert asked_outside() == []


def test_what_is_asked_outside_is_noticed(run_python, asked_outside):
    code = "import urllib.request as r; r.urlopen('http://192.0.2.1', timeout=1)"
    assert "a test asked for" in run_python(code, check=False).stderr
    with pytest.raises(PermissionError):
        socket.getaddrinfo("example.org", 80)
    assert ["192.0.2.1" in line for line in asked_outside()] == [True, False]
