"""Who has opened the key of which case: those cases never come up in an exam of theirs."""
