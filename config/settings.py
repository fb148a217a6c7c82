"""All settings. They come from the environment alone (and an optional `.env`); docs/settings.md lists them."""

from __future__ import annotations

import contextlib
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict

from config import VERSION, addresses, env, sizes, traces
from config.local import embedded
from reports.languages import DEFAULT_LANGUAGE
from reports.languages import LANGUAGES as languages

BASE_DIR = Path(__file__).resolve().parent.parent
env.load_file(BASE_DIR / ".env")

DATA_DIR = env.path("DATA_DIR", None) or BASE_DIR / ".data"
PORT = env.integer("PORT", 8000, least=1, most=65535)
HOST = env.host("HOST", "127.0.0.1")
DEBUG = env.boolean("DEBUG", False)
SITE_URL = env.web_address("SITE_URL", f"http://localhost:{PORT}")
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", ("localhost", "127.0.0.1", "[::1]", *addresses.host_of(SITE_URL)))
LIVE_PORT = env.integer("LIVE_PORT", PORT + 1 if PORT < 65535 else PORT - 1, least=1, most=65535)
LIVE_URL = env.web_address("LIVE_URL", "")
LIVE_ON_PAGES = env.boolean("LIVE_ON_PAGES", True)
LIVE_LISTENERS = env.integer("LIVE_LISTENERS", 10000, least=1, most=1_000_000)
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES")
OUTBOUND = env.choice("OUTBOUND", "on", ("on", "off", "loopback"))
CONTACT_URL = env.contact("CONTACT_URL", SITE_URL + "/about")
SECURITY_CONTACT = env.contact("SECURITY_CONTACT", CONTACT_URL)
X_BEARER_TOKEN = env.token("X_BEARER_TOKEN")
X_API_URL = env.web_address("X_API_URL", "https://api.x.com")
GITHUB_TOKEN = env.token("GITHUB_TOKEN")
VAPID_PRIVATE_KEY = env.private_key("VAPID_PRIVATE_KEY")
APPRISE_URLS = env.addresses("APPRISE_URLS")
MMDB_COUNTRY = env.file("MMDB_COUNTRY")
MMDB_ASN = env.file("MMDB_ASN")
CATALOG_DIR = env.folder("CATALOG_DIR", BASE_DIR / "catalog")
READY_CATALOGS = env.words("READY_CATALOGS")
VANTAGE = env.slug("VANTAGE", "local")
DEFAULT_SERVICE = env.slug("DEFAULT_SERVICE", "")
REPORT_RETENTION_DAYS = env.integer("REPORT_RETENTION_DAYS", 90, least=2, most=36_500)
DAY_KEYS_DIR = env.path("DAY_KEYS_DIR", None) or DATA_DIR / "day_keys"
SCAN_DELAY_S = env.integer("SCAN_DELAY_S", 5, least=1, most=50)
RATE_LIMIT_READS_A_MINUTE = env.integer("RATE_LIMIT_READS_A_MINUTE", 3000, least=0)
RATE_LIMIT_PAGES_A_MINUTE = env.integer("RATE_LIMIT_PAGES_A_MINUTE", 1200, least=0)
RATE_LIMIT_WRITES_A_MINUTE = env.integer("RATE_LIMIT_WRITES_A_MINUTE", 600, least=0)
RATE_LIMIT_KEY_READS_A_MINUTE = env.integer("RATE_LIMIT_KEY_READS_A_MINUTE", 30_000, least=0)
RATE_LIMIT_KEY_WRITES_A_MINUTE = env.integer("RATE_LIMIT_KEY_WRITES_A_MINUTE", 6000, least=0)
DATABASE_CONNECT_DEADLINE_S = env.integer("DATABASE_CONNECT_DEADLINE_S", 2, least=2, most=600)
DATABASE_DEADLINE_MS = env.integer("DATABASE_DEADLINE_MS", 2000, least=100, most=600_000)
TASK_DATABASE_DEADLINE_S = env.integer("TASK_DATABASE_DEADLINE_S", 60, least=1, most=86_400)
CACHE_DEADLINE_MS = env.integer("CACHE_DEADLINE_MS", 250, least=10, most=60_000)
SIGN_IN_TOTP = env.choice("SIGN_IN_TOTP", "off", ("off", "optional", "required"))
OIDC_ISSUER = env.provider("OIDC_ISSUER")
OIDC_NAME = env.text("OIDC_NAME", "your organisation")
OIDC_CLIENT_ID = env.text("OIDC_CLIENT_ID")
OIDC_CLIENT_SECRET = env.text("OIDC_CLIENT_SECRET")
OIDC_SCOPES = env.text("OIDC_SCOPES", "openid profile email")
OIDC_GROUPS_CLAIM = env.text("OIDC_GROUPS_CLAIM", "groups")
OIDC_ROLES = env.roles("OIDC_ROLES", ("moderator", "operator", "superuser"))
env.together(
    OIDC_ISSUER=OIDC_ISSUER, OIDC_CLIENT_ID=OIDC_CLIENT_ID, OIDC_CLIENT_SECRET=OIDC_CLIENT_SECRET, OIDC_ROLES=OIDC_ROLES
)
WEB_WORKERS, WEB_THREADS = sizes.web_workers(), sizes.web_threads()
TASK_PROCESSES = sizes.task_processes()
WEB_CONNECTIONS = env.integer("WEB_CONNECTIONS", 8192, least=16, most=1_000_000)
WEB_CONNECTIONS_A_NETWORK = env.integer("WEB_CONNECTIONS_A_NETWORK", 256, least=4)
WEB_HEADER_DEADLINE_S = env.integer("WEB_HEADER_DEADLINE_S", 10, least=1, most=3600)
WEB_BODY_DEADLINE_S = env.integer("WEB_BODY_DEADLINE_S", 20, least=1, most=3600)
WEB_IDLE_S = env.integer("WEB_IDLE_S", 75, least=1, most=3600)
WEB_QUEUE = env.integer("WEB_QUEUE", 256, least=1, most=1_000_000)
WEB_QUEUE_DEADLINE_S = env.integer("WEB_QUEUE_DEADLINE_S", 1, least=1, most=600)
WEB_ANSWER_DEADLINE_S = env.integer("WEB_ANSWER_DEADLINE_S", 30, least=3, most=3600)
WEB_KEPT_S = env.integer("WEB_KEPT_S", 3600, least=0, most=31_536_000)
WEB_SNAPSHOT_DAYS = env.integer("WEB_SNAPSHOT_DAYS", 7, least=0, most=3650)
METRICS_PORT = env.integer("METRICS_PORT", 0, least=0, most=65535)
METRICS_HOST = env.host("METRICS_HOST", "127.0.0.1")
env.apart(PORT=PORT, LIVE_PORT=LIVE_PORT, METRICS_PORT=METRICS_PORT)
LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
LOG_FORMAT = env.choice("LOG_FORMAT", "plain", ("plain", "json"))


