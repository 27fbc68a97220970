"""The options of XLA that tests set: each version of it knows others."""

from tests.compiling import QUICKLY, as_flags, unknown


def test_flags_are_as_xla_reads_them():
    assert as_flags({"xla_a": False, "xla_b": 3}) == "--xla_a=false --xla_b=3"


def test_an_option_that_xla_does_not_know_is_found_out():
    """It would end the process without a message; those that are used are known."""
    odd = {"xla_no_such_option": True, "xla_nor_this_one": 1}
    assert unknown({**odd, **QUICKLY}) == list(odd)
    assert "xla_backend_optimization_level" in QUICKLY
