from datetime import timedelta

from cpd.accounts.sign_in.rules.throttling import LIMITS, Counted, Door, free_again, which_apply
from tests.support.moved_clock import NOW


def test_strangers_are_counted_by_account_source_and_in_total() -> None:
    assert set(which_apply(known_device=False)) == {
        Counted.ACCOUNT,
        Counted.SOURCE,
        Counted.TOTAL,
    }


def test_a_known_browser_is_counted_by_itself() -> None:
    assert which_apply(known_device=True) == (Counted.DEVICE,)


def test_every_door_has_a_limit_for_every_count() -> None:
    assert set(LIMITS) == set(Door)
    assert all(set(limit.most) == set(Counted) for limit in LIMITS.values())
    most = LIMITS[Door.SIGN_IN].most
    assert [most[it] for it in (Counted.ACCOUNT, Counted.SOURCE, Counted.TOTAL)] == [10, 50, 1000]


def test_no_network_is_refused_before_its_accounts_were_heard() -> None:
    """Where codes and passwords are guessed, a full network spares who has not tried often."""
    assert all(limit.spared == 3 for door, limit in LIMITS.items() if door is not Door.EMAIL)


def test_a_place_is_free_when_its_window_is_over() -> None:
    assert free_again(NOW, LIMITS[Door.SIGN_IN]) == NOW + timedelta(minutes=5)
