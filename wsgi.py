"""What a WSGI server loads: the app for the environment's settings, on a database fit to serve."""

from cpd.cli.main import create_app_or_exit

app = create_app_or_exit()
