"""Proving a case before it is saved: every path ends, and a harmful one never earns the most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from cpd.cases.kinds.kind import StepMark
from cpd.cases.kinds.registry import KINDS
from cpd.cases.model import ANY_OPTION, CaseFront, CaseKey, Danger, StepFront, StepKey


@dataclass(frozen=True, slots=True)
class ProverFault:
    """What is wrong, and on which path: one entry for each step, in the words of the page."""

    path: tuple[str, ...]
    reason: str
    step: str = ""
    """The step with the fault; empty for the case as a whole."""
    remedy: str = "Change a route, a mark or a danger."


@dataclass(frozen=True, slots=True)
class _Act:
    """One way to answer a step."""

    words: str
    mark: StepMark
    following: str | None


@dataclass(frozen=True, slots=True)
class _Worth:
    """The value of a part of a path, and the path in words."""

    value: Fraction
    words: tuple[str, ...] = ()


_Graph: TypeAlias = Mapping[str, Sequence[_Act]]
_NOTHING = _Worth(Fraction(0))


def make_case_key(front: CaseFront, steps: Sequence[StepKey]) -> CaseKey:
    """Make the key of a case; its best value is 0 unless the steps form a sound graph."""
    keys = tuple(steps)
    if _form(front, keys):
        return CaseKey(id=front.id, steps=keys, best=Fraction(0))
    graph = _graph(front, keys)
    if _loops(graph, front.first.id):
        return CaseKey(id=front.id, steps=keys, best=Fraction(0))
    best = _suffixes(graph, _order(graph, front.first.id))[front.first.id]
    return CaseKey(id=front.id, steps=keys, best=best.value)


def faults(front: CaseFront, key: CaseKey) -> list[ProverFault]:
    """Return every reason to refuse a case; a sound case has none."""
    return _form(front, key.steps) or _ways(front, key)


# Form: do front and key have the same steps, and do all routes lead somewhere?


def _form(front: CaseFront, keys: Sequence[StepKey]) -> list[ProverFault]:
    if not front.steps:
        return [ProverFault((), "The case has no step.", remedy="Add one.")]
    if [step.id for step in front.steps] != [key.id for key in keys]:
        reason = "The key has other steps than the case."
        return [ProverFault((), reason, remedy="Give each step its key.")]
    pairs = [_pair(step, key) for step, key in zip(front.steps, keys, strict=True)]
    found = [fault for fault in pairs if fault]
    known = {step.id for step in front.steps}
    if len(known) < len(front.steps):
        found.append(ProverFault((), "Two steps have the same id.", remedy="Give each its own."))
    return found or list(_dead_ends(front, known))


def _pair(step: StepFront, key: StepKey) -> ProverFault | None:
    if step.kind not in KINDS or step.kind != key.kind:
        reason = f"Step {step.id} has no kind, or its key has another."
        return ProverFault((), reason, step.id, f"Use one of {', '.join(KINDS)}.")
    ids = step.option_ids
    if ids != tuple(option.id for option in key.options) or len(set(ids)) < len(ids) or not ids:
        reason = f"Step {step.id} and its key do not have the same options, each of them once."
        return ProverFault((), reason, step.id, "List the same ones.")
    if strangers := sorted(set(step.routes) - {*ids, ANY_OPTION}):
        reason = f"Step {step.id} has a route from {strangers[0]}, which is none of its options."
        return ProverFault((), reason, step.id, "Remove the route, or add the option.")
    return None


def _dead_ends(front: CaseFront, known: set[str]) -> Iterator[ProverFault]:
    for step in front.steps:
        for option, following in step.routes.items():
            if following is not None and following not in known:
                words = "any answer" if option == ANY_OPTION else step.option(option).text
                yield ProverFault(
                    (_words(step, words),),
                    f"Dead end: this leads to a step {following}, which does not exist.",
                    step.id,
                )


# The graph: the possible answers to each step, and where they lead.


def _graph(front: CaseFront, keys: Sequence[StepKey]) -> _Graph:
    return {step.id: list(_acts(step, key)) for step, key in zip(front.steps, keys, strict=True)}


def _acts(step: StepFront, key: StepKey) -> Iterator[_Act]:
    kind = KINDS[step.kind]
    for answer, mark in kind.outcomes(key):
        words = _words(step, " + ".join(kind.words(step, answer)))
        yield _Act(words=words, mark=mark, following=kind.next_step(step, answer))


def _words(step: StepFront, answer: str) -> str:
    return f"{step.id}: {answer}"


def _loops(graph: _Graph, first: str) -> list[ProverFault]:
    """Find the first loop by walking depth first."""
    finished: set[str] = set()

    def visit(step: str, path: tuple[tuple[str, str], ...]) -> ProverFault | None:
        if step in {walked for walked, _ in path}:
            words = tuple(words for _, words in path)
            return ProverFault(words, f"Loop: this comes back to step {step}.", step)
        if step in finished:
            return None
        for act in graph[step]:
            if act.following is not None:
                fault = visit(act.following, (*path, (step, act.words)))
                if fault:
                    return fault
        finished.add(step)
        return None

    fault = visit(first, ())
    return [fault] if fault else []


def _order(graph: _Graph, first: str) -> list[str]:
    """Return the reachable steps, each before the steps that follow it."""
    finished: list[str] = []

    def visit(step: str) -> None:
        for act in graph[step]:
            if act.following is not None and act.following not in finished:
                visit(act.following)
        finished.append(step)

    visit(first)
    return finished[::-1]


def _unreachable(front: CaseFront, order: Sequence[str]) -> list[ProverFault]:
    return [
        ProverFault((), f"Step {step.id} is never reached: no answer leads there.", step.id)
        for step in front.steps
        if step.id not in order
    ]


def _without_right_answer(graph: _Graph, order: Sequence[str]) -> list[ProverFault]:
    return [
        ProverFault((), f"Step {step} has no safe answer that earns full marks.", step)
        for step in order
        if not any(_is_right(act) for act in graph[step])
    ]


def _ways(front: CaseFront, key: CaseKey) -> list[ProverFault]:
    graph, first = _graph(front, key.steps), front.first.id
    if loops := _loops(graph, first):
        return loops
    order = _order(graph, first)
    if unreachable := _unreachable(front, order):
        return unreachable
    safe = _safest(graph, order)[first]
    if safe is None:
        reason = "No safe path: every way through contains an unsafe or critical act."
        return [ProverFault((), reason)]
    return _without_right_answer(graph, order) or [
        *_harms_that_pay(graph, order, safe),
        *_right_answers(graph, order, key.best),
    ]


# Worth: the most that can be earned up to each step, and from it on.


def _suffixes(graph: _Graph, order: Sequence[str]) -> dict[str, _Worth]:
    """Return the most that can be earned from each step to the end."""
    best: dict[str, _Worth] = {}
    for step in reversed(order):
        best[step] = max((_then(act, best) for act in graph[step]), key=_value)
    return best


def _then(act: _Act, after: Mapping[str, _Worth]) -> _Worth:
    rest = after[act.following] if act.following is not None else _NOTHING
    return _Worth(act.mark.earned + rest.value, (act.words, *rest.words))


def _prefixes(graph: _Graph, order: Sequence[str]) -> dict[str, _Worth]:
    """Return the most that can be earned before each step."""
    best = {order[0]: _NOTHING}
    for step in order:
        for act in graph[step]:
            if act.following is not None:
                before = best[step]
                arrived = _Worth(before.value + act.mark.earned, (*before.words, act.words))
                best[act.following] = max(best.get(act.following, arrived), arrived, key=_value)
    return best


def _value(worth: _Worth) -> Fraction:
    return worth.value


def _harms_that_pay(graph: _Graph, order: Sequence[str], safe: _Worth) -> list[ProverFault]:
    suffix, prefix = _suffixes(graph, order), _prefixes(graph, order)
    found = []
    for step in order:
        for act in filter(_harms, graph[step]):
            before, after = prefix[step], _then(act, suffix)
            path = _Worth(before.value + after.value, before.words + after.words)
            if path.value >= safe.value:
                found.append(_harm_pays(step, act, path, safe))
    return found


def _is_right(act: _Act) -> bool:
    return act.mark.danger is Danger.SAFE and act.mark.earned == 1


def _harms(act: _Act) -> bool:
    return act.mark.danger is not None and act.mark.danger.could_harm


def _harm_pays(step: str, act: _Act, path: _Worth, safe: _Worth) -> ProverFault:
    danger = act.mark.danger.value if act.mark.danger else ""
    return ProverFault(
        path.words,
        f"“{act.words}” is {danger}, and yet this path earns {path.value}; the best path without "
        f"an unsafe or critical act earns {safe.value} ({' > '.join(safe.words)}).",
        step,
    )


def _safest(graph: _Graph, order: Sequence[str]) -> dict[str, _Worth | None]:
    """Return the most that can be earned from each step without harm; None if harm is certain."""
    best: dict[str, _Worth | None] = {}
    for step in reversed(order):
        worths = {s: worth for s, worth in best.items() if worth is not None}
        ways = [
            _then(act, worths)
            for act in graph[step]
            if not _harms(act) and (act.following is None or act.following in worths)
        ]
        best[step] = max(ways, key=_value, default=None)
    return best


def _right_answers(graph: _Graph, order: Sequence[str], stored: Fraction) -> list[ProverFault]:
    """Require that right answers always earn full marks, whichever of equal ones is chosen."""
    best = _suffixes(graph, order)[order[0]].value
    if stored != best:
        return [
            ProverFault(
                (), f"The key holds {stored} as the best value, and the graph gives {best}."
            )
        ]
    least: dict[str, _Worth] = {}
    for step in reversed(order):
        right = [_then(act, least) for act in graph[step] if _is_right(act)]
        least[step] = min(right, key=_value)
    worst = least[order[0]]
    if worst.value < best:
        return [
            ProverFault(
                worst.words,
                f"Right answers earn {worst.value} on this path, and other answers {best}.",
            )
        ]
    return []
