"""Parts of a course for tests of rules, with no more in their fronts than a test needs."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from cpd.cases.scales import Basis
from cpd.courses.rules.fronts.course import CourseFront
from cpd.courses.rules.fronts.exam import DrawRule, ExamPolicy
from cpd.courses.rules.fronts.parts import (
    FigureFront,
    GlossaryFront,
    HazardFront,
    SectionFront,
    ToolFront,
    build_sign_groups,
)
from cpd.courses.rules.fronts.reference import ReferenceFront
from cpd.courses.rules.outline import (
    CoursePart,
    ExamPart,
    FigurePart,
    GlossaryPart,
    HazardPart,
    Part,
    ReferencePart,
    SectionPart,
    ToolPart,
)

DAY = date(2026, 1, 1)


def named(slug: str, revision: int = 1, hash_: str = "a", words: int = 0) -> dict[str, Any]:
    """Return what every part has."""
    return {
        "revision_id": revision,
        "document_id": 1,
        "public_id": f"rev_{slug}",
        "slug": slug,
        "title": slug.title(),
        "words": words,
        "content_hash": hash_,
    }


def case(slug: str, hash_: str = "a", *, words: int = 0) -> Part:
    return Part(**named(slug, hash_=hash_, words=words))


def course(**front: Any) -> CoursePart:
    known: dict[str, Any] = {
        "subjects": (),
        "language": "en",
        "summary": "S.",
        "level": "L.",
        "objectives": (),
        "authors": (),
        "disclosures": "None.",
        "released": DAY,
        "reviewed": None,
        "review_by": DAY,
        "expires": DAY,
        "sections": (),
    }
    return CoursePart(**named("course"), front=CourseFront(**{**known, **front}))


def exam(hash_: str = "a") -> ExamPart:
    policy = ExamPolicy(draw=DrawRule(cases=12), pass_mark=Fraction(3, 4))
    return ExamPart(**named("exam", hash_=hash_), policy=policy)


def section(slug: str, hash_: str = "a", *, words: int = 0, **front: Any) -> SectionPart:
    return SectionPart(**named(slug, hash_=hash_, words=words), front=SectionFront(**front))


def tool(slug: str, hash_: str = "a", **front: Any) -> ToolPart:
    return ToolPart(**named(slug, hash_=hash_), front=ToolFront(summary="S.", **front))


def figure(slug: str, hash_: str = "a", **front: Any) -> FigurePart:
    made = FigureFront(alt="A.", width=1, height=1, svg="", **front)
    return FigurePart(**named(slug, hash_=hash_), front=made)


def reference(slug: str) -> ReferencePart:
    made = ReferenceFront(key=slug, title="T", source="S", type="review", note="N")
    return ReferencePart(**named(slug), front=made)


def glossary(hash_: str = "a") -> GlossaryPart:
    return GlossaryPart(**named("glossary", hash_=hash_), front=GlossaryFront(()))


def card(
    slug: str,
    hash_: str = "a",
    *,
    revision: int = 1,
    signs: Mapping[str, Sequence[str]] | None = None,
    **front: Any,
) -> HazardPart:
    known: dict[str, Any] = {
        "signs": build_sign_groups(signs or {"modify": ["Red skin"], "postpone": ["Blisters"]}),
        "rule": "Leave it alone.",
        "say": "I leave it out.",
        "tell": "Nobody.",
        "passage": "section:one#burns",
        "basis": Basis.HOUSE_RULE,
    }
    return HazardPart(**named(slug, revision, hash_), front=HazardFront(**{**known, **front}))
