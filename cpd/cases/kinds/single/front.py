"""What a learner sees of a question with one answer."""

from collections.abc import Sequence

from cpd.cases.model import OptionFront, StepFront

NAME = "single"


def make_front(
    step_id: str,
    *,
    prompt: str,
    options: Sequence[OptionFront],
    routes: dict[str, str | None],
    when: str = "",
    vignette_html: str = "",
) -> StepFront:
    """Make the front of a step with one answer."""
    return StepFront(
        id=step_id,
        prompt=prompt,
        kind=NAME,
        options=tuple(options),
        when=when,
        vignette_html=vignette_html,
        routes=dict(routes),
    )
