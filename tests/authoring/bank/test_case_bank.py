"""The case bank finds cases by what they say, and starts drafts of several."""

from collections.abc import Mapping

import pytest
from flask import Flask

from cpd.authoring.bank.filling import fill_case_index
from cpd.authoring.indexing.models import IndexedCase
from cpd.db import db
from tests.factories import drafts, reviews
from tests.factories.courses import SLUG
from tests.support.people import ADA, RAVI
from tests.support.queries import asked
from tests.support.visitor import Visitor

BANK = "/authoring/cases"


def titles_found(who: Visitor, **wanted: str) -> list[str]:
    """Return the titles that the bank lists."""
    return who.get(BANK, query_string=wanted).page.texts("main ul.list b")


def test_look(app: Flask, ada: Visitor) -> None:
    print(ada.get(BANK).text)
