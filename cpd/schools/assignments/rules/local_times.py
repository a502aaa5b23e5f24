"""Local times: a wall clock in a zone, and the one instant that it means.

Where clocks are changed, some times do not occur and some occur twice: a person says which is
meant, and what is stored is always a time that occurs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class TimeChoice(StrEnum):
    """What a person chooses for a time that does not occur, or occurs twice."""

    BEFORE = "before"
    """The missing time, counted back from the change: 01:30 for 02:30."""
    AFTER = "after"
    """The missing time, counted on from the change: 03:30 for 02:30."""
    FIRST = "first"
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class LocalTime:
    """A time that occurs in a zone; `fold` is 1 for the second of two that look alike."""

    wall: datetime
    """What the clock on the wall shows, without a zone."""
    zone: str
    fold: int = 0

    @property
    def instant(self) -> datetime:
        """The instant in UTC."""
        return self.wall.replace(tzinfo=ZoneInfo(self.zone), fold=self.fold).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class UnclearTime:
    """A time that does not occur, or occurs twice, with what may be meant instead."""

    options: Mapping[TimeChoice, LocalTime]

    @property
    def is_missing(self) -> bool:
        """Whether it does not occur; if it does, it occurs twice."""
        return TimeChoice.BEFORE in self.options


@dataclass(frozen=True, slots=True)
class UnknownZone:
    """There is no such time zone."""

    zone: str


def resolve_local_time(
    wall: datetime, zone: str, choice: TimeChoice | None = None
) -> LocalTime | UnclearTime | UnknownZone:
    """Return the local time that is meant, or what a person must be asked.

    A choice that does not fit the time is ignored, because the person may have changed the time.
    """
    if not _is_zone_known(zone):
        return UnknownZone(zone)
    readings = [_read_wall_time(wall, zone, fold) for fold in (0, 1)]
    if readings[0].instant == readings[1].instant:
        return readings[0]
    if readings[0].wall == wall:
        options = {TimeChoice.FIRST: readings[0], TimeChoice.SECOND: readings[1]}
    else:
        options = {TimeChoice.BEFORE: readings[1], TimeChoice.AFTER: readings[0]}
    return options[choice] if choice in options else UnclearTime(options)


def shift_local_time(
    time: LocalTime, days: int, choice: TimeChoice | None = None
) -> LocalTime | UnclearTime | UnknownZone:
    """Return the same wall time some days later or earlier, or what a person must be asked."""
    return resolve_local_time(time.wall + timedelta(days=days), time.zone, choice)


def _is_zone_known(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _read_wall_time(wall: datetime, zone: str, fold: int) -> LocalTime:
    """Return the time that occurs when this wall time is counted before or after the change."""
    there = ZoneInfo(zone)
    read = wall.replace(tzinfo=there, fold=fold).astimezone(UTC).astimezone(there)
    return LocalTime(read.replace(tzinfo=None, fold=0), zone, read.fold)
