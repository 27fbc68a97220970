import hashlib
import json
import subprocess
import sys

import equinox as eqx
import jax
import jax.numpy as jnp
import ml_dtypes
import numpy as np
import pytest

from solon import ConfigurationError
from solon.runs import checkpoint
from solon.runs.arrays import pack
from solon.runs.folder import checkpoint_steps


def zoo():
    """One leaf of every kind that a training state may hold."""
    return {
        "network": eqx.nn.MLP(2, 3, 4, 1, key=jax.random.key(0)),
        "key": jax.random.key(3),
        "keys": jax.random.split(jax.random.key(4, impl="rbg"), 5),
        "half": jnp.arange(6, dtype=jnp.bfloat16).reshape(2, 3) / 7,
        "small": jnp.arange(3, dtype=jnp.int8),
        "mask": jnp.array([True, False]),
        "empty": jnp.zeros((0, 4)),
        "scalar": jnp.float32(jnp.pi),
        "infinite": jnp.array([jnp.inf, -jnp.inf, jnp.nan, -0.0]),
        "numpy": np.arange(4, dtype=np.float64)[::-1],
        "numpy scalar": np.uint32(2**32 - 1),
        "python": [True, -(2**62), 0.1],
        "nothing": None,
        "tuple": (jnp.ones(1), [jnp.zeros(2)]),
    }


def same(a, b):
    assert jax.tree.structure(a) == jax.tree.structure(b)
    a, b = pack(a), pack(b)
    return {k: (v.dtype, v.shape, v.tobytes()) for k, v in a.items()} == {
        k: (v.dtype, v.shape, v.tobytes()) for k, v in b.items()
    }


def blank(tree):
    """The same tree with other numbers in its arrays."""

    def other(leaf):
        ordinary = isinstance(leaf, jax.Array) and not jnp.issubdtype(
            leaf.dtype, jax.dtypes.prng_key
        )
        return jnp.zeros_like(leaf) if ordinary else leaf

    return jax.tree.map(other, tree)


def test_everything_comes_back_bit_for_bit_and_of_its_own_kind(tmp_path):
    state = zoo()
    checkpoint.save(tmp_path, 7, state, {"seconds": 1.5})
    restored = checkpoint.restore(tmp_path, blank(state))
    assert restored.step == 7
    assert restored.meta == {"seconds": 1.5}
    assert same(restored.state, state)
    for got, expected in zip(jax.tree.leaves(restored.state), jax.tree.leaves(state), strict=True):
        assert type(got) is type(expected)
        if isinstance(got, jax.Array):
            assert got.dtype == expected.dtype
    assert jax.random.uniform(restored.state["keys"][2]) == jax.random.uniform(state["keys"][2])


def test_an_abstract_template_will_do(tmp_path):
    state = {k: v for k, v in zoo().items() if k in ("key", "keys", "half", "tuple")}
    checkpoint.save(tmp_path, 0, state)
    restored = checkpoint.restore(tmp_path, jax.eval_shape(lambda: state)).state
    assert same(restored, state)


def test_what_is_restored_may_be_donated(tmp_path):
    state = {"a": jnp.arange(1024.0)}
    checkpoint.save(tmp_path, 0, state)
    restored = checkpoint.restore(tmp_path, state).state
    add = jax.jit(lambda tree: jax.tree.map(lambda x: x + 1, tree), donate_argnums=0)
    np.testing.assert_array_equal(add(restored)["a"], state["a"] + 1)


def test_only_the_newest_are_kept(tmp_path):
    for step in (0, 5, 10, 100):
        checkpoint.save(tmp_path, step, {"x": jnp.float32(step)}, keep=2)
    assert checkpoint_steps(tmp_path) == (10, 100)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["10", "100"]
    assert checkpoint.restore(tmp_path, {"x": jnp.float32(0)}, step=10).state["x"] == 10


def cut(path):
    path.write_bytes(path.read_bytes()[:-3])


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.write_bytes(content)


@pytest.mark.parametrize("file", ["state.safetensors", "manifest.json"])
@pytest.mark.parametrize("damage", [cut, flip, lambda path: path.unlink()])
def test_a_damaged_checkpoint_is_named_and_the_one_before_is_used(tmp_path, file, damage):
    for step in (1, 2):
        checkpoint.save(tmp_path, step, {"x": jnp.full(50, step)})
    damage(tmp_path / "2" / file)
    notes = []
    restored = checkpoint.restore(tmp_path, {"x": jnp.zeros(50, int)}, notify=notes.append)
    assert restored.step == 1
    assert restored.state["x"][0] == 1
    assert len(notes) == 1
    assert notes[0].startswith("checkpoint 2 is damaged")
    assert file in notes[0]
    damage(tmp_path / "1" / file)
    with pytest.raises(ConfigurationError, match="at least one checkpoint that is not damaged"):
        checkpoint.restore(tmp_path, {"x": jnp.zeros(50, int)}, notify=notes.append)


