"""Checking a whole list of codes at once, for anybody."""
