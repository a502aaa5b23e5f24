"""Sources must be locatable and support what cites them; ledger entries must be about files."""

from collections.abc import Iterator
from typing import Any

from cpd.authoring.files.bundle import Bundle
from cpd.authoring.files.part import CoursePart
from cpd.cases.mark_table import MARK_TABLE
from cpd.content.frontmatter import Fault, Path

UNUSABLE = ("retracted", "does-not-support")
"""A reference with such a status may be shown, but no rationale may depend on it."""


def citations_have_references(bundle: Bundle) -> Iterator[Fault]:
    """Each cited key has a reference."""
    for part, path, key in _citations_with_paths(bundle):
        if f"reference:{key}" not in bundle.named:
            yield part.build_fault(
                path,
                f"'{key}' is cited, but there is no such reference.",
                f"Write references/{key}.md, or correct the key.",
                f"@{key}",
            )
    cards_and_lists: tuple[CoursePart[Any], ...] = (*bundle.hazards, *bundle.lists)
    for card in cards_and_lists:
        for position, key in bundle.names_without_file("reference", card.file.references):
            yield card.build_fault(
                ("references", position),
                f"There is no reference '{key}'.",
                f"Write references/{key}.md, or correct the key.",
            )


def references_locatable(bundle: Bundle) -> Iterator[Fault]:
    """A learner can find each source."""
    for reference in bundle.references:
        if not reference.file.is_locatable:
            yield reference.build_fault(
                ("id",),
                "The reference has no DOI, PMID, PMCID or URL.",
                "Add doi, pmid, pmcid or url, or remove the reference: it may not be shown.",
            )


def rationales_cite_usable_sources(bundle: Bundle) -> Iterator[Fault]:
    """No rationale and no card cites a source that is retracted or does not support it."""
    for part, path, key in _citations_with_paths(bundle):
        is_key = part.type == "case" and path is not None and path[-1] != "facts"
        if is_key and bundle.reference_status(key) in UNUSABLE:
            yield part.build_fault(
                path,
                f"A rationale cites '{key}', whose status is {bundle.reference_status(key)}.",
                "Cite another source, or change the basis.",
                f"@{key}",
            )
    for card in bundle.hazards:
        for position, key in enumerate(card.file.references):
            if bundle.reference_status(key) in UNUSABLE:
                yield card.build_fault(
                    ("references", position),
                    f"The card cites '{key}', whose status is {bundle.reference_status(key)}.",
                    "Cite another source.",
                )


def hazard_cards_cite_their_basis(bundle: Bundle) -> Iterator[Fault]:
    """A card whose basis is evidence or a guideline names a source."""
    for card in bundle.hazards:
        if card.file.basis in ("evidence", "guideline") and not card.file.references:
            yield card.build_fault(
                ("basis",),
                f"The card is based on {card.file.basis} but names no reference.",
                "Add one to 'references', or choose another basis.",
            )


def ledger_entries_about_known_files(bundle: Bundle) -> Iterator[Fault]:
    """Each entry of a ledger is about a file that exists."""
    retired = {entry.of for entry in bundle.ledger_entries if entry.type == "retirement"}
    for part in bundle.ledgers.values():
        places = part.source.places
        if not part.entries:
            yield Fault(
                places.file, 1, "The ledger has no entries.", "Add one, or remove the file."
            )
        for position, entry in enumerate(part.entries):
            if entry.of not in bundle.named | retired | {MARK_TABLE}:
                yield Fault(
                    places.file,
                    places.locate_line(("entries", position, "of")),
                    f"There is no '{entry.of}'.",
                    "Correct the name. If the file was removed, add an entry of type retirement.",
                )


def hazard_cards_signed_in_ledger(bundle: Bundle) -> Iterator[Fault]:
    """A card with a clinician's name has that person's signature of this text in the ledger."""
    signed = {
        (entry.of, entry.hash, entry.by)
        for entry in bundle.ledger_entries
        if entry.type == "sign-off"
    }
    for card in bundle.hazards:
        name = card.file.signed_by
        if name and (card.name, card.content_hash, name) not in signed:
            yield card.build_fault(
                ("signed_by",),
                f"The ledger has no signature by {name} for this card as it reads now.",
                f"Add to ledger.yaml a sign-off of {card.name} by {name} with hash "
                f"{card.content_hash}, or write 'signed_by: null'.",
            )


def _citations_with_paths(bundle: Bundle) -> Iterator[tuple[CoursePart[Any], Path | None, str]]:
    for part in bundle.course_and_parts:
        for path, document in part.paths_and_rendered_texts:
            for key in document.cites:
                yield part, path, key
