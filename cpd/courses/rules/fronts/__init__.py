"""Typed readers of fronts: what a published revision stores as JSON beside its text.

A published front never changes, so these readers know every form that was ever published: what an
older front lacks has its default here. Only these files, and `CaseFront` in the room of cases, look
into a stored front.
"""
