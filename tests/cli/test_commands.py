"""The commands that only look, and what all commands have in common."""

import errno
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import solon
from solon.cli import _COMMANDS, main
from solon.cli._runtime import cache_folder, prepare
from solon.cli._values import assignments, nested
from solon.cli.doctor import EXTRAS
from solon.registry import registered

ROOT = Path(__file__).parents[2]


def test_help_names_every_command_with_a_line_on_each(capsys):
    assert main([]) == main(["--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for command in _COMMANDS:
        (line, _) = (line for line in lines if line.split()[:1] == [command])
        assert len(line.split()) > 4


@pytest.mark.parametrize("command", _COMMANDS)
def test_every_command_explains_itself(command, capsys):
    assert main([command, "--help"]) == 0
    shown = capsys.readouterr()
    assert f"usage: solon {command}" in shown.out
    assert "None" not in shown.out
    assert shown.err == ""


def test_the_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"solon {solon.__version__}\n"


def test_python_m_solon_is_the_command(run_python):
    done = run_python(
        "import runpy, sys; sys.argv[1:] = ['lsit']; runpy.run_module('solon', "
        "run_name='__main__')",
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("solon: error: command: got 'lsit'; allowed: demo, train,")
    assert "did you mean list?" in done.stderr
    assert done.stderr.count("\n") == 1


def test_options_are_read_without_jax(run_python):
    program = (
        "import sys; from solon.cli import main; main(['train', '--steps', 'x']);"
        "assert 'jax' not in sys.modules"
    )
    run_python(program)


def test_a_disk_that_is_full_at_the_end_is_one_line(monkeypatch, capsys):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device", "report.html")

    monkeypatch.setattr("solon.cli.listing.run", full)
    assert main(["list"]) == 1
    shown = capsys.readouterr()
    assert shown.err == "solon: error: report.html: No space left on device\n"


def test_a_traceback_can_be_asked_for(monkeypatch):
    monkeypatch.setenv("SOLON_TRACEBACK", "1")
    with pytest.raises(solon.ConfigurationError):
        main(["report", "nowhere"])


def test_a_reader_that_leaves_early_is_no_error():
    program = "import sys; from solon.cli import main; sys.exit(main(['list', 'layouts']))"
    with subprocess.Popen(
        [sys.executable, "-u", "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        err = process.stderr.read()
        assert process.wait(60) == 0
    assert err == b""


def test_doctor_finds_what_there_is_and_says_what_to_install(capsys, workplace, monkeypatch):
    monkeypatch.setenv("SOLON_CACHE", str(workplace / "cache"))
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    found = {line.split()[0]: line for line in out.splitlines()}
    assert solon.__version__ in found["solon"]
    assert sys.version.split()[0] in found["python"]
    import jax

    assert jax.__version__ in found["jax"]
    assert jax.devices()[0].platform in found["devices"]
    for extra in (*EXTRAS, "cuda"):
        line = found[extra]
        assert ("missing" in line) == (f"pip install 'solon[{extra}]'" in line)
    assert list(workplace.iterdir()) == []


def test_doctor_survives_a_device_that_is_not_there(run_python):
    done = run_python(
        "from solon.cli import main; main(['doctor'])", JAX_PLATFORMS="tpu", check=False
    )
    assert done.returncode == 0
    assert "none:" in done.stdout


def test_doctor_knows_the_extras_of_the_package():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"][
        "optional-dependencies"
    ]
    assert {*EXTRAS, "cuda", "dev"} == set(extras)
    for extra, packages in EXTRAS.items():
        declared = " ".join(extras[extra])
        for package in packages:
            assert package in declared, package


def test_list_names_everything(capsys, workplace):
    assert main(["list"]) == 0
    out = capsys.readouterr().out
    for name in (*registered(), "open-quadrant", "free-market", "us-federal", "tax-theory"):
        # An economy and the study of it may share a name.
        lines = [line for line in out.splitlines() if line.split()[:1] == [name]]
        assert lines and all(len(line.split()) > 2 for line in lines)
    for title in ("economies", "layouts", "planners", "zoo", "studies", "runs"):
        assert f"{title}\n" in out
    assert "tax/open-quadrant/free-market" in out
    assert list(workplace.iterdir()) == []


def test_list_runs_says_how_they_stand(capsys, run_folder):
    broken = run_folder.parent / "broken"
    broken.mkdir()
    (broken / "run.json").write_text("{")
    assert main(["list", "runs", "--folder", str(run_folder.parent)]) == 0
    broken_line, line = capsys.readouterr().out.splitlines()
    assert "cannot be read" in broken_line
    assert str(run_folder) in line
    assert "200 of 200 steps, finished" in line


@pytest.mark.parametrize(
    ("variables", "folder"),
    [
        ({"SOLON_CACHE": "off"}, None),
        ({"SOLON_CACHE": "/somewhere"}, Path("/somewhere")),
        ({"XDG_CACHE_HOME": "/cache"}, Path("/cache/solon/jax")),
        ({"XDG_CACHE_HOME": "/cache", "SOLON_CACHE": "/somewhere"}, Path("/somewhere")),
    ],
)
def test_the_place_of_the_cache_can_be_chosen(variables, folder, monkeypatch):
    monkeypatch.delenv("SOLON_CACHE", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert cache_folder() == folder


def test_what_was_compiled_is_kept(run_python, tmp_path):
    program = """
import jax
from solon.cli._runtime import prepare
prepare()
print(jax.config.jax_compilation_cache_dir)
"""
    environment = {"SOLON_CACHE": str(tmp_path / "cache"), "JAX_COMPILATION_CACHE_DIR": ""}
    assert run_python(program, **environment).stdout.strip() == str(tmp_path / "cache")
    environment["SOLON_CACHE"] = "/proc/cache"
    assert run_python(program, **environment).stdout.strip() in ("", "None")


def test_a_cache_that_was_chosen_for_jax_is_left_alone():
    import jax

    before = jax.config.jax_compilation_cache_dir
    prepare()
    assert jax.config.jax_compilation_cache_dir == before
    assert before == os.environ["JAX_COMPILATION_CACHE_DIR"]


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("3", 3),
        ("0.5", 0.5),
        ("1e-3", 0.001),
        ("true", True),
        ("[0, 0.5, {a: 1e30}]", [0, 0.5, {"a": 1e30}]),
        ("{a: 1}", {"a": 1}),
        ("open-quadrant", "open-quadrant"),
        ("2020-03-22", "2020-03-22"),
        ("", None),
        ("a=b", "a=b"),
    ],
)
def test_values_are_yaml(typed, value):
    assert assignments("option", [f"key={typed}"]) == {"key": value}


def test_dots_reach_into_parts():
    given = {"workers": 4, "tax.period": 50, "tax.cutoffs": [0, 1]}
    assert nested("option", given) == {"workers": 4, "tax": {"period": 50, "cutoffs": [0, 1]}}
    for clash in ({"tax": 1, "tax.period": 2}, {"tax.period": 2, "tax": 1}):
        with pytest.raises(solon.ConfigurationError, match="parts of it"):
            nested("option", clash)
