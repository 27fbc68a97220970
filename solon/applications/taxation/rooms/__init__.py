"""Rooms of the lab about taxes: what a tax does, what happens in a year, a game."""
