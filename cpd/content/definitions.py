"""Addresses and abbreviations that a text defines in one place and uses in another."""

from typing import Any

from cpd.content.document import Findings


class Definitions(dict[str, Any]):
    """What lines such as `[key]: address` define; each must be unique and used."""

    def __init__(self, findings: Findings, written: str) -> None:
        super().__init__()
        self.findings, self.written = findings, written
        self.unused: set[str] = set()

    def __setitem__(self, name: str, value: Any) -> None:
        if name in self:
            self._note_problem(
                name, "is defined twice, and one of the two would be dropped.", "Keep one."
            )
        self.findings.mark_consumed(name, value if isinstance(value, str) else "")
        self.unused.add(name)
        super().__setitem__(name, value)

    def __getitem__(self, name: str) -> Any:
        value = super().__getitem__(name)
        self.unused.discard(name)
        if not isinstance(
            value, str
        ):  # an abbreviation is shown itself; the key of an address is not
            self.findings.mark_consumed(name)
        return value

    def clear(self) -> None:
        """Start a new document."""
        super().clear()
        self.unused.clear()

    def note_unused(self) -> None:
        """Note definitions that nothing uses: they would not be on the page."""
        for name in sorted(self.unused):
            self._note_problem(
                name,
                "is not used anywhere, so its line would be dropped.",
                "Use it, or remove the line; if it is text, put a backslash before the bracket.",
            )

    def _note_problem(self, name: str, what: str, remedy: str) -> None:
        line = self.written.replace("{name}", name)
        self.findings.note_problem(f"'{line}' {what}", remedy, line)
