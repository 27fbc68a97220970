"""The lab in a test: its page runs in this process, without a browser."""

import pathlib
import re
import sys

import pytest

pytest.importorskip("streamlit", reason="the lab needs the extra `lab`")

from streamlit.testing.v1 import AppTest

import solon.lab
from solon.lab.settings import Settings, configure, settings

APP = pathlib.Path(solon.lab.__file__).with_name("app.py")


@pytest.fixture
def lab(tmp_path):
    """Opens a room: `lab("tax", schedule="0:10")`; warm-up is off, so that rooms draw at once."""
    before = settings()
    configure(Settings(runs=tmp_path / "runs", warm=False))

    def opened(room: str, **address: str) -> AppTest:
        page = AppTest.from_string(_page(room), default_timeout=240)
        for name, value in address.items():
            page.query_params[name.replace("_", "-")] = value
        return page.run()

    yield opened
    configure(before)


def _page(room: str) -> str:
    # The tester has no pages of functions: a room is drawn as the app draws it, without the menu.
    return f"from solon.lab import frame\nframe.draw({room!r})\n"


def texts(elements) -> str:
    """All that a list of elements says, as a visitor reads it."""
    return read("\n".join(str(element.value) for element in elements))


def read(markdown: str) -> str:
    """Markdown without the signs that keep it from making something of text."""
    return re.sub(r"\\([^\w\s])", r"\1", markdown).replace("\N{WORD JOINER}", "")


@pytest.fixture(autouse=True)
def main_module():
    """An app under test takes the place of `__main__`, which later processes start from."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main
