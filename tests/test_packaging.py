"""The package as a user gets it: built, installed into an empty environment, run from there."""

import pathlib
import subprocess
import sys
import sysconfig
import venv
import zipfile

import pytest

import solon

ROOT = pathlib.Path(__file__).parents[1]


def run(*command, cwd):
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """A wheel, built the way `make build` does: from the sdist."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ROOT, cwd=out)
    assert [path.name for path in out.glob("*.tar.gz")] == [f"solon-{solon.__version__}.tar.gz"]
    (built,) = out.glob("*.whl")
    return built


def test_version_is_quoted_right():
    """Packaging reads the version from the source; these two files can only repeat it."""
    assert f"\nversion: {solon.__version__}\n" in (ROOT / "CITATION.cff").read_text()
    assert f"\n## {solon.__version__}" in (ROOT / "CHANGELOG.md").read_text()


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The folder of programs of an environment that has the wheel and what it depends on."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False)
    python = home / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
    run(*pip, "--no-index", "--no-deps", wheel, cwd=home)
    # The dependencies are borrowed, so that no network is needed. A folder named in a .pth file
    # has its own .pth files left alone: an editable solon in there stays out of sight.
    query = "import sysconfig; print(sysconfig.get_path('purelib'))"
    own = pathlib.Path(run(python, "-c", query, cwd=home).strip())
    borrowed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (own / "borrowed.pth").write_text("\n".join(sorted(borrowed)) + "\n")
    return home / "bin"


def test_wheel_holds_what_the_source_tree_holds(wheel, tmp_path):
    """A wheel from the sdist and one from the tree are the same, byte for byte."""
    run(
        *(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", tmp_path, ROOT),
        cwd=tmp_path,
    )
    assert (tmp_path / wheel.name).read_bytes() == wheel.read_bytes()

    held = set(zipfile.ZipFile(wheel).namelist())
    source = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "solon").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert source <= held
    assert "solon/py.typed" in held
    assert any(name.endswith("/maps/open-quadrant.txt") for name in held)
    assert {name.rpartition("/")[2] for name in held} >= {"LICENSE", "NOTICE"}


def test_installed_package_runs(installed, tmp_path):
    program = "import solon; solon.make('gather-trade-build'); print(solon.__file__)"
    shown = run(installed / "python", "-c", program, cwd=tmp_path).strip()
    assert pathlib.Path(shown).is_relative_to(installed.parent)
    assert "usage" in run(installed / "solon", "--help", cwd=tmp_path).lower()
