"""What the checks say about one file of a course, for the page on which it is written."""

from collections.abc import Sequence
from dataclasses import dataclass

from cpd.authoring.checks.lint.all_rules import apply_warning_rules
from cpd.authoring.sources.loading import Loaded
from cpd.content.frontmatter import Fault


@dataclass(frozen=True)
class Findings:
    """Faults, which must be put right before publishing, and hints to read again."""

    faults: Sequence[Fault]
    hints: Sequence[Fault]
    elsewhere: int
    """How many faults other files of the course have with this draft."""


def find_findings_of_file(loaded: Loaded, path: str) -> Findings:
    """Return what concerns one file; hints only once the course can be read as a whole."""
    hints = apply_warning_rules(loaded.bundle) if loaded.bundle else []
    faults = [fault for fault in loaded.faults if fault.file == path]
    return Findings(
        faults=faults,
        hints=[hint for hint in hints if hint.file == path],
        elsewhere=len(loaded.faults) - len(faults),
    )
