"""What is copied out of a certificate: each letter once, as it was written, in many scripts."""

import io
from collections.abc import Callable
from functools import partial
from typing import Any
from unicodedata import normalize

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from cpd.certificates.formats.pdf import right_to_left, text_layer, typesetting
from cpd.certificates.formats.registry import FORMATS
from cpd.certificates.rules.printed_facts import printed_facts
from cpd.certificates.rules.record import RECORD_FILE_NAME, Record
from cpd.certificates.rules.snapshot import StatedLicense
from cpd.courses.rules.fronts.course import Author
from cpd.kernel import single_line
from tests.certificates.formats.pdf.test_page import record_of, structure
from tests.factories.certificates import facts

PDF = FORMATS["pdf"]
DRAW = partial(typesetting.draw_texts_as_svg, units_per_em=right_to_left.UNITS_PER_EM)

FROM_THE_LEFT = [
    "Maya Chidinma Okafor",
    "Tọ́pẹ́",
    "Gbénró Ọ̀pẹ́yẹmí",
    "Ṣẹ́gun Ọlátúnjí",
    "Be̱e",
    "O'Tọ́la-(Be̱e) <a̱&ḇ.*>",
    "Ịjẹ́ọma Ị́chie Ụ̀kọ́",
    "Ɛ̀ɖɛ́ Ŋgɔ̌ Kɔ̀fí",
    "Shį́į́h Yázhí",
    "Łukasz J́anek",
    "Šį̃ Vė̃ Jū̃ratė",
    "M̀bà Ǹdá K̀l",
    "M̂ng G̃uarani Z̄a",
    "Kʼaʼ Tłʼéé",
    "Nguyễn Thị Hồng Nhung",
    "Tiếng Việt Quỳnh",
    "ʻOkina Kamakawiwoʻole",
    "Jean-Luc ffrench-Ffiske",
    "Ἀχιλλεύς Πηλεΐδης",
    "Ш́аља Ћа́рић",
    "Мари́я Йо̂рдан",
    "Өмірбек Ғаниұлы Ә́лия",
    "Արամ Խաչատրյան",
    "ნინო ჩხეიძე",
    "D’Arcy O'Neill & Søn",
]
FROM_THE_RIGHT = [
    "דוד בן־גוריון",
    "משה ״מוישע״ כהן",
    "Sarah שרה Cohen",
    "אַבֿרהם",
    "איציק",
    "דָּוִד",
    "יִצְחָק",
    "שָׁלוֹם",
]
POINTED = ["ייִדיש", "בֶּן־גּוּרְיוֹן", "ײַנגל וואָלף פֿײַגע"]
"""Where Chrome and others that go by the place of each shape put a point beside its neighbour."""

READERS: dict[str, Callable[[bytes], str]] = {
    "in the order of drawing": lambda content: (
        PdfReader(io.BytesIO(content)).pages[0].extract_text()
    ),
    "as Chrome does": lambda content: (
        pypdfium2.PdfDocument(content)[0].get_textpage().get_text_bounded()
    ),
}


def spaced(text: str) -> str:
    return " ".join(normalize("NFC", text).split())


def render(**given: Any) -> bytes:
    return PDF.build_file(record_of(facts(**given)))


@pytest.mark.parametrize("name", [*FROM_THE_LEFT, *FROM_THE_RIGHT])
def test_a_name_is_copied_letter_for_letter(name: str) -> None:
    content = render(name=name)
    for reader, read in READERS.items():
        assert spaced(name) in map(spaced, read(content).splitlines()), reader


@pytest.mark.parametrize("name", POINTED)
def test_pointed_names_are_copied_in_the_order_of_drawing(name: str) -> None:
    text = READERS["in the order of drawing"](render(name=name))
    assert spaced(name) in map(spaced, text.splitlines())


@pytest.mark.parametrize("reader", READERS)
def test_accents_in_one_fact_change_no_letter_of_the_others(reader: str) -> None:
    made = facts(
        name="Be̱e Tọ́pẹ́",
        licences=[StatedLicense("Ẹ̀kọ́ Board", "MT 004711")],
        title="Ìfọwọ́ra nínú ooru",
        authors=[Author("Ọ̀ṣun Àbẹ̀kẹ́", "LMT", "author")],
    )
    content = PDF.build_file(record_of(made))
    assert isinstance(content, bytes)
    page = "".join(spaced(READERS[reader](content)).split())
    for fact, words in printed_facts(made).items():
        assert "".join(spaced(words).split()) in page, fact


def test_a_name_wider_than_the_line_is_copied_whole() -> None:
    name = "Tọ́pẹ́" * 17
    for read in READERS.values():
        assert name in "".join(spaced(read(render(name=name))).split())


def test_control_typst_alone_takes_every_e_for_another_letter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(text_layer, "has_separate_accents", lambda _: False)
    text = READERS["in the order of drawing"](render(name="Be̱e"))
    assert "comple̱te̱d this course̱" in text


def test_control_typst_alone_draws_words_from_the_right_backwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(right_to_left, "measure_right_to_left_runs", lambda *_: {})
    text = READERS["in the order of drawing"](render(name="דוד בן־גוריון"))
    assert "דוד בן־גוריון" not in text


def test_control_separate_accents_are_read_on_a_line_of_their_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(text_layer, "_accented_words", lambda _: ())
    lines = READERS["as Chrome does"](render(name="Tọ́pẹ́")).splitlines()
    assert "Tọ́pẹ́" not in lines


