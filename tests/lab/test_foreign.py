"""Text that somebody else wrote: what a page of the lab makes of it, before a browser sees it."""

import re

import pytest

pytest.importorskip("streamlit", reason="the lab needs the extra `lab`")

import markdown_it

from solon.lab.foreign import plain
from tests.lab.conftest import read

LIVE = [
    "[here](http://evil.example)", "![x](http://evil.example/x.png)", "<http://evil.example>",
    "http://evil.example", "https://evil.example/a?b=c", "www.evil.example", "WWW.evil.example",
    "me@evil.example", "mailto:me@evil.example", "<img src=x onerror=alert(1)>",
    "<style>*{display:none}</style>", "&lt;b&gt; &copy; &#60;", "`code` ``more``",
    "**b** _i_ ~~s~~",
    "$x^2$ $$y$$", ":red[stop] :red-badge[x] :material/home: :streamlit: :smile: :+1:",
    "# head", "- item", "1. item", "> said", "a | b", "***", "[x]: http://evil.example",
    "a -> b <- c <-> d -- e >= f <= g ~= h", "\\[x\\](http://evil.example)", "\\",
    "x\n\n# head", "| a |\n|---|\n| b |",
]  # fmt: skip


@pytest.mark.parametrize("text", LIVE)
@pytest.mark.parametrize("frame", ["{}", "**{}**: said", "| {} | b |\n|---|---|\n| {} | c |"])
def test_nothing_is_made_of_it(text, frame):
    parser = markdown_it.MarkdownIt("gfm-like", {"linkify": False})
    made = parser.render(frame.replace("{}", plain(text)))
    usual = parser.render(frame.replace("{}", "word"))
    assert re.findall(r"<[^>]*>", made) == re.findall(r"<[^>]*>", usual)


# What Streamlit looks for in the text that Markdown has come to; see its StreamlitMarkdown.
LATER = [
    r"(https?://|www(?=\.))([-.\w]+)([^ \t\r\n]*)", r"(?<![\w])([-.\w+]+)@([-\w]+(?:\.[-\w]+)+)",
    r":material_(\w+):", r":streamlit:", r":[\w+-][\w_+-]*:",
    r"(^|\s)(<->|->|<-|--|>=|<=|~=)(\s|$)",
]  # fmt: skip


@pytest.mark.parametrize("text", LIVE)
def test_streamlit_finds_nothing_in_it(text):
    shown = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", plain(text))
    assert [pattern for pattern in LATER if re.search(pattern, shown, re.IGNORECASE)] == []
    assert " ".join(read(shown).split()) == " ".join(read(text).split())


def test_it_is_one_line_of_some_length_in_which_all_can_be_seen():
    shown = read(plain("a\x1b[1m\u202eb\nc\x00" + "x" * 100_000, 40))
    assert shown.startswith(r"a\x1b[1m\u202eb c\x00xx")
    assert shown.endswith("… (100,010 characters)") and len(shown) < 70
    assert "\x1b" not in shown and "\u202e" not in shown and "\n" not in shown
    assert plain("") == "" and read(plain("a" * 1000)) == "a" * 1000
