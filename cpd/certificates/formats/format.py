"""What every certificate format must be able to do."""

import importlib
from abc import ABC, abstractmethod
from dataclasses import dataclass
from types import ModuleType

from cpd.certificates.rules.record import Record


class MissingExtraError(RuntimeError):
    """The optional libraries that a format needs are not installed."""

    remedy = "pip install 'cpd[pdf]'"

    def __init__(self) -> None:
        super().__init__(f"PDF files need an extra that is not installed. Run: {self.remedy}")


@dataclass(frozen=True)
class UnsupportedCharacters:
    """The fonts have no glyph for these characters, so no file was made."""

    characters: tuple[str, ...]


class CertificateFormat(ABC):
    """One kind of file in which a certificate can be downloaded."""

    name: str
    """Stored with each file and used as its extension, so it never changes."""
    label: str
    """What pages call the format."""
    media_type: str

    @abstractmethod
    def render(self, record: Record) -> bytes | UnsupportedCharacters:
        """Return the file for a signed record, with the record inside.

        Raises MissingExtraError.
        """

    @abstractmethod
    def recognizes(self, content: bytes) -> bool:
        """Tell whether a file claims to be in this format."""

    @abstractmethod
    def read_record(self, content: bytes) -> Record:
        """Return the record inside a file; raises RecordFaultError and MissingExtraError."""

    def unsupported_characters(self, text: str) -> tuple[str, ...]:
        """Return the characters of a text that a file could not show; raises MissingExtraError."""
        del text
        return ()


def load_optional(module: str) -> ModuleType:
    """Import one of our modules that needs an optional extra; raises MissingExtraError."""
    try:
        return importlib.import_module(module)
    except ImportError:
        raise MissingExtraError from None
