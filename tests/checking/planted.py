"""The users' economy of the tests with mistakes planted in it."""

import pathlib

from solon import registry

SOURCE = pathlib.Path(__file__).parents[1] / "cli" / "own_economy.py"
SEEN = '{"amount": solon.Box((1,))}'
SHOWN = '{"amount": jnp.full((self.people, 1), state.amount)}'
ROLE = "solon.Role(self.people, solon.Discrete(2), seen)"
PAID = 'reward={"person": eaten}'
ACTING = "acting=self.everyone_acts()"
ENDED = "terminated=state.step >= self.horizon"
METRICS = 'metrics={"stock": state.amount}'
NEXT = "Stock(state.step + 1, left, state.params)"
UNIFORM = "return jax.random.uniform(key, batch_shape)"
WORLD = "return jax.random.uniform(key)\n"
LUCK = " * (0.9 + 0.2 * shocks)"


def masked(declared, shown):
    return (
        (SEEN, '{"amount": solon.Box((1,)), "action_mask": ' + declared + "}"),
        (SHOWN, SHOWN[:-1] + ', "action_mask": ' + shown + "}"),
    )


def also(method):
    """The class with one more method, one line a line."""
    return (("    def _show(", "".join(f"    {line}\n" for line in method) + "\n    def _show("),)


def written(changes):
    """A file with the economy, changed, in the working directory: its name for commands."""
    text = SOURCE.read_text()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    pathlib.Path("own.py").write_text(text)
    return "own.py:Harvest"


def built(changes):
    return registry.load_factory(written(changes))()
