import gzip
import re
from pathlib import Path
from xml.etree import ElementTree  # noqa: ICN001 - ET says less

import pytest
from flask import Flask

from cpd.web import static
from tests.web.conftest import MakeShell

SVG = "{http://www.w3.org/2000/svg}"


def svg(name: str) -> ElementTree.Element:
    """Read one of our pictures; raises ParseError when it is not well-formed."""
    return ElementTree.fromstring((static.FOLDER / name).read_text())  # noqa: S314 - our own file


@pytest.fixture
def app(make_shell: MakeShell) -> Flask:
    return make_shell()


def test_names_carry_the_hash_of_the_content(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a { color: red }")
    first = static.read_static_folder(tmp_path)["a.css"].hashed_name
    assert re.fullmatch(r"a\.[0-9a-f]{12}\.css", first)
    assert static.read_static_folder(tmp_path)["a.css"].hashed_name == first
    (tmp_path / "a.css").write_text("a { color: blue }")
    assert static.read_static_folder(tmp_path)["a.css"].hashed_name != first


def test_a_file_of_no_known_kind_is_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.unheard-of").write_text("x")
    assert (
        static.read_static_folder(tmp_path)["a.unheard-of"].mimetype == "application/octet-stream"
    )


def test_compressed_where_that_is_accepted(app: Flask) -> None:
    with app.app_context():
        address = static.build_asset_url("cpd.css")
    plain = app.test_client().get(address)
    zipped = app.test_client().get(address, headers={"Accept-Encoding": "br, gzip"})
    refused = app.test_client().get(address, headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in plain.headers
    assert "Content-Encoding" not in refused.headers
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.data) == plain.data == refused.data
    assert plain.headers["Content-Type"].startswith("text/css")


def test_a_file_that_gains_nothing_is_sent_as_it_is(app: Flask) -> None:
    small = static.StaticFile("s.1.txt", "text/plain", b"x", gzip.compress(b"x"))
    app.extensions["cpd.static"]["s.txt"] = small
    answer = app.test_client().get("/static/s.1.txt", headers={"Accept-Encoding": "gzip"})
    assert answer.data == b"x"


def test_the_hash_of_another_release_gets_the_present_file_unkept(app: Flask) -> None:
    answer = app.test_client().get("/static/cpd.0123456789ab.css")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "name", ["cpd.css", "nothing.0123456789ab.css", "cpd", ".css", "..%2fshell.py", "%00.0.css"]
)
def test_nothing_else_is_there(app: Flask, name: str) -> None:
    assert app.test_client().get(f"/static/{name}").status_code in {400, 404}


def test_a_first_visit_is_small(app: Flask) -> None:
    files: dict[str, static.StaticFile] = app.extensions["cpd.static"]
    shared = sum(len(files[name].zipped) for name in ("cpd.css", "icons.svg", "favicon.svg"))
    assert shared < 17_000
    assert sum(len(file.zipped) for file in files.values()) < 40_000


def test_asking_for_a_file_that_is_not_there_fails_at_once(app: Flask) -> None:
    with app.app_context(), pytest.raises(KeyError):
        static.build_asset_url("missing.css")


def test_a_sign_that_is_not_drawn_fails_at_once(app: Flask) -> None:
    with app.app_context():
        assert static.build_icon_url("next").endswith(".svg#next")
        with pytest.raises(KeyError):
            static.build_icon_url("unicorn")


@pytest.mark.parametrize("name", ["icons.svg", "favicon.svg"])
def test_pictures_are_well_formed_and_carry_no_style_or_script(name: str) -> None:
    root = svg(name)
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in {"svg", "symbol", "path", "rect", "circle"}
        assert not {"style", "class", "onload", "href"} & set(element.attrib)


def test_every_sign_that_a_template_names_is_drawn() -> None:
    root = svg("icons.svg")
    drawn = {symbol.get("id") for symbol in root.iter(f"{SVG}symbol")}
    named = {
        name
        for template in static.FOLDER.parents[1].rglob("*.html")
        for name in re.findall(
            r"""\b(?:icon|state|verdict|empty)\(["']([\w-]+)["']""", template.read_text()
        )
    }
    assert named <= drawn | {"ladder-"}
    assert {f"ladder-{level}" for level in range(1, 6)} <= drawn


def test_the_style_sheet_fetches_nothing(app: Flask) -> None:
    css = app.extensions["cpd.static"]["cpd.css"].body.decode()
    assert not re.search(r"url\(|@import|@font-face|http", css.replace('a[href^="https"]', ""))


def test_the_worker_of_kept_courses_has_one_address_and_is_asked_for_anew(app: Flask) -> None:
    client = app.test_client()
    first = client.get("/offline.js")
    assert str(first.mimetype).endswith("javascript")
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert "connect-src 'self'" in first.headers["Content-Security-Policy"]
    again = client.get("/offline.js", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
