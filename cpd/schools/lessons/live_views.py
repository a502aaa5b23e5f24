"""The pages of a lesson on phones: they need its code, and no account and no name."""

import secrets
from datetime import timedelta
from hashlib import sha256

from flask import (
    Response,
    abort,
    current_app,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import public
from cpd.cases.labels import DECISIONS
from cpd.cases.scales import Decision
from cpd.courses.sources import Sources
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.schools.blueprint import bp
from cpd.schools.lessons import actions, queries
from cpd.schools.lessons.actions import LessonRefusal
from cpd.schools.lessons.forms import LiveAnswerForm
from cpd.schools.lessons.labels import REFUSALS
from cpd.schools.lessons.models import LessonRun
from cpd.schools.lessons.rules.codes import parse_code
from cpd.schools.lessons.rules.tallies import Phase, Tally
from cpd.schools.pages import INVALID
from cpd.web.reading import read_query_value

_COOKIE = "lesson-device"
_LASTS: timedelta = queries.LONGEST_RUN


@bp.get("/live")
@public
def ask_for_code() -> ResponseReturnValue:
    """Ask for the code of a lesson, and go to what the class sees there."""
    code = parse_code(read_query_value("code"))
    if not code:
        return render_template("schools/lessons/join.html", typed="")
    if queries.find_run_state(db.session(), code, now=clock.now()) is None:
        return _render_no_lesson(code)
    return redirect(url_for(".show_live_case", code=code), 303)


def _render_no_lesson(code: str) -> ResponseReturnValue:
    return render_template("schools/lessons/join.html", typed=code), 404


@bp.get("/live/<string:code>")
@public
def show_live_case(code: str) -> ResponseReturnValue:
    """Show a phone the case that the class sees now, or its answer."""
    run = queries.find_open_run(db.session(), code, now=clock.now())
    if run is None:
        return _render_no_lesson(code)
    token = request.cookies.get(_COOKIE, "")
    if token:
        return _render_live_case(run, token)
    token = secrets.token_urlsafe(16)
    return _remember_device(make_response(_render_live_case(run, token)), code, token)


def _remember_device(response: Response, code: str, token: str) -> Response:
    """Give a phone a token for this run alone, so that it can answer each case once."""
    response.set_cookie(
        _COOKIE,
        token,
        max_age=_LASTS,
        path=url_for(".show_live_case", code=code),
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response


@bp.get("/live/<string:code>/state")
@public
def show_live_state(code: str) -> ResponseReturnValue:
    """Tell a phone what the class sees now; 304 if it knows."""
    state = queries.find_run_state(db.session(), code, now=clock.now()) or abort(404)
    response = jsonify(place=state.place, phase=state.phase.value)
    response.set_etag(f"{state.place}-{state.phase.value}")
    return response.make_conditional(request)


@bp.get("/live/<string:code>/tally")
@public
def show_tally(code: str) -> ResponseReturnValue:
    """Tell the page on the projector what was decided; 304 if nothing came in."""
    tallies = queries.find_tallies_of_open_run(db.session(), code, now=clock.now())
    if tallies is None:
        abort(404)
    response = jsonify(
        {
            str(place): {each.value: tally.count_of(each) for each in Decision}
            for place, tally in tallies.items()
        }
    )
    # Answers only ever come in, so their number tells one tally from another.
    response.set_etag(f"answers-{sum(tally.total for tally in tallies.values())}")
    return response.make_conditional(request)


@bp.post("/live/<string:code>/answers")
@public
def answer_live_case(code: str) -> ResponseReturnValue:
    """Count what a phone decides; sent twice, or from a reloaded page, it counts once."""
    form, now = LiveAnswerForm.from_request(), clock.now()
    token = request.cookies.get(_COOKIE, "")
    if form.choice.data not in list(Decision) or not form.place.data.isdecimal() or not token:
        return _refuse_answer(code, token)
    place, decision = int(form.place.data[:3]), Decision(form.choice.data)
    with unit_of_work() as session:
        refusal = actions.save_first_decision(
            session, code, hash_token(token), place, decision, now=now
        )
    if refusal is LessonRefusal.OVER:
        return _render_no_lesson(code)
    if refusal is LessonRefusal.FULL:
        flash(REFUSALS[refusal], "warn")
    return redirect(url_for(".show_live_case", code=code), 303)


def _refuse_answer(code: str, token: str) -> ResponseReturnValue:
    run = queries.find_open_run(db.session(), code, now=clock.now())
    if run is None:
        return _render_no_lesson(code)
    fault = (
        _("Choose an answer, then send it.")
        if token
        else _("Your browser does not accept cookies. Allow them for this site, then try again.")
    )
    return _render_live_case(run, token, fault=fault), INVALID


def hash_token(token: str) -> str:
    """Return what is stored of a phone's token."""
    return sha256(token.encode()).hexdigest()


def _render_live_case(run: LessonRun, token: str, fault: str = "") -> str:
    session, now = db.session(), clock.now()
    tally = Tally()
    if run.phase is Phase.ANSWER:
        tallies = queries.find_tallies_of_open_run(session, run.code, now=now) or {}
        tally = tallies.get(run.place, tally)
    case = queries.find_cases_of_run(session, run)[run.place - 1]
    key = case.key.step_by_id(case.case.first_step.id)
    return render_template(
        "schools/lessons/phone.html",
        run=run,
        case=case,
        key=key,
        right=[DECISIONS[option_id].words for option_id in key.correct_option_ids],
        own=queries.find_answer_of_device(session, run.code, hash_token(token), run.place, now=now),
        tally=tally,
        fault=fault,
        sources=Sources(queries.find_course_of_run(session, run)),
    )
