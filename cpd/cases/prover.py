"""Proving a case before it is saved: every path ends, and a harmful path never earns the most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from cpd.cases.front import ANY_OPTION, CaseFront, StepFront
from cpd.cases.key import CaseKey, StepKey
from cpd.cases.kinds.kind import StepMark
from cpd.cases.kinds.registry import KINDS
from cpd.cases.scales import Danger


@dataclass(frozen=True, slots=True)
class ProverFault:
    """What is wrong, and on which path: one entry for each step, worded as on the page."""

    path: tuple[str, ...]
    reason: str
    step: str = ""
    """The step with the fault; empty for the case as a whole."""
    remedy: str = "Change a route, a mark or a danger."


@dataclass(frozen=True, slots=True)
class _Edge:
    """One way to answer a step."""

    words: str
    mark: StepMark
    following: str | None


@dataclass(frozen=True, slots=True)
class _Worth:
    """The value of a part of a path, and the path in words."""

    value: Fraction
    words: tuple[str, ...] = ()


_Graph: TypeAlias = Mapping[str, Sequence[_Edge]]
_NOTHING = _Worth(Fraction(0))


def build_case_key(front: CaseFront, steps: Sequence[StepKey]) -> CaseKey:
    """Make the key of a case; its best value is 0 unless the steps form a sound graph."""
    keys = tuple(steps)
    if _structure_faults(front, keys):
        return CaseKey(id=front.id, steps=keys, best=Fraction(0))
    graph = _build_answer_graph(front, keys)
    if _loop_faults(graph, front.first_step.id):
        return CaseKey(id=front.id, steps=keys, best=Fraction(0))
    best = _best_worth_from_each_step(graph, _reachable_steps_in_order(graph, front.first_step.id))[
        front.first_step.id
    ]
    return CaseKey(id=front.id, steps=keys, best=best.value)


def case_faults(front: CaseFront, key: CaseKey) -> list[ProverFault]:
    """Return every reason to refuse a case; a sound case has none."""
    return _structure_faults(front, key.steps) or _graph_faults(front, key)


# Form: do front and key have the same steps, and do all routes lead somewhere?


def _structure_faults(front: CaseFront, keys: Sequence[StepKey]) -> list[ProverFault]:
    if not front.steps:
        return [ProverFault((), "The case has no step.", remedy="Add one.")]
    if [step.id for step in front.steps] != [key.id for key in keys]:
        reason = "The key and the case have different steps."
        return [ProverFault((), reason, remedy="Give each step its key.")]
    pairs = [
        _step_structure_fault_or_none(step, key)
        for step, key in zip(front.steps, keys, strict=True)
    ]
    faults = [fault for fault in pairs if fault]
    step_ids = {step.id for step in front.steps}
    if len(step_ids) < len(front.steps):
        faults.append(ProverFault((), "Two steps have the same id.", remedy="Give each its own."))
    return faults or list(_dead_end_faults(front, step_ids))


def _step_structure_fault_or_none(step: StepFront, key: StepKey) -> ProverFault | None:
    if step.kind not in KINDS or step.kind != key.kind:
        reason = f"Step {step.id} has no known kind, or its key has a different one."
        return ProverFault((), reason, step.id, f"Use one of {', '.join(KINDS)}.")
    ids = step.option_ids
    if ids != tuple(option.id for option in key.options) or len(set(ids)) < len(ids) or not ids:
        reason = f"Step {step.id} and its key do not have the same options, each once."
        return ProverFault((), reason, step.id, "List the same options in both.")
    if strangers := sorted(set(step.routes) - {*ids, ANY_OPTION}):
        reason = f"Step {step.id} has a route from {strangers[0]}, which is not one of its options."
        return ProverFault((), reason, step.id, "Remove the route, or add the option.")
    return None


def _dead_end_faults(front: CaseFront, step_ids: set[str]) -> Iterator[ProverFault]:
    for step in front.steps:
        for option, following in step.routes.items():
            if following is not None and following not in step_ids:
                words = "any answer" if option == ANY_OPTION else step.option_by_id(option).text
                yield ProverFault(
                    (_format_step_and_answer(step, words),),
                    f"Dead end: this leads to step {following}, which does not exist.",
                    step.id,
                    "Correct `leads_to`, or add the step.",
                )


# The graph: the possible answers to each step, and where they lead.


def _build_answer_graph(front: CaseFront, keys: Sequence[StepKey]) -> _Graph:
    return {
        step.id: list(_build_answer_edges(step, key))
        for step, key in zip(front.steps, keys, strict=True)
    }


def _build_answer_edges(step: StepFront, key: StepKey) -> Iterator[_Edge]:
    kind = KINDS[step.kind]
    for answer, mark in kind.possible_answers_with_marks(key):
        words = _format_step_and_answer(step, " + ".join(kind.chosen_texts(step, answer)))
        yield _Edge(words=words, mark=mark, following=kind.next_step_id_or_none(step, answer))


def _format_step_and_answer(step: StepFront, answer: str) -> str:
    return f"{step.id}: {answer}"


def _loop_faults(graph: _Graph, first: str) -> list[ProverFault]:
    """Return the first loop that a depth-first search finds, if any."""
    finished: set[str] = set()

    def loop_fault_from_step_or_none(
        step: str, path: tuple[tuple[str, str], ...]
    ) -> ProverFault | None:
        if step in {walked for walked, _ in path}:
            words = tuple(words for _, words in path)
            remedy = "Let `leads_to` name a later step, or `end`."
            return ProverFault(words, f"Loop: this returns to step {step}.", step, remedy)
        if step in finished:
            return None
        for edge in graph[step]:
            if edge.following is not None:
                fault = loop_fault_from_step_or_none(edge.following, (*path, (step, edge.words)))
                if fault:
                    return fault
        finished.add(step)
        return None

    fault = loop_fault_from_step_or_none(first, ())
    return [fault] if fault else []


def _reachable_steps_in_order(graph: _Graph, first: str) -> list[str]:
    """Return the reachable steps, each before the steps that follow it."""
    finished: list[str] = []

    def append_after_its_followers(step: str) -> None:
        for edge in graph[step]:
            if edge.following is not None and edge.following not in finished:
                append_after_its_followers(edge.following)
        finished.append(step)

    append_after_its_followers(first)
    return finished[::-1]


def _unreachable_step_faults(front: CaseFront, order: Sequence[str]) -> list[ProverFault]:
    return [
        ProverFault((), f"Step {step.id} is never reached: no answer leads there.", step.id)
        for step in front.steps
        if step.id not in order
    ]


def _missing_right_answer_faults(graph: _Graph, order: Sequence[str]) -> list[ProverFault]:
    return [
        ProverFault((), f"Step {step} has no safe answer that earns full marks.", step)
        for step in order
        if not any(_is_right_edge(edge) for edge in graph[step])
    ]


def _graph_faults(front: CaseFront, key: CaseKey) -> list[ProverFault]:
    graph, first = _build_answer_graph(front, key.steps), front.first_step.id
    if loops := _loop_faults(graph, first):
        return loops
    order = _reachable_steps_in_order(graph, first)
    if unreachable := _unreachable_step_faults(front, order):
        return unreachable
    safe = _best_harmless_worth_from_each_step(graph, order)[first]
    if safe is None:
        reason = "No safe path: every way through contains an unsafe or critical act."
        return [ProverFault((), reason)]
    return _missing_right_answer_faults(graph, order) or [
        *_harmful_path_faults(graph, order, safe),
        *_right_answers_below_best_faults(graph, order, key.best),
    ]


# Worth: the most that can be earned before each step, and from it on.


def _best_worth_from_each_step(graph: _Graph, order: Sequence[str]) -> dict[str, _Worth]:
    """Return the most that can be earned from each step to the end."""
    best: dict[str, _Worth] = {}
    for step in reversed(order):
        best[step] = max(
            (_worth_from_edge_to_end(edge, best) for edge in graph[step]), key=_value_of_worth
        )
    return best


def _worth_from_edge_to_end(edge: _Edge, after: Mapping[str, _Worth]) -> _Worth:
    rest = after[edge.following] if edge.following is not None else _NOTHING
    return _Worth(edge.mark.earned + rest.value, (edge.words, *rest.words))


def _best_worth_before_each_step(graph: _Graph, order: Sequence[str]) -> dict[str, _Worth]:
    """Return the most that can be earned before each step."""
    best = {order[0]: _NOTHING}
    for step in order:
        for edge in graph[step]:
            if edge.following is not None:
                before = best[step]
                arrived = _Worth(before.value + edge.mark.earned, (*before.words, edge.words))
                best[edge.following] = max(
                    best.get(edge.following, arrived), arrived, key=_value_of_worth
                )
    return best


def _value_of_worth(worth: _Worth) -> Fraction:
    return worth.value


def _harmful_path_faults(graph: _Graph, order: Sequence[str], safe: _Worth) -> list[ProverFault]:
    suffix, prefix = (
        _best_worth_from_each_step(graph, order),
        _best_worth_before_each_step(graph, order),
    )
    faults = []
    for step in order:
        for edge in filter(_is_harmful_edge, graph[step]):
            before, after = prefix[step], _worth_from_edge_to_end(edge, suffix)
            path = _Worth(before.value + after.value, before.words + after.words)
            if path.value >= safe.value:
                faults.append(_build_harmful_path_fault(step, edge, path, safe))
    return faults


def _is_right_edge(edge: _Edge) -> bool:
    return edge.mark.danger is Danger.SAFE and edge.mark.earned == 1


def _is_harmful_edge(edge: _Edge) -> bool:
    return edge.mark.danger is not None and edge.mark.danger.could_harm_client


def _build_harmful_path_fault(step: str, edge: _Edge, path: _Worth, safe: _Worth) -> ProverFault:
    danger = edge.mark.danger.value if edge.mark.danger else ""
    return ProverFault(
        path.words,
        f"“{edge.words}” is {danger}, but this path earns {path.value}; the best path without "
        f"an unsafe or critical act earns {safe.value} ({' > '.join(safe.words)}).",
        step,
    )


def _best_harmless_worth_from_each_step(
    graph: _Graph, order: Sequence[str]
) -> dict[str, _Worth | None]:
    """Return the most that can be earned from each step without harm; None if harm is certain."""
    best: dict[str, _Worth | None] = {}
    for step in reversed(order):
        worths = {s: worth for s, worth in best.items() if worth is not None}
        ways = [
            _worth_from_edge_to_end(edge, worths)
            for edge in graph[step]
            if not _is_harmful_edge(edge) and (edge.following is None or edge.following in worths)
        ]
        best[step] = max(ways, key=_value_of_worth, default=None)
    return best


def _right_answers_below_best_faults(
    graph: _Graph, order: Sequence[str], stored: Fraction
) -> list[ProverFault]:
    """Require that right answers always earn full marks, whichever of equal ones is chosen."""
    best = _best_worth_from_each_step(graph, order)[order[0]].value
    if stored != best:
        return [
            ProverFault(
                (), f"The key holds {stored} as the best value, but the graph gives {best}."
            )
        ]
    least: dict[str, _Worth] = {}
    for step in reversed(order):
        right = [
            _worth_from_edge_to_end(edge, least) for edge in graph[step] if _is_right_edge(edge)
        ]
        least[step] = min(right, key=_value_of_worth)
    worst = least[order[0]]
    if worst.value < best:
        return [
            ProverFault(
                worst.words,
                f"Right answers earn {worst.value} on this path, but other answers earn {best}.",
            )
        ]
    return []
