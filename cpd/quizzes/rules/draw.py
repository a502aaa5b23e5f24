"""Drawing an exam from its pool: by seed, unseen cases first, never two of one family."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from cpd.quizzes.kinds.registry import KINDS
from cpd.quizzes.rules.case import CaseFront, CaseKey, StepFront
from cpd.quizzes.rules.policy import DrawRule


@dataclass(frozen=True, slots=True)
class PoolCase:
    """A case that may be drawn for this person."""

    id: str
    family: str
    objectives: tuple[str, ...]
    red_flag: bool
    right: str
    """Its right answer in brief: a twin with another one is a new question."""
    steps: tuple[StepFront, ...] = ()


@dataclass(frozen=True, slots=True)
class SeenCase:
    """A case this person has met, as it then was."""

    id: str
    family: str
    right: str


@dataclass(frozen=True, slots=True)
class Draw:
    """The cases of one attempt, in the order in which they are met."""

    cases: tuple[str, ...]
    orders: Mapping[str, Mapping[str, tuple[str, ...]]]
    """Case and step to option ids, in the order shown."""
    seen: int
    """How many of them this person has met before."""


@dataclass(frozen=True, slots=True)
class DrawRefusal:
    """The pool cannot satisfy the rule; each sentence says what is short."""

    sentences: tuple[str, ...]


def pool_case(front: CaseFront, key: CaseKey) -> PoolCase:
    """Describe a case for the draw."""
    return PoolCase(
        id=front.id,
        family=front.family or front.id,
        objectives=front.objectives,
        red_flag=front.red_flag,
        right=right_answer(key),
        steps=front.steps,
    )


def right_answer(key: CaseKey) -> str:
    """Return the right answer in brief: the decisions, or all right options where none is asked."""
    decisions = [step.key.value for step in key.steps if step.key is not None]
    return " ".join(decisions or [f"{s.id}={','.join(sorted(s.correct_ids))}" for s in key.steps])


def is_unseen(case: PoolCase, seen: Collection[SeenCase]) -> bool:
    """Say whether a case is new: neither it nor a twin with the same right answer was met."""
    return not any(
        met.id == case.id or (met.family == case.family and met.right == case.right) for met in seen
    )


def draw(
    pool: Sequence[PoolCase], rule: DrawRule, *, seen: Collection[SeenCase], seed: int | str
) -> Draw | DrawRefusal:
    """Draw as the rule says, with as few seen cases as it allows; the same seed draws the same."""
    rng = Random(seed)  # noqa: S311 - the seed is kept with the attempt so that it can be redone
    cases = sorted(pool, key=lambda case: case.id)
    rng.shuffle(cases)
    new = {case.id for case in cases if is_unseen(case, seen)}
    search = _Search(cases, rule, new)
    for seen_allowed in range(rule.cases + 1):
        found = search.find(seen_allowed)
        if found is not None:
            rng.shuffle(found)
            return Draw(
                cases=tuple(case.id for case in found),
                orders={case.id: _orders(case, seed) for case in found},
                seen=sum(case.id not in new for case in found),
            )
    return DrawRefusal(_shortages(cases, rule))


def option_order(step: StepFront, rng: Random) -> tuple[str, ...]:
    """Shuffle a step's options; fixed ones keep their place, and decisions theirs always."""
    if not KINDS[step.kind].shuffles:
        return step.option_ids
    loose = [option.id for option in step.options if not option.fixed]
    rng.shuffle(loose)
    return tuple(option.id if option.fixed else loose.pop() for option in step.options)


def _orders(case: PoolCase, seed: int | str) -> dict[str, tuple[str, ...]]:
    rng = Random(f"{seed}/{case.id}")  # noqa: S311 - as above
    return {step.id: option_order(step, rng) for step in case.steps}


Needs = tuple[int, ...]


