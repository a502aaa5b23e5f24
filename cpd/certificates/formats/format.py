"""What every certificate format must be able to do."""

from abc import ABC, abstractmethod

from cpd.certificates.rules.record import Record


class LettersMissingError(RuntimeError):
    """The fonts lack letters of the certificate, so its file has to wait for others."""

    def __init__(self, characters: tuple[str, ...]) -> None:
        super().__init__("the fonts of this site lack letters of the certificate")
        self.characters = characters


class CertificateFormat(ABC):
    """One file format in which a certificate can be downloaded."""

    name: str
    """Stored with each file and part of its address, so it never changes."""
    ending: str
    """What the name of a file ends in."""
    label: str
    """What pages call the format."""
    media_type: str

    @abstractmethod
    def build_file(self, record: Record) -> bytes:
        """Return the file for a signed record, with the record inside.

        Raises MissingExtraError, and LettersMissingError where it could not show every letter.
        """

    def can_build_files(self) -> bool:
        """Tell whether this installation has what the format needs."""
        return True

    @abstractmethod
    def recognizes_file(self, content: bytes) -> bool:
        """Tell whether a file claims to be in this format."""

    @abstractmethod
    def parse_record_in_file(self, content: bytes) -> Record:
        """Return the record inside a file; raises RecordFaultError and MissingExtraError."""

    def unsupported_characters(self, text: str) -> tuple[str, ...]:
        """Return the characters of a text that a file could not show; raises MissingExtraError."""
        del text
        return ()
