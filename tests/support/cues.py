"""Forty cases whose words tell nothing, or in which a word gives each answer away."""

from hashlib import sha256

from cpd.cases.scales import Decision
from tests.support.courses import CourseFolder

CASES = 40
_NEUTRAL = frozenset(
    {
        *("client", "rests", "waits", "sits", "talks", "smiles", "works", "walks", "reads", "old"),
        *("drinks", "writes", "calls", "asks", "tells", "hears", "sees", "feels", "warm", "cool"),
        *("calm", "quiet", "early", "late", "long", "short", "left", "right", "soft", "firm"),
        *("plain", "usual", "loose", "heavy", "light", "slow"),
    }
)
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
    """Write cases of forty families in neutral words, with a cue in each or in none."""
    template = folder.read("cases/dora-fainted.md")
    stem = "Dora, 52, fainted on the bus an hour ago. She feels fine now and wants her session."
    plan = "60 minutes, light to moderate pressure, cool room."
    for number in range(CASES):
        key = tuple(Decision)[number % len(Decision)]
        new = {
            "dora-fainted": f"planted-{number}",
            "family: dora": f"family: planted-{number}",
            "key: same_day": f"key: {key}",
            stem: _write_sentence(f"stem {number}", CUES[key] if with_cues else ""),
            plan: _write_sentence(f"plan {number}", CUES[key] if with_cues else ""),
            "Her doctor, before she goes home": _write_sentence(
                f"right {number}", CUE_OF_RIGHT_OPTION if with_cues else ""
            ),
            "Her daughter, at the weekend": _write_sentence(f"wrong {number}", ""),
            "Her file, at the next visit": _write_sentence(f"other {number}", ""),
        }
        text = template
        for old, written in new.items():
            assert old in text, old
            text = text.replace(old, written)
        folder.write(f"cases/planted-{number}.md", text)


def _write_sentence(name: str, cue: str) -> str:
    """Write five neutral words that depend on the name only; the last gives way to the cue."""
    shuffled = sorted(_NEUTRAL, key=lambda word: sha256(f"{name} {word}".encode()).digest())
    return " ".join([*shuffled[:4], cue or shuffled[4]])
