"""One installation. What differs between installations comes from the environment; see docs/reference/settings.md."""

import os
from pathlib import Path
from urllib.parse import unquote, urlparse

from openliaison.core.embedded import socket_dir

BASE_DIR = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("OPENLIAISON_DATA") or BASE_DIR / "data").absolute()
IS_DEMO = os.environ.get("OPENLIAISON_DEMO", "1") == "1"
DEBUG = os.environ.get("OPENLIAISON_DEBUG") == "1"
DEFAULT_KEY = "only-for-the-example-place-and-for-tests-never-for-real-work"
PUBLIC_URL = os.environ.get("OPENLIAISON_PUBLIC_URL", "")
IS_TLS = PUBLIC_URL.startswith("https://")


def _secret_key() -> str:
    file = DATA / "secret"
    return file.read_text().strip() if file.exists() else DEFAULT_KEY


def _database() -> dict[str, object]:
    """The embedded server's socket, or the server that DATABASE_URL (the web's) or DATABASE_OWNER_URL names."""
    as_owner = os.environ.get("OPENLIAISON_AS", "owner") == "owner"
    url = os.environ.get("DATABASE_OWNER_URL" if as_owner else "DATABASE_URL")
    common = {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"application_name": "openliaison"},
    }
    if not url:
        user = "openliaison_owner" if as_owner else "openliaison_web"
        return common | {"NAME": "openliaison", "HOST": str(socket_dir(DATA)), "USER": user}
    parts = urlparse(url)
    return common | {
        "NAME": parts.path.lstrip("/"),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
    }


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = [h for h in os.environ.get("OPENLIAISON_HOSTS", "").split(",") if h]
if PUBLIC_URL:
    ALLOWED_HOSTS += [urlparse(PUBLIC_URL).hostname or ""]
    CSRF_TRUSTED_ORIGINS = [PUBLIC_URL.rstrip("/")]
if IS_DEMO or not ALLOWED_HOSTS:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]
if IS_DEMO:
    ALLOWED_HOSTS += [".local"]  # what a machine is called on the network around it

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "django_htmx",
    "openliaison.core",
    "openliaison.accounts",
    "openliaison.register",
    "openliaison.cases",
    "openliaison.visits",
    "openliaison.desks",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "openliaison.core.middleware.SecurityHeadersMiddleware",
    "openliaison.core.middleware.BodyLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "openliaison.core.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "openliaison.accounts.sessions.SessionLimitsMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "openliaison.accounts.middleware.TokenMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "openliaison.core.middleware.ReadLogMiddleware",
    "openliaison.core.middleware.ScopeMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "openliaison.core.context.shell",
            ],
            "builtins": ["openliaison.core.templatetags.ol", "django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]
FORM_RENDERER = "openliaison.core.forms.Renderer"
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATEMENT_TIMEOUT = "15s"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["openliaison.accounts.backends.HouseBackend"]
LOGIN_URL = "accounts:login"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATICFILES_FINDERS = [
    "openliaison.core.static_finder.PackageFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "openliaison.core.static_finder.Storage"},
}
MEDIA_ROOT = DATA / "files"
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
MOST_BODY_MB = 110  # five pictures of a case, or one file of the register
MOST_PHONE_MB = 21  # one picture from a phone

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

CSRF_FAILURE_VIEW = "openliaison.core.views.csrf_failure"
SESSION_COOKIE_AGE = 12 * 3600  # counted from the log-in
SESSION_IDLE_SECONDS = 60 * int(os.environ.get("OPENLIAISON_IDLE_MINUTES") or 30)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_TLS
if IS_TLS:  # no other host of the domain can set these
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
CSRF_COOKIE_HTTPONLY = False  # read by the script that sends it along
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if IS_TLS else 0
X_FRAME_OPTIONS = "DENY"
if os.environ.get("OPENLIAISON_BEHIND_PROXY") == "1":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    USE_X_FORWARDED_HOST = True
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django.request": {"level": "ERROR"}},
}
