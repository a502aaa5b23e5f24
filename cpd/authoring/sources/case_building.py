"""Building the front and the key of a case from its file; every mistake comes with its line."""

from dataclasses import replace

from cpd.authoring.files.case import CaseFile
from cpd.authoring.files.part import BuiltCase, CoursePart
from cpd.cases import prover
from cpd.cases.front import CaseFront, StepFront
from cpd.cases.key import StepKey
from cpd.cases.kinds.kind import InvalidKeyError
from cpd.cases.kinds.step_file import StepTexts
from cpd.cases.scales import Difficulty, Pool
from cpd.content import readability
from cpd.content.frontmatter import Fault


def build_case_or_faults(case: CoursePart[CaseFile]) -> BuiltCase | list[Fault]:
    """Build the front and the key of a case, or return every reason why it cannot be built."""
    keys, faults = _build_step_keys_and_faults(case)
    if faults:
        return faults
    front = _build_case_front(case)
    words = _count_case_words(case)
    front = replace(front, minutes=readability.build_reading_time(words).minutes)
    key = prover.build_case_key(front, keys)
    faults = [_build_fault_of_prover_fault(case, fault) for fault in prover.case_faults(front, key)]
    return faults or BuiltCase(front, key, words)


def _build_step_keys_and_faults(case: CoursePart[CaseFile]) -> tuple[list[StepKey], list[Fault]]:
    """Return the keys of the steps, and a fault for each mistake in a step without one."""
    keys: list[StepKey] = []
    faults: list[Fault] = []
    for position, step in enumerate(case.file.steps):
        try:
            keys.append(step.build_key(_extract_step_texts(case, position)))
        except InvalidKeyError as invalid:
            faults.extend(
                case.build_fault(
                    ("steps", position, *step.path_of_mistake(mistake)),
                    mistake.message,
                    mistake.remedy,
                )
                for mistake in invalid.faults
            )
    return keys, faults


def _build_case_front(case: CoursePart[CaseFile]) -> CaseFront:
    file = case.file
    return CaseFront(
        id=file.id,
        title=file.title,
        stem_html=case.body.html,
        steps=_build_step_fronts(case),
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


def _build_step_fronts(case: CoursePart[CaseFile]) -> tuple[StepFront, ...]:
    return tuple(
        step.build_front(_step_vignette_html(case, position))
        for position, step in enumerate(case.file.steps)
    )


def _extract_step_texts(case: CoursePart[CaseFile], position: int) -> StepTexts:
    """Return the rendered texts of one step, by their path in the step."""
    start = ("steps", position)
    return {path[2:]: text for path, text in case.texts.items() if path[:2] == start}


def _step_vignette_html(case: CoursePart[CaseFile], position: int) -> str:
    vignette = case.texts.get(("steps", position, "facts"))
    return vignette.html if vignette else ""


def _count_case_words(case: CoursePart[CaseFile]) -> int:
    """Count the words that every learner reads: stem, vignettes, prompts and worded options."""
    count = readability.count_words(case.body.html)
    for position, step in enumerate(case.file.steps):
        texts = [step.prompt, *(option.text for option in step.worded_options)]
        count += readability.count_words(_step_vignette_html(case, position))
        count += sum(len(text.split()) for text in texts)
    return count


def _build_fault_of_prover_fault(case: CoursePart[CaseFile], fault: prover.ProverFault) -> Fault:
    way = f" Path: {' > '.join(fault.path)}." if fault.path else ""
    places = [place for place, step in enumerate(case.file.steps) if step.id == fault.step]
    return case.build_fault(("steps", *places), fault.reason + way, fault.remedy)
