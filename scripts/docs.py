"""Write the pages of docs/ that are generated from the code; a test fails if one is outdated."""

from collections.abc import Iterator
from pathlib import Path

from cpd.access.permissions import GRANTS, OWN_ACCOUNT, WHEREVER_HELD, Permission, Role

ROOT = Path(__file__).parents[1]


def build_permissions_page() -> str:
    """Return who may do what, as a table."""
    roles = list(Role)
    names = [role.replace("_", " ") for role in roles]
    return "\n".join(
        [
            "# Who may do what",
            "",
            "Made by `make docs` from `cpd/access/permissions.py`. Queries check whose row it is:",
            "another person's row is 404, a missing permission 403. A role grants its permissions",
            "where it applies: everywhere, in one school, or for named drafts. A permission with",
            "\\* concerns only the person's own account, and any role grants it, wherever the role",
            "applies. One with † is granted by its roles wherever they apply.",
            "",
            f"| permission | {' | '.join(names)} |",
            f"|---|{'---|' * len(names)}",
            *(_build_permission_row(permission, roles) for permission in sorted(Permission)),
            "",
        ]
    )


def _build_permission_row(permission: Permission, roles: list[Role]) -> str:
    marks = ("yes" if permission in GRANTS[role] else "" for role in roles)
    star = " \\*" if permission in OWN_ACCOUNT else " †" if permission in WHEREVER_HELD else ""
    return f"| `{permission}`{star} | {' | '.join(marks)} |"


def build_generated_pages() -> Iterator[tuple[Path, str]]:
    """Return each page that is generated from the code, with its text."""
    yield ROOT / "docs/developers/permissions.md", build_permissions_page()


def main() -> None:
    """Write them."""
    for path, text in build_generated_pages():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
