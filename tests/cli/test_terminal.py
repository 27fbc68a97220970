"""What is printed: text that somebody else wrote is shown, and steers no terminal."""

import io
import json
import re

import pytest

from solon._terminal import console, say, tell, visible
from solon.cli import main
from solon.runs.folder import RunFolder
from solon.runs.seals import sealed

HOSTILE = (
    "\x1b[2J\x1b]8;;http://evil.example\x07here\x9b31m\u202etxt\u200b\r\nsolon: all is well\udcff"
)
STEERING = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


def test_every_character_can_be_seen():
    assert visible("Gini 0.3 · „Steuer“ → 税 é") == "Gini 0.3 · „Steuer“ → 税 é"
    assert visible("a\x1b[1m\x85\u202e\n\udcff") == r"a\x1b[1m\x85\u202e\n\udcff"
    shown = visible("".join(map(chr, range(0x3000))))
    assert "\n" not in shown and not STEERING.search(shown)


def test_a_line_stays_a_line(capsys):
    say("first", HOSTILE, 3)
    tell(HOSTILE)
    out, err = capsys.readouterr()
    assert out.count("\n") == 3 and err.count("\n") == 1
    assert not STEERING.search(out + err) and r"\x1b[2J" in out and r"\nsolon: all is well" in err


def test_without_standard_error_nothing_is_said(monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr", None)
    tell("lost")
    assert capsys.readouterr().out == ""


def test_markup_in_a_table_is_text():
    from rich.table import Table

    table = Table(title=f"[red]{HOSTILE}")
    table.add_column("[link=http://evil.example]name[/link]")
    table.add_row("[bold]x[/bold] :smile:")
    stream = io.StringIO()
    shown = console(file=stream, width=200, force_terminal=True, color_system="truecolor")
    shown.print(table)
    shown.print(f"[blink]{HOSTILE}", soft_wrap=True)
    text = re.sub("\x1b\\[[0-9;]*m", "", stream.getvalue())  # rich's own looks
    assert not STEERING.search(text) and "]8;" not in stream.getvalue().replace(r"\x1b]8;", "")
    for words in ("[link=http://evil.example]name[/link]", "[bold]x[/bold] :smile:", "[blink]"):
        assert words in text


NAME = "\x1b[31mred\u202e"


@pytest.fixture
def hostile_run(tmp_path):
    """A run folder whose name and record steer a terminal that shows them raw."""
    config = {"economy": HOSTILE[:-1], "options": {}, "steps": 9, "seed": 0, "ppo": {},
              "planner": {"name": HOSTILE[:-1]}}  # fmt: skip
    folder = RunFolder.create(tmp_path / NAME / HOSTILE[:-1].replace("/", "."), config)
    file = folder.path / "run.json"
    record = json.loads(file.read_text())
    record["created"] = HOSTILE[:-1]
    record["history"] = [{"outcome": HOSTILE[:-1]}]
    file.write_text(json.dumps(sealed(record)))
    return folder.path


def test_names_and_records_of_runs_are_shown(hostile_run, tmp_path, capsys):
    broken = tmp_path / f"broken\n{NAME}\udcff"
    broken.mkdir()
    (broken / "run.json").write_text("{")
    assert main(["list", "runs", "--folder", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert out.count("\n") == 2 and not STEERING.search(out) and r"\x1b[31mred\u202e" in out


@pytest.mark.parametrize(
    "command",
    [
        ["evaluate", "{run}"],
        ["report", "{run}"],
        ["train", "--resume", "{run}"],
        ["compare", "{run}", "us-federal"],
        ["train", "--planner", "{file}"],
        ["schedule", "check", "{file}"],
        ["schedule", "show", f"no-such-{NAME}"],
        ["pandemic", "run", "{file}"],
        ["zoo", "show", NAME],
        [NAME],
        ["train", f"--{NAME}", "x"],
        ["train", "--steps", NAME],
        ["train", "--option", f"{NAME}=1"],
        ["list", NAME],
        ["bench", "--case", NAME],
    ],
)
def test_mistakes_with_foreign_text_are_one_line_that_steers_nothing(
    hostile_run, tmp_path, capsys, command
):
    file = tmp_path / f"plan{NAME}.yaml"
    file.write_text(f"rates: [0.1]\ncutoffs: [0]\n{json.dumps(NAME)}: {json.dumps(HOSTILE[:-1])}\n")
    assert main([part.format(run=hostile_run, file=file) for part in command]) in (1, 2)
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and err.startswith("solon: error: ")
    assert not STEERING.search(err)
