"""What one learner is granted: extra time and tries, a later date, or nothing to hand in."""
