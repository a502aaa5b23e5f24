"""What the newest version of a course changed, for learners who are taking an older one."""
