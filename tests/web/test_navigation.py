from flask.testing import FlaskClient

from tests.support.pages import check


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
