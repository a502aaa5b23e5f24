"""The page of a learner in a school, and granting extra time, later dates and excuses."""
