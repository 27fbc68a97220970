import jaxtyping
import pytest


@pytest.fixture(autouse=True)
def as_a_user(monkeypatch, tmp_path):
    """Users have no type checks; lines of their files are shown as seen from where they are."""
    monkeypatch.chdir(tmp_path)
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)
