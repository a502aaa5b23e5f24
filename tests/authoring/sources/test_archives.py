"""Archives: the same files make the same bytes, and a hostile archive is refused unread."""

import io
import struct
import warnings
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpd.authoring.sources import archive_reading
from cpd.authoring.sources.archive_reading import MOST_FILES, unpack_archive_or_faults
from cpd.authoring.sources.archive_writing import pack_archive

NAME, TEXT = "cases/mina.md", b"---\nid: mina\n---\nMina, 34.\n" * 20
LINK, PIPE = 0o120777, 0o010644


def zipped(*entries: tuple[str, bytes], **attributes: int) -> bytes:
    """Pack entries as they are given, doubled names and strange ones as well."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of a doubled name
        for name, content in entries:
            info = zipfile.ZipInfo("x")
            info.filename, info.compress_type = name, zipfile.ZIP_DEFLATED
            for attribute, value in attributes.items():
                setattr(info, attribute, value)
            archive.writestr(info, content)
    return target.getvalue()


def named(name: str) -> bytes:
    return zipped((name, TEXT))


def changed(raw: bytes, signature: bytes, at: int, code: str, value: int) -> bytes:
    """Change one field of a record: of the list of contents, a file's header, or the end."""
    place = raw.rindex(signature) + at
    return raw[:place] + struct.pack(code, value) + raw[place + struct.calcsize(code) :]


LOCAL, LISTED, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
ONE = zipped((NAME, TEXT))


def with_both(raw: bytes, local_at: int, listed_at: int, code: str, value: int) -> bytes:
    return changed(changed(raw, LOCAL, local_at, code, value), LISTED, listed_at, code, value)


def cut_short() -> bytes:
    """Claim that a file ends where it does not, with the checksum of the beginning."""
    short = TEXT[:10]
    raw = with_both(ONE, 22, 24, "<L", len(short))
    return with_both(raw, 14, 16, "<L", zlib.crc32(short))


def overlapping() -> bytes:
    """List one packed file under two names, as the bombs without compression do."""
    raw = zipped((NAME, TEXT), ("cases/lena.md", TEXT))
    second = raw.rindex(LISTED)
    return raw[: second + 42] + struct.pack("<L", 0) + raw[second + 46 :]


