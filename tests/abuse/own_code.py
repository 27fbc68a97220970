"""Mistakes in an economy that a user wrote."""

from .damage import text_damaged
from .values import chosen

__all__ = ["code_damaged"]

# What stands in tests/cli/own_economy.py -> what may stand there by mistake.
_CHANGES = (
    ('reward={"person": eaten}', 'reward={"person": eaten[:1]}'),
    ('reward={"person": eaten}', 'reward={"person": eaten * jnp.nan}'),
    ('reward={"person": eaten}', 'reward={"people": eaten}'),
    ('reward={"person": eaten}', "reward=eaten"),
    ('reward={"person": eaten}', 'reward={"person": None}'),
    ('reward={"person": eaten}', 'reward={"person": "much"}'),
    ('reward={"person": eaten}', 'reward={"person": eaten + 1j}'),
    ('reward={"person": eaten}', 'reward={"person": eaten[0]}'),
    ("jnp.full((self.people, 1), state.amount)", "jnp.full((self.people, 2), state.amount)"),
    ("jnp.full((self.people, 1), state.amount)", "jnp.full((self.people, 1), state.amount + 1j)"),
    ("jnp.full((self.people, 1), state.amount)", "state.amount"),
    ("jnp.full((self.people, 1), state.amount)", "float(state.amount)"),
    ('{"amount": jnp', '{"amuont": jnp'),
    ("terminated=state.step >= self.horizon", "terminated=0.5"),
    ("terminated=state.step >= self.horizon", "terminated=jnp.zeros(3, bool)"),
    ("terminated=state.step >= self.horizon", "terminated=bool(state.step >= 3)"),
    ("truncated=jnp.zeros((), bool),", ""),
    ('metrics={"stock": state.amount}', 'metrics={"stock": jnp.zeros(3)}'),
    ('metrics={"stock": state.amount}', "metrics=3"),
    ("acting=self.everyone_acts()", "acting={}"),
    ("acting=self.everyone_acts()", "acting=None"),
    ("return state, self._show(state, eaten)", "return state"),
    ("return state, self._show(state, eaten)", "return None"),
    ("return state, self._show(state, eaten)", "raise ValueError('two\\nlines \\x1b[31m')"),
    ("return state, self._show(state, eaten)", "raise RuntimeError"),
    ("return state, self._show(state, eaten)", "return self._show(state, eaten), state"),
    ("return state, self._show(state, eaten)", "return state, {'reward': 3}"),
    ("eaten.sum()", "eaten.smu()"),
    ("eaten.sum()", "(eaten if eaten.sum() > 0 else 0)"),
    ("eaten.sum()", "__import__('sys').exit('enough')"),
    ("eaten.sum()", "jnp.zeros(3) @ jnp.zeros(4)"),
    ("state.step + 1", "state.step + 0.5"),
    ("import jax", "import no_such_module"),
    ("import solon", "import solon; raise SystemExit(3)"),
    ("import solon", "import solon; 1 / 0"),
    ("frozen=True", "frozen=False"),
    ("class Harvest", "class Haverst"),
)


def code_damaged(random, content):
    """The bytes of an economy with a mistake in it, and what it is."""
    text = content.decode()
    if random.random() < 0.3:
        return text_damaged(random, content)
    was, becomes = chosen(random, [change for change in _CHANGES if change[0] in text])
    return text.replace(was, becomes).encode(), f"{becomes!r} for {was!r}"
