"""Whether the ordinary tests notice planted bugs: `python tests/plants.py [WORD]`, `make plants`.

Every bug of `plants.yaml` is planted in a copy of the package, and the tests that should notice it
are run there. First they have to pass as things are. With a word only bugs with it in their name.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import yaml

ROOT = pathlib.Path(__file__).parents[1]
_FAILED = 1


def plants():
    """The list, checked against the package: every `was` occurs exactly once."""
    listed = yaml.safe_load((ROOT / "tests" / "plants.yaml").read_text("utf-8"))
    for plant in listed:
        found = (ROOT / "solon" / plant["file"]).read_text("utf-8").count(plant["was"])
        if found != 1:
            raise ValueError(f"{plant['name']}: {plant['was']!r} occurs {found} times")
    return listed


def run(copy, tests):
    """The exit status of tests in a copy."""
    cache = ROOT / ".pytest_cache" / "plants"
    # Without the checks of annotations, which take longer than the tests.
    options = ["-o", f"cache_dir={cache}", "-o", "addopts=--import-mode=importlib"]
    command = [sys.executable, "-m", "pytest", "-q", "-x", *options]
    named = [f"tests/{test}" for test in tests]
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [*command, *named], cwd=copy, env=environment, capture_output=True, text=True
    )
    return done.returncode, done.stdout.strip().splitlines()[-1:]


def main():
    word = " ".join(sys.argv[1:])
    listed, missed = [plant for plant in plants() if word in plant["name"]], 0
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder)
        for name in ("solon", "tests", "docs"):
            ignored = shutil.ignore_patterns("__pycache__", "traces")
            shutil.copytree(ROOT / name, copy / name, ignore=ignored)
        for name in ("pyproject.toml", "README.md"):
            shutil.copy(ROOT / name, copy / name)
        status, last = run(copy, dict.fromkeys(plant["tests"] for plant in listed))
        if status != 0:
            print(f"the tests fail without any bug: {' '.join(last)}")
            return 1
        print(f"without any bug: {' '.join(last)}", flush=True)
        for plant in listed:
            file = copy / "solon" / plant["file"]
            sound = file.read_text("utf-8")
            file.write_text(sound.replace(plant["was"], plant["becomes"]), "utf-8")
            status, last = run(copy, [plant["tests"]])
            file.write_text(sound, "utf-8")
            # Any other status is an error of pytest's, such as a test that does not exist.
            caught = status == _FAILED
            missed += not caught
            verdict = "caught" if caught else f"MISSED ({' '.join(last)})"
            print(f"{verdict}: {plant['name']}", flush=True)
    print(f"{len(listed)} planted bugs, {len(listed) - missed} caught")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
