"""Events about bells."""

from dataclasses import dataclass

from cpd.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class Rang(Event):
    """A bell rang."""

    bell: str
    number: int

    @property
    def key(self) -> str:
        """Each ring has its own key."""
        return f"{self.bell}/{self.number}"
