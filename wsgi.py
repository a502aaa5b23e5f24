"""What a WSGI server loads: settings from the environment, the app, and a database fit to serve."""

import os

from cpd.app import create_app
from cpd.config import Settings
from cpd.db import require_ready

app = create_app(Settings.from_environ(os.environ))
require_ready(app)
