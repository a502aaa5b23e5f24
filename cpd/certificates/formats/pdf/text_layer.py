"""The text of a PDF, as it is copied, searched and read aloud: each letter once, as written.

A letter with an accent for which Unicode has no single character, such as ọ́, is drawn as two
glyphs. typst declares each to be the whole letter, and from then on every ọ on the page. Here each
glyph is declared to be its own character (ToUnicode), and the glyphs of one letter become one piece
of text (ActualText). The page looks as before. typst has no option for this, so it is done in an
update at the end of the file (ISO 32000-1, 7.5.6), relying on how typst writes files.

Needs the `pdf` extra.
"""

import io
import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from pypdf import PdfReader
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    ContentStream,
    DictionaryObject,
    FloatObject,
    NameObject,
    TextStringObject,
)

from cpd.certificates.formats.pdf.glyphs import (
    UNITS_PER_EM,
    Font,
    Glyph,
    GlyphId,
    Operation,
    Token,
    parse_drawing_tokens,
)


def has_separate_accents(texts: Iterable[str]) -> bool:
    """Tell whether a letter in these texts has an accent that is a character of its own."""
    return any(
        _is_combining_mark(character)
        for text in texts
        for character in unicodedata.normalize("NFC", text)
    )


def rewrite_pdf_with_exact_text(content: bytes) -> bytes:
    """Return a PDF made by typst in which letters with accents are text as they were written."""
    reader = PdfReader(io.BytesIO(content))
    (page,) = reader.pages
    resources: Any = page["/Resources"]
    fonts = {name: Font(font.get_object()) for name, font in resources["/Font"].items()}
    drawing = ContentStream(page["/Contents"].get_object(), reader)
    tokens = list(parse_drawing_tokens(drawing.operations, fonts))
    glyphs = [token for token in tokens if isinstance(token, Glyph)]
    _fill_glyph_characters(glyphs)
    known = _characters_by_glyph_id(glyphs)
    drawing.operations = list(_build_joined_operations(tokens, known, _accented_words(glyphs)))
    changed = {page.raw_get("/Contents").idnum: drawing.get_data()}
    changed |= {
        font.object_number: font.build_to_unicode_map(name, known) for name, font in fonts.items()
    }
    return _append_changed_streams(content, changed)


def _is_combining_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


# What each glyph means


def _fill_glyph_characters(glyphs: Sequence[Glyph]) -> None:
    """Give each glyph its own character."""
    for declared, together in groupby(glyphs, lambda glyph: glyph.text):
        parts = list(together)
        text = unicodedata.normalize("NFC", declared) if len(declared) > 1 else declared
        if not any(map(_is_combining_mark, text[1:])):
            for part in parts:
                part.character = declared
            continue
        for letter in _split_glyphs_into_letters(
            parts[::-1] if parts[0].run.is_right_to_left else parts
        ):
            base, *accents = letter
            base.character = text[0] + text[len(letter) :]  # with what the font joins to it
            for accent, character in zip(accents, text[1:], strict=False):
                accent.character = character


def _split_glyphs_into_letters(parts: Sequence[Glyph]) -> Iterator[list[Glyph]]:
    letter: list[Glyph] = []
    for part in parts:
        if letter and part.width:
            yield letter
            letter = []
        letter.append(part)
    yield letter


def _characters_by_glyph_id(glyphs: Sequence[Glyph]) -> Mapping[GlyphId, str]:
    """Return what each glyph means; its meaning alone outranks its meaning within a letter."""
    known: dict[GlyphId, str] = {}
    for glyph in sorted(glyphs, key=lambda glyph: glyph.character != glyph.text):
        known.setdefault(glyph.id, glyph.character)
    return known


def _accented_words(glyphs: Sequence[Glyph]) -> Iterator[Sequence[Glyph]]:
    """Yield the words in which glyphs combine to letters.

    Whole words, because some readers, Chrome among them, sort glyphs by where they begin, and some
    accents begin beside the next letter. In right-to-left text it is single letters, because
    readers reverse the order of letters themselves.
    """
    word: list[Glyph] = []
    for glyph in glyphs:
        if word and not _glyph_belongs_to_word(word, glyph):
            yield from [word] if _word_has_accent(word) else []
            word = []
        if not glyph.run.is_right_to_left and not glyph.character.isspace():
            word.append(glyph)
    yield from [word] if _word_has_accent(word) else []


