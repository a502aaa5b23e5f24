"""What is known of the country in which somebody works, by its code or one of these words."""

NOT_CHOSEN = ""
POSTPONED = "later"
"""The answer to the question whose numbers to show is put off; only a cookie holds it."""
ELSEWHERE = "ZZ"
"""A country whose numbers the site does not have."""


def combine_choices(of_person: str, of_browser: str) -> str:
    """Return what counts for someone who is signed in: only putting off belongs to the browser."""
    if of_person == NOT_CHOSEN and of_browser == POSTPONED:
        return POSTPONED
    return of_person
