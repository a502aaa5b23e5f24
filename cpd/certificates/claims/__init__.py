"""Credit for each license of a pass: what was issued, what was refused, and why."""
