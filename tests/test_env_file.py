"""The settings file: read as systemd reads it, and refused where systemd would guess or skip."""

import re
from pathlib import Path

import pytest

from cpd import env_file
from cpd.config import SettingsError

FILE = Path("/etc/cpd/cpd.env")


def says(text: str) -> dict[str, str]:
    return dict(env_file.parse_settings_file(text, FILE).values)


READ: list[tuple[str, str]] = [
    # systemd.exec(5), EnvironmentFile=; each was also compared with what systemd 252 makes of it
    ("A=x", "x"),
    ("A=", ""),
    ("  A\t=  x y  \n", "x y"),
    ("A=x\r\n", "x"),
    ("A=a=b", "a=b"),
    ("A=x#y", "x#y"),
    ("A=$HOME/`id`", "$HOME/`id`"),
    ('A=say "it"', 'say "it"'),
    (r"A=C:\\x", r"C:\x"),
    (r"A=x\ ", "x "),
    (r"A=\#x", "#x"),
    ("A=one \\\n  two", "one   two"),
    ("A=x\\\n", "x"),
    ("A=' x # y ' ", " x # y "),
    ("A='one\ntwo'", "one\ntwo"),
    (r"A='\$x'", r"\$x"),
    ('A=" x # y "', " x # y "),
    (r'A="\"\\\`\$\n"', '"\\`$\\n'),
    ('A="one\\\ntwo"', "onetwo"),
    ('A="one\ntwo"', "one\ntwo"),
    ("A=ü", "ü"),
]


@pytest.mark.parametrize(("text", "value"), READ)
def test_values_are_those_that_systemd_reads(text: str, value: str) -> None:
    assert says(text) == {"A": value}


def test_comments_and_empty_lines_are_skipped() -> None:
    assert says("# one\n\n  ; two\n\t\nA=1\n#B=2\nC=3") == {"A": "1", "C": "3"}


FAULTS: list[tuple[str, int, str]] = [
    ("A=1\nCPD_DEMO\n", 2, "This line sets nothing: write NAME=value"),
    ("export A=1", 1, "leave out 'export'"),
    ("CPD-DEMO=1", 1, "use A-Z, 0-9 and _"),
    ("=1", 1, "is not a variable name"),
    ("A=1\n\nA=1", 3, "A is also set in line 1: keep one"),
    ("A=1 # one", 1, "Write comments on lines of their own"),
    ("A= # nothing", 1, "Write comments on lines of their own"),
    ("A=1\\\n# one", 1, "Write comments on lines of their own"),
    ("# one \\\nA=1", 1, "A comment ends in a backslash"),
    ("A='x", 1, "A: the quotation mark that opens here is never closed"),
    ('A="x\\"', 1, "A: the quotation mark that opens here is never closed"),
    ('A="x" # one', 1, "A: nothing may follow the closing quotation mark"),
    ("A='x'y", 1, "A: nothing may follow the closing quotation mark"),
    ("A=x\\\r\ny", 1, "A: no line follows the last backslash"),
    ("A=x\\", 1, "A: no line follows the last backslash"),
]


@pytest.mark.parametrize(("text", "line", "remedy"), FAULTS)
def test_what_systemd_would_skip_or_guess_is_a_fault_in_its_line(
    text: str, line: int, remedy: str
) -> None:
    with pytest.raises(SettingsError, match=f"^{FILE}:{line}: .*{re.escape(remedy)}"):
        says(text)


def test_every_fault_is_told_at_once_and_no_value_is_repeated() -> None:
    text = "A=x\nsecret1\nB=2\nsecret2@host:x=1\nC='secret3\n"
    with pytest.raises(SettingsError) as raised:
        says(text)
    lines = str(raised.value).splitlines()
    assert [line.split(":")[1] for line in lines] == ["2", "4", "5"]
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("content", "remedy"),
    [
        ("A=Größe".encode("latin-1"), "is not UTF-8 text: save it again as UTF-8"),
        (b"\xef\xbb\xbfA=1", "byte order mark"),
        (b"A=\0", "null character"),
    ],
)
def test_a_file_that_is_no_text_is_refused(tmp_path: Path, content: bytes, remedy: str) -> None:
    path = tmp_path / "cpd.env"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=remedy):
        env_file.read_settings_file(path)


@pytest.mark.parametrize("name", ["none.env", ""])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match=f"{tmp_path}.* cannot be read: "):
        env_file.read_settings_file(tmp_path / name)


# As settings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cpd.env"


def load(path: Path, text: str, **environ: str) -> dict[str, str]:
    """Load a file into an environment, and return the environment."""
    path.write_text(text)
    whole = {"CPD_ENV_FILE": str(path), **environ}
    env_file.load_named_settings_file(whole)
    return whole


def test_without_a_file_nothing_changes() -> None:
    environ = {"CPD_DEMO": "1"}
    assert env_file.load_named_settings_file(environ) is None
    assert environ == {"CPD_DEMO": "1"}


def test_the_environment_outranks_the_file(path: Path) -> None:
    text = "CPD_PROVIDER_NAME=Harbour\nCPD_PROXIES=1\nPGSSLROOTCERT=/etc/ca.pem"
    assert load(path, text, CPD_PROXIES="2") == {
        "CPD_ENV_FILE": str(path),
        "CPD_PROVIDER_NAME": "Harbour",
        "CPD_PROXIES": "2",
        "PGSSLROOTCERT": "/etc/ca.pem",  # for a library, as systemd would hand it on
    }


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ("CPD_PUBLIC_ULR=https://x.example", "did you mean CPD_PUBLIC_URL?"),
        ("cpd_demo=1", "did you mean CPD_DEMO?"),
        ("DATABASE_URI=sqlite:////x", "did you mean DATABASE_URL?"),
        ("PROVIDER_NAME=Harbour", "did you mean CPD_PROVIDER_NAME?"),
        ("CPD_ENV_FILE=/etc/other.env", "cannot be set inside a settings file"),
        ("CPD_INSTANCE=instance", "begin it with /"),
        ("CPD_PROVIDER_PAGES=pages", "begin it with /"),
        ("DATABASE_URL=sqlite:///cpd.sqlite", "begin it with /"),
    ],
)
def test_what_no_settings_file_should_say_is_named_with_its_line(
    path: Path, line: str, remedy: str
) -> None:
    with pytest.raises(SettingsError, match=rf"cpd\.env:2: .*{re.escape(remedy)}"):
        load(path, f"CPD_PROXIES=1\n{line}\n")


def test_whole_paths_and_other_databases_are_settings(path: Path) -> None:
    load(path, "CPD_INSTANCE=/var/lib/cpd\nDATABASE_URL=sqlite:////var/lib/cpd/x.sqlite")
    load(path, "DATABASE_URL=postgresql://cpd@db.example/cpd\nCPD_PROVIDER_PAGES=")


def test_a_refused_value_is_told_with_its_line_unless_the_environment_set_it(path: Path) -> None:
    path.write_text("\nCPD_PROXIES=many")
    for environ, said in (
        ({"CPD_ENV_FILE": str(path)}, f"{path}:2: CPD_PROXIES is"),
        ({"CPD_ENV_FILE": str(path), "CPD_PROXIES": "some"}, "CPD_PROXIES is"),
    ):
        file = env_file.load_named_settings_file(environ)
        with (
            pytest.raises(SettingsError, match=f"^{said}"),
            env_file.add_line_to_settings_errors(file),
        ):
            raise SettingsError("CPD_PROXIES is 'many'.")
    with pytest.raises(SettingsError, match=r"^No\.$"), env_file.add_line_to_settings_errors(None):
        raise SettingsError("No.")
