"""The original in its own interpreter, at the other end of a pipe."""

import os
import pathlib
import subprocess
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..errors import ConfigurationError
from ..runs.errors import RunError
from .original import frames

__all__ = ["Original"]


class Original:
    """An environment of the original that plays at random.

    Use it as a context manager; it ends with the process behind it.
    """

    def __init__(self, python: pathlib.Path):
        here = str(pathlib.Path(__file__).parent)
        # Its randomness is NumPy's; hashing must not add to it.
        environment = {**os.environ, "PYTHONPATH": here, "PYTHONHASHSEED": "0"}
        self._process = subprocess.Popen(
            [str(python), "-m", "original"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
        )

    def __enter__(self) -> "Original":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def build(
        self, configuration: Mapping[str, Any], *, seed: int, invalid: float
    ) -> dict[str, Any]:
        """Make the environment.

        Args:
            configuration: what the original's factory takes.
            seed: of its luck and of the actions.
            invalid: the share of actions that are chosen without regard to the mask.

        Returns:
            Sizes, and numbers that the original computes from the configuration.

        Raises:
            ConfigurationError: if it rejects the configuration.
        """
        request = {
            "command": "build",
            "configuration": dict(configuration),
            "seed": seed,
            "invalid": invalid,
        }
        self._send(request)
        facts, _ = self._receive()
        if "error" in facts:
            allowed = f"what the original accepts (it fails with {facts['error']})"
            raise ConfigurationError("config", configuration.get("scenario_name"), allowed)
        return facts

    def ask(self, steps: int, *, reset: bool) -> None:
        """Have it play; `answer` waits for what comes of it.

        Args:
            steps: how many.
            reset: start a new episode first.
        """
        self._send({"command": "play", "steps": steps, "reset": reset})

    def answer(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """What was asked for.

        Raises:
            ConfigurationError: if the original breaks.
        """
        header, arrays = self._receive()
        if "error" in header:
            allowed = f"what the original gets through (it breaks with {header['error']})"
            raise ConfigurationError("config", "this configuration", allowed)
        return header, arrays

    def _send(self, request: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            frames.write(self._process.stdin, request, {})
        except OSError:
            self._gone()

    def _receive(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        assert self._process.stdout is not None
        message = frames.read(self._process.stdout)
        if message is None:
            self._gone()
        assert message is not None
        return message

    def _gone(self) -> None:
        assert self._process.stderr is not None
        self._process.kill()
        lines = self._process.stderr.read().decode(errors="replace").strip().splitlines()
        raise RunError(f"the original ended: {lines[-1] if lines else 'without a word'}")
