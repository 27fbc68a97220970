"""Commands of tax policy, one file each; none loads jax before it is run."""
