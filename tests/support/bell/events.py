"""Events about bells."""

from dataclasses import dataclass

from cpd.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class Rang(Event):
    """A bell rang."""

    bell: str
    number: int

    identified_by = ("bell", "number")
