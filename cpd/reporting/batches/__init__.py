"""Files with completions, and the ledger of their rows: each completion is in one."""
