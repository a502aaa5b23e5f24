"""Drawing an exam from its pool: by seed, unseen cases first, never two from one family."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from cpd.cases.front import CaseFront, StepFront
from cpd.cases.key import CaseKey
from cpd.cases.kinds.registry import KINDS
from cpd.courses.rules.fronts.exam import DrawRule


@dataclass(frozen=True, slots=True)
class PoolCase:
    """What the draw needs to know of a case in the pool."""

    id: str
    family: str
    objectives: tuple[str, ...]
    red_flag: bool
    right_answer: str
    """In brief: a twin with a different right answer is a new question."""
    steps: tuple[StepFront, ...] = ()


@dataclass(frozen=True, slots=True)
class SeenCase:
    """A case that this person has seen, as it was at the time.

    A twin of it counts as seen too, if it has the same right answer.
    """

    id: str
    family: str
    right_answer: str


@dataclass(frozen=True, slots=True)
class Draw:
    """The cases of one attempt, in the order they are shown."""

    cases: tuple[str, ...]
    orders: Mapping[str, Mapping[str, tuple[str, ...]]]
    """Case and step to option ids, in the order shown."""
    seen: int
    """How many of them this person has seen before."""


@dataclass(frozen=True, slots=True)
class DrawRefusal:
    """The pool cannot satisfy the rule; each sentence says what is missing."""

    sentences: tuple[str, ...]


def build_pool_case(front: CaseFront, key: CaseKey) -> PoolCase:
    """Describe a case for the draw."""
    return PoolCase(
        id=front.id,
        family=front.family or front.id,
        objectives=front.objectives,
        red_flag=front.red_flag,
        right_answer=build_brief_right_answer(key),
        steps=front.steps,
    )


def build_brief_right_answer(key: CaseKey) -> str:
    """Return the right answer in brief: the decisions, or all right options if it asks for none."""
    decisions = [step.key.value for step in key.steps if step.key is not None]
    return " ".join(
        decisions or [f"{s.id}={','.join(sorted(s.correct_option_ids))}" for s in key.steps]
    )


def is_case_unseen(case: PoolCase, seen: Collection[SeenCase]) -> bool:
    """Return whether neither the case nor a twin with the same right answer was seen."""
    return not any(
        old.id == case.id or (old.family == case.family and old.right_answer == case.right_answer)
        for old in seen
    )


def draw_exam_cases(
    pool: Sequence[PoolCase], rule: DrawRule, *, seen: Collection[SeenCase], seed: int | str
) -> Draw | DrawRefusal:
    """Draw by the rule, with as few seen cases as it allows; the same seed gives the same draw."""
    rng = _random_generator_from_seed(seed)
    cases = sorted(pool, key=lambda case: case.id)
    rng.shuffle(cases)
    new = {case.id for case in cases if is_case_unseen(case, seen)}
    search = _Search(cases, rule, new=new, rng=rng)
    for seen_allowed in range(rule.cases + 1):
        drawn = search.find_selection(seen_allowed)
        if drawn is not None:
            rng.shuffle(drawn)
            return Draw(
                cases=tuple(case.id for case in drawn),
                orders={case.id: _shuffle_options_of_case(case, seed) for case in drawn},
                seen=sum(case.id not in new for case in drawn),
            )
    return DrawRefusal(_describe_shortages(cases, rule))


def shuffle_options_of_step(step: StepFront, rng: Random) -> tuple[str, ...]:
    """Shuffle a step's options; fixed options keep their place, and so do all decisions."""
    if not KINDS[step.kind].shuffles:
        return step.option_ids
    loose = [option.id for option in step.options if not option.fixed]
    rng.shuffle(loose)
    return tuple(option.id if option.fixed else loose.pop() for option in step.options)


def _shuffle_options_of_case(case: PoolCase, seed: int | str) -> dict[str, tuple[str, ...]]:
    rng = _random_generator_from_seed(f"{seed}/{case.id}")
    return {step.id: shuffle_options_of_step(step, rng) for step in case.steps}


def _random_generator_from_seed(seed: int | str) -> Random:
    """Return a random generator that is not secret: a draw can be repeated from its seed."""
    return Random(seed)  # noqa: S311 - predictable by design


MOST_SEARCHED = 2_000
"""Selections tried before a rule counts as impossible: about half a second."""


