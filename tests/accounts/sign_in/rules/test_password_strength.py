import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpd.accounts.sign_in.rules import password_strength
from cpd.accounts.sign_in.rules.password_strength import PasswordFault, password_fault
from tests.support.people import PASSWORD

ABOUT = ("maya.okafor@example.org", "Maya Okafor", "Harbour School", "cpd.example.org")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        pytest.param("fourteen signs", PasswordFault.TOO_SHORT, id="one too short"),
        pytest.param("fifteen signs!!", None, id="just long enough"),
        pytest.param("é" * 14, PasswordFault.TOO_SHORT, id="signs are counted, not bytes"),
        pytest.param("correct shoe", PasswordFault.TOO_SHORT, id="short"),
        pytest.param("tin lamp over green ferry", None, id="words of one's own"),
        pytest.param("   spaces   count   too   here", None, id="spaces are signs"),
        pytest.param("日本語の長いパスワードを使います", None, id="any script"),
        pytest.param("ünïcödé paßwörter ja", None, id="accents"),
        pytest.param("kT9#vQ2!mZ7$xR4", None, id="random signs"),
        pytest.param("passwordpassword", PasswordFault.EASILY_GUESSED, id="repeated word"),
        pytest.param("P@ssw0rd!P@ssw0rd!", PasswordFault.EASILY_GUESSED, id="look-alike signs"),
        pytest.param("password12345678", PasswordFault.EASILY_GUESSED, id="word and digits"),
        pytest.param("qwertyuiopasdfgh", PasswordFault.EASILY_GUESSED, id="rows of keys"),
        pytest.param("1qaz2wsx3edc4rfv", PasswordFault.EASILY_GUESSED, id="columns of keys"),
        pytest.param("123456789012345", PasswordFault.EASILY_GUESSED, id="digits"),
        pytest.param("aaaaaaaaaaaaaaaa", PasswordFault.EASILY_GUESSED, id="one sign"),
        pytest.param("aaaabbbbccccdddd", PasswordFault.EASILY_GUESSED, id="repeated signs"),
        pytest.param("abcabcabcabcabcab", PasswordFault.EASILY_GUESSED, id="repetition cut off"),
        pytest.param("correct horse battery staple", PasswordFault.EASILY_GUESSED, id="famous"),
        pytest.param("massage-therapist-1", PasswordFault.EASILY_GUESSED, id="the trade"),
        pytest.param("maya.okafor@example.org", PasswordFault.EASILY_GUESSED, id="own address"),
        pytest.param("Maya Okafor 1987!", PasswordFault.EASILY_GUESSED, id="own name, a year"),
        pytest.param("harbourschool2026", PasswordFault.EASILY_GUESSED, id="the site's name"),
        pytest.param("x" + "kT9#vQ2!mZ7$xR4" * 17, None, id="256 signs"),
        pytest.param("xy" + "kT9#vQ2!mZ7$xR4" * 17, PasswordFault.TOO_LONG, id="257 signs"),
        pytest.param(PASSWORD, None, id="that of the tests"),
    ],
)
def test_what_is_taken(password: str, why: PasswordFault | None) -> None:
    assert password_fault(password, about=ABOUT) is why


def test_what_is_about_somebody_else_is_taken() -> None:
    assert password_fault("maya.okafor@example.org", about=("omar@school.example",)) is None


def test_short_parts_of_a_name_take_nothing_out() -> None:
    assert password_fault("an ox is on my rug", about=("Xi Yu", "ox@is.example")) is None


@given(st.text(max_size=password_strength.LONGEST + 5))
def test_every_text_gets_an_answer(password: str) -> None:
    why = password_fault(password, about=ABOUT)
    assert (why is PasswordFault.TOO_SHORT) is (len(password) < password_strength.SHORTEST)
    assert (why is PasswordFault.TOO_LONG) is (len(password) > password_strength.LONGEST)
