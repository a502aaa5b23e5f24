"""Every posted form is read in one way: its own fields, each as often as it may come."""

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest
from wtforms import SelectMultipleField, StringField

from cpd.web.forms import AlwaysSentField, Form, ValuesField


class Sample(Form):
    a = StringField(default="else")
    always = AlwaysSentField()
    values = ValuesField(at_most=2)


def read(*fields: tuple[str, str]) -> Sample:
    return Sample.from_fields(MultiDict([("always", "x"), *fields]))


def test_one_value() -> None:
    assert read(("a", "1")).a.data == "1"
    assert read(("a", "")).a.data == ""
    assert read().a.data == "else"


@pytest.mark.parametrize(
    "fields", [[("a", "1"), ("a", "1")], [("a", "1"), ("a", "2")], [("always", "y")]]
)
def test_a_field_of_one_value_is_not_sent_twice(fields: list[tuple[str, str]]) -> None:
    with pytest.raises(BadRequest, match=f"“{fields[0][0]}” was sent 2 times"):
        read(*fields)


def test_what_a_page_always_sends_is_not_missing() -> None:
    with pytest.raises(BadRequest, match="“always” is missing"):
        Sample.from_fields(MultiDict([("a", "1")]))
    assert Sample.from_fields(MultiDict([("always", "")])).always.data == ""


def test_several_values() -> None:
    assert read(("values", "1"), ("values", "2")).values.data == ["1", "2"]
    assert list(read().values.data) == []
    with pytest.raises(BadRequest, match="more than 2"):
        read(("values", "1"), ("values", "2"), ("values", "3"))
    with pytest.raises(BadRequest, match="twice"):
        read(("values", "1"), ("values", "1"))


def test_boxes_are_ticked_once_each_and_not_without_end() -> None:
    class Boxes(Form):
        boxes = SelectMultipleField(choices=[])

    with pytest.raises(BadRequest, match="twice"):
        Boxes.from_fields(MultiDict([("boxes", "1"), ("boxes", "1")]))
    with pytest.raises(BadRequest, match="more than 100"):
        Boxes.from_fields(MultiDict([("boxes", str(n)) for n in range(101)]))


def test_only_known_fields() -> None:
    assert read(("a", "1"), ("csrf_token", "x")).a.data == "1"
    with pytest.raises(BadRequest, match="“is_admin”"):
        read(("a", "1"), ("is_admin", "1"))
