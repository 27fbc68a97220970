"""Data that come with Solon, each set with a datasheet."""
