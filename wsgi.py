"""For `gunicorn wsgi:app` in a checkout; anywhere else it is `gunicorn cpd.wsgi:app`."""

from cpd.wsgi import app

__all__ = ("app",)
