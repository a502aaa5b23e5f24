"""What a learner practices next, and how sure they were: their weak spots, for them alone."""
