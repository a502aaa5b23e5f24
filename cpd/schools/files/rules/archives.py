"""Opening the ZIP archive of a workbook without being harmed by it."""

import io
import struct
import zipfile
import zlib
from contextlib import suppress

from cpd.schools.files.rules.file_faults import FileFault, FileRefusedError

_MOST_MEMBERS = 2000
_MOST_UNPACKED = 60 * 1024 * 1024
_IS_ENCRYPTED = 0x1
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_OTHER_STARTS = (b"%PDF", b"<?xml", b"<!DOCTYPE", b"<html", b"{\\rtf", b"PK\x05\x06")
_MACROS = ("vbaproject.bin", "xl/macrosheets/")
_CONTENT_TYPES = "[Content_Types].xml"
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,  # of a compression that it does not know
    OSError,
    ValueError,
)
"""What `zipfile` raises for damaged archives, besides its own error."""


def is_archive(contents: bytes) -> bool:
    """Tell whether a file is a ZIP archive; raises FileRefusedError for formats nobody can read."""
    if contents.startswith(_OLE):
        is_locked = _ENCRYPTED_PACKAGE in contents
        raise FileRefusedError(FileFault.LOCKED if is_locked else FileFault.OLD_WORKBOOK)
    if contents.lstrip().startswith(_OTHER_STARTS):
        raise FileRefusedError(FileFault.OTHER_FORMAT)
    return contents.startswith(_ZIP)


class Archive:
    """The members of a workbook's archive, checked before any is unpacked."""

    def __init__(self, contents: bytes) -> None:
        """Open it; raises FileRefusedError."""
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(contents))
        except _BROKEN as error:
            raise FileRefusedError(FileFault.DAMAGED) from error
        self._members = self._zip.infolist()
        self.names = [member.filename for member in self._members]
        self._refuse_other_formats()
        self._refuse_tricks()

    def _refuse_other_formats(self) -> None:
        lowered = [name.lower() for name in self.names]
        if any(name.endswith(_MACROS) or name.startswith(_MACROS) for name in lowered):
            raise FileRefusedError(FileFault.MACROS)
        if "xl/workbook.bin" in lowered:
            raise FileRefusedError(FileFault.BINARY_WORKBOOK)
        if _CONTENT_TYPES not in self.names:
            is_open_document = "mimetype" in lowered and "content.xml" in lowered
            raise FileRefusedError(
                FileFault.OPEN_DOCUMENT if is_open_document else FileFault.OTHER_FORMAT
            )

    def _refuse_tricks(self) -> None:
        """Refuse bombs, names that lead elsewhere, names that come twice, and odd packing."""
        if any(member.flag_bits & _IS_ENCRYPTED for member in self._members):
            raise FileRefusedError(FileFault.LOCKED)
        if sum(member.file_size for member in self._members) > _MOST_UNPACKED:
            raise FileRefusedError(FileFault.TOO_LARGE)
        is_odd = (
            len(self._members) > _MOST_MEMBERS
            or len(set(self.names)) < len(self.names)
            or any(map(_leads_elsewhere, self.names))
            or any(member.compress_type not in _METHODS for member in self._members)
        )
        if is_odd:
            raise FileRefusedError(FileFault.DAMAGED)

    @property
    def is_signed(self) -> bool:
        """Whether a signature would no longer hold after a change."""
        return any(name.lower().startswith("_xmlsignatures/") for name in self.names)

    def read(self, name: str) -> bytes:
        """Return a member; raises FileRefusedError if it is missing or damaged."""
        try:
            return self._zip.read(name)
        except (KeyError, *_BROKEN) as error:
            raise FileRefusedError(FileFault.DAMAGED) from error

    def read_if_present(self, name: str) -> bytes | None:
        """Return a member, or None where there is none of this name."""
        return self.read(name) if name in self.names else None

    def replace(self, name: str, contents: bytes) -> bytes:
        """Return the archive with other contents of one member; all others stay as they are."""
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as changed:
            changed.comment = self._zip.comment
            for member in self._members:
                held = contents if member.filename == name else self.read(member.filename)
                changed.writestr(_copy_entry(member), held)
        return target.getvalue()


def _copy_entry(member: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """Return an entry of the same name, time, packing and attributes."""
    copy = zipfile.ZipInfo(member.filename, member.date_time)
    for name in ("compress_type", "comment", "create_system", "external_attr", "internal_attr"):
        setattr(copy, name, getattr(member, name))
    return copy


def _leads_elsewhere(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ".." in name.split("/") or ":" in name


def resolve_target(base: str, target: str) -> str:
    """Return the name of the member to which a relationship of another leads."""
    if target.startswith("/"):
        return target[1:]
    parts = base.split("/")[:-1]
    for part in target.split("/"):
        if part == "..":
            with suppress(IndexError):
                parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
