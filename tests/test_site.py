"""The documentation as a site: whole, and asking for nothing from elsewhere."""

import importlib.util
import os
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[1]


@pytest.fixture(scope="module")
def outside():
    spec = importlib.util.spec_from_file_location("outside", ROOT / "docs" / "outside.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "page",
    [
        '<script src="https://cdn.example.org/x.js"></script>',
        "<link rel=stylesheet href='//fonts.example.org/css'>",
        '<link rel="preconnect" href="https://fonts.example.org">',
        '<img alt="" SRC=" http://example.org/badge.svg">',
        '<img src="a.png" srcset="https://example.org/b.png 2x">',
        "<style>@import 'https://example.org/a.css';</style>",
        '<div style="background: url(https://example.org/a.png)"></div>',
        '<svg><use xlink:href="https://example.org/a.svg#b"/></svg>',
        '<iframe src="https://example.org"></iframe>',
    ],
)
def test_whatever_a_browser_would_fetch_is_found(outside, page):
    assert len(outside.in_page(page)) == 1


@pytest.mark.parametrize(
    "page",
    [
        '<a href="https://example.org">elsewhere</a>',
        '<link rel="canonical" href="https://example.org/page">',
        '<img src="figures/a.svg"><script src="../assets/a.js"></script>',
        '<style>a { background: url("data:image/svg+xml,<svg xmlns=//w3.org/>") }</style>',
        "<code>url(x)</code> https://example.org",
    ],
)
def test_links_and_what_is_in_the_site_are_no_matter(outside, page):
    assert outside.in_page(page) == []


def test_every_page_is_in_the_menu():
    text = (ROOT / "mkdocs.yml").read_text("utf-8")
    listed = set(re.findall(r"^ +- ([\w-]+\.md)$", text, re.MULTILINE))
    assert listed == {path.name for path in (ROOT / "docs").glob("*.md")}


def test_the_site_is_built_strictly_and_asks_for_nothing(tmp_path):
    """What `make docs` does, where its tools are: its last step looks for addresses elsewhere."""
    for tool in ("mkdocs", "mkdocstrings", "latex2mathml"):
        pytest.importorskip(tool, reason="make docs installs it")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "-d", tmp_path],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    theory = (tmp_path / "tax-theory.html").read_text("utf-8")
    assert "<math" in theory and "arithmatex" not in theory
    reference = (tmp_path / "reference" / "solon.economics.html").read_text("utf-8")
    assert "gini" in reference.lower() and "Args" not in reference
    home = (tmp_path / "index.html").read_text("utf-8")
    assert 'href="cards/pandemic-economy.html"' in home
    assert "fonts.googleapis" not in home
