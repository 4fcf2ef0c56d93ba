"""Django's settings. Everything that is a business number lives in the terms or in law, not here."""

from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from servanda.wiring.embedded import url_of
from servanda.wiring.environment import choice_of, directory_of, flag_of, number_of, text_of
from servanda.wiring.roles import APPLICATION

HOME = directory_of("SERVANDA_HOME", "var/home")  # the embedded database, mails of the sink, keys
DATABASE_URL = text_of("SERVANDA_DATABASE_URL")
DATABASE_OWNER_URL = text_of("SERVANDA_DATABASE_OWNER_URL")  # who migrates, where the application is not the owner
DATABASE_URL_OF_PAGES = text_of("SERVANDA_WEB_DATABASE_URL")  # with the role servanda_web, where the server is your own
DATABASE_URL_OF_SIGNER = text_of("SERVANDA_SIGNER_DATABASE_URL")  # with the role servanda_signer, likewise
NO_SECRET = "not-for-serving-" + "0" * 40
DEBUG = flag_of("SERVANDA_DEBUG", default=False)


def _secret_key() -> str:
    """The key for sessions and forms: from the environment, or made once and kept beside the data."""
    given = text_of("SERVANDA_SECRET_KEY")
    if given:
        return given
    file = HOME / "secret-key"
    if file.is_file():
        return file.read_text(encoding="ascii").strip()
    return NO_SECRET  # `servanda up` makes a real one before it serves; the web application refuses this one


def _database() -> dict[str, object]:
    """The connection named by SERVANDA_DATABASE_URL, or the embedded one under SERVANDA_HOME."""
    url = urlsplit(DATABASE_URL or url_of(HOME / "postgres", role=text_of("SERVANDA_DATABASE_ROLE", APPLICATION)))
    if url.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured(
            "SERVANDA_DATABASE_URL must begin with postgresql://. Servanda runs on PostgreSQL only."
        )
    query = parse_qs(url.query)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.lstrip("/")) or "servanda",
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": query.get("host", [url.hostname or ""])[0],
        "PORT": str(url.port or query.get("port", [""])[0]),
        "OPTIONS": {name: values[0] for name, values in query.items() if name not in {"host", "port"}},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = text_of("SERVANDA_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
DATABASES = {"default": _database()}
DATABASE_ROLE = str(DATABASES["default"]["USER"])  # of the application, whoever Django connects as for a while
# The faces ask for these by name; nothing below the wiring imports it.
DATABASE_READY = "servanda.wiring.database.ready"
DATABASE_RELEASED = "servanda.wiring.database.released"
DATABASE_OWNED = "servanda.wiring.database.owned"
DATABASE_RIGHTS = "servanda.wiring.database.give_rights"
DATABASE_KEEPING = "servanda.wiring.keeping"  # dumps of the database, and the way back
DATABASE_OF_PAGES = "servanda.wiring.database.of_pages"
DATABASE_OF_SIGNER = "servanda.wiring.database.of_signer"
DATABASE_OF_WORKER = "servanda.wiring.database.of_worker"
ACCOUNT_OF_PAGES = "servanda.wiring.database.account_of_pages"
ACCOUNT_OF_WORKER = "servanda.wiring.database.account_of_worker"
ACCOUNT_OF_SIGNER = "servanda.wiring.database.account_of_signer"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "servanda.business.companies",
    "servanda.business.evidence",
    "servanda.business.installation",
    "servanda.business.library",
    "servanda.business.customers",
    "servanda.business.letters",
    "servanda.business.ledger",
    "servanda.business.catalogue",
    "servanda.business.access",
    "servanda.business.identity",
    "servanda.business.contracts",
    "servanda.business.nodes",
    "servanda.business.hosting",
    "servanda.business.backups",
    "servanda.business.signups",
    "servanda.business.billing",
    "servanda.business.collecting",
    "servanda.business.dunning",
    "servanda.business.books",
    "servanda.business.payouts",
    "servanda.business.einvoices",
    "servanda.business.audit",
    "servanda.business.reports",
    "servanda.faces.parts",
    "servanda.faces.office",
    "servanda.faces.portal",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "servanda.faces.parts.security.content_policy",
    "servanda.faces.portal.sitting.watch",
]

ROOT_URLCONF = "servanda.wiring.urls"
WSGI_APPLICATION = "servanda.wiring.wsgi.application"
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
                "servanda.faces.parts.standing.standing",
            ]
        },
    }
]

