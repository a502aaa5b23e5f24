"""Reading a ZIP archive from a stranger: everything is checked before anything is unpacked.

The list of contents at its end is read by `zipfile`. What each file really holds is compared with
that list here, because programs differ in which of the two they believe.
"""

import io
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cpd.content.frontmatter import Fault

MOST_FILES = 1000
MOST_UNPACKED = 8 * 1024 * 1024
"""Bytes of all files together."""
MOST_RATIO = 200
"""How many times larger than packed a file may be; texts shrink to a quarter, bombs to a
thousandth."""
LONGEST_PATH = 200
MARK = b"PK\x03\x04"
"""The first bytes of an archive with at least one file."""
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x07"
_END_RECORD = struct.Struct("<4s4H2LH")
_HEADER = struct.Struct("<4s5H3L2H")
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_SIZES_FOLLOW, _UTF_8 = 0x8, 0x800
_UNKNOWN_16, _UNKNOWN_32 = 0xFFFF, 0xFFFFFFFF
_SMALL = 4096
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)
_ARCHIVE_MARKS = (MARK, _END, b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"BZh", b"\xfd7zXZ\x00")
_PACK_AGAIN = "Pack the files again, as an ordinary ZIP archive."


@dataclass(frozen=True)
class _Entry:
    """A file in an archive: what the list says about it, and where its bytes are."""

    info: zipfile.ZipInfo
    name: str
    start: int
    """Of its own header."""
    data: int
    """Where its packed bytes begin."""

    @property
    def end(self) -> int:
        return self.data + self.info.compress_size


def unpack_archive_or_faults(raw: bytes) -> dict[str, bytes] | list[Fault]:
    """Return the files of an archive by path, or every reason why it is refused."""
    fault = _find_fault_of_end(raw)
    infos = fault or _read_list_or_fault(raw)
    if isinstance(infos, tuple):
        return [Fault("", 1, *infos)]
    faults = list(_find_faults_of_list(infos))
    entries = [] if faults else [_locate_entry_or_none(raw, info) for info in infos]
    found = [entry for entry in entries if entry is not None]
    if not faults and (len(found) < len(entries) or _do_entries_overlap(raw, found)):
        message = "The archive’s list of contents does not match the files in it."
        faults.append(Fault("", 1, message, _PACK_AGAIN))
    if faults:
        return faults
    return _unpack_entries_or_faults(raw, found)


def _find_fault_of_end(raw: bytes) -> tuple[str, str] | None:
    """Check the record at the end, with which reading begins."""
    at = raw.rfind(_END)
    if not raw.startswith((MARK, _END)):
        return "This is not a ZIP archive.", _PACK_AGAIN
    if at < 0 or len(raw) - at < _END_RECORD.size:
        return "The archive is incomplete or damaged.", "Upload it again, or pack it again."
    _, disk, list_disk, here, total, size, offset, comment = _END_RECORD.unpack_from(raw, at)
    too_large = "The archive is in the format for very large files (ZIP64)."
    checks = (
        (
            at + _END_RECORD.size + comment != len(raw),
            ("The archive is damaged, or something else is attached to it.", _PACK_AGAIN),
        ),
        (_END_64 in raw[max(0, at - 20) : at] or total == _UNKNOWN_16, (too_large, _PACK_AGAIN)),
        (
            bool(disk or list_disk or here != total),
            ("The archive is one of several parts.", "Pack the files into a single archive."),
        ),
        (
            offset + size != at,
            ("The archive’s list of contents is not where it should be.", _PACK_AGAIN),
        ),
        (
            total > MOST_FILES,
            (f"The archive has {total:,} files; {MOST_FILES:,} are allowed.", "Split it."),
        ),
        (total == 0, ("The archive is empty.", "Put the files of a course into it.")),
    )
    return next((fault for is_wrong, fault in checks if is_wrong), None)


def _read_list_or_fault(raw: bytes) -> list[zipfile.ZipInfo] | tuple[str, str]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error):
        # zipfile raises NotImplementedError for an archive that needs a newer version than it knows
        return "The archive’s list of contents cannot be read.", _PACK_AGAIN
    end = _END_RECORD.unpack_from(raw, raw.rfind(_END))
    if len(infos) != end[4]:
        return "The archive’s list of contents is not as long as it says.", _PACK_AGAIN
    return infos


# What the list says


def _find_faults_of_list(infos: Sequence[zipfile.ZipInfo]) -> Iterator[Fault]:
    """Yield what is wrong with the names, and with how files are packed."""
    for info in infos:
        wrong = _find_fault_of_name(info.orig_filename) or _find_fault_of_packing(info)
        if wrong:
            yield Fault(show_name(info.orig_filename), 1, *wrong)
    yield from _find_repeated_names([info.orig_filename for info in infos])
    total = sum(info.file_size for info in infos)
    if total > MOST_UNPACKED:
        message = (
            f"Unpacked, the archive would have {total:,} bytes; {MOST_UNPACKED:,} are allowed."
        )
        yield Fault("", 1, message, "Split it.")


def show_name(name: str) -> str:
    """Return a name from an archive without characters that hide or move others."""
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in name)
    return shown if len(shown) <= LONGEST_PATH else f"{shown[:LONGEST_PATH]}…"


