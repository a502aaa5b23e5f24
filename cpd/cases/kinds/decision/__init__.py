"""The decision about today's session: five answers, always all five, always in this order."""
