"""What a blind answer is about: the key of a case, and everything that it was decided on."""

import re
from collections.abc import Mapping

from cpd.cases.front import Answer, CaseFront, StepFront
from cpd.cases.key import CaseKey, OptionKey, StepKey
from cpd.cases.kinds.registry import KINDS
from cpd.cases.path import steps_with_answers_on_path
from cpd.content.readability import extract_plain_text
from cpd.kernel.canonical import Json, format_fraction, hash_json

_WORD = re.compile(r"[<>≤≥±+−-]?\d+(?:[.,:/]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|[%°<>≤≥]")
"""A number with its sign, a word, or a sign that changes a finding."""


def hash_case_key(front: CaseFront, key: CaseKey) -> str:
    """Return the hash of what a blind answer is about.

    It covers the key, the danger and the marks of every option, the steps and where they lead, and
    the words that describe the client and the answers. A comma, a capital letter or bold type
    changes nothing, and neither do the rationales, which nobody sees before they have answered.
    """
    steps = [
        _describe_step(step, key.step_by_id(step.id), html)
        for step, html in zip(front.steps, _html_of_steps(front), strict=True)
    ]
    return hash_json({"id": front.id, "steps": steps})


def list_words(html: str) -> list[str]:
    """Return the words and numbers of a text, in lowercase and without its markup."""
    return [word.replace("’", "'") for word in _WORD.findall(extract_plain_text(html).casefold())]


def is_case_decided(front: CaseFront, answers: Mapping[str, Answer]) -> bool:
    """Tell whether the answers reach the end of a case."""
    return all(answer for _, answer in steps_with_answers_on_path(front, answers))


def answers_agree_with_key(front: CaseFront, key: CaseKey, answers: Mapping[str, Answer]) -> bool:
    """Tell whether every question on the way to the end of the case got a fully right answer."""
    return all(
        answer and KINDS[step.kind].mark_answer(key.step_by_id(step.id), answer).earned == 1
        for step, answer in steps_with_answers_on_path(front, answers)
    )


def _html_of_steps(front: CaseFront) -> list[str]:
    """Return what is told before each question: the stem before the first."""
    return [front.stem_html, *(step.vignette_html for step in front.steps[1:])]


def _describe_step(step: StepFront, key: StepKey, html: str) -> Json:
    return {
        "id": step.id,
        "kind": step.kind,
        "when": list_words(step.when),
        "facts": list_words(html),
        "prompt": list_words(step.prompt),
        "options": [[option.id, list_words(option.text)] for option in step.options],
        "routes": dict(step.routes),
        "key": key.key.value if key.key else "",
        "also": sorted(decision.value for decision in key.also),
        "worth": [_describe_option_key(option) for option in key.options],
    }


def _describe_option_key(option: OptionKey) -> list[str]:
    return [
        option.id,
        str(option.correct),
        option.danger.value,
        option.danger_if_missed.value,
        option.critical_rule.value if option.critical_rule else "",
        format_fraction(option.marks),
    ]
