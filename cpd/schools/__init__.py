"""What the people in a school see and do; every query here has a scope."""
