from flask.testing import FlaskClient

from cpd.joints.rooms import NavItem
from cpd.web.navigation import add_navigation_links
from tests.support.pages import check
from tests.web.conftest import MakeShell


def test_the_links_of_the_rooms_in_their_order(client: FlaskClient) -> None:
    page = check(client.get("/gallery/parts").text, "")
    head, foot = page.all("nav")[0], page.all("footer")[0]
    assert [a.text for a in head.iter("a")] == ["Courses", "My record", "Maya Okafor"]
    assert [a.text for a in foot.iter("a")] == [
        "Verify a certificate",
        "Contact",
        "Privacy",
        "Terms",
        "Complaints",
        "Cost and refunds",
        "Accommodations",
    ]


def test_of_several_links_to_one_page_none_is_marked_and_the_first_that_covers_is(
    make_shell: MakeShell,
) -> None:
    """A home page with an area each: the areas are parts of it, and a page belongs to one."""
    app = make_shell()
    areas = (
        NavItem("Learn", "gallery.form", order=1, values={"_anchor": "learn"}),
        NavItem("Write", "gallery.form", order=2, covers=("gallery",), values={"_anchor": "write"}),
        NavItem("Run", "gallery.form", order=3, covers=("gallery",)),
    )
    app.extensions["cpd.navigation"].clear()
    add_navigation_links(app, *areas)

    def here(path: str) -> list[tuple[str, str | None]]:
        head = check(app.test_client().get(path).text, path).all("nav")[0]
        return [(a.get("href") or "", a.get("aria-current")) for a in head.iter("a")]

    assert here("/gallery/form") == [
        ("/gallery/form#learn", None),
        ("/gallery/form#write", None),
        ("/gallery/form", None),
    ]
    assert [current for _, current in here("/gallery/parts")] == [None, "true", None]


def test_where_the_reader_is(client: FlaskClient) -> None:
    def here(path: str) -> list[str | None]:
        head = check(client.get(path).text, path).all("nav")[0]
        return [a.get("aria-current") for a in head.iter("a")]

    assert here("/gallery/parts") == ["true", None, None]
    assert here("/gallery/form") == ["page", None, None]
    assert here("/nowhere") == [None, None, None]

    foot = check(client.get("/provider/privacy").text, "").all("footer")[0]
    at_the_foot = [a.text for a in foot.iter("a") if a.get("aria-current")]
    assert at_the_foot == ["Privacy"], "one endpoint, many pages"
