"""Drawing an exam from its pool: by seed, unseen cases first, never two of one family."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from cpd.cases.kinds.registry import KINDS
from cpd.cases.model import CaseFront, CaseKey, StepFront
from cpd.courses.rules.fronts.exam import DrawRule


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
    search = _Search(cases, rule, new=new, rng=rng)
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


PATIENCE = 2_000
"""How many selections are looked into before a rule counts as impossible: about half a second."""


class _Search:
    """Chooses one case from each of enough families, the scarcest part of the blueprint first."""

    def __init__(
        self, cases: Sequence[PoolCase], rule: DrawRule, *, new: Collection[str], rng: Random
    ) -> None:
        self.rule, self.new, self.rng = rule, new, rng
        objectives = [objective for objective, n in sorted(rule.per_objective.items()) if n]
        self.needs = (rule.cases, rule.red_flags, *(rule.per_objective[o] for o in objectives))
        """Places, red flags, objectives."""
        self.serves = {
            case.id: (True, case.red_flag, *(name in case.objectives for name in objectives))
            for case in cases
        }
        families: dict[str, list[PoolCase]] = {}
        for case in sorted(cases, key=lambda case: case.id not in new):
            families.setdefault(case.family, []).append(case)
        self.families = families
        """Unseen cases stand first in each."""
        self.looked_into = 0
        self.hurried = False
        """Whether to take first what serves most: less even, and quicker where little fits."""

    def find(self, seen_allowed: int) -> list[PoolCase] | None:
        """Return a selection with at most so many seen cases, or None when none is found."""
        for self.hurried in (False, True):
            self.looked_into = 0
            found = self._more([], dict(self.families), self.needs, seen_allowed)
            if found is not None or self.looked_into <= PATIENCE:
                return found
        return None

    def _more(
        self,
        chosen: list[PoolCase],
        left: Mapping[str, Sequence[PoolCase]],
        needs: Sequence[int],
        seen_allowed: int,
    ) -> list[PoolCase] | None:
        self.looked_into += 1
        places, *parts = needs
        spare = [self._there(left, cell, seen_allowed) - need for cell, need in enumerate(needs)]
        too_many = max(needs) > places or sum(needs[2:]) > places * self._most_served(left)
        if self.looked_into > PATIENCE or too_many or min(spare) < 0:
            return None
        if not any(parts):
            return [*chosen, *self._any(left, places, seen_allowed)]
        scarcest = min(
            (cell for cell, need in enumerate(needs) if cell and need), key=spare.__getitem__
        )
        for case in self._candidates(left, scarcest):
            is_seen = case.id not in self.new
            if is_seen and not seen_allowed:
                break
            rest = {name: cases for name, cases in left.items() if name != case.family}
            after = self._after(needs, case)
            found = self._more([*chosen, case], rest, after, seen_allowed - is_seen)
            if found is not None:
                return found
        return None

    def _there(self, left: Mapping[str, Sequence[PoolCase]], cell: int, seen_allowed: int) -> int:
        """Count the families that can serve a part of the blueprint."""
        serving = [next((c for c in f if self.serves[c.id][cell]), None) for f in left.values()]
        cases = [case for case in serving if case is not None]
        new = sum(case.id in self.new for case in cases)
        return new + min(seen_allowed, len(cases) - new)

    def _most_served(self, left: Mapping[str, Sequence[PoolCase]]) -> int:
        """Return the most objectives that one case serves."""
        return max((sum(self.serves[c.id][2:]) for f in left.values() for c in f), default=0)

    def _candidates(self, left: Mapping[str, Sequence[PoolCase]], cell: int) -> list[PoolCase]:
        """Return what serves a part of the blueprint: at random, unseen first."""
        cases = [case for family in left.values() for case in family if self.serves[case.id][cell]]
        self.rng.shuffle(cases)
        if self.hurried:
            cases.sort(key=lambda case: -sum(self.serves[case.id]))
        cases.sort(key=lambda case: case.id not in self.new)
        return cases

    def _after(self, needs: Sequence[int], case: PoolCase) -> tuple[int, ...]:
        served = self.serves[case.id]
        return tuple(max(need - s, 0) for need, s in zip(needs, served, strict=True))

    def _any(
        self, left: Mapping[str, Sequence[PoolCase]], places: int, seen_allowed: int
    ) -> list[PoolCase]:
        """Take the rest from any families, unseen cases first; there are enough."""
        families = list(left.values())
        self.rng.shuffle(families)
        new = [[case for case in family if case.id in self.new] for family in families]
        fresh = [self.rng.choice(family) for family in new if family]
        met = [self.rng.choice(f) for f, unseen in zip(families, new, strict=True) if not unseen]
        return [*fresh, *met[:seen_allowed]][:places]


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


def unseen_cells(pool: Sequence[PoolCase], rule: DrawRule) -> dict[str, int]:
    """Count the wholly unseen tries that each part of the blueprint is good for, by its words.

    The smallest is where cases are missing.
    """
    return {words: _tries_of(need, serving) for words, need, serving in _cells(pool, rule)}


def _tries_of(need: int, serving: Sequence[PoolCase]) -> int:
    """Return how often `need` families can be taken with no right answer of one coming twice."""
    questions: dict[str, set[str]] = {}
    for case in serving:
        questions.setdefault(case.family, set()).add(case.right)
    tries = 0
    while sum(min(len(q), tries + 1) for q in questions.values()) >= need * (tries + 1):
        tries += 1
    return tries
