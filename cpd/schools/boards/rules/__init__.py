"""How far a learner is, and what a board shows of a safety topic."""
