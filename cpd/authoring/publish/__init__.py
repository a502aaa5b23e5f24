"""Publishing: revisions, ledgers, renderings, and what a release offers."""