def _find_fault_of_name(name: str) -> tuple[str, str] | None:
    parts = name.removesuffix("/").split("/")
    rename = "Rename the file, and pack it again."
    checks = (
        (not name.isprintable(), ("The name has invisible characters.", rename)),
        (
            "\\" in name,
            ("The name has a backslash, so programs disagree about its folder.", _PACK_AGAIN),
        ),
        (
            name.startswith("/") or ":" in name,
            ("The name begins at the root of a disk, or with a drive.", _PACK_AGAIN),
        ),
        (
            any(part in ("", ".", "..") for part in parts),
            ("The name leads out of the archive.", _PACK_AGAIN),
        ),
        (
            any(_RESERVED.fullmatch(part) or part.endswith((" ", ".")) for part in parts),
            ("Some computers cannot have a file with this name.", rename),
        ),
        (
            len(name) > LONGEST_PATH,
            (f"The name has more than {LONGEST_PATH} characters.", "Shorten it."),
        ),
    )
    return next((fault for is_wrong, fault in checks if is_wrong), None)


def _find_fault_of_packing(info: zipfile.ZipInfo) -> tuple[str, str] | None:
    mode = info.external_attr >> 16
    if info.flag_bits & _ENCRYPTED:
        return "The file is protected by a password.", "Pack it again without one."
    if stat.S_IFMT(mode) and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        return "This is a link to another file.", "Put the file itself into the archive."
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "The file is packed in a way that is not read here.", _PACK_AGAIN
    if _UNKNOWN_32 in (info.file_size, info.compress_size) or info.file_size > MOST_UNPACKED:
        return f"The file has more than {MOST_UNPACKED:,} bytes.", "Leave it out."
    if info.file_size > max(_SMALL, MOST_RATIO * info.compress_size):
        return "Unpacked, the file would be much larger than any text is.", "Leave it out."
    return None


def _find_repeated_names(names: Sequence[str]) -> Iterator[Fault]:
    """Yield the names that some computers take for one file, or for a file and a folder."""
    alike = Counter(_fold_name(name) for name in names)
    folders = {_fold_name(above) for name in names for above in _folders_above(name)}
    for name in names:
        folded = _fold_name(name)
        if alike[folded] > 1 or (not name.endswith("/") and folded in folders):
            message = "Two files have this name, or names that differ only in capitals or accents."
            yield Fault(show_name(name), 1, message, "Keep one of them.")


def _fold_name(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    return unicodedata.normalize("NFKC", folded).removesuffix("/")


def _folders_above(name: str) -> list[str]:
    parts = name.removesuffix("/").split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


# What the files hold


def _locate_entry_or_none(raw: bytes, info: zipfile.ZipInfo) -> _Entry | None:
    """Return where a file is; None if its own header says something else than the list."""
    start = info.header_offset
    if not 0 <= start <= len(raw) - _HEADER.size:
        return None
    fields = _HEADER.unpack_from(raw, start)
    mark, _, flags, method, _, _, crc, packed, size, name_length, extra_length = fields
    named = start + _HEADER.size
    name = raw[named : named + name_length]
    data = named + name_length + extra_length
    own = (crc, packed, size)
    listed = (info.CRC, info.compress_size, info.file_size)
    agrees = (
        mark == MARK
        and flags == info.flag_bits
        and method == info.compress_type
        and name == info.orig_filename.encode("utf-8" if flags & _UTF_8 else "cp437")
        and (own == listed or (flags & _SIZES_FOLLOW and not any(own)))
        and data + info.compress_size <= len(raw)
    )
    return _Entry(info, info.orig_filename, start, data) if agrees else None


def _do_entries_overlap(raw: bytes, entries: Sequence[_Entry]) -> bool:
    """Tell whether two files share bytes, or something stands before the first."""
    ordered = sorted(entries, key=lambda entry: entry.start)
    starts = [*(entry.start for entry in ordered), raw.rfind(_END)]
    ends = [0, *(entry.end for entry in ordered)]
    return starts[0] != 0 or any(start < end for start, end in zip(starts, ends, strict=True))


def _unpack_entries_or_faults(
    raw: bytes, entries: Sequence[_Entry]
) -> dict[str, bytes] | list[Fault]:
    files: dict[str, bytes] = {}
    faults = []
    for entry in entries:
        content = _unpack_entry_or_none(raw, entry)
        if content is None:
            message = "The file is damaged, or its size is not what the archive says."
            faults.append(Fault(entry.name, 1, message, _PACK_AGAIN))
        elif content.startswith(_ARCHIVE_MARKS):
            message, remedy = "This is an archive inside the archive.", "Unpack it first."
            faults.append(Fault(entry.name, 1, message, remedy))
        elif not entry.name.endswith("/"):
            files[entry.name] = content
    return faults or files


def _unpack_entry_or_none(raw: bytes, entry: _Entry) -> bytes | None:
    """Return the bytes of a file, never more than the list says; None if they do not fit it."""
    packed, size = raw[entry.data : entry.end], entry.info.file_size
    content = packed
    if entry.info.compress_type == zipfile.ZIP_DEFLATED:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = inflater.decompress(packed, size + 1)
        except zlib.error:
            return None
        if not inflater.eof or inflater.unused_data:
            return None
    is_whole = len(content) == size and zlib.crc32(content) == entry.info.CRC
    return content if is_whole and not (entry.name.endswith("/") and content) else None
