"""Settings of the server. Secure as they stand; the environment may say where the data lie and under which names."""

from __future__ import annotations

import os
from pathlib import Path

from csp.constants import SELF
from django.utils.translation import gettext_lazy as _

from wangge_server.config import database, secrets

ROOM = Path(__file__).resolve().parents[1]
DATA = database.data_folder()
SECRET_KEY = secrets.secret_key(DATA)
# Data keys and their master key: outside code and database, and in no backup. docs/reference/settings.md says who copies them.
KEYS = Path(os.environ.get("WANGGE_KEYS") or DATA / "keys")
VAULT_SUITE = os.environ.get("WANGGE_SUITE", "intl")  # or guomi: SM4 and SM3
BACKUPS = Path(os.environ["WANGGE_BACKUPS"]) if os.environ.get("WANGGE_BACKUPS") else None  # nightly backups go there
BACKUPS_KEPT = int(os.environ.get("WANGGE_BACKUPS_KEPT", "7"))
IDENTITY_KEY = secrets.identity_key(DATA)
AUDIT_SEED = secrets.audit_seed(DATA)
DEBUG = False
ALLOWED_HOSTS = os.environ.get("WANGGE_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
# Plain HTTP is for one's own machine only; behind TLS set WANGGE_TLS=1.
TLS = os.environ.get("WANGGE_TLS") == "1"
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if host] if TLS else []

ROOMS = [
    "accounts",
    "audit",
    "policy",
    "emergency",
    "vault",
    "dictionary",
    "intake",
    "geography",
    "registry",
    "identity",
    "forms",
    "exposure",
    "risk",
    "dispatch",
    "field",
    "feedback",
    "insight",
    "publish",
    "sharing",
    "resident",
    "jobs",
    "ui",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "axes",
    "csp",
    "django_htmx",
    "procrastinate.contrib.django",
    *[f"wangge_server.{room}" for room in ROOMS],
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "wangge_server.config.urls"
WSGI_APPLICATION = "wangge_server.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "wangge_server.ui.context.frame",
            ]
        },
    }
]

DATABASES = {"default": database.settings(database.url())}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 << 20
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 << 20
UPLOAD_LIMIT_MB = 200

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "login", "home", "login"
# Lock-out: ten wrong passwords lock the pair of account and address for 15 minutes.
AXES_FAILURE_LIMIT, AXES_COOLOFF_TIME, AXES_RESET_ON_SUCCESS = 10, 0.25, True
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "ui/locked.html"
AXES_VERBOSE = False
AXES_ENABLE_ACCESS_FAILURE_LOG = False

SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = TLS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = TLS
SECURE_HSTS_SECONDS = 31536000 if TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = TLS
# The browsers' preload list cannot be left again within months: whoever owns the domain decides that, not this program.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TLS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, "'wasm-unsafe-eval'"],
        # Map, charts and phone kit set style attributes; no script can come in by them.
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF, "data:"],
        "worker-src": [SELF, "blob:"],
        "connect-src": [SELF],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": [SELF],
        "object-src": ["'none'"],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("zh-hant", _("繁體中文")), ("en", _("English"))]
LOCALE_PATHS = [ROOM / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_TZ, TIME_ZONE = True, "Asia/Shanghai"

STATIC_URL = "static/"
STATIC_ROOT = DATA / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
# Assets carry a hash in their name; they are served straight from the package.
WHITENOISE_USE_FINDERS = True
WHITENOISE_IMMUTABLE_FILE_TEST = r"/dist/assets/"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("WANGGE_LOG", "WARNING")},
}