def _secret_key() -> str:
    """The environment's key, else one made at the first start and kept in the data folder."""
    given = env.secret_key("SECRET_KEY")
    if given:
        return given
    file = DATA_DIR / "secret_key"
    try:
        if not file.exists():
            env.usable("DATA_DIR", DATA_DIR)
            with contextlib.suppress(FileExistsError), file.open("x", encoding="ascii") as new:
                file.chmod(0o600)
                new.write(secrets.token_urlsafe(50))
        key = file.read_text(encoding="ascii").strip()
    except OSError as error:
        raise env.SettingError(
            f"DATA_DIR={str(DATA_DIR)!r}: expected a folder that this account may write to; {error.strerror}: "
            f"{error.filename or file}"
        ) from None
    except ValueError:
        key = ""
    if not key:
        raise env.SettingError(f"{file} holds no key: expected its copy from a backup, or that you delete the file")
    return key


SECRET_KEY = _secret_key()


# For libpq. The last four end a TCP connection whose other end has gone without a word.
_CONNECTION_DEADLINES = {
    "connect_timeout": str(DATABASE_CONNECT_DEADLINE_S),
    "tcp_user_timeout": "5000",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
}


def _database(url: str) -> dict[str, object]:
    """Django's words for a PostgreSQL address; libpq itself parses it."""
    parts = {key: str(value) for key, value in conninfo_to_dict(url).items()}
    named = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    known = {django: parts.pop(libpq, "") for django, libpq in named.items()}
    if "," in known["HOST"]:  # a primary and its replicas
        parts.setdefault("target_session_attrs", "read-write")
    return {
        "ENGINE": "config.database",
        **known,
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,  # a pooler may give each statement another connection
        "OPTIONS": _CONNECTION_DEADLINES | parts,
    }


