"""A lesson at the projector and on two phones: a line that drops, a phone that comes back."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from cpd.access.permissions import Role
from tests.factories import accounts, courses, organisations, schools
from tests.journeys.walking import Walker
from tests.support import chromium
from tests.support.people import RAVI
from tests.support.server import LiveServer

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]
