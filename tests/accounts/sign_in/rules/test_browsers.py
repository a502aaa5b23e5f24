import pytest

from cpd.accounts.sign_in.rules.sessions import describe_browser


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (
            "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0",
            "Firefox, Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari, iPhone",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
            "Edge, Windows",
        ),
        ("Werkzeug/3.1.9", ""),
        ("", ""),
        ("Linux", "Linux"),
        ("<script>Firefox/1", "Firefox"),
    ],
)
def test_browsers_are_recognised(user_agent: str, words: str) -> None:
    assert describe_browser(user_agent) == words
