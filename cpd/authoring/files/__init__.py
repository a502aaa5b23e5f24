"""The schema of each type of course file; unknown keys are refused."""