DATABASE_URL = env.server_address(
    "DATABASE_URL",
    ("postgresql", "postgres"),
    "an address such as postgresql://user:password@host:5432/name, with @ : / # % of a password as %40 %3A %2F %23 %25",
) or embedded.database_url(DATA_DIR)
REDIS_URL = env.server_address(
    "REDIS_URL", ("redis", "rediss", "unix"), "an address such as redis://host:6379/0 or unix:///path/to/socket"
) or embedded.redis_url(DATA_DIR)
DATABASES = {"default": _database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "config.cache.TolerantRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "brownout",
        "TIMEOUT": 60,
        "OPTIONS": {
            "serializer": "config.cache.Serializer",
            "socket_timeout": CACHE_DEADLINE_MS / 1000,
            "socket_connect_timeout": CACHE_DEADLINE_MS / 1000,
            "max_connections": 64,
        },
    }
}

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "reports",
    "outages",
]

MIDDLEWARE = [
    *(["config.traces.middleware"] if traces.is_wanted() else []),
    "reports.api.short_way.middleware",  # reports by the API go past all that follow
    "config.middleware.liveness",
    "config.cross_origin.middleware",
    "config.middleware.bounds",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "outages.dialects.open311.refusals.middleware",
    "reports.access.rate_limits.middleware",
    "outages.api.framework.response_cache.middleware",  # what is kept was made by all that follow
    "outages.api.framework.compression.middleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.problems",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.languages.middleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "reports.web.former_addresses.middleware",
    "config.middleware.Unavailability",
]

if SIGN_IN_TOTP != "off":
    INSTALLED_APPS[-2:-2] = ["django_otp", "django_otp.plugins.otp_totp", "django_otp.plugins.otp_static"]
    MIDDLEWARE.insert(
        MIDDLEWARE.index("django.contrib.auth.middleware.AuthenticationMiddleware") + 1,
        "django_otp.middleware.OTPMiddleware",
    )
OTP_TOTP_ISSUER = urlsplit(SITE_URL).hostname
OTP_STATIC_THROTTLE_FACTOR = 0  # a code of the sheet is too long to guess, and the way in while the app is throttled

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
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
            ],
        },
    }
]

