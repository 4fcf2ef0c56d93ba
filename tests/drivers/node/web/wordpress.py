"""WordPress in a site, from Debian's own package, as its owner would install it.

The files are copied by the tenant, links followed, because nginx serves no link to what is not the tenant's.
"""

import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from servanda.drivers.node import Broken, tenants
from servanda.drivers.node.layout import Layout
from servanda.ground.nodes.kinds.web import Site

_SOURCES = (Path("/usr/share/wordpress"), Path("/var/lib/wordpress/wp-content"))
_SALTS = (
    "AUTH_KEY",
    "SECURE_AUTH_KEY",
    "LOGGED_IN_KEY",
    "NONCE_KEY",
    "AUTH_SALT",
    "SECURE_AUTH_SALT",
    "LOGGED_IN_SALT",
    "NONCE_SALT",
)
_PLAIN = re.compile(r"[A-Za-z0-9_./:-]{1,200}")


@dataclass(frozen=True, slots=True)
class Database:
    """Where a WordPress keeps its pages. The values go into PHP between quotes and may hold none."""

    name: str
    user: str
    password: str
    socket: Path


def install(layout: Layout, site: Site, database: Database, *, address: str) -> None:
    """Put WordPress into a site that is served with PHP; its own page then asks for title and user.

    `address` is where visitors find it, with scheme and port. Refuses values that are no plain words.
    """
    if not _SOURCES[0].is_dir():
        raise Broken(
            "WordPress is not installed on this node: apt-get install wordpress wordpress-theme-twentytwentythree"
        )
    folder = layout.site(site.site) / "htdocs"
    place = tenants.jail(layout, site.tenant, folder, readable=_readable())
    for source in _SOURCES:
        target = folder if source == _SOURCES[0] else folder / "wp-content"
        if source.is_dir():
            tenants.run(place, "cp", "-rL", f"{source}/.", f"{target}/", seconds=120)
    tenants.write(place, folder, "wp-config.php", configuration(database, address), mode=0o600)


def configuration(database: Database, address: str) -> str:
    for value in (database.name, database.user, database.password, str(database.socket), address):
        if not _PLAIN.fullmatch(value):
            raise Broken("a value for wp-config.php may hold letters, digits and _ . / : - only")
    salts = "\n".join(f"define('{name}', '{secrets.token_hex(32)}');" for name in _SALTS)
    return f"""<?php
define('DB_NAME', '{database.name}');
define('DB_USER', '{database.user}');
define('DB_PASSWORD', '{database.password}');
define('DB_HOST', 'localhost:{database.socket}');
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
define('WP_HOME', '{address}');
define('WP_SITEURL', '{address}');
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('DISABLE_WP_CRON', true);
define('DISALLOW_FILE_EDIT', true);
{salts}
$table_prefix = 'wp_';
if (!defined('ABSPATH')) {{ define('ABSPATH', __DIR__ . '/'); }}
require_once ABSPATH . 'wp-settings.php';
"""


def _readable() -> tuple[Path, ...]:
    """Return what the package's links lead to, besides /usr, which is there in any jail."""
    found = [Path("/var/lib/wordpress"), Path("/etc/wordpress"), Path("/usr/share/javascript")]
    return tuple(path for path in found if path.is_dir() and not path.is_symlink() and not path.is_relative_to("/usr"))
