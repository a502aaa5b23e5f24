"""The words for places in a case that somebody must write by hand."""

from flask_babel import gettext as _

from cpd.cases.labels import DECISIONS
from cpd.content.frontmatter import Path


def describe_place(path: Path) -> str:
    """Return a place in the steps of a case, such as “step 1, the reason at Go ahead”."""
    number = int(path[1]) + 1
    if path[2] == "options":
        name = str(path[3])
        answer = DECISIONS[name].words if name in DECISIONS else int(name) + 1
        if path[-1] == "text":
            return str(_("step %(number)s, answer %(answer)s", number=number, answer=answer))
        return str(_("step %(number)s, the reason at %(answer)s", number=number, answer=answer))
    if path[-1] == "say":
        return str(_("step %(number)s, the sentence to say", number=number))
    return str(_("step %(number)s, its question", number=number))
