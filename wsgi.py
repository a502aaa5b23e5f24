"""What a WSGI server loads: the app for the environment's settings, on a database fit to serve."""

from cpd.cli.main import app_now

app = app_now()
