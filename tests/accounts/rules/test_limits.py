from datetime import timedelta

from cpd.accounts.rules.limits import MOST, Counted, free_again, which_apply
from tests.support.moved_clock import NOW


def test_strangers_are_counted_by_account_source_and_in_total() -> None:
    assert set(which_apply(known_device=False)) == {
        Counted.ACCOUNT,
        Counted.SOURCE,
        Counted.TOTAL,
    }


def test_a_known_browser_is_counted_by_itself() -> None:
    assert which_apply(known_device=True) == (Counted.DEVICE,)


def test_every_count_has_a_limit() -> None:
    assert set(MOST) == set(Counted)
    assert MOST[Counted.ACCOUNT] == 10
    assert MOST[Counted.SOURCE] == 50
    assert MOST[Counted.TOTAL] == 1000


def test_a_place_is_free_five_minutes_later() -> None:
    assert free_again(NOW) == NOW + timedelta(minutes=5)
