"""The WSGI entry point, served by `manage.py web`."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = get_wsgi_application()
# The pages are loaded now, not by the first request. What is there then stays for good: the garbage collector need not
# look through it again, which would stop every request of the process for a tenth of a second now and then.
_ = get_resolver().url_patterns
gc.collect()
gc.freeze()
