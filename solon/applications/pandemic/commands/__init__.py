"""Commands of pandemic policy, one file each; none loads jax before it is run."""
