"""The workbench: what waits for an author, what readers say, and their drafts."""

from flask import Flask

from tests.factories import drafts, reviews
from tests.support.people import ADA, RAVI
from tests.support.visitor import Visitor
from tests.remarks.test_queue import told

def test_look(app: Flask, ada: Visitor) -> None:
    reviews.comment(app, RAVI)
    (one,) = told(app, "It is wrong.")
    print(ada.get("/authoring").text)
    print(ada.get("/").text)
    ada.get("/authoring")
    ada.submit(action="/draft", status=303)
    ada.follow()
    print(ada.answer.path)
    print(ada.get("/authoring").text)
