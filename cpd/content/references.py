"""How a cited source is printed, and where it can be found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Reference:
    """A source as its front matter describes it."""

    key: str
    title: str
    source: str
    type: str
    note: str
    authors: str = ""
    year: int | None = None
    url: str = ""
    """The most permanent address: DOI, then PMC, PubMed, the page itself."""
    url_text: str = ""
    """The address as it is printed: doi:10.1136/..."""

    @classmethod
    def from_front(cls, front: Mapping[str, Any]) -> "Reference":
        """Read what the revision of a reference holds."""
        url, url_text = _address(front)
        return cls(
            key=front["id"],
            title=front["title"],
            source=front["source"],
            type=front["type"],
            note=front["note"],
            authors=front.get("authors") or "",
            year=front.get("year"),
            url=url,
            url_text=url_text,
        )


def _address(front: Mapping[str, Any]) -> tuple[str, str]:
    doi, pmcid, pmid = (front.get(name) for name in ("doi", "pmcid", "pmid"))
    if doi:
        return f"https://doi.org/{doi}", f"doi:{doi}"
    if pmcid:
        return f"https://pmc.ncbi.nlm.nih.gov/articles/{pmcid}/", str(pmcid)
    if pmid:
        return f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/", f"PMID {pmid}"
    url = front.get("url") or ""
    return url, url.removeprefix("https://").removeprefix("http://").rstrip("/")
