"""From a case file to front and key: the rules of quizzes decide, their faults get their lines."""

from collections.abc import Iterable
from dataclasses import replace

from cpd.authoring.files.bundle import BuiltCase, Part
from cpd.authoring.files.case import (
    END,
    CaseFile,
    DecisionStep,
    MultipleStep,
    Reasoned,
    SingleStep,
)
from cpd.cases import prover
from cpd.cases.kinds import decision, multiple, single
from cpd.cases.kinds.kind import InvalidKeyError, Mistake, Rationale
from cpd.cases.model import (
    Basis,
    CaseFront,
    Danger,
    Decision,
    Difficulty,
    OptionFront,
    Pool,
    StepFront,
    StepKey,
)
from cpd.content import measure
from cpd.content.frontmatter import Fault, Path


def build(case: Part[CaseFile]) -> BuiltCase | list[Fault]:
    """Make front and key of a case, or return every reason why that cannot be."""
    fronts: list[StepFront] = []
    keys: list[StepKey] = []
    faults: list[Fault] = []
    for position, step in enumerate(case.file.steps):
        path: Path = ("steps", position)
        fronts.append(_front(case, path, step))
        try:
            keys.append(_key(case, path, step))
        except InvalidKeyError as found:
            faults.extend(_key_fault(case, position, mistake) for mistake in found.faults)
    if faults:
        return faults
    front = _case_front(case, fronts)
    words = _words(front)
    front = replace(front, minutes=measure.minutes(words).minutes)
    key = prover.make_case_key(front, keys)
    faults = [_prover_fault(case, fault) for fault in prover.faults(front, key)]
    return faults or BuiltCase(front, key, words)


def _case_front(case: Part[CaseFile], steps: list[StepFront]) -> CaseFront:
    file = case.file
    return CaseFront(
        id=file.id,
        title=file.title,
        stem_html=case.body.html,
        steps=tuple(steps),
        objectives=tuple(file.objectives),
        hazards=tuple(file.hazards),
        family=file.family,
        difficulty=Difficulty(file.difficulty),
        pool=Pool(file.pool),
        red_flag=file.red_flag,
        section=file.section,
        passage=file.passage,
        open=file.open,
        position=file.position,
    )


def _front(
    case: Part[CaseFile], path: Path, step: DecisionStep | SingleStep | MultipleStep
) -> StepFront:
    when, facts = step.when or "", _html(case, (*path, "facts"))
    if isinstance(step, DecisionStep):
        routes = {one.value: _next(getattr(step.options, one.value).leads_to) for one in Decision}
        return decision.make_front(
            step.id, prompt=step.prompt, routes=routes, when=when, vignette_html=facts
        )
    options = [OptionFront(id=one.id, text=one.text) for one in step.options]
    if isinstance(step, SingleStep):
        routes = {one.id: _next(one.leads_to) for one in step.options}
        return single.make_front(
            step.id,
            prompt=step.prompt,
            options=options,
            routes=routes,
            when=when,
            vignette_html=facts,
        )
    return multiple.make_front(
        step.id,
        prompt=step.prompt,
        options=options,
        leads_to=_next(step.leads_to),
        when=when,
        vignette_html=facts,
    )


def _key(
    case: Part[CaseFile], path: Path, step: DecisionStep | SingleStep | MultipleStep
) -> StepKey:
    if isinstance(step, DecisionStep):
        return _decision_key(case, path, step)
    if isinstance(step, SingleStep):
        return single.make_key(
            step.id,
            say=step.say or "",
            options=[
                single.SingleOption(
                    id=one.id,
                    correct=one.correct,
                    rationale=_rationale(case, (*path, "options", at), one),
                    marks=one.marks,
                    danger=Danger(one.danger) if one.danger else None,
                )
                for at, one in enumerate(step.options)
            ],
        )
    return multiple.make_key(
        step.id,
        say=step.say or "",
        options=[
            multiple.MultipleOption(
                id=one.id,
                correct=one.correct,
                rationale=_rationale(case, (*path, "options", at), one),
                danger=Danger(one.danger) if one.danger else None,
                danger_if_missed=Danger(one.danger_if_missed) if one.danger_if_missed else None,
            )
            for at, one in enumerate(step.options)
        ],
    )


def _decision_key(case: Part[CaseFile], path: Path, step: DecisionStep) -> StepKey:
    return decision.make_key(
        step.id,
        key=Decision(step.key),
        rationales={
            one: _rationale(case, (*path, "options", one.value), getattr(step.options, one.value))
            for one in Decision
        },
        also=_reasons(case, (*path, "also"), step.also),
        raised=_reasons(case, (*path, "raise"), step.raise_),
        emergency_sign=step.emergency_sign,
        clot_suspected=step.clot_suspected,
        say=step.say,
    )


def _reasons(
    case: Part[CaseFile], path: Path, words: Iterable[str]
) -> dict[Decision, decision.Reason]:
    made = {}
    for word in words:
        rendered = case.texts[(*path, word)]
        made[Decision(word)] = decision.Reason(rendered.html, rendered.cites)
    return made


def _rationale(case: Part[CaseFile], path: Path, option: Reasoned) -> Rationale:
    rendered = case.texts[(*path, "rationale")]
    return Rationale(
        html=rendered.html,
        basis=Basis(option.basis),
        reviewer=option.reviewer or "",
        cites=rendered.cites,
    )


def _html(case: Part[CaseFile], path: Path) -> str:
    return case.texts[path].html if path in case.texts else ""


def _next(leads_to: str) -> str | None:
    return None if leads_to == END else leads_to


def _words(front: CaseFront) -> int:
    count = measure.words(front.stem_html)
    for step in front.steps:
        texts = [step.prompt]
        if step.kind != decision.name:  # the five decisions are known by heart
            texts.extend(option.text for option in step.options)
        count += measure.words(step.vignette_html) + sum(len(text.split()) for text in texts)
    return count


def _key_fault(case: Part[CaseFile], position: int, mistake: Mistake) -> Fault:
    place: Path = mistake.place
    step = case.file.steps[position]
    if place[:1] == ("options",) and not isinstance(step, DecisionStep):
        ids = [one.id for one in step.options]
        place = ("options", ids.index(mistake.place[1]))
    return case.fault(("steps", position, *place), mistake.message, mistake.remedy)


def _prover_fault(case: Part[CaseFile], fault: prover.ProverFault) -> Fault:
    way = f" Path: {' > '.join(fault.path)}." if fault.path else ""
    at = [place for place, step in enumerate(case.file.steps) if step.id == fault.step]
    return case.fault(("steps", *at), fault.reason + way, fault.remedy)
