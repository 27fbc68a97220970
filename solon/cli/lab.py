"""Start the lab: change a policy in the browser and watch what follows."""

import dataclasses
import importlib.util
import os
import pathlib
import socket
from typing import Annotated

import tyro

from .._terminal import say
from ..errors import require
from ..runs.memory import address_space
from ._runtime import prepare

__all__ = ["Options", "run"]


@dataclasses.dataclass(frozen=True)
class Options:
    """Open the lab in a browser on this machine.

    It listens on the loopback address only, sends nothing out and fetches nothing. It needs the
    extra `lab`.
    """

    port: Annotated[int, tyro.conf.arg(metavar="INTEGER")] = 8501
    """The port that it listens on; 0 for any that is free."""
    runs: Annotated[str, tyro.conf.arg(metavar="FOLDER")] = "runs"
    """The folder of the run folders that are shown, and in which trainings write."""
    no_browser: bool = False
    """Do not open a browser."""


def run(options: Options) -> int:
    """Serve until interrupted."""
    require(0 <= options.port < 2**16, "port", options.port, "an integer from 0 to 65535")
    runs = pathlib.Path(options.runs).absolute()
    require(os.path.isdir(runs) or not os.path.lexists(runs), "runs", options.runs, "a folder")
    found = importlib.util.find_spec("streamlit") is not None
    allowed = "an environment with the extra lab: pip install 'solon[lab]', or make lab"
    require(found, "lab", "no streamlit", allowed)
    if "JAX_PLATFORMS" in os.environ or address_space() is not None:
        # Rooms are compiled in the background, where it would be too late to say so.
        prepare()
    from ..lab.server import ADDRESS, serve
    from ..lab.settings import Settings

    # Streamlit would take the next free port, and a link would lead elsewhere.
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, options.port))
        except OSError as error:
            require(False, "port", options.port, f"a port that is free ({error.strerror})")
        port = probe.getsockname()[1]
    say(f"The lab is at http://{ADDRESS}:{port} (Ctrl+C ends it)")
    serve(port, browser=not options.no_browser, settings=Settings(runs=runs))
    return 0
