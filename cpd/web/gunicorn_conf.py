"""What `gunicorn --config python:cpd.web.gunicorn_conf cpd.wsgi:app` reads, as `cpd serve` does."""

from cpd.web.gunicorn import settings

globals().update(settings())
