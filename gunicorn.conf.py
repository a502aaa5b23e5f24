"""What gunicorn reads by itself when it is started in this folder: the settings of `cpd serve`."""

from cpd.web.gunicorn import build_common_gunicorn_settings

globals().update(build_common_gunicorn_settings())
