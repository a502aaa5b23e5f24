"""The text of a PDF, as it is copied, searched and read aloud: each letter once, as it was written.

A letter with an accent for which Unicode has no single sign, such as ọ́, is drawn as two shapes.
typst says of each that it is the whole letter, and from then on of every ọ on the page. Here each
shape is told which sign it stands for (ToUnicode), and the shapes that make up one letter become
one piece of text (ActualText). The page looks as before. typst has no way to ask for it, so it is
done in an update at the end of the file (ISO 32000-1, 7.5.6), by what is known of how typst writes.
"""

import io
import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from cpd.certificates.formats.pdf.glyphs import EM, Font, Glyph, Operation, Shape, Token, tokens


def is_needed(texts: Iterable[str]) -> bool:
    """Tell whether a letter in these texts has an accent that stands apart from it."""
    return any(_is_mark(sign) for text in texts for sign in unicodedata.normalize("NFC", text))


def mended(content: bytes) -> bytes:
    """Return a PDF of typst's in which letters with accents are text as they were written."""
    from pypdf import PdfReader  # noqa: PLC0415 - an extra
    from pypdf.generic import ContentStream  # noqa: PLC0415 - an extra

    reader = PdfReader(io.BytesIO(content))
    (page,) = reader.pages
    resources: Any = page["/Resources"]
    fonts = {name: Font(font.get_object()) for name, font in resources["/Font"].items()}
    drawing = ContentStream(page["/Contents"].get_object(), reader)
    drawn = list(tokens(drawing.operations, fonts))
    glyphs = [token for token in drawn if isinstance(token, Glyph)]
    _find_signs(glyphs)
    known = _known(glyphs)
    drawing.operations = list(_operations(drawn, known, _words(glyphs)))
    changed = {page.raw_get("/Contents").idnum: drawing.get_data()}
    changed |= {font.number: font.listing(name, known) for name, font in fonts.items()}
    return _updated(content, changed)


def _is_mark(sign: str) -> bool:
    return unicodedata.category(sign).startswith("M")


# What it should say


def _find_signs(glyphs: Sequence[Glyph]) -> None:
    """Give each shape its own sign."""
    for said, together in groupby(glyphs, lambda glyph: glyph.text):
        parts = list(together)
        text = unicodedata.normalize("NFC", said) if len(said) > 1 else said
        if not any(map(_is_mark, text[1:])):
            for part in parts:
                part.sign = said
            continue
        for letter in _split(parts[::-1] if parts[0].run.is_backwards else parts):
            base, *accents = letter
            base.sign = text[0] + text[len(letter) :]  # with what the font joins to it
            for accent, sign in zip(accents, text[1:], strict=False):
                accent.sign = sign


def _split(parts: Sequence[Glyph]) -> Iterator[list[Glyph]]:
    letter: list[Glyph] = []
    for part in parts:
        if letter and part.width:
            yield letter
            letter = []
        letter.append(part)
    yield letter


def _known(glyphs: Sequence[Glyph]) -> Mapping[Shape, str]:
    """Return what each shape stands for; what it is by itself outranks what it is in a letter."""
    known: dict[Shape, str] = {}
    for glyph in sorted(glyphs, key=lambda it: it.sign != it.text):
        known.setdefault(glyph.shape, glyph.sign)
    return known


def _words(glyphs: Sequence[Glyph]) -> Iterator[Sequence[Glyph]]:
    """Return words in which shapes are put together to letters.

    Whole words, because some readers, Chrome among them, put shapes in the order of where they
    begin, and some accents begin beside the next letter. From the right it is single letters:
    readers turn the order of letters themselves.
    """
    word: list[Glyph] = []
    for glyph in glyphs:
        if word and not _goes_on(word, glyph):
            yield from _accented(word)
            word = []
        if not glyph.run.is_backwards and not glyph.sign.isspace():
            word.append(glyph)
    yield from _accented(word)


def _accented(word: Sequence[Glyph]) -> Sequence[Sequence[Glyph]]:
    return [word] if any(map(_is_accent, word[1:])) else []


def _is_accent(glyph: Glyph) -> bool:
    return not glyph.width and all(map(_is_mark, glyph.sign))


