"""What learners see of a result: the report, the next steps after a failed attempt, the review."""
