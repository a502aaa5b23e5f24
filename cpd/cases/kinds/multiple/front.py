"""What a learner sees of a question with several answers."""

from collections.abc import Mapping, Sequence

from cpd.cases.model import OptionFront, StepFront

NAME = "multiple"


def make_front(
    step_id: str,
    *,
    prompt: str,
    options: Sequence[OptionFront],
    leads_to: str | None = None,
    when: str = "",
    vignette_html: str = "",
) -> StepFront:
    """Make the front of a step with several answers; all of them lead to one step or the end."""
    routes: Mapping[str, str | None] = {"*": leads_to}
    return StepFront(
        id=step_id,
        prompt=prompt,
        kind=NAME,
        options=tuple(options),
        when=when,
        vignette_html=vignette_html,
        routes=routes,
    )