def _goes_on(word: Sequence[Glyph], glyph: Glyph) -> bool:
    """Tell whether a shape belongs to a word: an accent, or a letter beside the one before."""
    if _is_accent(glyph):
        return True
    if glyph.sign.isspace() or unicodedata.bidirectional(word[0].sign[0]) in {"R", "AL"}:
        return False
    before = next((it for it in reversed(word) if not _is_accent(it)), word[0])
    near = glyph.run.size / 4
    return abs(glyph.x - _end(before)) < near and abs(glyph.run.y - before.run.y) < near


def _end(glyph: Glyph) -> float:
    return glyph.x + glyph.width * glyph.run.size / EM


# Writing it


def _operations(
    drawn: Sequence[Token], known: Mapping[Shape, str], words: Iterator[Sequence[Glyph]]
) -> Iterator[Operation]:
    from pypdf.generic import ArrayObject  # noqa: PLC0415 - an extra

    rewritten = _rewritten(drawn, known, {word[0]: word for word in words})
    for is_text, together in groupby(rewritten, lambda operation: operation[1] == b"TJ"):
        if is_text:
            yield [ArrayObject(piece for (pieces,), _ in together for piece in pieces)], b"TJ"
        else:
            yield from together


def _rewritten(
    drawn: Sequence[Token], known: Mapping[Shape, str], words: Mapping[Glyph, Sequence[Glyph]]
) -> Iterator[Operation]:
    """Draw a word where its first shape was, and leave the room of the others."""
    first: dict[Glyph, Glyph] = {}
    for token in drawn:
        if not isinstance(token, Glyph):
            yield token
        elif token in first:
            yield from _room(token) if token.run != first[token].run else ()
        elif token in words:
            first |= dict.fromkeys(words[token], token)
            yield from _said(words[token])
        elif token.sign == known[token.shape]:
            yield from _shown(token)
        else:
            yield from _said([token])


def _said(word: Sequence[Glyph]) -> Iterator[Operation]:
    """Draw a word as one piece of text; y counts downwards in it."""
    from pypdf.generic import (  # noqa: PLC0415 - an extra
        DictionaryObject,
        FloatObject,
        NameObject,
        TextStringObject,
    )

    text = unicodedata.normalize("NFC", "".join(glyph.sign for glyph in word))
    said = DictionaryObject({NameObject("/ActualText"): TextStringObject(text)})
    yield [NameObject("/Span"), said], b"BDC"
    run = word[0].run
    left, top = run.origin
    for glyph in word:
        if glyph.run != run:
            run = glyph.run
            yield [NameObject(run.font), FloatObject(run.size)], b"Tf"
            yield [*map(FloatObject, (1, 0, 0, -1, run.x - left, top - run.y))], b"Tm"
        yield from _shown(glyph)
    yield [], b"EMC"


def _shown(glyph: Glyph) -> Iterator[Operation]:
    from pypdf.generic import ByteStringObject, FloatObject  # noqa: PLC0415 - an extra

    kern = [FloatObject(glyph.kern)] if glyph.kern else []
    yield [[*kern, ByteStringObject(glyph.shape[1].to_bytes(2, "big"))]], b"TJ"


def _room(glyph: Glyph) -> Iterator[Operation]:
    from pypdf.generic import FloatObject  # noqa: PLC0415 - an extra

    yield [[FloatObject(glyph.kern - glyph.width)]], b"TJ"


def _updated(content: bytes, changed: Mapping[int, bytes]) -> bytes:
    """Append new streams under the numbers of old ones, then where they are.

    A file that ends in a way not known here stays as it is: it looks right, and is somebody's.
    """
    end = re.search(rb"trailer\n<<(.*)>>\nstartxref\n(\d+)\n%%EOF\s*\Z", content, re.DOTALL)
    if end is None:
        return content
    table = b"xref\n"
    for number, stream in sorted(changed.items()):
        packed = zlib.compress(stream)
        table += b"%d 1\n%010d 00000 n \n" % (number, len(content) + 1)
        head = b"\n%d 0 obj\n<</Length %d/Filter/FlateDecode>>\nstream\n" % (number, len(packed))
        content += head + packed + b"\nendstream\nendobj"
    trailer = b"trailer\n<<%b/Prev %b>>\n" % (end[1], end[2])
    return content + b"\n" + table + trailer + b"startxref\n%d\n%%%%EOF\n" % (len(content) + 1)