def _word_has_accent(word: Sequence[Glyph]) -> bool:
    return any(map(_is_accent_glyph, word[1:]))


def _is_accent_glyph(glyph: Glyph) -> bool:
    return not glyph.width and all(map(_is_combining_mark, glyph.character))


def _glyph_belongs_to_word(word: Sequence[Glyph], glyph: Glyph) -> bool:
    """Tell whether a glyph belongs to a word: an accent, or a letter beside the one before."""
    if _is_accent_glyph(glyph):
        return True
    first = unicodedata.bidirectional(word[0].character[0])
    if glyph.character.isspace() or first in {"R", "AL"}:
        return False
    before = next((letter for letter in reversed(word) if not _is_accent_glyph(letter)), word[0])
    near = glyph.run.size / 4
    return (
        abs(glyph.x - _right_edge_of_glyph(before)) < near
        and abs(glyph.run.y - before.run.y) < near
    )


def _right_edge_of_glyph(glyph: Glyph) -> float:
    return glyph.x + glyph.width * glyph.run.size / UNITS_PER_EM


# Writing it


def _build_joined_operations(
    tokens: Sequence[Token], known: Mapping[GlyphId, str], words: Iterator[Sequence[Glyph]]
) -> Iterator[Operation]:
    """Yield the drawing instructions, with neighboring strings joined."""
    rewritten = _rewrite_tokens_as_operations(tokens, known, {word[0]: word for word in words})
    for is_text, together in groupby(rewritten, lambda operation: operation[1] == b"TJ"):
        if is_text:
            yield [ArrayObject(piece for (pieces,), _ in together for piece in pieces)], b"TJ"
        else:
            yield from together


def _rewrite_tokens_as_operations(
    tokens: Sequence[Token], known: Mapping[GlyphId, str], words: Mapping[Glyph, Sequence[Glyph]]
) -> Iterator[Operation]:
    """Draw a word where its first glyph was, and keep the space of the others."""
    first: dict[Glyph, Glyph] = {}
    for token in tokens:
        if not isinstance(token, Glyph):
            yield token
        elif token in first:
            yield from _build_gap_operation(token) if token.run != first[token].run else ()
        elif token in words:
            first |= dict.fromkeys(words[token], token)
            yield from _build_word_operations(words[token])
        elif token.character == known[token.id]:
            yield from _build_glyph_operation(token)
        else:
            yield from _build_word_operations([token])


def _build_word_operations(word: Sequence[Glyph]) -> Iterator[Operation]:
    """Draw a word as one piece of text; y counts downward in it."""
    text = unicodedata.normalize("NFC", "".join(glyph.character for glyph in word))
    properties = DictionaryObject({NameObject("/ActualText"): TextStringObject(text)})
    yield [NameObject("/Span"), properties], b"BDC"
    run = word[0].run
    left, top = run.origin
    for glyph in word:
        if glyph.run != run:
            run = glyph.run
            yield [NameObject(run.font), FloatObject(run.size)], b"Tf"
            yield [*map(FloatObject, (1, 0, 0, -1, run.x - left, top - run.y))], b"Tm"
        yield from _build_glyph_operation(glyph)
    yield [], b"EMC"


def _build_glyph_operation(glyph: Glyph) -> Iterator[Operation]:
    kern = [FloatObject(glyph.kern)] if glyph.kern else []
    yield [[*kern, ByteStringObject(glyph.id[1].to_bytes(2, "big"))]], b"TJ"


def _build_gap_operation(glyph: Glyph) -> Iterator[Operation]:
    yield [[FloatObject(glyph.kern - glyph.width)]], b"TJ"


def _append_changed_streams(content: bytes, changed: Mapping[int, bytes]) -> bytes:
    """Append new streams under the numbers of old ones, then the table of their offsets.

    A file with an unknown kind of ending stays as it is: it looks right, and its holder needs it.
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