LANGUAGE_CODE = DEFAULT_LANGUAGE
LANGUAGES = list(languages.items())
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
FORMAT_MODULE_PATH = ["config.formats"]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "config.static.StaticFilesStorage"
    },
}

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
HTTPS = SITE_URL.startswith("https://")
# Browsers that were here once over https come no other way for a year. Other names below ours are not ours to bind, and
# the proxy that ends https is what leads from http to it.
SECURE_HSTS_SECONDS = env.integer("HSTS_SECONDS", 365 * 24 * 3600 if HTTPS else 0, least=0)
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W008", "security.W021"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
if HTTPS:  # so that no other name below ours can set them
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "outages.admin.passwords.SiteWordsValidator"},
]
SESSION_COOKIE_AGE = 12 * 3600  # of moderators; they sign in once a day
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "outages.web.views.errors.untrusted"
if HTTPS and TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
_LIVE_ORIGINS = ["{0.scheme}://{0.netloc}".format(urlsplit(LIVE_URL))] if LIVE_URL else []
if not LIVE_URL and SITE_URL == f"http://localhost:{PORT}":  # noqa: SIM300
    _LIVE_ORIGINS = [f"http://{host}:{LIVE_PORT}" for host in ("localhost", "127.0.0.1")]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        # Where the live streams are a port beside ours, or an address of their own, pages listen to them there.
        "connect-src": ["'self'", *_LIVE_ORIGINS],
        "worker-src": ["'self'"],
        "manifest-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "EXCEPTION_HANDLER": "reports.errors.exception_handler",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Brownout",
    "DESCRIPTION": "Crowdsourced outage reports: what's down, where, since when and on what evidence.",
    "VERSION": VERSION,
    "CONTACT": {"name": "Brownout", "url": CONTACT_URL},
    "LICENSE": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    "SERVERS": [{"url": "/", "description": "This site"}],
    "TAGS": [
        {"name": "services", "description": "What is monitored, and whether it works."},
        {"name": "boards", "description": "Any services and components at once."},
        {"name": "incidents", "description": "Outages and maintenance, with what was known when."},
        {"name": "counts", "description": "Reports over time, by part and by place."},
        {"name": "places", "description": "Countries and their regions."},
        {"name": "signals", "description": "Automatic checks and announcements, and how their sources fare."},
        {"name": "live", "description": "Changes as they happen."},
        {"name": "reports", "description": "Report a problem, or that it works again."},
        {"name": "notices", "description": "Alerts by mail, push and webhook."},
        {"name": "keys", "description": "Higher limits, and webhooks of your own."},
    ],
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "ApiKey": {
                "type": "http",
                "scheme": "bearer",
                "description": "A key: higher limits, and webhooks that belong to it. All but `key` works without.",
            }
        }
    },
    "WEBHOOKS": ["outages.api.webhooks.incident_notice", "outages.api.webhooks.subscription_notice"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "outages.api.framework.openapi.describe_sparse_items",
        "outages.api.framework.openapi.describe_keys",
        "outages.api.framework.openapi.describe_rate_limits",
    ],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "IncidentState": "outages.models.incidents.Incident.State",
        "IncidentKind": "outages.models.incidents.Incident.Kind",
        "SourceState": [
            "fine",
            "slow",
            "unreachable",
            "blocked",
            "not_configured",
            "off",
            "waiting",
            "own_error",
            "silent",
        ],
        "AnnouncementTier": "outages.models.signals.Announcement.Tier",
        "Verdict": "outages.verdict.Verdict",
        "NoticeKind": "outages.models.notices.Delivery.Kind",
        "DeliveryState": "outages.models.notices.Delivery.State",
        "NoticeFrom": "outages.models.notices.Subscription.From",
        "NoticeCadence": "outages.models.notices.Subscription.Cadence",
        "SubscriptionState": ["unconfirmed", "active", "disabled"],
        "EvidenceKind": ["crowd", "probes", "official"],
        "EvidenceState": ["fine", "raised", "bad", "blind", "missing", "off"],
        "TermKind": ["crowd", "probes", "official", "upstream"],
        "PlaceKind": ["country", "region"],
        "Axis": ["time", "component", "symptom", "country", "region"],
        "ReportKind": ["problem", "working", "recovered"],
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"()": "config.logs.Formatter", "fmt": "{asctime} {levelname} {name}: {message}", "style": "{"},
        "json": {"()": "config.logs.JsonFormatter"},
    },
    "filters": {"requests": {"()": "config.logs.RequestFilter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["requests"]}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
}

_mail = env.mail_server("EMAIL_URL")
EMAIL_HOST, EMAIL_PORT = _mail.host, _mail.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.security == "starttls", _mail.security == "tls"
EMAIL_TIMEOUT = 15
MAIL_FROM = env.sender("MAIL_FROM", f"Brownout <brownout@{urlsplit(SITE_URL).hostname or 'localhost'}>")

MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
