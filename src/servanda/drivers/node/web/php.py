"""What PHP is told of one site: numbers only, besides the node's own folder."""

import json

from servanda.drivers.node.layout import Layout
from servanda.ground.nodes.kinds.web import Site


def pool(layout: Layout, site: Site) -> str:
    """Return the configuration of a site's own PHP master."""
    home = layout.site(site.site)
    mail = f"/usr/bin/python3 -I -S {layout.programs}/sendmail {home}/private/mail.json -t -i"
    return f"""[global]
error_log = {home}/private/php.log
daemonize = no
log_level = warning
process_control_timeout = 10s
[site]
listen = {layout.run}/php/{site.site}.sock
listen.backlog = 511
pm = ondemand
pm.max_children = {site.php_processes}
pm.process_idle_timeout = 10s
pm.max_requests = 500
request_terminate_timeout = 300s
security.limit_extensions = .php
clear_env = yes
env[HOME] = {home}/private
env[TMPDIR] = /tmp
env[PATH] = /usr/bin:/bin
php_admin_value[memory_limit] = {site.php_memory_mb}M
php_admin_value[open_basedir] = {home}/:/tmp/:/usr/share/php/
php_admin_value[sendmail_path] = "{mail}"
php_admin_flag[log_errors] = on
php_value[error_log] = {home}/private/php.log
php_value[upload_tmp_dir] = {home}/tmp
php_value[upload_max_filesize] = 64M
php_value[post_max_size] = 80M
php_value[session.save_path] = {home}/sessions
php_flag[display_errors] = off
"""


def start(layout: Layout, site: Site) -> str:
    """Return what the keeper is told: who, which program, how much."""
    processes = site.php_processes
    return json.dumps(
        {
            "uid": site.tenant,
            "version": site.php,
            "limits": {
                "NPROC": 4 * processes + 32,
                "NOFILE": 4096,
                "CORE": 0,
                "AS": (2 * site.php_memory_mb + 512) << 20,
            },
        },
        sort_keys=True,
    )
