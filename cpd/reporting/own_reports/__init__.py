"""Where the reports of a learner’s own certificates stand."""
