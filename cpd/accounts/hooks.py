"""What this room asks of higher ones."""

from cpd.kernel.hooks import Hook


def _no_fault(text: str) -> str | None:
    del text
    return None


unprintable: Hook[[str], str | None] = Hook(_no_fault)
"""What in a text a certificate cannot show, as a sentence; the certificates room answers."""
