"""The Markdown of one course file, and its rendered texts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cpd.content.document import Rendered
from cpd.content.frontmatter import Path, Value
from cpd.content.render import render_markdown

BODY: Path = ()
"""The path of the text below the front matter."""


@dataclass(frozen=True)
class Texts:
    """The rendered Markdown of one file: its body, and values of its front matter by path."""

    body: Rendered = field(default_factory=Rendered)
    values: Mapping[Path, Rendered] = field(default_factory=dict)

    @property
    def was_rendering_stopped(self) -> bool:
        """Whether the renderer gave up on a text, perhaps because the machine was busy."""
        return any(text.was_stopped for text in (self.body, *self.values.values()))


def extract_markdown_by_path(type_: str, data: Mapping[str, Value], body: str) -> dict[Path, str]:
    """Return the Markdown of a file by path; only the front matter of cases has any.

    The rest is not validated, so that an old file keeps its texts when the schema changes.
    """
    values = _markdown_values_of_steps(data.get("steps")) if type_ == "case" else ()
    return {BODY: body, **dict(values)}


def _markdown_values_of_steps(steps: Value) -> Iterator[tuple[Path, str]]:
    for position, step in _keyed_items_or_empty(steps):
        path: Path = ("steps", position)
        for key, value in _keyed_items_or_empty(step):
            if key == "facts" and isinstance(value, str):
                yield (*path, key), value
            elif key in ("also", "raise"):
                yield from (
                    ((*path, key, word), reason)
                    for word, reason in _keyed_items_or_empty(value)
                    if isinstance(reason, str)
                )
            elif key == "options":
                for name, option in _keyed_items_or_empty(value):
                    reason = option.get("rationale") if isinstance(option, dict) else None
                    if isinstance(reason, str):
                        yield (*path, key, name, "rationale"), reason


def _keyed_items_or_empty(value: Value) -> list[tuple[str | int, Value]]:
    """Return the entries of a mapping or a list with their key or position; else none."""
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []


def render_markdown_of_files(files: Sequence[Mapping[Path, str]]) -> list[Texts]:
    """Render the Markdown of many files in one batch."""
    rendered = iter(render_markdown([text for file in files for text in file.values()]))
    texts = []
    for file in files:
        values = {path: next(rendered) for path in file}
        texts.append(Texts(values.pop(BODY), values))
    return texts


def iterate_front_matter_texts(data: Value, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield the texts of a front matter with their paths."""
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, dict | list):
        for key, value in _keyed_items_or_empty(data):
            yield from iterate_front_matter_texts(value, (*path, key))
