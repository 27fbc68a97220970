"""What a page would ask other places for: the site must not, and its build fails if it does."""

import html.parser
import pathlib
import re

__all__ = ["in_css", "in_page", "in_site"]

_OUTSIDE = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)
_CSS = re.compile(
    r"""url\(\s*["']?\s*((?:https?:)?//[^"')\s]+)|@import\s+["']((?:https?:)?//[^"']+)""",
    re.IGNORECASE,
)
# Where a browser goes by itself. A link that a reader follows is not among them.
_LOADING = {
    *(("script", "src"), ("img", "src"), ("img", "srcset"), ("iframe", "src"), ("link", "href")),
    *(("source", "src"), ("source", "srcset"), ("video", "src"), ("video", "poster")),
    *(("audio", "src"), ("embed", "src"), ("object", "data"), ("use", "href"), ("image", "href")),
}
_LINKS_ONLY = {"canonical", "next", "prev", "alternate"}


def in_page(text: str) -> list[str]:
    """Addresses elsewhere that a browser would fetch for this HTML."""
    reader = _Reader()
    reader.feed(text)
    return reader.found


def in_css(text: str) -> list[str]:
    """Addresses elsewhere that a browser would fetch for these rules."""
    return [first or second for first, second in _CSS.findall(text)]


def in_site(folder: pathlib.Path) -> list[str]:
    """The same of all pages and rules below a folder, each with its file."""
    kinds = (("*.html", in_page), ("*.css", in_css), ("*.svg", in_page))
    return [
        f"{path.relative_to(folder)}: {address}"
        for pattern, look in kinds
        for path in sorted(folder.rglob(pattern))
        for address in look(path.read_text("utf-8"))
    ]


class _Reader(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.found: list[str] = []
        self._rules = False

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        self._rules = tag == "style"
        self.found += in_css(given.get("style", ""))
        if tag == "link" and given.get("rel") in _LINKS_ONLY:
            return
        for name, value in given.items():
            plain = name.removeprefix("xlink:")
            if (tag, plain) in _LOADING and _OUTSIDE.match(value):
                self.found.append(value)

    def handle_endtag(self, tag):
        self._rules = False

    def handle_data(self, data):
        if self._rules:
            self.found += in_css(data)
