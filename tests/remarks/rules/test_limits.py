"""When a full count has room again."""

from cpd.remarks.rules import limits
from tests.support.moved_clock import NOW


def test_a_count_has_room_when_its_oldest_leaves_the_window() -> None:
    assert limits.limit_ends_at(NOW) == NOW + limits.WINDOW
