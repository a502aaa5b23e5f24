"""How long a text is and how hard to read: words, minutes, reading grade."""

import html as entities
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from cpd.content.country_loading import load_course_country
from cpd.content.country_tokens import fill_token

WORDS_PER_MINUTE = 200
"""The reading speed NCBTMB assumes for home study:
https://www.ncbtmb.org/faq/what-are-ncbtmbs-guidelines-for-home-study-courses/"""

_LOCAL = re.compile(r'<span class="local" data-local="([A-Za-z0-9.-]+)">[^<]*</span>')
_CITATION = re.compile(r'<a class="cite"[^>]*>.*?</a>', re.DOTALL)
_REVIEW_MARK = re.compile(r'<span class="awaiting">[^<]*</span>')
_HEADING = re.compile(r"<(h[1-6])(?: [^>]*)?>.*?</\1>", re.DOTALL)
_BLOCK_END = re.compile(r"</(?:p|li|h[1-6]|td|th|caption|blockquote|pre|dt|dd)>|<br ?/?>")
_TAG = re.compile(r"<[^>]*>")
_NOT_RUNNING = "(?:ul|ol|dl|table|figure|pre|h[1-6]|b)"  # b: the title of a box
_INNERMOST_NOT_RUNNING = re.compile(
    rf"<(?P<tag>{_NOT_RUNNING})(?: [^>]*)?>(?:(?!<{_NOT_RUNNING}[ >]).)*?</(?P=tag)>", re.DOTALL
)
_SENTENCE_END = re.compile(r"[.!?…]+[)\]\"'”’»]*(?=\s|$)|\n")
_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_TWO_VOWELS = re.compile(
    r"(?<![tcsgx])i(?=[aou])|(?<!fr)(?<![tcs])i(?=en|et)|(?<=sc)i(?=en)"  # serious, client, science
    r"|[aeouy](?=ing)|(?<![qg])u(?=a[lt])|o(?=e[mt])|(?<=vid)e(?=o)"  # going, usual, poem, video
    r"|(?<=cr)e(?=at)|(?<=r)e(?=act)|(?<=the)(?=at)|(?:(?<=id)|(?<=ar))e(?=a)"  # create, area
    r"|(?<=contr)a(?=i)|[^aeiouy](?=n't)"
)
"""Where a group of vowels is pronounced as two."""
_SILENT_E = re.compile(
    r"(?<=[^aeiouyl])e$|(?<=[aeiouy]l)e$|(?<=tig)ue$|(?<=log)ue$|(?<=q)ue$"  # dose, rule, fatigue
    r"|(?<=[^aeiouydt])ed$|(?<=[^aeiouysxzcghl])es$|(?<=[aeiouy]l)es$|(?<=[tg]h)es$"
    r"|(?<=[aeiouy][^aeiouylc])e(?=(?:ful|less|ly|ment|ness|time|thing|one|where|fore|line|ty$))"
)
"""A silent e."""
_VOWELS = re.compile(r"[aeiouyàáâäèéêëìíîïòóôöùúûü]+")


def extract_plain_text(html: str) -> str:
    """Return the text of rendered HTML without citations and marks, one line for each block.

    It is the text of the country for which courses are written, so that its words and its reading
    level are the same for everybody.
    """
    html = _LOCAL.sub(_fill_token_of_course_country, html)
    text = _BLOCK_END.sub("\n", _CITATION.sub("", _REVIEW_MARK.sub("", html)).replace("\n", " "))
    lines = (" ".join(line.split()) for line in entities.unescape(_TAG.sub("", text)).split("\n"))
    return "\n".join(line for line in lines if line)


def _fill_token_of_course_country(found: re.Match[str]) -> str:
    return entities.escape(fill_token(found[1], load_course_country()))


def extract_running_text(html: str) -> str:
    """Return the text of paragraphs: no headings, lists, tables, captions or titles of boxes."""
    found = 1
    while found:
        html, found = _INNERMOST_NOT_RUNNING.subn("\n", html)
    return extract_plain_text(html)


