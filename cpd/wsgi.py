"""What a WSGI server loads: the app for the environment's settings, on a database fit to serve."""

from cpd.cli.main import create_app_or_exit
from cpd.web.shell import load_shared_templates

app = create_app_or_exit()
load_shared_templates(app)
