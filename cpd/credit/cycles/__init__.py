"""A therapist's own cycles: when each license expires, and what was done outside this site."""
