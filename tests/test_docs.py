"""What README and docs show is true: Python runs, and commands and make targets exist.

The Python blocks of a page are one program, run in order. Commands are not carried out, since
some take minutes: the sub-command is asked for its help. On a page that goes on with what they
leave they are carried out in their places, with less to do.
"""

import pathlib
import re
import shlex
import shutil
import textwrap

import pytest

from solon.cli import main

ROOT = pathlib.Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^( *)```(\w+)[^\n]*\n(.*?)^\1```", re.MULTILINE | re.DOTALL)


def blocks(page, *languages):
    """Line number and text of each fenced block in one of the languages."""
    text = page.read_text(encoding="utf-8")
    return [
        (text.count("\n", 0, match.start(3)), textwrap.dedent(match[3]))
        for match in FENCE.finditer(text)
        if match[2] in languages
    ]


def commands():
    """Each distinct `solon SUBCOMMAND` or `make TARGET` that a page shows, with its page."""
    found = {}
    for page in PAGES:
        for _, text in blocks(page, "bash", "console", "sh", "shell"):
            for program, verb in re.findall(r"^(?:\$ )?(solon|make) ([a-z][\w-]*)", text, re.M):
                found.setdefault((program, verb), page.relative_to(ROOT).as_posix())
    return [(program, verb, page) for (program, verb), page in found.items()]


CARRIED_OUT = {"writing-an-economy.md": {"--steps": "9600"}, "sweeps.md": {}}
"""Pages whose commands are carried out, and options that are others then."""


def carry_out(text, options):
    """The commands of a block, one a line."""
    for line in text.splitlines():
        program, *typed = shlex.split(line)
        assert program == "solon"
        typed = [
            options.get(before, word) for before, word in zip(["", *typed], typed, strict=False)
        ]
        assert main(typed) == 0, line


ELSEWHERE = {"interop.md"}
"""Pages whose programs need libraries of others: `tests/interop/libraries` runs them."""

PROGRAMS = [page for page in PAGES if blocks(page, "python") and page.name not in ELSEWHERE]


@pytest.mark.parametrize("page", PROGRAMS, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_python_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run_page(page)


def run_page(page):
    """The program of a page, in the working directory."""
    shutil.copytree(ROOT / "examples", "examples")
    namespace = {"__name__": "__main__"}
    commands = blocks(page, "bash") if page.name in CARRIED_OUT else []
    for line, text in sorted(blocks(page, "python") + commands):
        if (line, text) in commands:
            carry_out(text, CARRIED_OUT[page.name])
            continue
        # The empty lines in front make a traceback point into the page.
        exec(compile("\n" * line + text, str(page), "exec"), namespace)


@pytest.mark.parametrize(("program", "verb", "page"), commands())
def test_command_exists(program, verb, page, run_python):
    if program == "make":
        assert re.search(rf"^{verb}:", (ROOT / "Makefile").read_text(), re.MULTILINE), page
        return
    done = run_python("from solon.cli import main; main()", verb, "--help", check=False)
    assert done.returncode == 0, f"{page} shows `solon {verb}`: {done.stderr}"
