"""The lab's room about the pandemic."""
