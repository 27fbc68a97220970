"""Where `solon calibrate` writes: a folder of its own, which is replaced as a whole."""

import pytest

from solon.cli import main


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--out", "fit"], ["--out: got 'fit'", "(this has notes.txt)"]),
        (["--out", "."], ["--out: got '.'", "by its name"]),
        (["--out", "link"], ["--out: got 'link'", "(this is a link)"]),
        (["--out", "new", "--report", "new/errors.html"], ["--report: got", "outside of new"]),
        (["--out", "fit/notes.txt"], ["--out: got 'fit/notes.txt"]),
    ],
)
def test_what_is_not_its_own_is_left_alone(more, words, workplace, capsys):
    (workplace / "fit").mkdir()
    (workplace / "fit" / "notes.txt").write_text("mine")
    (workplace / "empty").mkdir()
    (workplace / "link").symlink_to("empty")
    before = sorted(workplace.rglob("*"))
    assert main(["calibrate", "pandemic", "--quick", *more]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and all(word in said for word in words)
    assert sorted(workplace.rglob("*")) == before
