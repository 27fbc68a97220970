"""Search for the tax schedule that a society is best off with."""
