"""Settings of the Account Vending Portal. Every environment variable is described in docs/settings.md."""

from pathlib import Path

import environ

from portal import brokers, embedded
from portal.people import sso

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
DATA_DIR = Path(env("DATA_DIR", default=str(BASE_DIR / ".data")))

# --- where it runs -----------------------------------------------------------------------------------
EMBEDDED = not env("DATABASE_URL", default="")
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="") or (
    embedded.secret_key(DATA_DIR / "secret-key") if EMBEDDED else env("SECRET_KEY")
)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
PORTAL_BASE_URL = env("PORTAL_BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [PORTAL_BASE_URL]
HTTPS = PORTAL_BASE_URL.startswith("https://")

# --- database ------------------------------------------------------------------------------------------
DATABASES = {
    "default": env.db_url_config(embedded.database_url(DATA_DIR / "postgres") if EMBEDDED else env("DATABASE_URL"))
}
DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portal_cache",
        # failed sign-ins are counted here: nobody shall push the count out by filling the table
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# --- parts ---------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "portal.apps.PortalConfig",
    "unfold.apps.BasicAppConfig",  # its default replaces our own admin site
    "unfold.contrib.filters",
    "portal.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django_q",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "pgtrigger",
    "csp",
    "django_structlog",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
    "allauth.mfa",
    "allauth.usersessions",
    "portal.people.apps.PeopleConfig",
    "taskqueue",
    "audit",
    "vending",
    "compliance",
    "jira_bridge",
]
MIDDLEWARE = [
    "portal.probes.ProbesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "portal.short_way.ShortWayMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.people.middleware.SessionRulesMiddleware",
    "portal.people.middleware.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.people.context.look",
            ]
        },
    }
]

# --- language, time, static files ------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
FORMAT_MODULE_PATH = ["portal.formats"]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env("TIME_ZONE", default="UTC")
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / ".static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = EMBEDDED

# --- dashboard -------------------------------------------------------------------------------------------
APPROVAL_OVERDUE_HOURS = env.int("APPROVAL_OVERDUE_HOURS", default=48)

# --- people ----------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["portal.people.passwords.PasswordBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/admin/login/"
LOGIN_REDIRECT_URL = "/admin/"
LOCAL_LOGIN = env.bool("LOCAL_LOGIN", default=True)
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", default=not EMBEDDED)
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", default=8) * 60 * 60
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_MINUTES", default=60) * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = ("__Host-session", "__Host-csrf") if HTTPS else ("sessionid", "csrftoken")
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=HTTPS)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # the last address in X-Forwarded-For is the proxy's word; what stands before it is the visitor's own
    ALLAUTH_TRUSTED_PROXY_COUNT = 1

# single sign-on (portal/people/sso.py); the rest of django-allauth's doors stay shut
OIDC_ISSUER = env("OIDC_ISSUER", default="").rstrip("/")
SAML_METADATA = env("SAML_METADATA", default="")
SSO_GROUPS_CLAIM = env("SSO_GROUPS_CLAIM", default="groups")
SSO_GROUPS = env.json("SSO_GROUPS", default={})
SOCIALACCOUNT_PROVIDERS = sso.providers(
    oidc_issuer=OIDC_ISSUER,
    oidc_client_id=env("OIDC_CLIENT_ID", default=""),
    oidc_client_secret=env("OIDC_CLIENT_SECRET", default=""),
    saml_metadata=SAML_METADATA,
    saml_entity_id=env("SAML_ENTITY_ID", default=""),
)
SOCIALACCOUNT_ADAPTER = "portal.people.adapters.SignOnAdapter"
# a link, because the Content-Security-Policy lets no form lead to another host; connecting accounts, for which
# django-allauth wants a form, is refused (portal/people/adapters.py)
SOCIALACCOUNT_LOGIN_ON_GET = True
ACCOUNT_ADAPTER = "portal.people.adapters.PeopleAdapter"
ACCOUNT_FORMS = {"login": "portal.people.passwords.PasswordForm"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_UNIQUE_EMAIL = False  # an e-mail address proves nothing here: nobody signs in or is linked by it
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key", "reauthenticate": "10/m/user"}
MFA_ADAPTER = "portal.people.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Account Vending Portal"
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        # django-unfold's Alpine.js evaluates expressions; without it an overlay covers the login button
        "script-src": ["'self'", "'unsafe-eval'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'self'"],
        "object-src": ["'none'"],
    }
}

# --- API -------------------------------------------------------------------------------------------------
API_RATE = env("API_RATE", default="300/min")
API_TOKEN_DAYS = env.int("API_TOKEN_DAYS", default=90)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "portal.people.tokens.ApiTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.DjangoModelPermissions"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.CursorPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "PAGE_SIZE": 50,
    "EXCEPTION_HANDLER": "portal.api.problems.handle",
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": API_RATE},
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Account Vending Portal",
    "DESCRIPTION": "Requests, accounts, runs and events of the Account Vending Portal.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {"RunStatus": "vending.choices.RunStatus"},
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "portal.api.schema.with_problems",
    ],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": False},  # its links stand inside of buttons, where no reader finds them
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# --- queue -----------------------------------------------------------------------------------------------
# retry > timeout * (1 + ceil((queue_limit + 1) / workers)), and every lease is longer than timeout + 3 s:
# a system check (portal/checks.py) keeps these inequalities.
Q_WORKERS = env.int("WORKERS", default=8)
Q_CLUSTER = {
    "name": "portal",
    "orm": "default",
    **brokers.options(env("QUEUE_URL", default=""), env("QUEUE_BROKER", default="")),
    "workers": Q_WORKERS,
    "queue_limit": Q_WORKERS,
    "bulk": 1,
    "timeout": 45,
    "retry": 180,
    "ack_failures": True,
    "max_attempts": 1,
    "save_limit": -1,
    "catch_up": False,
    "poll": 1,
    "recycle": 5000,
    "max_rss": 400_000,
    "scheduler": False,
    "log_level": "WARNING",
}
TIME_SCALE = env.float("TIME_SCALE", default=1.0)

