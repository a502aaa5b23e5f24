"""What may be asked for under dual control: each room registers its own acts at the start."""

from cpd.dual_control.rules.requests import Purpose, UnknownPurposeError

_known: dict[str, Purpose] = {}


def register(purpose: Purpose) -> None:
    """Let an act be asked for; twice is the same as once."""
    _known[purpose.name] = purpose


def known(name: str) -> Purpose:
    """Return a registered purpose; raises UnknownPurposeError."""
    if name not in _known:
        raise UnknownPurposeError(name)
    return _known[name]


def all_known() -> list[Purpose]:
    """Return every registered purpose."""
    return list(_known.values())
