"""A model of the way from a draft to learners, move by move at random, with the real actions.

It keeps its own books about who wrote, saw, answered and said what, and knows from them alone
whether a draft may be published. A case of its own for each run keeps the runs apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from cpd.access.permissions import Actor, Role, RoleAssignment
from cpd.authoring.asking import actions as asking
from cpd.authoring.asking.actions import NothingChangedError
from cpd.authoring.asking.reviewers import Invitee
from cpd.authoring.blind import actions as blind
from cpd.authoring.blind.actions import ReviewClosedError, TextChangedError
from cpd.authoring.blind.models import Review, ReviewComment, Reviewer
from cpd.authoring.blind.rules.verdicts import Verdict
from cpd.authoring.drafts import actions as drafting
from cpd.authoring.drafts.models import Draft, DraftState, DraftVersion
from cpd.authoring.drafts.rules.saving import hash_text
from cpd.authoring.publication import actions as publication
from cpd.authoring.publication.actions import NotApprovedError
from cpd.authoring.publish.queries import find_newest_course_revision, find_revision_of_file
from cpd.authoring.review import actions as review_actions
from cpd.authoring.review.actions import StillDifferentError
from cpd.authoring.review.preparing import PreparedText, prepare_text_or_faults
from cpd.authoring.seen_keys.models import SeenKey
from cpd.courses.models import CourseRow, LedgerEntry
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from tests.factories import accounts
from tests.factories.courses import FOLDER, SLUG
from tests.support.moved_clock import MovedClock
from tests.support.people import Person
from tests.support.visitor import Visitor

TEMPLATE = (FOLDER / "cases" / "leo-as-usual.md").read_text()
RIGHT, WRONG = {"choice": "proceed"}, {"choice": "emergency"}
_numbers = count(1)

ANNE = Person("gate-anne", "Anne Author", "writes")
BOTH = Person("gate-both", "Bo Both", "writes and reviews")
RITA = Person("gate-rita", "Rita Reviewer", "reviews")
GUEST = "gate-guest@clinic.example"
REVIEWERS = ("both", "rita", "guest")
WRITERS = st.sampled_from(["anne", "both"])
ANY_REVIEWER = st.sampled_from(REVIEWERS)


def prepare_people(app: Flask) -> None:
    """Add the people of the machine: one writes, one reviews, and one does both."""
    roles = {
        ANNE: (Role.LEARNER, Role.AUTHOR),
        BOTH: (Role.LEARNER, Role.AUTHOR, Role.REVIEWER),
        RITA: (Role.LEARNER, Role.REVIEWER),
    }
    with app.app_context(), unit_of_work() as session:
        for person, held in roles.items():
            accounts.add_person(session, email=person.email, name=person.full_name, roles=held)


@dataclass
class Told:
    """The machine's own books about one reviewer."""

    is_asked: bool = False
    """Whether they have an open request about the file."""
    answered: int | None = None
    """The key that they answered first."""
    alike: bool = False
    was_blind: bool = True
    said: list[tuple[Verdict, tuple[int, int]]] = field(default_factory=list)
    """Verdicts with the text that they are about: its key, then its wording."""

    def last(self, key: int, *verdicts: Verdict) -> Verdict | None:
        """Return the newest of some verdicts about a key."""
        about = [said for said, (of, _) in self.said if of == key and said in verdicts]
        return about[-1] if about else None

    def is_convinced(self, key: int) -> bool:
        """Tell whether their answer to a key does not differ, or no longer does."""
        changed = self.last(key, Verdict.CHANGE_ANSWER, Verdict.DISAGREE)
        return self.answered != key or self.alike or changed is Verdict.CHANGE_ANSWER

    def has_signed(self, text: tuple[int, int]) -> bool:
        """Tell whether their last word about a text is that they agree."""
        own = [
            said
            for said, about in self.said
            if about == text and said in (Verdict.AGREE, Verdict.DISAGREE)
        ]
        return bool(own) and own[-1] is Verdict.AGREE

    def disputes(self, text: tuple[int, int]) -> bool:
        """Tell whether anything that they disputed is still open."""
        keys = {of for said, (of, _) in self.said if said is Verdict.DISAGREE}
        if self.answered is not None and not self.alike:
            keys.add(self.answered)
        return any(
            not (self.has_signed(text) and self.is_convinced(key))
            if key == text[0]
            else self.last(key, Verdict.RESOLVE, Verdict.DISAGREE) is not Verdict.RESOLVE
            for key in keys
        )


