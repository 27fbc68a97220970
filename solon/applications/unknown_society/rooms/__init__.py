"""The room of the lab in which a society that nobody described is governed."""