@pytest.mark.parametrize(
    ("like", "named"),
    [
        ({"x": jnp.zeros(4)}, r"\['x'\] is float32\[3\] there and float32\[4\] here"),
        ({"x": jnp.zeros(3, int)}, r"\['x'\] is float32\[3\] there and int32\[3\] here"),
        ({"x": jnp.zeros(3), "y": 1}, r"\['y'\] is absent there and int\[\] here"),
        ({}, r"\['x'\] is float32\[3\] there and absent here"),
        ({"x": jax.random.key(0)}, r"and key<fry>\[\] here"),
    ],
)
def test_a_checkpoint_of_another_configuration_is_refused(tmp_path, like, named):
    checkpoint.save(tmp_path, 1, {"x": jnp.zeros(3)})
    with pytest.raises(ConfigurationError, match=named):
        checkpoint.restore(tmp_path, like)


def test_missing_checkpoints_are_named(tmp_path):
    with pytest.raises(ConfigurationError, match="at least one checkpoint"):
        checkpoint.restore(tmp_path / "nowhere", {})
    checkpoint.save(tmp_path, 5, {"x": 1})
    with pytest.raises(ConfigurationError, match="checkpoint: got 6; allowed: one of 5"):
        checkpoint.restore(tmp_path, {"x": 1}, step=6)


def test_the_data_are_a_safetensors_file_that_other_programs_read(tmp_path):
    import safetensors.numpy

    place = checkpoint.save(tmp_path, 1, {"x": jnp.arange(3.0)})
    data = place / "state.safetensors"
    np.testing.assert_array_equal(safetensors.numpy.load_file(data)["['x']"], [0, 1, 2])
    manifest = json.loads((place / "manifest.json").read_text())
    assert manifest["data"]["sha256"] == hashlib.sha256(data.read_bytes()).hexdigest()


def test_what_a_killed_writer_left_is_not_taken_for_a_checkpoint(tmp_path):
    checkpoint.save(tmp_path, 1, {"x": 1})
    unfinished = tmp_path / ".2.tmp"
    unfinished.mkdir()
    (unfinished / "state.safetensors").write_bytes(b"half")
    assert checkpoint_steps(tmp_path) == (1,)
    checkpoint.save(tmp_path, 2, {"x": 2})
    assert not unfinished.exists()
    assert checkpoint.restore(tmp_path, {"x": 0}).state == {"x": 2}


WRITER = """
import sys, resource, jax.numpy as jnp
from solon.runs import checkpoint
checkpoint.save(sys.argv[1], 1, {"x": jnp.zeros(10)})
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    checkpoint.save(sys.argv[1], 2, {"x": jnp.zeros(10_000)})
except OSError:
    sys.exit(17)
"""


def test_a_write_that_fails_half_way_leaves_the_earlier_checkpoint_alone(tmp_path):
    """The limit on a file's size stands in for a full disk."""
    done = subprocess.run([sys.executable, "-c", WRITER, str(tmp_path)], timeout=600)
    assert done.returncode == 17
    assert [p.name for p in tmp_path.iterdir()] == ["1"]


def test_float8_survives(tmp_path):
    state = {"x": np.array([0.5, 2.0], ml_dtypes.float8_e4m3fn)}
    checkpoint.save(tmp_path, 1, state)
    assert same(checkpoint.restore(tmp_path, state).state, state)


def test_a_training_of_format_1_is_read(tmp_path):
    """Policies that learned, planners and what they remember stood apart."""
    network, rates, known = jnp.arange(3.0), jnp.array([0.2, 0.4]), jnp.ones((4, 2))

    class State(eqx.Module):
        policies: dict
        economies: "Copies"

    class Copies(eqx.Module):
        memories: dict

    class Before(eqx.Module):
        policies: dict
        planners: dict
        economies: "CopiesBefore"

    class CopiesBefore(eqx.Module):
        memories: dict
        recall: dict

    before = Before(
        {"worker": network},
        {"planner": rates},
        CopiesBefore({"planner": jnp.zeros(4)}, {"worker": known}),
    )
    after = State(
        {"planner": rates, "worker": network},
        Copies({"planner": jnp.zeros(4), "worker": known}),
    )
    place = checkpoint.save(tmp_path, 3, before)
    written_as(place, 1)
    assert same(checkpoint.restore(tmp_path, blank(after)).state, after)
    written_as(place, 3)
    with pytest.raises(ConfigurationError, match=r"format 1, 2 \(this has 3\)"):
        checkpoint.restore(tmp_path, blank(after))


def written_as(place, form):
    """Give a checkpoint another format, and its manifest a hash that fits."""
    manifest = json.loads((place / "manifest.json").read_text())
    manifest.pop("sha256")
    manifest["format"] = form
    text = json.dumps(manifest, sort_keys=True)
    manifest["sha256"] = hashlib.sha256(text.encode()).hexdigest()
    (place / "manifest.json").write_text(json.dumps(manifest))