def count_words(html: str) -> int:
    """Count the words of rendered HTML; headings and citations do not count as reading."""
    text = extract_plain_text(_HEADING.sub("", html))
    return sum(any(map(str.isalnum, word)) for word in text.split())


@dataclass(frozen=True)
class ReadingTime:
    """How long a number of words takes to read at an assumed speed.

    The speed is the same for everybody; the time that somebody really needed is measured apart.
    """

    words: int
    per_minute: int

    @property
    def exact_minutes(self) -> Fraction:
        """The minutes as a fraction: words / words per minute."""
        return Fraction(self.words, self.per_minute)

    @property
    def minutes(self) -> int:
        """Minutes to show: rounded to the nearest, at least 1 if there are any words."""
        nearest = int(self.exact_minutes + Fraction(1, 2))
        return max(nearest, 1) if self.words else 0

    @property
    def minutes_to_one_decimal(self) -> Decimal:
        """The minutes with one decimal, rounded to the nearest."""
        return _round_to_tenths(self.exact_minutes)

    @property
    def arithmetic(self) -> str:
        """The calculation as a person writes it: "1,240 words ÷ 200 a minute = 6.2 minutes"."""
        minutes = self.minutes_to_one_decimal
        return f"{self.words:,} words ÷ {self.per_minute} a minute = {minutes} minutes"


def build_reading_time(word_count: int, *, per_minute: int = WORDS_PER_MINUTE) -> ReadingTime:
    """Return how long this many words take to read."""
    return ReadingTime(word_count, per_minute)


SHORT_SENTENCE = 8
"""A sentence with fewer words is short."""


@dataclass(frozen=True)
class SentenceLengths:
    """How many words each sentence of a text has."""

    words: tuple[int, ...]

    @property
    def mean(self) -> Decimal:
        """The mean number of words, to one decimal."""
        return _round_to_tenths(Fraction(sum(self.words), max(len(self.words), 1)))

    @property
    def short_share(self) -> Fraction:
        """The share of short sentences."""
        short = sum(words < SHORT_SENTENCE for words in self.words)
        return Fraction(short, max(len(self.words), 1))


def measure_sentences(text: str) -> SentenceLengths:
    """Count the words of sentences: parts that have a word, ended by . ! ? or the end of a line."""
    counts = (len(_LETTERS.findall(part)) for part in _SENTENCE_END.split(text))
    return SentenceLengths(tuple(count for count in counts if count))


def count_sentences(text: str) -> int:
    """Count the sentences of a text."""
    return len(measure_sentences(text).words)


def estimate_syllables(word: str) -> int:
    """Estimate the syllables of an English word from its vowel groups, at least one."""
    word = word.lower().replace("’", "'").removesuffix("'s")
    heard = len(_VOWELS.findall(word)) + len(_TWO_VOWELS.findall(word))
    return max(heard - len(_SILENT_E.findall(word)), 1)


def estimate_reading_grade(text: str) -> Decimal | None:
    """Return the Flesch-Kincaid grade, or None for text without words.

    0.39 x words per sentence + 11.8 x syllables per word - 15.59: Kincaid, Fishburne, Rogers and
    Chissom 1975, Research Branch Report 8-75, https://stars.library.ucf.edu/istlibrary/56/
    Syllables are estimated, so read it as a hint.
    """
    words = _LETTERS.findall(text)
    if not words:
        return None
    per_sentence = Fraction(len(words), max(count_sentences(text), 1))
    per_word = Fraction(sum(estimate_syllables(word) for word in words), len(words))
    grade = Fraction(39, 100) * per_sentence + Fraction(118, 10) * per_word - Fraction(1559, 100)
    return _round_to_tenths(max(grade, Fraction(0)))


def _round_to_tenths(value: Fraction) -> Decimal:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal("0.1"), ROUND_HALF_UP)
