"""A step in a case file: what all kinds have in common, and what authoring needs from it.

Each kind has its own schema in `<kind>/step_file.py`, which its `kind.py` does not import: schemas
load pydantic, which the pages do not need.
"""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Annotated, Any, ClassVar, Literal, TypeAlias, get_args

from pydantic import AfterValidator

from cpd.cases.front import OptionFront, StepFront
from cpd.cases.key import StepKey
from cpd.cases.kinds.kind import AWAITING_REVIEW, Kind, Mistake, Rationale
from cpd.cases.kinds.table import StepTable
from cpd.cases.scales import Basis, Danger, Decision
from cpd.content.document import Rendered
from cpd.content.file_schema import FileModel, Line, Markdown, Slug, build_schema_error
from cpd.content.frontmatter import Path, Value

END = "end"
"""The value of `leads_to` at the end of a case."""
MAX_STEP_ID = 40
FEWEST_OPTIONS = 2
BasisWord = Literal["evidence", "guideline", "expert-caution", "house-rule"]
DecisionWord = Literal["proceed", "modify", "postpone", "same_day", "emergency"]
DangerWord = Literal["safe", "overcautious", "suboptimal", "unsafe", "critical"]
StepTexts: TypeAlias = Mapping[Path, Rendered]
"""The Markdown values of one step, rendered, by their path in the step."""
LintRule: TypeAlias = Callable[[Any, str], Iterator[Mistake]]
"""Takes a step of one kind and the plain text of the stem; yields what is worth a second look."""


def _refuse_bad_step_id(value: str) -> str:
    if len(value) > MAX_STEP_ID or value == END:
        raise build_schema_error(
            f"'{value}' cannot be the id of a step.",
            f"Use at most {MAX_STEP_ID} characters, and not the word 'end'.",
        )
    return value


StepId = Annotated[Slug, AfterValidator(_refuse_bad_step_id)]


@dataclass(frozen=True)
class DecisionChange:
    """What another right decision leaves of a step."""

    kept: frozenset[Decision] = frozenset()
    """The decisions that are wrong in the same way as before, so that their reasons hold."""
    removed_keys: tuple[str, ...] = ()
    """Keys that were written for the old decision."""


class StepFile(FileModel):
    """The fields of every step; the vignette of the first step is the body of the file."""

    kind: str
    id: StepId
    when: Line | None = None
    facts: Markdown | None = None
    prompt: Line

    lint_rules: ClassVar[tuple[LintRule, ...]] = ()
    """The kind's rules of item writing; none of them blocks publishing."""
    table: ClassVar[StepTable | None] = None
    """How a step stands in the table of simple cases, if it fits into one."""

    @classmethod
    def build_new_step(cls) -> dict[str, Value]:
        """Return what a new step begins with, beside its id; its author writes the rest."""
        (kind,) = get_args(cls.model_fields["kind"].annotation)
        return {"kind": kind, "options": cls.build_new_options()}

    @classmethod
    @abstractmethod
    def build_new_options(cls) -> Value:
        """Return the options of a new step, with what is neither asked nor shown."""

    @abstractmethod
    def build_front(self, vignette_html: str) -> StepFront:
        """Return what a learner may see before answering, and the routes."""

    @abstractmethod
    def build_key(self, texts: StepTexts) -> StepKey:
        """Return the key; raises InvalidKeyError with every mistake in it."""

    @property
    @abstractmethod
    def answer_paths_and_targets(self) -> Sequence[tuple[Path, str]]:
        """Where each answer leads: the path of that value in the step, and a step's id or END."""

    @property
    def right_decision(self) -> Decision | None:
        """The right decision about today's session; None where the step asks something else."""
        return None

    @property
    def suspicions(self) -> Mapping[str, bool]:
        """The keys that make treating critical because of what is suspected."""
        return {}

    def change_decision(self, new: Decision) -> DecisionChange:
        """Return what another right decision leaves of this step."""
        del new
        return DecisionChange()

    @property
    def worded_options(self) -> Sequence["WordedOption"]:
        """The options in the author's own words; empty where they are the same in every case."""
        return ()

    @property
    def right_option(self) -> "WordedOption | None":
        """The right option in the author's own words; None where not exactly one is right."""
        return None

    def path_of_mistake(self, mistake: Mistake) -> Path:
        """Return where in the step a mistake is."""
        return mistake.place

    @classmethod
    def build_statistics_sentences(cls, steps: Iterable["StepFile"]) -> list[str]:
        """Return sentences with statistics about those steps that are of this kind."""
        del steps
        return []


