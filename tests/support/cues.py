"""Forty cases whose words tell nothing, or in which a word gives each answer away."""

from random import Random

from cpd.cases.scales import Decision
from tests.support.courses import CourseFolder

CASES = 40
_NEUTRAL = (
    "client rests waits sits talks smiles works walks reads drinks writes calls asks tells hears "
    "sees feels warm cool calm quiet early late long short left right soft firm plain usual old"
).split()
CUES = {
    Decision.PROCEED: "gladly",
    Decision.MODIFY: "partly",
    Decision.POSTPONE: "sometime",
    Decision.SAME_DAY: "promptly",
    Decision.EMERGENCY: "suddenly",
}
"""A word that gives each decision away."""
CUE_OF_RIGHT_OPTION = "carefully"


def plant_pool(folder: CourseFolder, *, with_cues: bool) -> None:
    """Write cases of forty families in random words, with a cue in each or in none."""
    template = folder.read("cases/dora-fainted.md")
    stem = "Dora, 52, fainted on the bus an hour ago. She feels fine now and wants her session."
    plan = "60 minutes, light to moderate pressure, cool room."
    words = Random(4)  # not secret: the same pool each time
    for number in range(CASES):
        key = tuple(Decision)[number % len(Decision)]
        new = {
            "dora-fainted": f"planted-{number}",
            "family: dora": f"family: planted-{number}",
            "key: same_day": f"key: {key}",
            stem: _write_sentence(words, CUES[key] if with_cues else ""),
            plan: _write_sentence(words, CUES[key] if with_cues else ""),
            "Her doctor, before she goes home": _write_sentence(
                words, CUE_OF_RIGHT_OPTION if with_cues else ""
            ),
            "Her daughter, at the weekend": _write_sentence(words, ""),
            "Her file, at the next visit": _write_sentence(words, ""),
        }
        text = template
        for old, written in new.items():
            assert old in text, old
            text = text.replace(old, written)
        folder.write(f"cases/planted-{number}.md", text)


def _write_sentence(words: Random, cue: str) -> str:
    """Write five neutral words, the last of which gives way to the cue."""
    chosen = words.sample(_NEUTRAL, 5)
    return " ".join([*chosen[:4], cue or chosen[4]])
