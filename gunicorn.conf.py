"""What gunicorn reads by itself when it is started in this folder: the settings of `cpd serve`."""

from cpd.web.gunicorn import settings

globals().update(settings())
