"""The title that the text of a file gives itself."""

from cpd.content.frontmatter import Fault, parse_front_matter


def parse_title(path: str, text: str) -> str:
    """Return the title in the text of a file; empty if it has none or cannot be read."""
    front = parse_front_matter(path, text)
    title = None if isinstance(front, Fault) else front.data.get("title")
    return title.strip() if isinstance(title, str) else ""
