"""A workbook (XLSX): which sheets it has, and what its cells share."""

from dataclasses import dataclass

from cpd.schools.files.rules.archives import Archive, resolve_target
from cpd.schools.files.rules.file_faults import FileFault, FileRefusedError
from cpd.schools.files.rules.sheets import Sheet, parse_sheet
from cpd.schools.files.rules.xml_reading import (
    XmlReader,
    local_name,
    read_elements,
    unescape_text,
)

_PERCENT_FORMATS = frozenset({"9", "10"})
_MACRO_TYPES = ("macroenabled", "vbaproject")


@dataclass(frozen=True)
class Workbook:
    """An open workbook and the sheet of it that was asked for."""

    archive: Archive
    sheets: tuple[str, ...]
    sheet_name: str
    member: str
    """Where the sheet stands in the archive."""
    contents: bytes
    sheet: Sheet
    members: tuple[str, ...]
    """Where all its sheets stand."""


@dataclass(frozen=True, slots=True)
class _Link:
    target: str
    kind: str


def open_workbook(contents: bytes, sheet_name: str = "") -> Workbook:
    """Open a sheet of a workbook, or its first visible one; raises FileRefusedError."""
    archive = Archive(contents)
    _refuse_macro_types(archive)
    book = _find_book(archive)
    links = _read_links(archive, book)
    worksheets = [
        (element.get("name", ""), links[element.get("id", "")].target, element.get("state"))
        for element in read_elements(archive.read(book), "sheet")
        if links.get(element.get("id", ""), _Link("", "")).kind == "worksheet"
    ]
    visible = [(name, member) for name, member, state in worksheets if state in {None, "visible"}]
    wanted = [pair for pair in visible if sheet_name in {"", pair[0]}]
    if not wanted:
        raise FileRefusedError(FileFault.NO_SHEET)
    name, member = wanted[0]
    held = archive.read(member)
    return Workbook(
        archive=archive,
        sheets=tuple(name for name, _ in visible),
        sheet_name=name,
        member=member,
        contents=held,
        sheet=parse_sheet(held, _read_shared_texts(archive, links)),
        members=tuple(member for _, member, _ in worksheets),
    )


def find_percent_styles(archive: Archive) -> frozenset[str]:
    """Return the styles of cells that show 0.9 as 90%."""
    found = [link.target for link in _read_links(archive, _find_book(archive)).values()
             if link.kind == "styles"]  # fmt: skip
    if not found:
        return frozenset()
    contents = archive.read(found[0])
    own = {
        element.get("numFmtId", "")
        for element in read_elements(contents, "numFmt")
        if "%" in element.get("formatCode", "")
    }
    formats = _CellFormats(contents)
    formats.run()
    percent = _PERCENT_FORMATS | own
    return frozenset(str(index) for index, used in enumerate(formats.used) if used in percent)


class _CellFormats(XmlReader):
    """The number format of each style that cells name by its place in the list."""

    def __init__(self, contents: bytes) -> None:
        super().__init__(contents)
        self.used: list[str] = []
        self._is_inside = False

    def open_tag(self, tag: str, attributes: dict[str, str]) -> None:
        name = local_name(tag)
        if name == "cellXfs":
            self._is_inside = True
        elif name == "xf" and self._is_inside:
            self.used.append(attributes.get("numFmtId", "0"))

    def close_tag(self, tag: str) -> None:
        if local_name(tag) == "cellXfs":
            self._is_inside = False


def _refuse_macro_types(archive: Archive) -> None:
    types = archive.read("[Content_Types].xml").lower()
    if any(word.encode() in types for word in _MACRO_TYPES):
        raise FileRefusedError(FileFault.MACROS)


def _find_book(archive: Archive) -> str:
    for link in _read_links(archive, "").values():
        if link.kind == "officeDocument" and link.target.lower().endswith(".xml"):
            if not link.target.startswith("xl/"):
                raise FileRefusedError(FileFault.OTHER_FORMAT)
            return link.target
    raise FileRefusedError(FileFault.OTHER_FORMAT)


def _read_links(archive: Archive, part: str) -> dict[str, _Link]:
    """Return what a part of the archive refers to, by the id that it uses; empty: the whole."""
    folder, _, file = part.rpartition("/")
    contents = archive.read_if_present(f"{folder}/_rels/{file}.rels".removeprefix("/"))
    if contents is None:
        return {}
    return {
        element.get("Id", ""): _Link(
            resolve_target(part, element.get("Target", "")),
            element.get("Type", "").rpartition("/")[2],
        )
        for element in read_elements(contents, "Relationship")
        if element.get("TargetMode") != "External"
    }


def _read_shared_texts(archive: Archive, links: dict[str, _Link]) -> list[str]:
    found = [link.target for link in links.values() if link.kind == "sharedStrings"]
    if not found:
        return []
    reader = _SharedTexts(archive.read(found[0]))
    reader.run()
    return reader.texts


class _SharedTexts(XmlReader):
    """The texts that cells name by their place in the list, without how they are pronounced."""

    def __init__(self, contents: bytes) -> None:
        super().__init__(contents)
        self.texts: list[str] = []
        self._path: list[str] = []
        self._parts: list[str] = []

    def open_tag(self, tag: str, attributes: dict[str, str]) -> None:
        del attributes
        self._path.append(local_name(tag))

    def take_text(self, text: str) -> None:
        if self._path[-1] == "t" and "rPh" not in self._path:
            self._parts.append(text)

    def close_tag(self, tag: str) -> None:
        del tag
        if self._path.pop() == "si":
            self.texts.append(unescape_text("".join(self._parts)))
            self._parts = []
