"""The economies that Solon ships, one folder each."""