class Gate(RuleBasedStateMachine):
    """Two authors, of whom one also reviews, another reviewer and a guest, and one case."""

    app: Flask
    clock: MovedClock
    published = 0
    """How often a run of this machine published something: a machine that never does is no test."""

    @initialize()
    def begin(self) -> None:
        """Anne starts a case."""
        self.name = f"gate-{next(_numbers)}"
        self.path = f"cases/{self.name}.md"
        self.text = (0, 0)
        self.sent: set[tuple[int, int]] = set()
        self.editors: set[str] = set()
        self.seen: set[str] = set()
        self.told: Mapping[str, Told] = {one: Told() for one in REVIEWERS}
        with self.app.app_context():
            self.subjects = {
                "anne": accounts.row_of(ANNE).subject,
                "both": accounts.row_of(BOTH).subject,
                "rita": accounts.row_of(RITA).subject,
            }
            self._start("anne")

    def write(self, text: tuple[int, int] | None = None) -> str:
        """Return the file of the case with its present key and wording, or with others."""
        key, wording = text or self.text
        return (
            TEMPLATE.replace("id: leo-as-usual", f"id: {self.name}")
            .replace("family: leo", f"family: {self.name}")
            .replace("rationale: Right.", f"rationale: Right, as said in wording {wording}.")
            .replace("**Plan:** ", f"**Plan:** {key + 1} of several, ")
        )

    # What authors do

    @rule(who=WRITERS, of_key=st.sampled_from([False, False, False, True]))
    def save(self, who: str, of_key: bool) -> None:
        """Save another wording of the reasons, or another fact."""
        if self._is_waiting(who):
            return  # the pages of authors send them to their answer first
        key, wording = self.text
        self.text = (key + 1, wording) if of_key else (key, wording + 1)
        with self.app.app_context():
            draft = self._draft()
            with unit_of_work() as session:
                drafting.save_draft(
                    session, draft.id, self.write(), begun_with=draft.text_hash,
                    actor=self._actor(who), now=self._now(),
                )  # fmt: skip
        self.editors.add(who)

    @rule(who=WRITERS)
    def go_back(self, who: str) -> None:
        """Make the first text of the draft its newest."""
        if self._is_waiting(who):
            return
        with self.app.app_context():
            draft = self._draft()
            first = db.session.scalars(
                sa.select(DraftVersion).where(
                    DraftVersion.draft_id == draft.id, DraftVersion.number == 1
                )
            ).one()
            if first.text_hash == draft.text_hash:
                return
            with unit_of_work() as session:
                drafting.restore_draft_version(
                    session, draft.id, 1, actor=self._actor(who), now=self._now()
                )
        self.text = self.began_with
        self.editors.add(who)

    @rule(who=WRITERS)
    def start_again(self, who: str) -> None:
        """Discard the draft, and start another with the same text."""
        if self._is_waiting(who):
            return
        with self.app.app_context():
            draft = self._draft()
            with unit_of_work() as session:
                drafting.discard_draft(session, draft.id, actor=self._actor(who), now=self._now())
            self._start(who)

    @rule()
    def look(self) -> None:
        """Somebody who also reviews opens the draft, unless they are asked to answer it."""
        with self.app.app_context():
            address = f"/authoring/drafts/{self._draft().public_id}/text"
        visitor = accounts.let_in(Visitor(self.app), BOTH)
        shown = visitor.client.get(address)
        assert (shown.status_code == 303) is self._is_waiting("both")
        if shown.status_code == 200:
            self.seen.add("both")

    @rule(whom=ANY_REVIEWER)
    def ask(self, whom: str) -> None:
        """Ask a reviewer about the present text."""
        told = self.told[whom]
        with self.app.app_context():
            report = self._ask(whom)
        self.sent.add(self.text)
        knows = whom in self.seen and (told.answered is None or not told.was_blind)
        assert bool(report.requests) is not (whom in self.editors or knows)
        told.is_asked = told.is_asked or bool(report.requests)

    @rule()
    def send_new_text(self) -> None:
        """Send the present text to everybody who was asked."""
        with self.app.app_context():
            prepared = self._prepare()
            with unit_of_work() as session:
                asking.send_new_text(session, prepared, actor=self._actor("anne"), now=self._now())
        self.sent.add(self.text)

    @rule(whom=ANY_REVIEWER)
    def withdraw(self, whom: str) -> None:
        """Withdraw what a reviewer was asked."""
        with self.app.app_context():
            review = self._review(whom)
            if review is None:
                return
            with unit_of_work() as session:
                asking.withdraw_request(
                    session, review.request, actor=self._actor("anne"), now=self._now()
                )
        self.told[whom].is_asked = False

    @rule(whom=ANY_REVIEWER)
    def resolve(self, whom: str) -> None:
        """Name the source with which what a reviewer disputed was changed."""
        with self.app.app_context():
            review = self._review(whom)
            if review is None:
                return
            earlier = {key for key, _ in self.sent if key != self.text[0]}
            before = {key for key in earlier if self._disputes_key(whom, key)}
            try:
                with unit_of_work() as session:
                    asking.resolve_disputes(
                        session, self._draft(), review, "A source.", actor=self._actor("anne"),
                        now=self._now(),
                    )  # fmt: skip
            except NothingChangedError:
                assert not before or self.text not in self.sent
                return
        self.told[whom].said += [(Verdict.RESOLVE, (key, -1)) for key in before]

    # What reviewers do

    @rule(who=ANY_REVIEWER, right=st.booleans())
    def answer(self, who: str, right: bool) -> None:
        """Answer blind and lock the answer."""
        told = self.told[who]
        with self.app.app_context():
            review = self._review(who)
            if review is None or review.opened_at is not None:
                return
            about = self._text_of(review)
            try:
                with unit_of_work() as session:
                    now, shown = self._now(), review.sent_text.text_hash
                    blind.save_step_answer(
                        session, review.id, "decide", RIGHT if right else WRONG, shown=shown,
                        now=now,
                    )  # fmt: skip
                    review_actions.lock_answer(
                        session, review.id, "", shown=shown, actor=self._reviewer(review), now=now
                    )
            except (ReviewClosedError, TextChangedError):
                assert not told.is_asked
                return
        told.answered, told.alike, told.was_blind = about[0], right, who not in self.seen

    @rule(
        who=ANY_REVIEWER,
        verdict=st.sampled_from(
            [Verdict.AGREE, Verdict.AGREE, Verdict.DISAGREE, Verdict.CHANGE_ANSWER]
        ),
    )
    def say(self, who: str, verdict: Verdict) -> None:
        """Sign, disagree, or change one's answer."""
        told = self.told[who]
        with self.app.app_context():
            review = self._review(who)
            if review is None or review.opened_at is None:
                return
            about = self._text_of(review)
            if verdict is Verdict.CHANGE_ANSWER and told.answered != about[0]:
                return  # the page does not offer it
            try:
                with unit_of_work() as session:
                    blind.introduce_reviewer(
                        session, review.request.reviewer, name="Rita", credentials="nurse",
                        disclosures="none",
                    )  # fmt: skip
                    review_actions.give_opinion(
                        session, review.id, verdict, "Why.", shown=review.sent_text.text_hash,
                        actor=self._reviewer(review), now=self._now(),
                    )  # fmt: skip
            except (ReviewClosedError, StillDifferentError):
                return
        told.said.append((verdict, about))

    @rule(who=ANY_REVIEWER)
    def comment(self, who: str) -> None:
        """Comment on the case, and let its author resolve the comment."""
        with self.app.app_context():
            review = self._review(who)
            if review is None or review.opened_at is None or not self.told[who].is_asked:
                return
            with unit_of_work() as session:
                made = review_actions.add_comment(session, review.id, "", "Why?", now=self._now())
            with unit_of_work() as session:
                asking.resolve_comment(
                    session, session.get_one(ReviewComment, made.id), actor=self._actor("anne"),
                    now=self._now(),
                )  # fmt: skip

    @rule(
        who=st.sampled_from(["rita", "guest"]), spoil=st.sampled_from(["", "", "save", "withdraw"])
    )
    def go_all_the_way(self, who: str, spoil: str) -> None:
        """Approve and publish, so that runs get to the end, perhaps with something in between."""
        self.ask(who)
        self.answer(who, right=True)
        self.say(who, Verdict.AGREE)
        if spoil == "save":
            self.save("anne", of_key=False)
        elif spoil:
            self.withdraw(who)
        self.publish("anne")

    # The gate

    @rule(who=WRITERS)
    def publish(self, who: str) -> None:
        """Publish if that is allowed, and be refused if not."""
        with self.app.app_context():
            draft = self._draft()
            prepared = publication.prepare_drafts(db.session(), draft.course, [draft])
            assert prepared.loaded.is_sound, prepared.loaded.faults
            try:
                with unit_of_work() as session:
                    publication.publish_drafts(
                        session, prepared, reason="It is time.", actor=self._actor(who),
                        now=self._now(),
                    )  # fmt: skip
            except NotApprovedError:
                assert not self._is_allowed(), "an approved case was refused"
                return
            assert self._is_allowed(), "a case was published that nobody had approved"
            self._look_for_the_answer(draft.id)
            type(self).published += 1
            self._start(who)

    def _is_allowed(self) -> bool:
        """Say from the books alone whether the present text may be published."""
        if self.text not in self.sent or any(t.disputes(self.text) for t in self.told.values()):
            return False
        return any(
            who not in self.editors
            and told.answered == self.text[0]
            and told.was_blind
            and told.is_convinced(self.text[0])
            and told.has_signed(self.text)
            for who, told in self.told.items()
        )

    def _look_for_the_answer(self, draft_id: int) -> None:
        """Find the agreeing blind answer of somebody else, and the line in the ledger."""
        draft = db.session.get_one(Draft, draft_id)
        editors = set(
            db.session.scalars(
                sa.select(DraftVersion.editor)
                .join(Draft, Draft.id == DraftVersion.draft_id)
                .where(Draft.path == draft.path)
            )
        )
        reviews = db.session.scalars(
            sa.select(Review)
            .join(Draft, Draft.id == Review.draft_id)
            .where(Draft.path == draft.path)
        ).all()
        (key,) = {r.sent_text.key_hash for r in reviews if r.sent_text.text_hash == draft.text_hash}
        seen = dict(
            db.session.execute(
                sa.select(SeenKey.subject, SeenKey.seen_at).where(SeenKey.path == draft.path)
            ).all()
        )
        assert any(
            review.answered_text is not None
            and review.answered_text.key_hash == key
            and review.request.reviewer.subject not in editors
            and review.opened_at is not None
            and review.opened_at <= seen.get(review.request.reviewer.subject, review.opened_at)
            for review in reviews
        )
        signed = sa.select(LedgerEntry.review).where(LedgerEntry.about == f"case:{self.name}")
        assert None not in db.session.scalars(signed).all() != []

    # Looking things up

    def _start(self, who: str) -> None:
        course = db.session.scalars(sa.select(CourseRow).where(CourseRow.slug == SLUG)).one()
        newest = find_newest_course_revision(db.session(), SLUG)
        base = find_revision_of_file(db.session(), newest, self.path) if newest else None
        with unit_of_work() as session:
            drafting.start_draft(
                session, course, self.path, self.write(), base=base, actor=self._actor(who),
                now=self._now(),
            )  # fmt: skip
        self.editors.add(who)
        self.began_with = self.text

    def _ask(self, whom: str) -> asking.AskReport:
        person = {"both": BOTH, "rita": RITA}.get(whom)
        invitee = Invitee(person=accounts.row_of(person)) if person else Invitee(email=GUEST)
        prepared = self._prepare()
        with unit_of_work() as session:
            return asking.ask_for_review(
                session, [prepared], [invitee], note="", actor=self._actor("anne"), now=self._now()
            )

    def _prepare(self) -> PreparedText:
        prepared = prepare_text_or_faults(db.session(), self._draft())
        assert isinstance(prepared, PreparedText), prepared
        return prepared

    def _draft(self) -> Draft:
        return db.session.scalars(
            sa.select(Draft).where(Draft.path == self.path, Draft.state == DraftState.OPEN)
        ).one()

    def _review(self, who: str) -> Review | None:
        """Return what somebody was asked about the present draft."""
        is_theirs = (
            Reviewer.email == GUEST if who == "guest" else Reviewer.subject == self.subjects[who]
        )
        return db.session.scalar(
            sa.select(Review)
            .join(Reviewer, Reviewer.id == Review.reviewer_id)
            .where(is_theirs, Review.draft_id == self._draft().id)
        )

    def _text_of(self, review: Review) -> tuple[int, int]:
        """Return the text on a reviewer's page, as the books name it."""
        hash_ = review.sent_text.text_hash
        (found,) = [text for text in self.sent if hash_text(self.write(text)) == hash_]
        return found

    def _disputes_key(self, who: str, key: int) -> bool:
        told = self.told[who]
        is_disputed = told.answered == key and not told.alike
        is_disputed |= told.last(key, Verdict.DISAGREE) is not None
        return (
            is_disputed and told.last(key, Verdict.RESOLVE, Verdict.DISAGREE) is not Verdict.RESOLVE
        )

    def _is_waiting(self, who: str) -> bool:
        """Tell whether somebody is asked to answer the present draft and has not yet."""
        if who not in self.told or not self.told[who].is_asked:
            return False
        with self.app.app_context():
            review = self._review(who)
            return review is not None and review.opened_at is None

    def _actor(self, who: str) -> Actor:
        person = {"anne": ANNE, "both": BOTH}[who]
        row = accounts.row_of(person)
        return Actor(row.id, row.subject, frozenset({RoleAssignment(Role.AUTHOR)}))

    def _reviewer(self, review: Review) -> Actor:
        return Actor(subject=review.request.reviewer.subject)

    def _now(self) -> datetime:
        self.clock.advance(seconds=1)
        return clock.now()


def run(app: Flask, moved: MovedClock, *, runs: int, steps: int) -> type[Gate]:
    """Run the machine on a site, and return what it was, to see how often it published."""

    class Here(Gate):
        pass

    Here.app, Here.clock = app, moved
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=runs,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    return Here