class ReasonedOption(FileModel):
    """An option with the reason why it is right or wrong, and the basis of that reason."""

    rationale: Markdown
    basis: BasisWord
    reviewer: Line | None = None

    @classmethod
    def build_new_reason(cls) -> dict[str, Value]:
        """Return what a new reason says of itself until its author names a source."""
        return {"basis": Basis.EXPERT_CAUTION.value, "reviewer": AWAITING_REVIEW}

    def build_rationale(self, rendered: Rendered) -> Rationale:
        """Return the rationale with its Markdown rendered."""
        return Rationale(
            html=rendered.html,
            basis=Basis(self.basis),
            reviewer=self.reviewer or "",
            cites=rendered.cites,
        )


class WordedOption(ReasonedOption):
    """An option in the author's words."""

    id: StepId
    text: Line
    correct: bool = False
    danger: DangerWord | None = None

    @classmethod
    def build_new_option(cls, *, is_right: bool) -> dict[str, Value]:
        """Return what a new option begins with, beside its id; its author writes the rest."""
        return {"correct": is_right, **cls.build_new_reason()}


class WordedStep(StepFile):
    """A step whose options are the author's own, in a list."""

    say: Line | None = None
    options: Sequence[WordedOption]

    @classmethod
    def build_new_options(cls) -> Value:
        """Return a right option and a wrong one."""
        return [
            {"id": f"answer-{number}", **WordedOption.build_new_option(is_right=number == 1)}
            for number in range(1, FEWEST_OPTIONS + 1)
        ]

    @property
    def worded_options(self) -> Sequence[WordedOption]:
        """All of them."""
        return self.options

    @property
    @abstractmethod
    def next_step_ids_by_option(self) -> Mapping[str, str | None]:
        """Option id, or ANY_OPTION, to the id of the next step; None at the end."""

    def build_front(self, vignette_html: str) -> StepFront:
        """Return the question with its options in the author's order."""
        return StepFront(
            id=self.id,
            prompt=self.prompt,
            kind=self.kind,
            options=tuple(OptionFront(id=option.id, text=option.text) for option in self.options),
            when=self.when or "",
            vignette_html=vignette_html,
            routes=self.next_step_ids_by_option,
        )

    def build_rationales(self, texts: StepTexts) -> Iterator[Rationale]:
        """Yield the rationale of each option, in the order of the options."""
        for position, option in enumerate(self.options):
            yield option.build_rationale(texts["options", position, "rationale"])

    def path_of_mistake(self, mistake: Mistake) -> Path:
        """Return where in the step a mistake is; options are named by their position."""
        if mistake.place[:1] != ("options",):
            return mistake.place
        ids = [option.id for option in self.options]
        return ("options", ids.index(mistake.place[1]), *mistake.place[2:])

    def refuse_bad_options(self) -> None:
        """Raise an error unless there are at least two options, each with its own id."""
        ids = [option.id for option in self.options]
        repeated = sorted({name for name in ids if ids.count(name) > 1})
        if repeated:
            raise build_schema_error(
                f"The option '{repeated[0]}' appears twice.", "Give each option its own id."
            )
        if len(ids) < FEWEST_OPTIONS:
            raise build_schema_error("A question needs at least two options.", "Add one.")


def parse_next_step_id_or_none(leads_to: str) -> str | None:
    """Return the id of the step that follows, or None at the end of the case."""
    return None if leads_to == END else leads_to


def parse_danger_or_none(word: DangerWord | None) -> Danger | None:
    """Return the danger that a file names, if it names one."""
    return Danger(word) if word else None


def import_step_file_schema(kind: Kind) -> type[StepFile]:
    """Return the schema of a kind's steps, from its `step_file.py`."""
    schema: type[StepFile] = import_module(f"{kind.package_name}.step_file").STEP_FILE
    return schema
