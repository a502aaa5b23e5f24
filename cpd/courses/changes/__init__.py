"""What the newest version of a course changed for somebody who takes an older one."""
