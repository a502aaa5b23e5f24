"""When a course is due to be reviewed again."""
