"""One society under each planner, and under somebody at a screen.

`society` says which one it is, `govern` what comes of it under each, and `files` keeps games and
ranks them.
"""

from .govern import LEARNED, Course, Standing, Told, govern, standing, told
from .society import Society

__all__ = ["LEARNED", "Course", "Society", "Standing", "Told", "govern", "standing", "told"]
