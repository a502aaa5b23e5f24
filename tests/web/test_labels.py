from cpd.web import labels
from tests.web.test_static import svg


def test_evidence_and_basis_cover_the_shared_words() -> None:
    assert set(labels.EVIDENCE) == {
        "checked",
        "unchecked",
        "superseded",
        "retracted",
        "does-not-support",
    }
    assert set(labels.BASIS) == {"evidence", "guideline", "expert-caution", "house-rule"}


def test_each_icon_is_drawn() -> None:
    drawn = {symbol.get("id") for symbol in svg("icons.svg").iter()}
    tables = (labels.EVIDENCE, labels.SAVING)
    assert {it.icon for table in tables for it in table.values()} <= drawn
