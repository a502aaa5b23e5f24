"""The words for places in a case that somebody must write by hand."""

from collections.abc import Iterable

from flask_babel import gettext as _

from cpd.cases.labels import DECISIONS
from cpd.content.frontmatter import Path

_MOST_NAMED = 3
"""So many places of a step are named; where there are more, the whole step is."""


def describe_places(paths: Iterable[Path]) -> str:
    """Return places in the steps of a case, such as “step 1, step 2 (its question)”."""
    by_step: dict[int, list[str]] = {}
    for path in paths:
        words = by_step.setdefault(int(path[1]) + 1, [])
        if (place := _describe_place_in_step(path)) not in words:
            words.append(place)
    return ", ".join(
        str(_("step %(number)s", number=number))
        if len(words) > _MOST_NAMED
        else str(_("step %(number)s (%(places)s)", number=number, places=", ".join(words)))
        for number, words in by_step.items()
    )


def _describe_place_in_step(path: Path) -> str:
    if path[2] == "options":
        name = str(path[3])
        if name in DECISIONS:
            return str(_("the reason at “%(decision)s”", decision=DECISIONS[name].words))
        return str(_("answer %(number)s", number=int(name) + 1))
    return str(_("the sentence to say") if path[-1] == "say" else _("its question"))
