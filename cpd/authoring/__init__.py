"""The only writer of revisions: checking, publishing and exporting course files."""
