"""Files that are named: each kind is read, or refused at once."""

import os

import pytest

from solon.economies.gather_trade_build.layouts import read
from solon.errors import ConfigurationError
from solon.reading.files import UnreadableError, bytes_of, ending, read_text, text_of


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"\xef\xbb\xbfa\nb", "a\nb"),
        (b"a\r\nb\r\n", "a\nb\n"),
        (b"a\rb\r", "a\nb\n"),
        ("a: ü".encode(), "a: ü"),
        (b"", ""),
    ],
)
def test_text_is_the_same_wherever_it_was_written(content, text):
    assert text_of(content) == text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a: ü".encode("utf-16"), "not text in UTF-8, but in UTF-16: save it as UTF-8"),
        ("a".encode("utf-16-be"), "null characters"),
        (b"\xfe\xff\0a", "but in UTF-16"),
        (b"\xff\xfe\0\0a\0\0\0", "but in UTF-32"),
        (b"a\nb: \xe9", "byte 0xe9 in line 2"),
        (b"\x80\x04\x95\0", "it is not text"),
    ],
)
def test_other_encodings_are_named(content, said):
    with pytest.raises(UnreadableError, match=said):
        text_of(content)


def test_what_is_no_file_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "large.yaml").write_bytes(b"#" * 11)
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    for name, said in (
        ("pipe.yaml", "it is a pipe"),
        (".", "it is a folder"),
        ("/dev/zero", "it is a device"),
        ("missing.yaml", "No such file"),
        ("loop.yaml", "Too many levels"),
        ("x" * 300 + ".yaml", "File name too long"),
        ("a\0b.yaml", "no file has such a name"),
        ("\ud800.yaml", "no file has such a name"),
        ("large.yaml", "it has more than 10 bytes"),
    ):
        with pytest.raises(ConfigurationError, match=f"^file: got .*a text file .{said}"):
            read_text(tmp_path / name, "file", most=10)


def test_sizes_that_are_not_stated_are_bounded():
    # Files of the system state no size.
    with pytest.raises(UnreadableError, match="more than 3 bytes"):
        bytes_of("/proc/self/status", most=3)


def test_a_name_that_is_not_in_utf8_is_read_and_can_be_printed(tmp_path):
    place = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt")
    with open(place, "w") as file:
        file.write("W.~\n")
    with pytest.raises(ConfigurationError, match="3 x 3 cells") as caught:
        read(place)
    assert str(caught.value).encode().isascii()


def test_maps_of_other_machines(tmp_path):
    rows = ["WW..~", "..~.S", "....."]
    for ends, start in (("\n", b""), ("\r\n", b"\xef\xbb\xbf"), ("\r", b"")):
        (tmp_path / "map.txt").write_bytes(start + ends.join(rows).encode())
        assert read(tmp_path / "map.txt").rows == tuple(rows)


def test_values_that_cannot_be_written_are_described():
    deep: list = []
    for _ in range(100_000):
        deep = [deep]
    for value in (10**5000, deep):
        assert "too long to show" in str(ConfigurationError("x", value, "less"))


def test_endings_in_any_case():
    assert ending("a/b.PLAN.YAML") == ".yaml" and ending("plan") == ""
