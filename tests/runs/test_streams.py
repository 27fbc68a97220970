"""Streams that lose their reader fall silent, and nobody trips over them afterwards."""

import io
import os
import sys

import pytest

from solon.runs.streams import Lasting, lasting_streams


class Broken(io.StringIO):
    def write(self, text):
        raise BrokenPipeError(32, "Broken pipe")


@pytest.mark.parametrize("stream", [None, Broken()])
def test_what_nobody_reads_is_dropped(stream):
    lasting = Lasting(stream)
    assert lasting.write("lost") == 4
    lasting.flush()
    assert not lasting.isatty()
    lasting.close()
    assert lasting.write("more") == 4


def test_a_logger_that_closes_its_stream_at_the_exit_leaves_the_terminal_open(run_python):
    done = run_python(
        "import logging, sys; from solon.runs.streams import lasting_streams\n"
        "with lasting_streams():\n"
        "    stream = sys.stderr\n"
        "stream.write('one '); stream.close(); sys.stderr.write('two')"
    )
    assert done.stderr == "one two"


def test_the_streams_are_given_back():
    before = sys.stdout, sys.stderr
    with lasting_streams():
        assert sys.stdout is not before[0]
    assert (sys.stdout, sys.stderr) == before
    assert os.fstat(2)