class _Search:
    """Chooses one case from each of enough families, the scarcest part of the blueprint first."""

    def __init__(
        self, cases: Sequence[PoolCase], rule: DrawRule, *, new: Collection[str], rng: Random
    ) -> None:
        self.rule, self.new, self.rng = rule, new, rng
        objectives = [objective for objective, n in sorted(rule.per_objective.items()) if n]
        self.needs = (rule.cases, rule.red_flags, *(rule.per_objective[o] for o in objectives))
        """How many are needed: cases, red flags, then each objective."""
        self.serves = {
            case.id: (True, case.red_flag, *(name in case.objectives for name in objectives))
            for case in cases
        }
        families: dict[str, list[PoolCase]] = {}
        for case in sorted(cases, key=lambda case: case.id not in new):
            families.setdefault(case.family, []).append(case)
        self.families = families
        """Unseen cases come first in each."""
        self.searched = 0
        self.is_greedy = False
        """Whether to prefer cases that serve most parts: a less even draw, found sooner."""

    def find_selection(self, seen_allowed: int) -> list[PoolCase] | None:
        """Return a selection with at most `seen_allowed` seen cases, or None if none is found."""
        for self.is_greedy in (False, True):
            self.searched = 0
            found = self._extend_selection([], dict(self.families), self.needs, seen_allowed)
            if found is not None or self.searched <= MOST_SEARCHED:
                return found
        return None

    def _extend_selection(
        self,
        chosen: list[PoolCase],
        left: Mapping[str, Sequence[PoolCase]],
        needs: Sequence[int],
        seen_allowed: int,
    ) -> list[PoolCase] | None:
        self.searched += 1
        places, *parts = needs
        spare = [
            self._count_families_for(left, part, seen_allowed) - need
            for part, need in enumerate(needs)
        ]
        too_many = max(needs) > places or sum(needs[2:]) > places * self._most_objectives_per_case(
            left
        )
        if self.searched > MOST_SEARCHED or too_many or min(spare) < 0:
            return None
        if not any(parts):
            return [*chosen, *self._choose_remaining_cases(left, places, seen_allowed)]
        scarcest = min(
            (part for part, need in enumerate(needs) if part and need), key=spare.__getitem__
        )
        for case in self._cases_for_part(left, scarcest):
            is_seen = case.id not in self.new
            if is_seen and not seen_allowed:
                break
            rest = {name: cases for name, cases in left.items() if name != case.family}
            after = self._needs_after_choosing(needs, case)
            found = self._extend_selection([*chosen, case], rest, after, seen_allowed - is_seen)
            if found is not None:
                return found
        return None

    def _count_families_for(
        self, left: Mapping[str, Sequence[PoolCase]], part: int, seen_allowed: int
    ) -> int:
        """Count the families that can serve one part of the blueprint."""
        serving = [next((c for c in f if self.serves[c.id][part]), None) for f in left.values()]
        cases = [case for case in serving if case is not None]
        new = sum(case.id in self.new for case in cases)
        return new + min(seen_allowed, len(cases) - new)

    def _most_objectives_per_case(self, left: Mapping[str, Sequence[PoolCase]]) -> int:
        """Return the most objectives that one case serves."""
        return max((sum(self.serves[c.id][2:]) for f in left.values() for c in f), default=0)

    def _cases_for_part(self, left: Mapping[str, Sequence[PoolCase]], part: int) -> list[PoolCase]:
        """Return the cases that serve one part of the blueprint: shuffled, unseen first."""
        cases = [case for family in left.values() for case in family if self.serves[case.id][part]]
        self.rng.shuffle(cases)
        if self.is_greedy:
            cases.sort(key=lambda case: -sum(self.serves[case.id]))
        cases.sort(key=lambda case: case.id not in self.new)
        return cases

    def _needs_after_choosing(self, needs: Sequence[int], case: PoolCase) -> tuple[int, ...]:
        served = self.serves[case.id]
        return tuple(max(need - s, 0) for need, s in zip(needs, served, strict=True))

    def _choose_remaining_cases(
        self, left: Mapping[str, Sequence[PoolCase]], places: int, seen_allowed: int
    ) -> list[PoolCase]:
        """Fill the remaining places from any families, unseen cases first; there are enough."""
        families = list(left.values())
        self.rng.shuffle(families)
        new = [[case for case in family if case.id in self.new] for family in families]
        unseen_cases = [self.rng.choice(family) for family in new if family]
        seen = [self.rng.choice(f) for f, unseen in zip(families, new, strict=True) if not unseen]
        return [*unseen_cases, *seen[:seen_allowed]][:places]


# How many cases the pool has for each part of the blueprint.


def _blueprint_requirements(
    cases: Sequence[PoolCase], rule: DrawRule
) -> list[tuple[str, int, list[PoolCase]]]:
    """Return each part of the blueprint: its name, how many cases it needs, and which serve it."""
    parts = [
        ("cases", rule.cases, list(cases)),
        ("red flags", rule.red_flags, [case for case in cases if case.red_flag]),
    ]
    for objective, need in sorted(rule.per_objective.items()):
        serving = [case for case in cases if objective in case.objectives]
        parts.append((f"objective {objective}", need, serving))
    return [part for part in parts if part[1]]


NOT_ALL_AT_ONCE = (
    "Each part of the blueprint can be met, but not all at once: add cases that serve several "
    "objectives, or lower a number."
)


def _describe_shortages(cases: Sequence[PoolCase], rule: DrawRule) -> tuple[str, ...]:
    sentences = []
    for words, need, serving in _blueprint_requirements(cases, rule):
        families = len({case.family for case in serving})
        if families < need:
            sentences.append(
                f"The exam draws {need} for “{words}”, each from a different family. The pool "
                f"has {families}. Add cases or lower the number."
            )
    return tuple(sentences) or (NOT_ALL_AT_ONCE,)


def count_unseen_attempts_by_part(pool: Sequence[PoolCase], rule: DrawRule) -> dict[str, int]:
    """Return how many attempts with unseen cases only each part of the blueprint allows, by name.

    The smallest number shows where the pool needs more cases.
    """
    return {
        words: _count_unseen_attempts(need, serving)
        for words, need, serving in _blueprint_requirements(pool, rule)
    }


def _count_unseen_attempts(need: int, serving: Sequence[PoolCase]) -> int:
    """Return how often `need` families can be drawn without repeating a family's right answer."""
    questions: dict[str, set[str]] = {}
    for case in serving:
        questions.setdefault(case.family, set()).add(case.right_answer)
    count = 0
    while sum(min(len(q), count + 1) for q in questions.values()) >= need * (count + 1):
        count += 1
    return count
