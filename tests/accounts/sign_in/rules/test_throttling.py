from datetime import timedelta

from cpd.accounts.sign_in.rules.throttling import (
    LIMITS,
    CountedBy,
    ThrottleScope,
    compute_room_again_at,
    list_applicable_counts,
)
from tests.support.moved_clock import NOW


def test_strangers_are_counted_by_account_source_and_in_total() -> None:
    assert set(list_applicable_counts(is_known_browser=False)) == {
        CountedBy.ACCOUNT,
        CountedBy.SOURCE,
        CountedBy.TOTAL,
    }


def test_a_known_browser_is_counted_by_itself() -> None:
    assert list_applicable_counts(is_known_browser=True) == (CountedBy.DEVICE,)


def test_every_door_has_a_limit_for_every_count() -> None:
    assert set(LIMITS) == set(ThrottleScope)
    assert all(set(limit.maximum) == set(CountedBy) for limit in LIMITS.values())
    most = LIMITS[ThrottleScope.SIGN_IN].maximum
    assert [most[it] for it in (CountedBy.ACCOUNT, CountedBy.SOURCE, CountedBy.TOTAL)] == [
        10,
        50,
        1000,
    ]


def test_no_network_is_refused_before_its_accounts_were_heard() -> None:
    """Where codes and passwords are guessed, a full network spares who has not tried often."""
    assert all(
        limit.reserve == 3 for door, limit in LIMITS.items() if door is not ThrottleScope.EMAIL
    )


def test_a_place_is_free_when_its_window_is_over() -> None:
    assert compute_room_again_at(NOW, LIMITS[ThrottleScope.SIGN_IN]) == NOW + timedelta(minutes=5)