LANGUAGE_CODE = "da"
LANGUAGES = [("da", "Dansk"), ("en", "English")]
TIME_ZONE = "Europe/Copenhagen"
USE_TZ = True
USE_I18N = True
STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
IS_BEHIND_TLS = flag_of("SERVANDA_TLS", default=False)
SESSION_COOKIE_SECURE = IS_BEHIND_TLS
CSRF_COOKIE_SECURE = IS_BEHIND_TLS
# Behind a proxy that ends TLS, which must set this header itself whatever the visitor sent.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_BEHIND_TLS else None
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if host != "*"] if IS_BEHIND_TLS else []
DATA_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024

DRIVERS = "servanda.wiring.drivers"

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""  # the one list of jobs is named, not searched for
PROCRASTINATE_IMPORT_PATHS = ["servanda.faces.clock.jobs"]

VIES_ADDRESS = text_of("SERVANDA_VIES", "https://ec.europa.eu/taxation_customs/vies/rest-api")
PORT = number_of("SERVANDA_PORT", 8000)  # of the web server that `servanda up` starts
SMTP_HOST = text_of("SERVANDA_SMTP_HOST", "127.0.0.1")
SMTP_PORT = number_of("SERVANDA_SMTP_PORT", 8025)
HAS_OWN_MAIL_SERVER = bool(text_of("SERVANDA_SMTP_HOST"))  # otherwise `servanda up` starts the sink
SMTP_USER = text_of("SERVANDA_SMTP_USER")
SMTP_PASSWORD = text_of("SERVANDA_SMTP_PASSWORD")
SMTP_TLS = choice_of("SERVANDA_SMTP_TLS", ("when offered", "required", "from the start"))
MAIL_SINK = HOME / "mails"
HEADS = HOME / "heads"  # of the chain over ledger and evidence, one file for each company, to be kept elsewhere too
MARK = (
    HOME / "place" / "mark.json"
)  # which life of the database this place works with; outside of it, so that a copy is noticed
OUTSIDE = directory_of("SERVANDA_OUTSIDE", str(HOME / "outside"))  # what left the house: a restored database knows less
BACKUP_STORE = text_of("SERVANDA_BACKUP_STORE", str(HOME / "backups"))  # a folder, or any address that restic knows
BACKUP_KEY = directory_of(
    "SERVANDA_BACKUP_KEY", str(HOME / "backup-key")
)  # keep it elsewhere too: nobody reads without
COLLECTIONS = HOME / "collections"  # files to Betalingsservice and from it, by company
MOBILEPAY_URL = text_of("SERVANDA_MOBILEPAY_URL")  # without it no charge is made
MOBILEPAY_CLIENT_ID = text_of("SERVANDA_MOBILEPAY_CLIENT_ID")
MOBILEPAY_CLIENT_SECRET = text_of("SERVANDA_MOBILEPAY_CLIENT_SECRET")
MOBILEPAY_SUBSCRIPTION_KEY = text_of("SERVANDA_MOBILEPAY_SUBSCRIPTION_KEY")
PORTAL_URL = text_of("SERVANDA_PORTAL_URL", f"http://127.0.0.1:{PORT}")  # where customers reach their pages: in letters
SIGNING_KEYS = HOME / "signing"  # one key for each company, made when it first signs
NODE_KEY = directory_of("SERVANDA_NODE_KEY", str(HOME / "signer" / "node-key.pem"))  # of the signer's own account
EINVOICE_RULES = HOME / "einvoice-rules"  # official rules that `servanda invoice rules install` put there
EINVOICE_RULES_ELSEWHERE = text_of("SERVANDA_EINVOICE_RULES")
EINVOICE_DROP = directory_of("SERVANDA_EINVOICE_DROP", str(HOME / "einvoices"))  # shared with an access point

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}

MOVE_TIME = "servanda.faces.clock.jobs.move_time_or_ask"  # who moves the time of a test clock
AUDIT_NOW = "servanda.faces.clock.jobs.wake_audit"  # whom a page asks for an audit
DRILL_NOW = "servanda.faces.clock.jobs.wake_drill"  # whom a page asks to try a restore
BACKUP_NOW = "servanda.faces.clock.jobs.wake_backup"  # whom a page asks for a backup
TAKE_OVER = "servanda.faces.clock.jobs.ask_to_take_over"  # who lets a copy that was reconciled go on
WAKE_TELLING = "servanda.faces.clock.jobs.wake_telling"  # who lets the nodes be told of a change at once
MOVE_TIME = "servanda.faces.clock.jobs.ask_to_move_time"  # who moves the time of a test clock
PURGE_ORDERED = "servanda.faces.clock.jobs.wake_purging"  # whom a page tells that it has ordered a purge
DAILY_LIFE = "servanda.faces.demo.life.live"  # who lets the customers of companies on a test clock live a day
