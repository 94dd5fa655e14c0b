"""Settings of the test run: the product's own, on the embedded database, with nothing outside."""

import os

os.environ.setdefault("AWS_ACCESS_KEY_ID", "testing")
os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "testing")
os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")

from portal.settings import *  # noqa: F403

SECRET_KEY = "a-key-for-tests-only-that-is-long-enough-to-satisfy-the-checks"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
JIRA_WEBHOOK_API_KEY = ["test-key-1", "test-key-2"]
JIRA_WEBHOOK_SECRET = ["test-secret-1", "test-secret-2"]
TIME_SCALE = 0.0
DATABASES["default"]["TEST"] = {"NAME": os.environ.get("TEST_DATABASE", "test_portal")}  # noqa: F405
AUDIT_SUBSCRIBERS: dict[str, str] = {}
