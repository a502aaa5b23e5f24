"""A new card for a safety topic that has none: its file, from three answers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cpd.authoring.files.hazard import HazardFile
from cpd.authoring.short.case_text import close_sentence, format_file
from cpd.authoring.short.rules.naming import build_slug, choose_free_slug
from cpd.cases.scales import Decision
from cpd.cases.standard_reasons import SENTENCES_TO_SAY
from cpd.content.frontmatter import Value


@dataclass(frozen=True)
class NewCard:
    """The answers from which a card is made."""

    topic: str
    sign: str
    rule: str
    tell: str
    """Whom to tell, and by when."""
    decision: Decision
    """What the sign calls for: the right answer of the case beside the card."""
    passage: str
    references: Sequence[str] = ()
    basis: str = "expert-caution"


def build_card_and_text(new: NewCard, taken: Collection[str]) -> tuple[HazardFile, str]:
    """Return the card and its file; nobody has signed it."""
    keys: dict[str, Value] = {
        "id": choose_free_slug(build_slug(new.topic) or "topic", taken),
        "title": new.topic[:1].upper() + new.topic[1:],
        "family_of_flags": [],
        "signs": {new.decision.value: [" ".join(new.sign.split())]},
        "rule": close_sentence(new.rule),
        "say": SENTENCES_TO_SAY[new.decision],
        "tell": close_sentence(new.tell),
        "passage": new.passage,
        "basis": new.basis,
        "references": list(new.references),
        "signed_by": None,
    }
    return HazardFile.model_validate(keys), format_file(keys)
