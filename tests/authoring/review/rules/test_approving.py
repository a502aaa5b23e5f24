"""When a draft is approved: a blind answer to this key, a signature on this text, no dispute."""

from collections import defaultdict
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpd.authoring.blind.rules.verdicts import Verdict
from cpd.authoring.review.rules.approving import (
    Opinion,
    Reason,
    ReviewRecord,
    SentText,
    find_reason_against_approval,
)

AGREE, DISAGREE, CHANGE = Verdict.AGREE, Verdict.DISAGREE, Verdict.CHANGE_ANSWER
RESOLVE = Verdict.RESOLVE
NOW = SentText("text", "key", has_key=True, editors=frozenset({"ada"}))
OTHER_FILE = SentText("text", "text", has_key=False, editors=frozenset({"ada"}))


def said(*verdicts: Verdict, text: str = "text", key: str = "key") -> list[Opinion]:
    return [Opinion(verdict, text, key) for verdict in verdicts]


def record(
    opinions: Iterable[Opinion] = (),
    *,
    by: str = "ravi",
    key: str | None = "key",
    alike: bool = True,
    blind: bool = True,
) -> ReviewRecord:
    return ReviewRecord(
        by, tuple(opinions), answered_key_hash=key, answered_alike=alike, was_blind=blind
    )


@pytest.mark.parametrize(
    ("text", "records", "reason"),
    [
        pytest.param(None, [record(said(AGREE))], Reason.NOT_SENT, id="not sent"),
        pytest.param(NOW, [], Reason.NO_BLIND_ANSWER, id="nobody answered"),
        pytest.param(NOW, [record()], Reason.NOT_SIGNED, id="answered, not signed"),
        pytest.param(NOW, [record(said(AGREE))], None, id="answered alike and signed"),
        pytest.param(
            NOW, [record(said(AGREE), key=None)], Reason.NO_BLIND_ANSWER, id="signed, not answered"
        ),
        pytest.param(
            NOW, [record(said(AGREE), by="ada")], Reason.NO_BLIND_ANSWER, id="by an editor"
        ),
        pytest.param(
            NOW, [record(said(AGREE), blind=False)], Reason.NO_BLIND_ANSWER, id="had seen the key"
        ),
        pytest.param(
            NOW, [record(said(AGREE), key="old")], Reason.NO_BLIND_ANSWER, id="answered another key"
        ),
        pytest.param(
            NOW, [record(said(AGREE, text="old"))], Reason.NOT_SIGNED, id="signed another wording"
        ),
        pytest.param(
            NOW,
            [record([*said(AGREE, text="old"), *said(AGREE)])],
            None,
            id="signed the new wording too: the answer stands",
        ),
        pytest.param(NOW, [record(said(AGREE), alike=False)], Reason.DISSENT, id="differs"),
        pytest.param(
            NOW, [record(said(CHANGE), alike=False)], Reason.DISSENT, id="convinced, not signed"
        ),
        pytest.param(
            NOW, [record(said(CHANGE, AGREE), alike=False)], None, id="convinced, then signed"
        ),
        pytest.param(
            NOW,
            [record(said(CHANGE, AGREE, DISAGREE, AGREE), alike=False)],
            Reason.DISSENT,
            id="disagreed again after being convinced",
        ),
        pytest.param(NOW, [record(said(AGREE, DISAGREE))], Reason.DISSENT, id="took it back"),
        pytest.param(
            NOW,
            [record(said(AGREE)), record(by="zoe", alike=False)],
            Reason.DISSENT,
            id="somebody else differs",
        ),
        pytest.param(
            NOW,
            [record(said(AGREE)), record(said(RESOLVE), by="zoe", alike=False)],
            Reason.DISSENT,
            id="nobody is overruled about the present key",
        ),
        pytest.param(
            NOW,
            [record(said(AGREE)), record(by="zoe", key="old", alike=False)],
            Reason.DISSENT,
            id="an old key was disputed, and no source was named for the change",
        ),
        pytest.param(
            NOW,
            [
                record(said(AGREE)),
                record(said(RESOLVE, key="old"), by="zoe", key="old", alike=False),
            ],
            None,
            id="an old key was disputed, and its author named a source",
        ),
        pytest.param(
            NOW,
            [record([*said(DISAGREE, text="old"), *said(AGREE)])],
            None,
            id="disagreed with a wording, and signed the new one",
        ),
        pytest.param(OTHER_FILE, [], Reason.NOT_SIGNED, id="a card that nobody read"),
        pytest.param(
            OTHER_FILE, [record(said(AGREE, key="text"), key=None)], None, id="a card signed"
        ),
        pytest.param(
            OTHER_FILE,
            [record(said(AGREE, key="text"), key=None, by="ada")],
            Reason.NOT_SIGNED,
            id="a card signed by its editor",
        ),
    ],
)
def test_what_is_missing(
    text: SentText | None, records: list[ReviewRecord], reason: Reason | None
) -> None:
    assert find_reason_against_approval(text, records) is reason


PEOPLE = ("ada", "ravi", "zoe")
TEXTS = range(4)
"""Two wordings of each of two keys."""


def key_of(text: int) -> int:
    return text // 2


EVENTS = st.one_of(
    st.tuples(st.just("edit"), st.sampled_from(PEOPLE), st.sampled_from(TEXTS)),
    st.tuples(st.just("answer"), st.sampled_from(PEOPLE), st.booleans()),
    st.tuples(st.sampled_from(Verdict), st.sampled_from(PEOPLE), st.none()),
)


@given(st.lists(EVENTS, max_size=25))
def test_no_sequence_approves_without_a_blind_answer(
    events: list[tuple[object, str, object]],
) -> None:
    text, editors = 0, {"ada"}
    answers: dict[str, tuple[int, bool]] = {}
    verdicts: dict[str, list[tuple[Verdict, int]]] = defaultdict(list)
    for what, who, value in events:
        if what == "edit":
            assert isinstance(value, int)
            text, editors = value, editors | {who}
        elif what == "answer":
            answers.setdefault(who, (key_of(text), bool(value)))  # a second one is not blind
        else:
            assert isinstance(what, Verdict)
            verdicts[who].append((what, text))
    records = [
        ReviewRecord(
            who,
            tuple(Opinion(v, str(t), str(key_of(t))) for v, t in verdicts[who]),
            answered_key_hash=str(answers[who][0]) if who in answers else None,
            answered_alike=who in answers and answers[who][1],
        )
        for who in PEOPLE
    ]
    present = SentText(str(text), str(key_of(text)), has_key=True, editors=frozenset(editors))
    if find_reason_against_approval(present, records) is not None:
        return
    assert any(
        answers.get(who, (None, False))[0] == key_of(text)
        and (answers[who][1] or (CHANGE, text) in verdicts[who] or _changed(verdicts[who], text))
        and (AGREE, text) in verdicts[who]
        for who in PEOPLE
        if who not in editors
    )
    for who in PEOPLE:
        own = [v for v, t in verdicts[who] if t == text and v in (AGREE, DISAGREE)]
        differs = answers.get(who, (None, True)) == (key_of(text), False)
        objects = any(v is DISAGREE and key_of(t) == key_of(text) for v, t in verdicts[who])
        assert not (differs or objects) or own[-1] is AGREE


def _changed(verdicts: list[tuple[Verdict, int]], text: int) -> bool:
    return any(v is CHANGE and key_of(t) == key_of(text) for v, t in verdicts)
