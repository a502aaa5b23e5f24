"""What a school's own people see and do in it; every query here has a scope."""