# --- Jira ------------------------------------------------------------------------------------------------
JIRA_BASE_URL = env("JIRA_BASE_URL", default="").rstrip("/")
JIRA_FLAVOUR = env("JIRA_FLAVOUR", default="cloud")
JIRA_USER = env("JIRA_USER", default="")
JIRA_API_TOKEN = env("JIRA_API_TOKEN", default="")
JIRA_API_TOKEN_EXPIRES = env("JIRA_API_TOKEN_EXPIRES", default="")
JIRA_SETUP_USER = env("JIRA_SETUP_USER", default="")
JIRA_SETUP_API_TOKEN = env("JIRA_SETUP_API_TOKEN", default="")
JIRA_CHANNEL = env("JIRA_CHANNEL", default="rest")
JIRA_MAILBOX = env("JIRA_MAILBOX", default="")
JIRA_LANGUAGE = env("JIRA_LANGUAGE", default="en")
JIRA_TEMPLATE_DIR = env("JIRA_TEMPLATE_DIR", default="")
JIRA_INTERNAL_MESSAGES = env.list("JIRA_INTERNAL_MESSAGES", default=[])
JIRA_LABEL = env("JIRA_LABEL", default="account-vending")
# two values each, separated by a comma, while a secret is being changed
JIRA_WEBHOOK_API_KEY = env.list("JIRA_WEBHOOK_API_KEY", default=[])
JIRA_WEBHOOK_SECRET = env.list("JIRA_WEBHOOK_SECRET", default=[])
WEBHOOK_MAX_AGE_HOURS = env.int("WEBHOOK_MAX_AGE_HOURS", default=0)
WEBHOOK_KEEP_DAYS = env.int("WEBHOOK_KEEP_DAYS", default=90)
JIRA_SWEEP_JQL = env("JIRA_SWEEP_JQL", default="")
JIRA_SWEEP_MINUTES = env.int("JIRA_SWEEP_MINUTES", default=15)
JIRA_APPROVAL = env("JIRA_APPROVAL", default="transition")
JIRA_APPROVERS = env.list("JIRA_APPROVERS", default=[])
JIRA_APPROVER_GROUPS = env.list("JIRA_APPROVER_GROUPS", default=[])
WEBHOOK_MAX_BYTES = 25 * 1024 * 1024  # Jira's own limit for a payload
AUDIT_SUBSCRIBERS = {
    "ticket": "jira_bridge.subscribers.Ticket",
    "ticket progress": "jira_bridge.subscribers.TicketProgress",
    "ticket marks": "jira_bridge.subscribers.TicketMarks",
}

# what every worker host may do in its rounds, in this order (taskqueue/rounds.py)
SWEEPS = [
    "vending.engine.sweeper.sweep",
    "vending.services.requests.sweep",
    "vending.services.lead_times.sweep",
    "audit.deliveries.sweep",
    "audit.lists.exporting.sweep",
    "jira_bridge.services.sweep",
    "jira_bridge.sweep.start",
    "jira_bridge.pruning.prune",
    "compliance.services.sweep",
    "audit.sealing.seal",
    "taskqueue.services.forget_failures",
    "taskqueue.services.forget_reminders",
    "portal.sessions.forget_ended",
]

# --- AWS (AWS_ENDPOINT_URL is boto3's own) -----------------------------------------------------------------
AWS_REGION = env("AWS_REGION", default="eu-central-1")
AWS_MANAGEMENT_ROLE_ARN = env("AWS_MANAGEMENT_ROLE_ARN", default="")
AWS_EXTERNAL_ID = env("AWS_EXTERNAL_ID", default="")
SES_ROLE_ARN = env("SES_ROLE_ARN", default="")
SES_FROM_DOMAIN = env("SES_FROM_DOMAIN", default="")
SES_FROM = env("SES_FROM", default="")
MAX_CONCURRENT_CREATES = env.int("MAX_CONCURRENT_CREATES", default=5)
MAX_CONCURRENT_CLOSES = env.int("MAX_CONCURRENT_CLOSES", default=3)
CLOSED_ACCOUNTS_UNIT = env("CLOSED_ACCOUNTS_UNIT", default="")
SIGN_IN_URL = env("SIGN_IN_URL", default="")
GUARDRAILS_URL = env("GUARDRAILS_URL", default="")
ONBOARDING_URL = env("ONBOARDING_URL", default="")
IDENTITY_PORTAL_URL = env("IDENTITY_PORTAL_URL", default="").rstrip("/")
IDENTITY_PORTAL_USER = env("IDENTITY_PORTAL_USER", default="")
IDENTITY_PORTAL_PASSWORD = env("IDENTITY_PORTAL_PASSWORD", default="")
IDENTITY_PORTAL_AUTH_MODULE = env("IDENTITY_PORTAL_AUTH_MODULE", default="DialogUser")

# --- kept beside: logs (one JSON line each) and the look of the admin --------------------------------------
from portal.logs import LOGGING  # noqa: E402, F401
from portal.unfold import UNFOLD  # noqa: E402, F401
