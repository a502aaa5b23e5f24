"""What a holder may correct alone, so that no certificate is passed on to somebody else."""

import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from enum import StrEnum

MAX_CORRECTIONS = 3
"""How often the certificate of one pass may be corrected."""
SIMILAR = 0.75
"""How much of a name must stay if none of its words does: enough for a slip of the finger."""


class CorrectionRefusal(StrEnum):
    """Why a certificate is not corrected."""

    ENDED = "ended"
    """It was replaced or withdrawn already."""
    NO_DIFFERENCE = "no_difference"
    NO_NAME = "no_name"
    """The profile has no name to print."""
    REVOCATION_ASKED = "revocation_asked"
    """The provider is deciding whether it must be withdrawn."""
    TOO_MANY = "too_many"
    OTHER_NAME = "other_name"
    """No word of the name stays, so that it could be somebody else’s."""


def find_reason_not_to_correct(
    corrected: Sequence[str],
    *,
    first_name: str,
    name: str,
    correction_count: int,
    is_revocation_asked: bool,
) -> CorrectionRefusal | None:
    """Return why these facts of a valid certificate may not be corrected, or None.

    The name is compared with that of the first certificate, so that several corrections lead no
    further than one.
    """
    if is_revocation_asked:
        return CorrectionRefusal.REVOCATION_ASKED
    if not name:
        return CorrectionRefusal.NO_NAME
    if not corrected:
        return CorrectionRefusal.NO_DIFFERENCE
    if correction_count >= MAX_CORRECTIONS:
        return CorrectionRefusal.TOO_MANY
    if "name" in corrected and not is_similar_name(first_name, name):
        return CorrectionRefusal.OTHER_NAME
    return None


def is_similar_name(first: str, other: str) -> bool:
    """Tell whether two names share a word, or differ by little more than a slip of the finger."""
    before, after = _split_into_words(first), _split_into_words(other)
    if any(len(word) > 1 for word in before & after):
        return True
    one, two = "".join(sorted(before)), "".join(sorted(after))
    return SequenceMatcher(None, one, two).ratio() >= SIMILAR


def _split_into_words(name: str) -> set[str]:
    """Return the words of a name, without accents, capitals and signs."""
    plain = "".join(
        character if unicodedata.category(character)[0] in "LM" else " "
        for character in unicodedata.normalize("NFKD", name.casefold())
        if unicodedata.category(character) != "Mn"
    )
    return set(plain.split())
