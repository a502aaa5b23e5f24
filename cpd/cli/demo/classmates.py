"""Who learns in the two classes of the demo's school beside the demo people, and how it went."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from cpd.cli.demo.learner import ExamPlan, Habits
from cpd.cli.demo.people import LEARNER, PEOPLE, DemoPerson

EVENING, WEEKEND = "Evening class", "Weekend class"


class Work(Enum):
    """What is assigned: the name of the class, and which of its assignments it is."""

    EVENING_PRACTICE = (EVENING, 0)
    EVENING_EXAM = (EVENING, 1)
    WEEKEND_EXAM = (WEEKEND, 0)


@dataclass(frozen=True)
class StudyDay:
    """Something that somebody does one evening: some sections, or a try at the exam."""

    day: int
    begin: int = 0
    upto: int | None = None
    """The sections are read up to this one; None for all of them."""
    exam: ExamPlan | None = None


@dataclass(frozen=True)
class Course:
    """How somebody works at an assignment."""

    login: str
    work: Work
    habits: Habits
    study_days: Sequence[StudyDay]


@dataclass(frozen=True)
class Classmate:
    """Somebody in a class, and the number that the school gives them."""

    login: str
    name: str
    class_name: str
    number: str
    zone: str = "Europe/London"
    joins_on_day: int = 1

    @property
    def person(self) -> DemoPerson:
        """The same as a demo person."""
        return DemoPerson(self.login, self.name, LEARNER, "learns in a class", self.zone)


CLASSMATES = (
    Classmate("amina", "Amina Yusuf", EVENING, "2604"),
    Classmate("tomasz", "Tomasz Zieliński", EVENING, "2605", "Europe/Warsaw"),
    Classmate("grace", "Grace Kimani", EVENING, "2606"),
    Classmate("luis", "Luis Ortega", EVENING, "2607"),
    Classmate("meiling", "Chen Mei-Ling", EVENING, "2608"),
    Classmate("sofia", "Sofia Rossi", EVENING, "2609", "Europe/Rome"),
    Classmate("kofi", "Kofi Mensah", EVENING, "2610"),
    Classmate("ingrid", "Ingrid Solberg", EVENING, "2611"),
    Classmate("priya", "Priya Raman", EVENING, "2613", joins_on_day=21),
    Classmate("hassan", "Hassan Ali", WEEKEND, "2621"),
    Classmate("bianca", "Bianca Costa", WEEKEND, "2622"),
    Classmate("owen", "Owen Pritchard", WEEKEND, "2623"),
    Classmate("yuki", "Tanaka Yuki", WEEKEND, "2624"),
    Classmate("fatima", "Fatima El Idrissi", WEEKEND, "2625"),
    Classmate("jonas", "Jonas Weber", WEEKEND, "2626"),
    Classmate("chloe", "Chloé Martin", WEEKEND, "2627"),
    Classmate("samuel", "Samuel Okoro", WEEKEND, "2628"),
)

STEADY = Habits(slips_every=9)
HURRIED = Habits(slips_every=4, weak_on=frozenset({"clot", "heat"}))
SURE = Habits(slips_every=7, weak_on=frozenset({"stroke"}), tells_confidence=True)
CAUTIOUS = Habits(slips_every=3)
PASSES = ExamPlan(careful_cases=1)
FAILS = ExamPlan(careful_cases=9)


def _fails_on(topic: str) -> ExamPlan:
    return ExamPlan(careful_cases=1, is_critical=True, topic=topic)


def _practice(login: str, day: int, habits: Habits) -> Course:
    """Return how somebody did the practice of the evening class, on two days."""
    study_days = (StudyDay(day, upto=3), StudyDay(day + 9, begin=3, upto=5))
    return Course(login, Work.EVENING_PRACTICE, habits, study_days)


def _course(
    login: str, work: Work, habits: Habits, days: tuple[int, int, int], *exams: tuple[int, ExamPlan]
) -> Course:
    """Return how somebody read the whole course on three days, and took the exam."""
    first, second, third = days
    reading = (
        StudyDay(first, upto=5),
        StudyDay(second, begin=5, upto=10),
        StudyDay(third, begin=10),
    )
    tries = (StudyDay(day, exam=plan) for day, plan in exams)
    return Course(login, work, habits, (*reading, *tries))


COURSES = (
    _practice("ben", 15, HURRIED),
    _practice("amina", 4, HURRIED),
    _practice("tomasz", 6, CAUTIOUS),
    _practice("grace", 5, STEADY),
    _practice("luis", 17, HURRIED),
    _practice("meiling", 8, SURE),
    _practice("sofia", 9, STEADY),
    _practice("kofi", 18, SURE),
    _practice("ingrid", 12, STEADY),
    Course("priya", Work.EVENING_PRACTICE, STEADY, (StudyDay(24, upto=4),)),
    _course("zoe", Work.EVENING_EXAM, STEADY, (72, 73, 74), (75, PASSES)),
    Course("ben", Work.EVENING_EXAM, HURRIED, (StudyDay(75, upto=2),)),
    _course("amina", Work.EVENING_EXAM, HURRIED, (73, 75, 78), (79, _fails_on("clot"))),
    _course("tomasz", Work.EVENING_EXAM, CAUTIOUS, (72, 74, 76), (77, FAILS), (79, PASSES)),
    _course("grace", Work.EVENING_EXAM, STEADY, (74, 77, 80), (81, PASSES)),
    Course("luis", Work.EVENING_EXAM, HURRIED, (StudyDay(73, upto=4),)),
    _course("meiling", Work.EVENING_EXAM, SURE, (75, 78, 80), (82, ExamPlan(leave_after=5))),
    _course("kofi", Work.EVENING_EXAM, SURE, (74, 76, 79), (80, _fails_on("stroke"))),
    Course("ingrid", Work.EVENING_EXAM, STEADY, (StudyDay(76, upto=5),)),
    Course("priya", Work.EVENING_EXAM, STEADY, (StudyDay(81, upto=3),)),
    _course("hassan", Work.WEEKEND_EXAM, STEADY, (6, 13, 27), (30, PASSES)),
    _course(
        "bianca", Work.WEEKEND_EXAM, HURRIED, (7, 20, 34), (35, _fails_on("clot")), (41, PASSES)
    ),
    Course(
        "owen", Work.WEEKEND_EXAM, CAUTIOUS, (StudyDay(13, upto=5), StudyDay(27, begin=5, upto=9))
    ),
    _course("yuki", Work.WEEKEND_EXAM, CAUTIOUS, (20, 34, 42), (47, FAILS), (55, PASSES)),
    _course("fatima", Work.WEEKEND_EXAM, SURE, (6, 20, 41), (46, PASSES)),
    _course("chloe", Work.WEEKEND_EXAM, HURRIED, (21, 41, 47), (48, _fails_on("clot"))),
    Course("samuel", Work.WEEKEND_EXAM, HURRIED, (StudyDay(14, upto=4),)),
)


def find_learner(login: str) -> DemoPerson:
    """Return who learns in a class, by their login."""
    everybody = [*PEOPLE, *(mate.person for mate in CLASSMATES)]
    return next(person for person in everybody if person.login == login)
