"""The engine beside others, all measured in one run: `solon bench engine`."""
