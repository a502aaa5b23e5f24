"""How many people may belong to a school, and how many schools one person may start."""

STARTED_SEATS = 25
"""The seats of a school that somebody starts on the site, until an administrator gives it more."""
MOST_SEATS = 100_000
MOST_STARTED = 3
"""The most open schools that one person may have started."""
