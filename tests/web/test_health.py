import sqlalchemy as sa
from flask.testing import FlaskClient

from cpd import db
from tests.web.conftest import MakeShell


def test_alive_needs_no_database(make_shell: MakeShell) -> None:
    client = make_shell(database_url="sqlite:////nowhere/at/all.sqlite").test_client()
    assert client.get("/healthz").get_json() == {"alive": True}
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json() == {"ready": False, "reason": "The database does not answer."}


def test_not_ready_on_a_schema_of_another_release(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "cpd db upgrade" in answer.get_json()["reason"]


def test_ready_on_the_schema_of_this_release(make_shell: MakeShell) -> None:
    app = make_shell()
    with app.app_context(), db.db.engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(
            sa.text("INSERT INTO alembic_version VALUES (:schema)"), {"schema": db.SCHEMA}
        )
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.get_json()) == (200, {"ready": True, "reason": None})
