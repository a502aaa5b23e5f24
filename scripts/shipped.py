"""Write the list of what the shipped courses publish: `python -m scripts.shipped`.

Run it after editing a course and read the diff: only what you edited may have changed.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeAlias

from cpd.authoring.files.bundle import Bundle
from cpd.authoring.files.part import CoursePart
from cpd.authoring.publish.revisions import build_revision_front
from cpd.authoring.sources.disk import shipped_course_folders
from cpd.authoring.sources.loading import load_course_folder
from cpd.kernel import canonical

LIST = Path(__file__).parents[1] / "tests" / "library" / "shipped.json"

Listed: TypeAlias = dict[str, dict[str, str]]
"""By name, such as `massage-and-ms/case:mina`: SHA-256 of source, content, front and key."""


def hash_published_documents(bundle: Bundle) -> Listed:
    """Return the hashes of what publishing a course would store."""
    parts = list(bundle.parts)
    hashes = {part.name: _hash_document(bundle, part, part.content_hash, [part]) for part in parts}
    course = bundle.course
    hashes[course.name] = _hash_document(bundle, course, bundle.content_hash, [course, *parts])
    return {f"{bundle.slug}/{name}": hashes[name] for name in sorted(hashes)}


def _hash_document(
    bundle: Bundle, part: CoursePart[Any], content: str, sources: Iterable[CoursePart[Any]]
) -> dict[str, str]:
    """Return the hashes of one document; a course's depend on the `sources` of all its parts."""
    source = hashlib.sha256()
    for document in sources:
        source.update(document.text.encode())
        source.update(document.picture.svg.encode() if document.picture else b"")
    hashes = {
        "source": source.hexdigest(),
        "content": content,
        "front": canonical.hash_json(build_revision_front(bundle, part)),
    }
    if part.type == "case":
        hashes["key"] = canonical.hash_json(bundle.built[part.slug].key.to_json())
    return hashes


def main() -> None:
    """Write the list."""
    hashes: Listed = {}
    for folder in shipped_course_folders():
        bundle = load_course_folder(folder).bundle
        if bundle is None:
            raise SystemExit(f"{folder} has faults: cpd content check says which.")
        hashes |= hash_published_documents(bundle)
    LIST.write_text(json.dumps(hashes, indent=1) + "\n")


if __name__ == "__main__":
    main()
