"""The study of planners whom nobody told which society they govern."""