PATHS = [
    ("../mina.md", "leads out"),
    ("cases/../../mina.md", "leads out"),
    ("cases//mina.md", "leads out"),
    ("./mina.md", "leads out"),
    ("/etc/mina.md", "root of a disk"),
    ("C:/mina.md", "with a drive"),
    ("cases/mina.md:x", "with a drive"),
    ("..\\mina.md", "backslash"),
    ("cases\\mina.md", "backslash"),
    ("cases/mi\0na.md", "invisible"),
    ("cases/mi\u202ena.md", "invisible"),
    ("cases/CON", "Some computers"),
    ("cases/nul.md", "Some computers"),
    ("cases/mina.md.", "Some computers"),
    ("cases /mina.md", "Some computers"),
    (f"cases/{'m' * 200}.md", "more than 200 characters"),
]
HOSTILE = {
    "nothing": (b"", "not a ZIP"),
    "a text": (b"id,title\n", "not a ZIP"),
    "a tar": (b"\x1f\x8b" + ONE, "not a ZIP"),
    "no files": (zipped(), "empty"),
    "cut off": (ONE[:-30], "incomplete"),
    "half": (ONE[: len(ONE) // 2], "incomplete"),
    "something behind": (ONE + b"<script>", "something else is attached"),
    "something before": (b"MZ" + ONE, "not a ZIP"),
    "an archive before": (ONE[:-22] + ONE, "not where it should be"),
    "a link": (zipped((NAME, b"/etc/passwd"), external_attr=LINK << 16), "link"),
    "a pipe": (zipped((NAME, TEXT), external_attr=PIPE << 16), "link"),
    "a password": (with_both(ONE, 6, 8, "<H", 1), "password"),
    "a password in its header": (changed(ONE, LOCAL, 6, "<H", 1), "does not match"),
    "packed otherwise": (zipped((NAME, TEXT), compress_type=zipfile.ZIP_LZMA), "not read here"),
    "an archive inside": (zipped(("cases/more.md", ONE)), "inside the archive"),
    "a bomb": (zipped(("cases/a.md", b"0" * 1_000_000)), "much larger"),
    "many small bombs": (
        zipped(*((f"cases/a{n}.md", bytes(range(256)) * 400) for n in range(99))),
        "would have",
    ),
    "a doubled name": (zipped((NAME, TEXT), (NAME, b"other")), "Two files"),
    "a name in capitals": (zipped((NAME, TEXT), ("Cases/Mina.md", TEXT)), "Two files"),
    "a name in other accents": (
        zipped(("cases/mén.md", TEXT), ("cases/me\u0301n.md", TEXT)),
        "Two files",
    ),
    "a file that is a folder": (zipped(("cases", TEXT), (NAME, TEXT)), "Two files"),
    "another name in its header": (ONE.replace(b"mina.md", b"lena.md", 1), "does not match"),
    "a larger size in its header": (changed(ONE, LOCAL, 22, "<L", 9), "does not match"),
    "a file elsewhere": (changed(ONE, LISTED, 42, "<L", 7), "does not match"),
    "a file behind the end": (changed(ONE, LISTED, 42, "<L", 2**31), "does not match"),
    "a file too long": (changed(ONE, LISTED, 20, "<L", 2**30), "does not match"),
    "a size that is too small": (cut_short(), "its size is not"),
    "a size that is too large": (with_both(ONE, 22, 24, "<L", 900), "its size is not"),
    "a wrong checksum": (with_both(ONE, 14, 16, "<L", 1), "its size is not"),
    "bytes in a folder": (zipped(("cases/", TEXT)), "its size is not"),
    "files that overlap": (overlapping(), "does not match"),
    "too short a list": (changed(changed(ONE, END, 8, "<H", 2), END, 10, "<H", 2), "not as long"),
    "two parts": (changed(ONE, END, 4, "<H", 1), "several parts"),
    "a list elsewhere": (changed(ONE, END, 16, "<L", 3), "not where"),
    "a broken list": (changed(ONE, LISTED, 0, "<L", 0), "cannot be read"),
    "a name that is no text": (
        zipped(("cases/é.md", TEXT)).replace("é".encode(), b"\xff\xff"),
        "cannot be read",
    ),
    "the large format": (changed(changed(ONE, END, 8, "<H", 65535), END, 10, "<H", 65535), "ZIP64"),
    "a size of the large format": (with_both(ONE, 22, 24, "<L", 2**32 - 1), "more than 8,388,608"),
    **{f"the path {path!r}": (named(path), says) for path, says in PATHS},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_archive_is_refused(name: str) -> None:
    raw, says = HOSTILE[name]
    refused = unpack_archive_or_faults(raw)
    assert isinstance(refused, list), refused
    assert any(says in fault.message for fault in refused), refused
    assert all(fault.remedy and str(fault).isprintable() for fault in refused)


def test_too_many_files_are_refused() -> None:
    raw = pack_archive({f"cases/a{number}.md": b"" for number in range(MOST_FILES + 1)})
    refused = unpack_archive_or_faults(raw)
    assert isinstance(refused, list)
    assert "1,001 files" in refused[0].message


def test_every_fault_is_named() -> None:
    refused = unpack_archive_or_faults(zipped(("../a", TEXT), ("/b", TEXT)))
    assert isinstance(refused, list)
    assert [fault.file for fault in refused] == ["../a", "/b"]


def test_the_control_an_ordinary_archive_of_another_program() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.mkdir("cases")
        archive.writestr("cases/mina.md", TEXT)
        with archive.open(zipfile.ZipInfo("cases/é.md"), "w") as stream:
            stream.write(TEXT)
    assert unpack_archive_or_faults(target.getvalue()) == {
        "cases/mina.md": TEXT,
        "cases/é.md": TEXT,
    }


def streamed() -> bytes:
    """Pack as programs do that write to a pipe: the sizes follow the file."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

    target = Pipe()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(NAME, TEXT)
    return target.getvalue()


def test_the_control_an_archive_that_was_written_to_a_pipe() -> None:
    assert unpack_archive_or_faults(streamed()) == {NAME: TEXT}


FILES = st.dictionaries(
    st.sampled_from(["course.md", "cases/a.md", "cases/b.md", "figures/a.svg", "sections/01-a.md"]),
    st.binary(max_size=300),
    min_size=1,
    max_size=5,
)


@given(FILES)
def test_what_is_packed_is_unpacked_and_packs_to_the_same_bytes(files: dict[str, bytes]) -> None:
    raw = pack_archive(files)
    assert raw == pack_archive(dict(reversed(files.items())))
    unpacked = unpack_archive_or_faults(raw)
    if any(content.startswith(archive_reading._ARCHIVE_MARKS) for content in files.values()):
        assert isinstance(unpacked, list)
        return
    assert unpacked == files


@given(st.data())
def test_no_damage_gets_through_unseen(data: st.DataObject) -> None:
    files = {NAME: TEXT, "cases/lena.md": TEXT[::-1]}
    raw = bytearray(pack_archive(files))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    unpacked = unpack_archive_or_faults(bytes(raw))
    assert isinstance(unpacked, list) or sorted(unpacked.values()) == sorted(files.values())