@dataclass(slots=True)
class _Search:
    """Looks through the families in their shuffled order for one case from each of enough."""

    cases: Sequence[PoolCase]
    rule: DrawRule
    new: Collection[str]
    objectives: tuple[str, ...] = ()
    families: list[list[PoolCase]] = field(default_factory=list)
    failed: set[tuple[int, int, int, Needs]] = field(default_factory=set)
    """States that were found to lead nowhere, so that none is searched twice."""

    def __post_init__(self) -> None:
        self.objectives = tuple(sorted(self.rule.per_objective))
        families: dict[str, list[PoolCase]] = {}
        for case in self.cases:
            families.setdefault(case.family, []).append(case)
        self.families = list(families.values())

    def find(self, seen_allowed: int) -> list[PoolCase] | None:
        """Return a selection with at most so many seen cases, or None when there is none."""
        needs = (self.rule.red_flags, *(self.rule.per_objective[o] for o in self.objectives))
        return self._from(0, self.rule.cases, seen_allowed, needs)

    def _from(
        self, start: int, places: int, seen_allowed: int, needs: Needs
    ) -> list[PoolCase] | None:
        if not places:
            return None if any(needs) else []
        state = (start, places, seen_allowed, needs)
        if state in self.failed or max(needs) > places:
            return None
        for index in range(start, len(self.families) - places + 1):
            for case in self._distinct(index):
                allowed = seen_allowed - (case.id not in self.new)
                if allowed < 0:
                    continue
                rest = self._from(index + 1, places - 1, allowed, self._left(needs, case))
                if rest is not None:
                    return [case, *rest]
        self.failed.add(state)
        return None

    def _distinct(self, index: int) -> list[PoolCase]:
        """Return one case of a family for each way in which they differ to the search."""
        by_profile: dict[tuple[bool, Needs], PoolCase] = {}
        for case in self.families[index]:
            by_profile.setdefault((case.id in self.new, self._serves(case)), case)
        return list(by_profile.values())

    def _serves(self, case: PoolCase) -> Needs:
        return (
            int(case.red_flag),
            *(int(objective in case.objectives) for objective in self.objectives),
        )

    def _left(self, needs: Needs, case: PoolCase) -> Needs:
        return tuple(
            max(need - served, 0) for need, served in zip(needs, self._serves(case), strict=True)
        )


# How much there is for each part of the blueprint.


def _cells(cases: Sequence[PoolCase], rule: DrawRule) -> list[tuple[str, int, list[PoolCase]]]:
    """Return each part of the blueprint: in words, how many it needs, and what serves it."""
    cells = [
        ("cases", rule.cases, list(cases)),
        ("red flags", rule.red_flags, [case for case in cases if case.red_flag]),
    ]
    for objective, need in sorted(rule.per_objective.items()):
        serving = [case for case in cases if objective in case.objectives]
        cells.append((f"objective {objective}", need, serving))
    return [cell for cell in cells if cell[1]]


TOGETHER = (
    "Each part of the blueprint can be met, but not all at once: add cases that serve several "
    "objectives, or lower a number."
)


def _shortages(cases: Sequence[PoolCase], rule: DrawRule) -> tuple[str, ...]:
    found = []
    for words, need, serving in _cells(cases, rule):
        families = len({case.family for case in serving})
        if families < need:
            found.append(
                f"The exam draws {need} for “{words}”, each of another family; the pool has "
                f"{families}. Add cases or lower the number."
            )
    return tuple(found) or (TOGETHER,)


@dataclass(frozen=True, slots=True)
class UnseenTries:
    """How many tries in a row a pool serves without showing anything twice."""

    tries: int
    """Of the whole exam, by drawing it again and again."""
    cells: Mapping[str, int]
    """Of each part of the blueprint by itself: the smallest is where cases are missing."""


def unseen_tries(pool: Sequence[PoolCase], rule: DrawRule, *, seed: int | str = 0) -> UnseenTries:
    """Count the wholly unseen tries that a pool is good for, in all and for each part."""
    seen: list[SeenCase] = []
    tries = 0
    while rule.cases:
        drawn = draw(pool, rule, seen=seen, seed=f"{seed}/{tries}")
        if isinstance(drawn, DrawRefusal) or drawn.seen:
            break
        tries += 1
        seen += [SeenCase(c.id, c.family, c.right) for c in pool if c.id in drawn.cases]
    cells = {words: _tries_of(need, serving) for words, need, serving in _cells(pool, rule)}
    return UnseenTries(tries=tries, cells=cells)


def _tries_of(need: int, serving: Sequence[PoolCase]) -> int:
    """Return how often `need` families can be taken with no right answer of one coming twice."""
    questions: dict[str, set[str]] = {}
    for case in serving:
        questions.setdefault(case.family, set()).add(case.right)
    tries = 0
    while sum(min(len(q), tries + 1) for q in questions.values()) >= need * (tries + 1):
        tries += 1
    return tries
