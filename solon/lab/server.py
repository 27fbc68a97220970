"""The server of the lab: on the loopback address, for this machine's browser and nobody else."""

import pathlib
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from .settings import Settings, configure
from .style import theme

__all__ = [
    "ADDRESS",
    "HOSTS",
    "MOST_MEGABYTES",
    "OnlyThisMachine",
    "application",
    "options",
    "serve",
]

ADDRESS = "127.0.0.1"
HOSTS = ("127.0.0.1", "localhost")
"""Host headers that are answered. With any other name, a page elsewhere may have had its name
pointed at this machine to talk to the lab (DNS rebinding)."""

MOST_MEGABYTES = 1
"""Of an uploaded file."""

Scope = MutableMapping[str, Any]
Asgi = Callable[[Scope, Any, Any], Awaitable[None]]

# The browser itself is told to ask no other place for anything. Scripts are the server's own; those
# of charts and of inline components are made in the page, for which it has to be allowed.
_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "media-src 'self' data: blob:",
        "connect-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "frame-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class OnlyThisMachine:
    """Answers the lab's own pages, and forbids them to load anything from elsewhere.

    Other hosts, and what pages of other origins ask for, are refused before Streamlit sees them.
    Streamlit would refuse a foreign origin, too, but first asks a server elsewhere for this
    machine's address, and answers nobody until that server does.
    """

    def __init__(self, app: Asgi):
        self.app = app

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        if not _is_allowed(scope["headers"]):
            await _refuse(scope, send)
            return

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                given = [
                    (n, v) for n, v in message["headers"] if n.decode().lower() not in _HEADERS
                ]
                ours = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
                message = {**message, "headers": [*given, *ours]}
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _is_allowed(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    given = [(name.lower(), value.decode("latin-1").strip()) for name, value in headers]
    hosts = [value for name, value in given if name == b"host"]
    if len(hosts) != 1 or not _is_ours(hosts[0]):
        return False
    # Programs send no origin, and neither do browsers for a page or a picture. What they send for
    # everything else is the origin of the page that asks: `null` for a file, a sandbox, a redirect.
    origins = [value for name, value in given if name == b"origin"]
    if any(origin != f"http://{hosts[0]}" for origin in origins):
        return False
    # Newer browsers also say it of pictures and scripts. A link from elsewhere may lead here.
    sites = {value for name, value in given if name == b"sec-fetch-site"}
    led_here = (b"sec-fetch-mode", "navigate") in given
    return led_here or sites <= {"same-origin", "none"}


def _is_ours(host: str) -> bool:
    name, _, port = host.partition(":")
    return name.lower().rstrip(".") in HOSTS and (port == "" or port.isdigit())


async def _refuse(scope: Scope, send: Any) -> None:
    if scope["type"] == "websocket":
        # Before a connection is accepted, the server answers this with status 403.
        await send({"type": "websocket.close", "code": 1008})
        return
    text = b"The lab answers only to its own pages at http://127.0.0.1 and http://localhost.\n"
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 421, "headers": headers})
    await send({"type": "http.response.body", "body": text})


def options(port: int, *, browser: bool) -> dict[str, Any]:
    """Settings of Streamlit's. They stand above those in the user's files.

    Args:
        port: of the server.
        browser: whether to open one.
    """
    return {
        "server.address": ADDRESS,
        "server.port": port,
        "server.headless": not browser,
        "server.showEmailPrompt": False,
        "server.fileWatcherType": "none",
        "server.runOnSave": False,
        "server.allowedHosts": list(HOSTS),
        "server.enableCORS": True,
        "server.enableXsrfProtection": True,
        "server.enableStaticServing": False,
        "server.enableAgentApi": False,
        "server.maxUploadSize": MOST_MEGABYTES,
        "browser.serverAddress": ADDRESS,
        "browser.gatherUsageStats": False,
        "client.toolbarMode": "viewer",
        "client.showErrorDetails": "none",
        "client.showErrorLinks": False,
        "logger.hideWelcomeMessage": True,
        "runner.magicEnabled": False,
        **theme(),
    }


def application() -> Any:
    """The lab as an ASGI application."""
    from starlette.middleware import Middleware
    from streamlit.starlette import App

    script = pathlib.Path(__file__).parent / "app.py"
    return App(script.resolve(), middleware=[Middleware(OnlyThisMachine)])


def serve(port: int, *, browser: bool, settings: Settings) -> None:
    """Answer until interrupted."""
    from . import warm

    configure(settings)
    warm.start()
    application().run(config=options(port, browser=browser))
