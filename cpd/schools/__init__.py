"""What people of a school see and do in it; every query here has a scope."""
