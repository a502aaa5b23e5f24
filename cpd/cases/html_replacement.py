"""Replacing the HTML of a published case with what the renderer makes of it today.

Texts come by the path of their Markdown in the case's file: `steps/0/options/proceed/rationale`
where the options are the five decisions, `steps/1/options/0/rationale` where they are a list.
"""

from collections.abc import Mapping
from dataclasses import replace

from cpd.cases.front import CaseFront, StepFront
from cpd.cases.key import CaseKey, OptionKey, StepKey


def front_with_new_html(front: CaseFront, stem: str, texts: Mapping[str, str]) -> CaseFront:
    """Return a front with this stem and these vignettes; other texts stay as they are."""
    steps = (
        _step_front_with_new_vignette(step, f"steps/{position}", texts)
        for position, step in enumerate(front.steps)
    )
    return replace(front, stem_html=stem, steps=tuple(steps))


def _step_front_with_new_vignette(
    step: StepFront, path: str, texts: Mapping[str, str]
) -> StepFront:
    return replace(step, vignette_html=texts.get(f"{path}/facts", step.vignette_html))


def key_with_new_html(key: CaseKey, texts: Mapping[str, str]) -> CaseKey:
    """Return a key with these rationales and notes; other texts stay as they are."""
    steps = (
        _step_key_with_new_html(step, f"steps/{position}", texts)
        for position, step in enumerate(key.steps)
    )
    return replace(key, steps=tuple(steps))


def _step_key_with_new_html(step: StepKey, path: str, texts: Mapping[str, str]) -> StepKey:
    options = (
        _option_key_with_new_html(
            option, path, option.id if step.key is not None else str(position), texts
        )
        for position, option in enumerate(step.options)
    )
    return replace(step, options=tuple(options))


def _option_key_with_new_html(
    option: OptionKey, path: str, name: str, texts: Mapping[str, str]
) -> OptionKey:
    raised = texts.get(f"{path}/raise/{name}", option.note_html)
    return replace(
        option,
        rationale_html=texts.get(f"{path}/options/{name}/rationale", option.rationale_html),
        note_html=texts.get(f"{path}/also/{name}", raised),
    )
