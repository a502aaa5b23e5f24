"""When a draft may be published: what reviewers answered and signed, and what is still open."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from cpd.authoring.blind.rules.verdicts import Verdict


class Reason(StrEnum):
    """Why a draft is not approved."""

    NOT_SENT = "not_sent"
    """Nobody was asked about this text."""
    NO_BLIND_ANSWER = "no_blind_answer"
    """Nobody who had not seen the key has answered it as it is now."""
    DISSENT = "dissent"
    """Somebody answered differently or disagreed, and it is not resolved."""
    NOT_SIGNED = "not_signed"
    """Nobody who may has signed this text."""


@dataclass(frozen=True)
class SentText:
    """The text of a draft as it is now."""

    text_hash: str
    key_hash: str
    """What a blind answer is about; for a file without a key, the hash of its text."""
    has_key: bool
    editors: frozenset[str]
    """Everybody who has written in a draft of the file, the last editor among them."""


@dataclass(frozen=True)
class Opinion:
    """One verdict about one text, in the order in which they were given."""

    verdict: Verdict
    text_hash: str
    key_hash: str


@dataclass(frozen=True)
class ReviewRecord:
    """What one reviewer answered blind, and what was said since."""

    reviewer: str
    """Their subject."""
    opinions: tuple[Opinion, ...] = ()
    answered_key_hash: str | None = None
    """The key that they answered without having seen it; None before, and for other files."""
    answered_alike: bool = False
    """Whether their answer was that of the key."""
    was_blind: bool = True
    """Whether they had not seen the key of the case, or of an earlier text of it, before."""

    def stands_for(self, key_hash: str) -> bool:
        """Tell whether there is an agreeing blind answer to exactly this key."""
        is_answered = self.answered_key_hash == key_hash and self.was_blind
        return is_answered and self._is_convinced(key_hash)

    def signs(self, text: SentText) -> bool:
        """Tell whether their last word about exactly this text is that they agree."""
        own = [o for o in self.opinions if o.verdict in (Verdict.AGREE, Verdict.DISAGREE)]
        about = [opinion for opinion in own if opinion.text_hash == text.text_hash]
        return bool(about) and about[-1].verdict is Verdict.AGREE

    def list_open_disputes(self, text: SentText) -> frozenset[str]:
        """Return the keys to which a different answer or a disagreement of theirs is still open.

        One about the present key ends only with its reviewer, who signs exactly this text. One
        about another key ends with the author, who names a source for the change.
        """
        return frozenset(
            key_hash
            for key_hash in self._disputed_key_hashes()
            if (
                not (self.signs(text) and self._is_convinced(key_hash))
                if key_hash == text.key_hash
                else not self._is_last_verdict(Verdict.RESOLVE, key_hash)
            )
        )

    def _disputed_key_hashes(self) -> frozenset[str]:
        objections = {o.key_hash for o in self.opinions if o.verdict is Verdict.DISAGREE}
        if self.answered_key_hash is not None and not self.answered_alike:
            objections.add(self.answered_key_hash)
        return frozenset(objections)

    def _is_convinced(self, key_hash: str) -> bool:
        """Tell whether their answer to a key does not differ, or no longer does."""
        return (
            self.answered_key_hash != key_hash
            or self.answered_alike
            or self._is_last_verdict(Verdict.CHANGE_ANSWER, key_hash)
        )

    def _is_last_verdict(self, verdict: Verdict, key_hash: str) -> bool:
        """Tell whether a verdict about a key was given after every disagreement about it."""
        about = [
            opinion.verdict
            for opinion in self.opinions
            if opinion.key_hash == key_hash and opinion.verdict in (verdict, Verdict.DISAGREE)
        ]
        return bool(about) and about[-1] is verdict


def find_reason_against_approval(
    text: SentText | None, records: Sequence[ReviewRecord]
) -> Reason | None:
    """Return why a draft may not be published, or None if it may.

    A case needs somebody who never wrote in the draft, who answered this key blind and alike, and
    who signed exactly this text. Other files need the signature alone. Nothing may be disputed.
    """
    if text is None:
        return Reason.NOT_SENT
    if any(record.list_open_disputes(text) for record in records):
        return Reason.DISSENT
    if text.has_key and not _list_standing_records(text, records):
        return Reason.NO_BLIND_ANSWER
    return None if list_signers(text, records) else Reason.NOT_SIGNED


def list_signers(text: SentText, records: Sequence[ReviewRecord]) -> list[str]:
    """Return the reviewers whose signatures approve a text, if nothing about it is disputed."""
    return [
        record.reviewer for record in _list_standing_records(text, records) if record.signs(text)
    ]


def _list_standing_records(text: SentText, records: Sequence[ReviewRecord]) -> list[ReviewRecord]:
    """Return the records of those who may approve a text: they wrote in none of its drafts."""
    others = [record for record in records if record.reviewer not in text.editors]
    return [record for record in others if not text.has_key or record.stands_for(text.key_hash)]
