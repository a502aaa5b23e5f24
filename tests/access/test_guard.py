"""The guard of every route, on an app with nothing else."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cpd.access import guard
from cpd.access.guard import current_actor, current_scope, public, requires
from cpd.access.permissions import VISITOR, Actor, Permission, Role, RoleAssignment, Scope
from cpd.access.room import ROOM
from cpd.joints.connect import connect_rooms
from tests.support.joints import answer, asking

LEARNER = Actor(1, "sub_l", frozenset({RoleAssignment(Role.LEARNER)}))
AUTHOR = Actor(2, "sub_a", frozenset({RoleAssignment(Role.AUTHOR)}))
HARBOUR, HILL = Scope.of_school("sch_harbour"), Scope.of_school("sch_hill")
SCHOOLS = {"harbour": HARBOUR, "hill": HILL}


def _school(slug: str) -> Scope | None:
    return SCHOOLS.get(slug)


HERE = Actor(4, "sub_h", frozenset({RoleAssignment(Role.INSTRUCTOR, HARBOUR)}))
PUPIL = Actor(5, "sub_p", frozenset({RoleAssignment(Role.LEARNER, HARBOUR)}))
OVERSEER = Actor(6, "sub_o", frozenset({RoleAssignment(Role.ADMINISTRATOR)}))
WITHHELD = Actor(3, "sub_w", roles_pending_mfa=frozenset({RoleAssignment(Role.AUTHOR)}))


@pytest.fixture
def bare() -> Flask:
    """An app with one public and one guarded route."""
    app = Flask("bare", static_folder=None)

    @app.route("/open")
    @public
    def anybody() -> str:
        return current_actor().subject

    @app.route("/sign-in", endpoint=guard.SIGN_IN)
    @public
    def sign_in() -> str:
        return "who?"

    @app.route("/codes", endpoint=guard.SET_UP_MFA)
    @requires(Permission.PROFILE_EDIT)
    def codes() -> str:
        return "set them up"

    @app.route("/remarks", methods=["GET", "POST"])
    @requires(Permission.REMARK_ANSWER)
    def remarks() -> str:
        return current_actor().subject

    @app.route("/exam", methods=["GET", "POST"])
    @requires(Permission.ATTEMPT_TAKE)
    def exam() -> str:
        return current_actor().subject

    @app.route("/schools/<slug>")
    @requires(Permission.SCHOOL_READ, within=_school)
    def school(slug: str) -> str:
        return str(current_scope())

    return app


@pytest.fixture
def asked_by(bare: Flask) -> list[Actor]:
    """Who asks next: the last of the list."""
    actors = [VISITOR]
    connect_rooms(bare, [ROOM, asking(lambda: actors[-1])])
    return actors


@pytest.fixture
def client(bare: Flask, asked_by: list[Actor]) -> FlaskClient:
    guard.guard_routes(bare)
    return bare.test_client()


def test_a_view_that_declares_nothing_stops_the_app(bare: Flask) -> None:
    for name in ("forgotten", "also"):
        bare.add_url_rule(f"/{name}", name, lambda: "open to all")
    with pytest.raises(RuntimeError, match=r"neither @public nor @requires: also, forgotten$"):
        guard.guard_routes(bare)


def test_anybody_enters_a_public_route(client: FlaskClient) -> None:
    assert client.get("/open").text == "anonymous"


def test_a_visitor_is_sent_to_sign_in_and_back(client: FlaskClient) -> None:
    answer = client.get("/exam?case=3")
    assert (answer.status_code, answer.location) == (302, "/sign-in?next=/exam?case%3D3")


def test_a_visitor_who_posts_is_not_sent_back_to_a_post(client: FlaskClient) -> None:
    answer = client.post("/exam")
    assert (answer.status_code, answer.location) == (302, "/sign-in")


@pytest.mark.parametrize(
    "options", [{"json": {}}, {"headers": {"Accept": "application/json"}}], ids=["body", "accept"]
)
def test_a_script_is_told_401(client: FlaskClient, options: dict[str, object]) -> None:
    assert client.post("/exam", **options).status_code == 401


def test_who_may_enters(client: FlaskClient, asked_by: list[Actor]) -> None:
    asked_by.append(LEARNER)
    assert client.get("/exam").text == "sub_l"


def test_who_may_not_is_refused(client: FlaskClient, asked_by: list[Actor]) -> None:
    asked_by.append(AUTHOR)
    assert client.get("/exam").status_code == 403
    assert client.post("/exam").status_code == 403


def test_who_lacks_codes_alone_is_led_to_them_and_back(
    client: FlaskClient, asked_by: list[Actor]
) -> None:
    asked_by.append(WITHHELD)
    answer = client.get("/remarks?state=open")
    assert (answer.status_code, answer.location) == (303, "/codes?next=/remarks?state%3Dopen")
    assert client.head("/remarks").status_code == 303
    assert client.get(answer.location).text == "set them up"
    asked_by.append(AUTHOR)
    assert client.get("/remarks").text == "sub_a"


def test_what_lacks_codes_is_not_done(client: FlaskClient, asked_by: list[Actor]) -> None:
    asked_by.append(WITHHELD)
    assert client.post("/remarks").status_code == 403
    assert client.get("/remarks", headers={"Accept": "application/json"}).status_code == 403
    assert client.get("/exam").status_code == 403  # codes would not help here


@pytest.mark.parametrize(
    ("who", "harbour", "hill", "absent"),
    [
        pytest.param(VISITOR, 302, 302, 302, id="a visitor learns nothing"),
        pytest.param(HERE, 200, 404, 404, id="one's own school"),
        pytest.param(PUPIL, 403, 404, 404, id="a role there without the right"),
        pytest.param(LEARNER, 404, 404, 404, id="a role that holds everywhere and opens none"),
        pytest.param(OVERSEER, 200, 200, 404, id="every school"),
        pytest.param(
            Actor(7, roles_pending_mfa=HERE.roles), 303, 404, 404, id="one's own, but for the codes"
        ),
        pytest.param(
            Actor(8, roles_pending_mfa=OVERSEER.roles), 303, 303, 303, id="every, but for codes"
        ),
    ],
)
def test_a_school_is_there_for_who_has_a_part_in_it(
    client: FlaskClient, asked_by: list[Actor], who: Actor, harbour: int, hill: int, absent: int
) -> None:
    asked_by.append(who)
    found = [client.get(f"/schools/{slug}").status_code for slug in ("harbour", "hill", "absent")]
    assert found == [harbour, hill, absent]


def test_the_view_knows_which_school(client: FlaskClient, asked_by: list[Actor]) -> None:
    asked_by.append(OVERSEER)
    assert client.get("/schools/hill").text == "school:sch_hill"


def test_an_absent_route_is_404_for_everybody(client: FlaskClient) -> None:
    assert client.get("/nowhere").status_code == 404


def test_who_is_asking_is_asked_once_a_request(
    bare: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    count: list[int] = []

    def learner() -> Actor:
        count.append(1)
        return LEARNER

    answer(monkeypatch, bare, guard.who_is_asking, learner)
    client.get("/exam")
    assert len(count) == 1
