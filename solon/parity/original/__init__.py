"""What runs in the original's interpreter: NumPy, the original and the standard library only."""
