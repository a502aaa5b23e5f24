"""What `gunicorn --config python:cpd.web.gunicorn_conf cpd.wsgi:app` reads, as `cpd serve` does."""

from cpd.web.gunicorn import build_common_gunicorn_settings

globals().update(build_common_gunicorn_settings())
