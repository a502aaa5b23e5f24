"""The front of a reference: how a cited source is printed, and where it can be found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class ReferenceFront:
    """A cited source: how it is printed, and where it can be found."""

    key: str
    title: str
    source: str
    type: str
    note: str
    authors: str = ""
    year: int | None = None
    url: str = ""
    """The most lasting address: DOI, then PMC, PubMed, the page itself."""
    url_text: str = ""
    """The address as it is printed: doi:10.1136/..."""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ReferenceFront:
        """Read a stored front."""
        url, url_text = _parse_lasting_address(data)
        return cls(
            key=data["id"],
            title=data["title"],
            source=data["source"],
            type=data["type"],
            note=data["note"],
            authors=data.get("authors") or "",
            year=data.get("year"),
            url=url,
            url_text=url_text,
        )


def _parse_lasting_address(data: Mapping[str, Any]) -> tuple[str, str]:
    """Return the address of a source and how it is printed."""
    doi, pmcid, pmid = (data.get(name) for name in ("doi", "pmcid", "pmid"))
    if doi:
        return f"https://doi.org/{doi}", f"doi:{doi}"
    if pmcid:
        return f"https://pmc.ncbi.nlm.nih.gov/articles/{pmcid}/", str(pmcid)
    if pmid:
        return f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/", f"PMID {pmid}"
    url = data.get("url") or ""
    return url, url.removeprefix("https://").removeprefix("http://").rstrip("/")
