"""The code by which phones join a lesson: short enough to type from a projector."""

ALPHABET = "BCDFGHJKMNPQRTVWXZ2346789"
"""Without vowels, so that it spells no word, and without signs that look alike."""
LENGTH = 6
LONGEST_TYPED = 20


def build_code(numbers: bytes) -> str:
    """Return a code from random bytes, one for each sign."""
    return "".join(ALPHABET[number % len(ALPHABET)] for number in numbers[:LENGTH])


def parse_code(typed: str) -> str:
    """Return what somebody typed as codes are stored: in capitals, without spaces and hyphens."""
    signs = typed[:LONGEST_TYPED].upper()
    return "".join(sign for sign in signs if sign not in " -\u00a0")


def format_code(code: str) -> str:
    """Return a code in two groups, as people read it aloud."""
    half = LENGTH // 2
    return f"{code[:half]} {code[half:]}"
