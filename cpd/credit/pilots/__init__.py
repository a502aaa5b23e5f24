"""Pilot groups: how long learners need for one version of a course, measured without credit."""
