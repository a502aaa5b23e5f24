"""What learners see of a result: the report, the way back after a failed attempt, the review."""
