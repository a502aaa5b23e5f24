"""A story from practice, divided into the first answers of a case."""

import re
from dataclasses import dataclass

_SENTENCE = re.compile(r"(?<=[.!?”])\s+")
_PLAN = re.compile(r"^plan\b|\b[0-9]+[- ]?min(?:ute)?s?\b", re.IGNORECASE)


@dataclass(frozen=True)
class StoryParts:
    """Who the client is, what was planned, and what was found."""

    client: str
    plan: str
    found: str


def divide_story(story: str) -> StoryParts:
    """Return the parts: the plan is what names it or its minutes, the client the first sentence."""
    sentences = [part for part in _SENTENCE.split(story.strip()) if part]
    plans = [part for part in sentences if _PLAN.search(part)]
    others = [part for part in sentences if part not in plans]
    return StoryParts(client=" ".join(others[:1]), plan=" ".join(plans), found=" ".join(others[1:]))
