"""What a learner sees of a decision: always the same five options, in the same order."""

from collections.abc import Mapping

from cpd.cases.front import StepFront, build_options_from_texts
from cpd.cases.scales import Decision

NAME = "decision"
WORDS: Mapping[Decision, str] = {
    Decision.PROCEED: "Go ahead",
    Decision.MODIFY: "Change the plan",
    Decision.POSTPONE: "Not today: reschedule",
    Decision.SAME_DAY: "Not today: medical advice today",
    Decision.EMERGENCY: "Emergency: call now",
}


def build_decision_front(
    step_id: str,
    *,
    prompt: str,
    routes: Mapping[str, str | None],
    when: str = "",
    vignette_html: str = "",
) -> StepFront:
    """Make the front of a decision step, with the five options in their fixed order."""
    return StepFront(
        id=step_id,
        prompt=prompt,
        kind=NAME,
        options=build_options_from_texts(
            {decision.value: text for decision, text in WORDS.items()}
        ),
        when=when,
        vignette_html=vignette_html,
        routes=dict(routes),
    )
