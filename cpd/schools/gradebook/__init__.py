"""What learners have achieved in an assignment, and taking it to other systems."""
