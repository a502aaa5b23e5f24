"""What this room does as long as no other room answers its questions."""

from typing import Any, cast

from cpd.courses import hooks
from cpd.kernel.hooks import Hook

NOBODY = cast("Any", None)


def default_of(hook: Hook[..., Any]) -> Any:
    """Return the module's own answer, whatever the app joined."""
    return {
        hooks.section_practice: hooks._no_cards,
        hooks.practice_to_read: hooks._none_to_read,
        hooks.exam_panel: hooks._no_panel,
        hooks.practice_done: hooks._none_done,
        hooks.record_panels: hooks._no_panels,
        hooks.open_case_card: hooks._no_case,
        hooks.approved_for_credit: hooks._none_approved,
    }[hook]


def test_without_other_rooms_there_is_no_practice_no_exam_and_no_credit() -> None:
    assert default_of(hooks.section_practice)(NOBODY, NOBODY, None, NOBODY, NOBODY) == []
    assert default_of(hooks.practice_to_read)(NOBODY, NOBODY) == {}
    assert default_of(hooks.exam_panel)(NOBODY, NOBODY, None, NOBODY) == ""
    assert default_of(hooks.practice_done)(NOBODY, NOBODY) == frozenset()
    assert default_of(hooks.record_panels)(NOBODY, NOBODY) == []
    assert default_of(hooks.open_case_card)(NOBODY, []) is None
    assert default_of(hooks.approved_for_credit)(NOBODY, []) == frozenset()
