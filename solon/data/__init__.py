"""Small data sets, each with a datasheet and the script that made it."""
