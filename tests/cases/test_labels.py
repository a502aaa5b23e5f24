from cpd.cases import labels
from tests.web.test_static import svg


def test_the_five_decisions_in_their_words_and_order() -> None:
    said = [(code, str(it.words)) for code, it in labels.DECISIONS.items()]
    assert said == [
        ("proceed", "Go ahead"),
        ("modify", "Change the plan"),
        ("postpone", "Not today: reschedule"),
        ("same_day", "Not today: medical advice today"),
        ("emergency", "Emergency: call now"),
    ]
    assert [it.level for it in labels.DECISIONS.values()] == [1, 2, 3, 4, 5]


def test_every_decision_differs_without_its_color() -> None:
    for part in ("words", "line", "short", "icon"):
        assert len({str(getattr(it, part)) for it in labels.DECISIONS.values()}) == 5


def test_dangers_from_safe_to_critical() -> None:
    assert list(labels.DANGERS) == ["safe", "overcautious", "suboptimal", "unsafe", "critical"]


def test_each_icon_is_drawn() -> None:
    drawn = {symbol.get("id") for symbol in svg("icons.svg").iter()}
    assert {it.icon for it in labels.DECISIONS.values()} <= drawn
    assert {it.icon for it in labels.DANGERS.values()} <= drawn