ALPHABETS = [
    ("aeionuAEIONUTSkpdgmẹọṣụɛɔ", "\u0300\u0301\u0302\u0303\u0304\u030c\u0331"),
    ("аеиоуюяАЕИОУбвгдж", "\u0300\u0301\u0302\u0304"),
    ("αεηιουωΑΕΗκλμν", "\u0304\u0306"),
]


@given(
    st.sampled_from(ALPHABETS).flatmap(
        lambda alphabet: st.lists(
            st.tuples(st.sampled_from(alphabet[0]), st.sampled_from(["", *alphabet[1]])),
            min_size=2,
            max_size=12,
        )
    )
)
@settings(max_examples=15, deadline=None)
def test_any_letters_with_any_accents_are_copied_spoken_and_verified(
    drawn: list[tuple[str, str]],
) -> None:
    name = normalize("NFC", "".join(letter + accent for letter, accent in drawn))
    assert single_line.clean_line(name, needs_letter=False).text == name
    content = render(name=name)
    for reader, read in READERS.items():
        assert name in map(spaced, read(content).splitlines()), reader
    file = PdfReader(io.BytesIO(content))
    assert file.metadata is not None
    assert name in str(file.metadata.title)  # what screen readers say first
    (attached,) = file.attachments[RECORD_FILE_NAME]
    assert Record.from_json(attached.decode()).parsed_facts["name"] == name


# The file as a whole


def test_the_update_leaves_the_file_before_it_and_all_that_it_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = facts(name="Tọ́pẹ́")
    mended = PDF.build_file(record_of(made))
    monkeypatch.setattr(text_layer, "has_separate_accents", lambda _: False)
    plain = PDF.build_file(record_of(made))
    assert isinstance(mended, bytes)
    assert isinstance(plain, bytes)
    assert mended.startswith(plain)
    before, after = (PdfReader(io.BytesIO(content)) for content in (plain, mended))
    assert after.metadata == before.metadata
    assert after.metadata is not None
    assert "Tọ́pẹ́" in str(after.metadata.title)
    assert list(after.attachments) == [RECORD_FILE_NAME]
    trees = [structure(reader.root_object["/StructTreeRoot"]) for reader in (before, after)]
    assert trees[0] == trees[1]


@pytest.mark.parametrize("name", ["Tọ́pẹ́ Łukasz J́anek", "Be̱e Ɛ̀ɖɛ́", "דָּוִד בן־גוריון"])
def test_the_page_looks_as_typst_draws_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = facts(name=name)
    mended = PDF.build_file(record_of(made))
    monkeypatch.setattr(text_layer, "has_separate_accents", lambda _: False)
    monkeypatch.setattr(right_to_left, "measure_right_to_left_runs", lambda *_: {})
    plain = PDF.build_file(record_of(made))
    assert mended != plain
    assert pixels(mended) == pixels(plain)
    other = PDF.build_file(record_of(facts(name="Maya")))
    assert pixels(other) != pixels(plain), "the control"


def pixels(content: object) -> bytes:
    assert isinstance(content, bytes)
    return bytes(pypdfium2.PdfDocument(content)[0].render(scale=1.5).buffer)


@pytest.mark.parametrize("name", ["Tọ́pẹ́", "דָּוִד"])
def test_the_same_record_gives_the_same_bytes(name: str) -> None:
    record = record_of(facts(name=name))
    assert PDF.build_file(record) == PDF.build_file(record)


def test_a_name_without_separate_accents_is_left_to_typst(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(_: bytes) -> bytes:
        raise AssertionError("nothing is wrong with it")

    monkeypatch.setattr(text_layer, "rewrite_pdf_with_exact_text", fails)
    render(name="Zoë Łukasiewicz Nguyễn", is_demo=False)
    with pytest.raises(AssertionError, match="nothing is wrong"):
        render(name="Tọ́pẹ́")


def test_a_file_that_ends_in_another_way_is_left_as_it_is() -> None:
    content = b"%PDF-1.7\n%%EOF"
    assert text_layer._append_changed_streams(content, {1: b""}) == content


# Runs from the right


def placed(text: str) -> dict[str, right_to_left.Run]:
    return right_to_left.measure_right_to_left_runs([text], DRAW)


def test_signs_stand_in_the_order_of_writing_from_the_right() -> None:
    (run,) = placed("Sarah שרה כהן, LMT").values()
    assert [character for character, *_ in run.characters] == list("שרה כהן")
    starts = [x for _, x, _ in run.characters]
    assert starts == sorted(starts, reverse=True)
    assert starts[-1] == 0


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Maya", id="from the left"),
        pytest.param("א", id="a single letter"),
        pytest.param("דוד 3 כהן", id="a number within: digits go the other way"),
        pytest.param("דוד כהן 3", id="a number after"),
        pytest.param("ארוכה מאוד " * 5, id="wider than a line"),
        pytest.param("דוד\u00a0כהן", id="a space that is none"),
    ],
)
def test_what_is_left_to_typst(text: str) -> None:
    assert placed(text) == {}


def test_a_drawing_of_another_form_places_nothing() -> None:
    assert (
        right_to_left.measure_right_to_left_runs(["דוד"], lambda texts: ["<svg/>"] * len(texts))
        == {}
    )


def test_the_longer_run_is_found_first() -> None:
    found = right_to_left.measure_right_to_left_runs(["דוד", "דוד כהן"], DRAW)
    assert right_to_left.build_pattern_of_runs(found) == r"דוד\ כהן|דוד"
