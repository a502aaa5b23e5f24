"""When a course is due to be reviewed again."""

from datetime import date, timedelta

ANNOUNCED = timedelta(days=60)
"""How long before its date a review is listed: time to find reviewers and to put things right."""


def is_review_due(review_by: date, *, today: date) -> bool:
    """Tell whether a course should be reviewed now, because its date has come or is near."""
    return review_by - today <= ANNOUNCED
