"""Many codes at once: the same answers as for one, and the same limits."""

import csv
import io
from collections.abc import Callable

import pytest
from flask import Flask

from cpd.certificates import code_throttle
from cpd.certificates.models import Certificate
from cpd.certificates.rules.codes import build_code_from_random_text, format_code
from tests.certificates.test_actions import run
from tests.support import queries
from tests.support.visitor import Visitor

LIST = "/verify/list"
ABSENT = format_code(build_code_from_random_text("0" * 26))


@pytest.fixture(autouse=True)
def _no_misses(app: Flask) -> None:
    app.extensions["cpd.code_throttle"] = code_throttle.CodeThrottle()


def check(visitor: Visitor, *codes: str, to: str = LIST, status: int = 200) -> str:
    visitor.get(LIST)
    return visitor.post(to, {"codes": "\n".join(codes)}, status=status).text


def test_a_list_is_answered_line_by_line_and_as_a_file(
    app: Flask, stranger: Visitor, issued: Certificate
) -> None:
    code = format_code(issued.code)
    text = check(stranger, code, ABSENT, "abc")
    for words in (
        "Genuine and valid: 1 of 3. Checked now, at 23 Nov 2026",
        "Maya Chidinma Okafor",
        "No certificate has this code",
        "MT 004711",
    ):
        assert (words in text) is (words != "MT 004711"), words
    stranger.post(f"{LIST}.csv", {"codes": f"{code}\n=1+1"}, status=200)
    assert stranger.answer is not None
    rows = list(csv.reader(io.StringIO(stranger.answer.body.decode("utf-8-sig"))))
    assert rows[0][:4] == ["Code", "Result", "Name", "Course"]
    assert rows[1][:3] == [code, "Genuine.", "Maya Chidinma Okafor"]
    assert rows[2][0] == "'=1+1", "a spreadsheet program runs nothing"
    run(app, "UPDATE certificates SET state = 'revoked', ended_at = issued_at")
    assert "Genuine and valid: 0 of 1." in check(stranger, code)
    assert "Withdrawn" in stranger.page.text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_file_is_read_and_a_wrong_one_refused(stranger: Visitor, issued: Certificate) -> None:
    stranger.get(LIST)
    for content, status, said in (
        (f"Name;Code\nMaya;{format_code(issued.code)}".encode(), 200, "Genuine and valid: 1 of 1."),
        (b"PK\3\4\0\0", 422, "not a text file"),
        (b"", 422, "There is no code in this list."),
    ):
        sent = {"csrf_token": stranger.token, "codes": "", "file": (io.BytesIO(content), "a.csv")}
        kind = "multipart/form-data"
        page = stranger.send("POST", LIST, status=status, data=sent, content_type=kind)
        assert said in page.text
    assert "At most 50 codes" in check(stranger, *[ABSENT] * 51, to=f"{LIST}.csv", status=422)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_wrong_codes_are_limited_as_single_ones_are_and_right_ones_never(
    stranger: Visitor, issued: Certificate
) -> None:
    code = format_code(issued.code)
    text = check(stranger, *[ABSENT] * 40, code)
    assert text.count("No certificate has this code") == code_throttle.MAX_MISSES
    assert text.count("Not answered: too many wrong codes") == 40 - code_throttle.MAX_MISSES
    assert "Genuine and valid: 1 of 41." in text
    assert "Not answered" in check(stranger, ABSENT, status=429)
    assert "Genuine and valid: 1 of 1." in check(stranger, code)
    stranger.get(f"/verify/{ABSENT}", status=429)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_number_of_queries_does_not_grow_with_the_list(
    app: Flask, stranger: Visitor, issue: Callable[..., Certificate]
) -> None:
    code = format_code(issue().code)
    check(stranger, code)
    counts = []
    for many in (1, 50):
        with queries.asked(app) as asked:
            stranger.post(LIST, {"codes": "\n".join([code] * many)}, status=200)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 4
    with queries.asked(app) as asked:
        stranger.get(f"/verify/{code}")
    assert len(asked) <= 4, asked
