"""Answers sent by the page's script, as JSON."""

from typing import Any

from flask import jsonify
from flask.typing import ResponseReturnValue

from cpd.access.guard import requires
from cpd.access.permissions import Permission
from cpd.cases.kinds.kind import InvalidAnswerError
from cpd.kernel import clock
from cpd.quizzes.answering.actions import ExamOverError, Receipt, TooManyAnswersError
from cpd.quizzes.answering.forms import parse_event_json_or_400
from cpd.quizzes.answering.receiving import (
    find_own_case_or_404,
    message_for_answer_after_exam,
    message_for_outcome,
    message_for_too_many_answers,
    save_posted_answer,
)
from cpd.quizzes.blueprint import bp
from cpd.quizzes.rules.answers import Outcome
from cpd.web.formatting import format_clock_time
from cpd.web.reading import read_json_object


@bp.post("/attempts/<string:public_id>/events")
@requires(Permission.ATTEMPT_TAKE)
def save_event_from_script(public_id: str) -> ResponseReturnValue:
    """Save one answer sent by the page's script; respond with its receipt."""
    received_at = clock.now()
    posted = parse_event_json_or_400(read_json_object())
    case = find_own_case_or_404(public_id, posted.position)
    try:
        receipt = save_posted_answer(case, posted, received_at=received_at)
    except InvalidAnswerError as fault:
        return jsonify(message=str(fault)), 422
    except ExamOverError:
        return jsonify(message=message_for_answer_after_exam()), 410
    except TooManyAnswersError as fault:
        return jsonify(message=message_for_too_many_answers(fault)), 429
    status = {Outcome.ACCEPTED: 200, Outcome.LATE: 410}.get(receipt.outcome, 409)
    return jsonify(build_receipt_json(receipt)), status


def build_receipt_json(receipt: Receipt) -> dict[str, Any]:
    """Return a receipt as the script reads it."""
    return {
        "event_id": receipt.event_id,
        "sequence": receipt.sequence,
        "outcome": receipt.outcome.value,
        "received_at": receipt.received_at.isoformat(),
        "clock": format_clock_time(receipt.received_at),
        "receipt": receipt.receipt,
        "message": message_for_outcome(receipt.outcome),
    }
