"""Reading the XML of a workbook: no entities, no other encodings, places in bytes."""

import io
import re
from xml.parsers import expat

from cpd.schools.files.rules.file_faults import FileFault, FileRefusedError
from cpd.schools.files.rules.tables import MOST_CELLS

_MOST_TAGS = 5 * MOST_CELLS
"""A cell has up to four: the cell itself, its formula, and its text in two."""
_DEEPEST = 100
"""No part of a workbook comes near it, and each tag costs more the deeper it lies."""
_ESCAPED = re.compile(r"_x((?![Dd][89A-Fa-f])[0-9A-Fa-f]{4})_")
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class XmlReader:
    """Calls `open_tag`, `close_tag` and `take_text` for what a document holds, in order."""

    def __init__(self, contents: bytes) -> None:
        self.contents = contents
        self._count, self._depth = 0, 0
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.XmlDeclHandler = _refuse_other_encodings
        self._parser.StartDoctypeDeclHandler = _refuse_document_type
        self._parser.StartElementHandler = self._open
        self._parser.EndElementHandler = self._close
        self._parser.CharacterDataHandler = self.take_text

    def run(self) -> None:
        """Read the whole document; raises FileRefusedError."""
        if b"\0" in self.contents:  # it is in UTF-16, whose places are others
            raise FileRefusedError(FileFault.DAMAGED)
        try:
            self._parser.ParseFile(io.BytesIO(self.contents))
        except (expat.ExpatError, ValueError) as error:
            raise FileRefusedError(FileFault.DAMAGED) from error

    def _open(self, tag: str, attributes: dict[str, str]) -> None:
        self._count, self._depth = self._count + 1, self._depth + 1
        if self._depth > _DEEPEST:
            raise FileRefusedError(FileFault.DAMAGED)
        if self._count > _MOST_TAGS:
            raise FileRefusedError(FileFault.TOO_MANY_CELLS)
        self.open_tag(tag, attributes)

    def _close(self, tag: str) -> None:
        self._depth -= 1
        self.close_tag(tag)

    @property
    def place(self) -> int:
        """Where the tag that is being read begins; after an empty element, where it has ended."""
        return self._parser.CurrentByteIndex

    def open_tag(self, tag: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""

    def close_tag(self, tag: str) -> None:
        """Take the end of an element."""

    def take_text(self, text: str) -> None:
        """Take text inside an element."""


def _refuse_other_encodings(_version: str, encoding: str | None, _standalone: int) -> None:
    if (encoding or "utf-8").lower() not in {"utf-8", "us-ascii"}:
        raise FileRefusedError(FileFault.DAMAGED)


def _refuse_document_type(*_parts: object) -> None:
    raise FileRefusedError(FileFault.DAMAGED)


def read_elements(contents: bytes, tag: str) -> list[dict[str, str]]:
    """Return the attributes of every element of a name, by their local names."""
    found: list[dict[str, str]] = []

    class _Elements(XmlReader):
        def open_tag(self, opened: str, attributes: dict[str, str]) -> None:
            if local_name(opened) == tag:
                found.append({local_name(key): value for key, value in attributes.items()})

    _Elements(contents).run()
    return found


def local_name(name: str) -> str:
    """Return a name without the prefix of its namespace."""
    return name.rpartition(":")[2]


def unescape_text(text: str) -> str:
    """Return a text of a cell; workbooks write control characters as `_x000D_`."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def escape_text(text: str) -> str:
    """Return a text as a cell of a workbook holds it; what XML cannot hold is left out."""
    escaped = _ESCAPED.sub(r"_x005F_x\1_", text).replace("\r", "_x000D_")
    return _NOT_IN_XML.sub("", escaped)
