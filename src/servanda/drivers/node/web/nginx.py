"""The configuration of nginx, which is the same for one site and for ten thousand, and holds no tenant's value.

A request's host becomes a link in `vh/`, and the path behind the link tells the site's number: `$realpath_root` is
nginx's only way to read a value from the file system. The number, not the host, is then in every path, so that a host
of 253 characters does not overflow the 107 bytes of a socket's address. A redirected name is a link to a path that
spells out where it leads (`moved/<site>/<code>/<name>/<to>/`).

What ends a request stands in locations, so that ACME's challenges pass by it; there an `if` may only `return`, because
nginx leaves the location (and its `try_files`) at any other. What only sets a variable stands in the server. A log whose
path has a variable is opened anew after half a minute, so that it can be turned over without a reload.
"""

import re

from servanda.drivers.node import Broken
from servanda.drivers.node.layout import Layout

LABEL = "[a-z0-9]([a-z0-9-]*[a-z0-9])?"
# For how many seconds pages may be kept; a site's wish is rounded down to one of these. The status is nginx's inner way
# from the location of PHP to the one that keeps pages.
KEPT_SECONDS = {1: 590, 10: 591, 60: 592, 300: 593}
HSTS = "max-age=31536000"
RETRY_SECONDS = 3600
# What a folder shows. At the top of a site the node's own first page comes after these, for as long as none of them is there.
INDEX = "index.php index.html index.htm"


def configuration(layout: Layout) -> str:
    root = str(layout.root)
    if not re.fullmatch(r"/[A-Za-z0-9/_.-]+", root):
        raise Broken(f"the folder of a node may hold letters, digits and / _ . - only: {root}")
    return _whole(layout, root, _checks(layout, root))


def _listen(layout: Layout, port: int, words: str = "") -> str:
    address = f"[{layout.address}]" if ":" in layout.address else layout.address
    dual = " ipv6only=off" if layout.address == "::" else ""
    return f"listen {address}:{port}{words} default_server reuseport{dual};"


def _checks(layout: Layout, root: str) -> str:
    port = "" if layout.ports.https == 443 else f":{layout.ports.https}"
    return f"""{_served(root)}
      if ($site = 0) {{ return 421; }}
      if ($is_held) {{ return 503; }}
      if ($moved_for_good) {{ return 301 $scheme://$moved_for_good$shown_port$request_uri; }}
      if ($moved_for_now) {{ return 302 $scheme://$moved_for_now$shown_port$request_uri; }}
      if ($upgrade) {{ return 301 https://$host{port}$request_uri; }}"""


def _served(root: str) -> str:
    """Return what every location needs that serves a tenant's file."""
    return f"""
      disable_symlinks if_not_owner from=$document_root;
      access_log {root}/sites/$site/logs/access.log site;
      access_log {root}/sites/$site/logs/failed.log site if=$has_failed;"""


def _php(root: str) -> str:
    params = {
        "QUERY_STRING": "$query_string",
        "REQUEST_METHOD": "$request_method",
        "CONTENT_TYPE": "$content_type",
        "CONTENT_LENGTH": "$content_length",
        "SCRIPT_NAME": "$fastcgi_script_name",
        "SCRIPT_FILENAME": "$realpath_root$fastcgi_script_name",
        "DOCUMENT_ROOT": "$realpath_root",
        "REQUEST_URI": "$request_uri",
        "DOCUMENT_URI": "$document_uri",
        "SERVER_PROTOCOL": "$server_protocol",
        "REQUEST_SCHEME": "$scheme",
        "GATEWAY_INTERFACE": "CGI/1.1",
        "SERVER_SOFTWARE": "nginx",
        "REMOTE_ADDR": "$remote_addr",
        "REMOTE_PORT": "$remote_port",
        "SERVER_ADDR": "$server_addr",
        "SERVER_PORT": "$server_port",
        "SERVER_NAME": "$host",
        "REDIRECT_STATUS": "200",
        "HTTP_PROXY": '""',  # httpoxy, CVE-2016-5385
    }
    lines = "\n".join(f"      fastcgi_param {name} {value};" for name, value in params.items())
    return f"""
{lines}
      fastcgi_param HTTPS $https if_not_empty;
      fastcgi_ignore_headers X-Accel-Redirect X-Accel-Limit-Rate X-Accel-Charset X-Accel-Buffering;
      fastcgi_pass unix:{root}/run/php/$site.sock;"""


def _kept(root: str, seconds: int) -> str:
    return f"""
    location @kept{seconds} {{{_served(root)}
      try_files $uri =404;
      fastcgi_cache pages;
      fastcgi_cache_key $site$scheme$request_method$host$request_uri;
      fastcgi_cache_valid 200 301 302 {seconds}s;
      fastcgi_cache_bypass $http_cookie $http_authorization;
      fastcgi_no_cache $http_cookie $http_authorization;
      fastcgi_cache_lock on;
      fastcgi_cache_use_stale updating;{_php(root)}
    }}"""


def _whole(layout: Layout, root: str, checks: str) -> str:
    kept = "".join(_kept(root, seconds) for seconds in KEPT_SECONDS)
    to_kept = "\n".join(f"    error_page {code} = @kept{seconds};" for seconds, code in KEPT_SECONDS.items())
    choose = "\n".join(
        f"      if (-f {root}/web/$site/kept.{seconds}) {{ return {code}; }}" for seconds, code in KEPT_SECONDS.items()
    )
    host = rf"{LABEL}(\.{LABEL})+"
    behind = re.escape(root)
    return f"""user {layout.accounts.web};
worker_processes auto;
worker_rlimit_nofile 65535;
daemon off;
pid {root}/run/nginx/pid;
error_log {root}/log/nginx/error.log crit;
pcre_jit on;
events {{ worker_connections 8192; }}
http {{
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  sendfile on;
  tcp_nopush on;
  server_tokens off;
  absolute_redirect off;
  log_not_found off;
  gzip on;
  client_max_body_size 128m;
  client_header_timeout 20s;
  client_body_timeout 60s;
  fastcgi_read_timeout 120s;
  client_body_temp_path {root}/run/nginx/body;
  fastcgi_temp_path {root}/run/nginx/fastcgi;
  proxy_temp_path {root}/run/nginx/proxy;
  scgi_temp_path {root}/run/nginx/scgi;
  uwsgi_temp_path {root}/run/nginx/uwsgi;
  fastcgi_cache_path {root}/run/nginx/pages levels=1:2 keys_zone=pages:16m max_size=256m inactive=10m use_temp_path=off;
  open_log_file_cache max=2000 inactive=30s valid=30s min_uses=2;
  log_format site '$remote_addr - $remote_user [$time_iso8601] $host "$request" $status $body_bytes_sent '
                  '"$http_referer" "$http_user_agent" $request_time';
  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_session_cache shared:tls:8m;
  ssl_session_tickets off;
  map $host $vh {{
    default "-";
    "~^(?<host_name>{host})$" $host_name;
  }}
  map $ssl_server_name $sni {{
    default "_default";
    "~^(?<sni_name>{host})$" $sni_name;
  }}
  map $realpath_root $site {{
    default "0";
    "~^{behind}/(sites|moved)/(?<site_number>[0-9]+)/" $site_number;
  }}
  map $realpath_root $moved_for_good {{
    default "";
    "~^{behind}/moved/[0-9]+/301/[^/]+/(?<good_target>[a-z0-9.-]+)/htdocs$" $good_target;
  }}
  map $realpath_root $moved_for_now {{
    default "";
    "~^{behind}/moved/[0-9]+/302/[^/]+/(?<now_target>[a-z0-9.-]+)/htdocs$" $now_target;
  }}
  map $server_port $shown_port {{
    default ":$server_port";
    80 "";
    443 "";
  }}
  map $host $unknown_log {{
    default unknown.log;
  }}
  map $status $has_failed {{
    default "";
    "~^[45]" 1;
  }}
  server {{
    listen 127.0.0.1:{layout.ports.web_status};
    access_log off;
    location = /health {{ default_type text/plain; return 200 "ok\\n"; }}
    location = /status {{ stub_status; }}
    location / {{ return 404; }}
  }}
  server {{
    {_listen(layout, layout.ports.http)}
    {_listen(layout, layout.ports.https, " ssl http2")}
    server_name _;
    ssl_certificate {root}/tls/$sni/cert.pem;
    ssl_certificate_key {root}/tls/$sni/key.pem;
    access_log off;
    set $base {root}/vh/$vh;
    set $upgrade "";
    set $hsts "";
    set $is_held "";
    if (!-d $base/htdocs) {{ set $base {root}/web/nobody; }}
    if (-f {root}/web/$site/held.html) {{ set $is_held 1; }}
    if (-f {root}/web/$site/redirect.$scheme) {{ set $upgrade 1; }}
    if (-f {root}/tls/$vh/self-signed) {{ set $upgrade ""; }}
    if (!-f {root}/tls/$vh/cert.pem) {{ set $upgrade ""; }}
    if (-f {root}/web/$site/hsts.$scheme) {{ set $hsts {HSTS}; }}
    root $base/htdocs;
    index {INDEX};
    disable_symlinks off;  # of root's own marks; each location that serves a tenant's file says otherwise
    add_header Strict-Transport-Security $hsts always;
    error_page 421 /-/unknown.html;
    error_page 503 /-/held.html;
{to_kept}
    location = /-/unknown.html {{
      internal;
      access_log {root}/log/nginx/$unknown_log site;
      alias {root}/web/unknown.html;
    }}
    location = /-/held.html {{
      internal;
      access_log {root}/sites/$site/logs/access.log site;
      alias {root}/web/$site/held.html;
      add_header Retry-After {RETRY_SECONDS} always;
      add_header Cache-Control no-store always;
      add_header Content-Security-Policy "default-src 'none'; style-src 'unsafe-inline'" always;
      add_header X-Robots-Tag noindex always;
    }}
    location = /-/first.html {{
      internal;
      access_log {root}/sites/$site/logs/access.log site;
      alias {root}/web/$site/first.html;
      add_header Strict-Transport-Security $hsts always;
      add_header Cache-Control no-store always;
      add_header Content-Security-Policy "default-src 'none'; style-src 'unsafe-inline'" always;
      add_header X-Robots-Tag noindex always;
    }}
    location = / {{{checks}
      index {INDEX} /-/first.html;
    }}
    location ^~ /.well-known/acme-challenge/ {{
      disable_symlinks on;
      default_type text/plain;
      alias {root}/acme/;
    }}
    location ^~ /.well-known/ {{{checks}
      try_files $uri $uri/ /index.php?$args;
    }}
    location ~ /\\. {{{checks}
      return 404;
    }}
    location ~ \\.php$ {{{checks}
      if (!-f {root}/web/$site/php) {{ return 404; }}
{choose}
      try_files $uri =404;{_php(root)}
    }}
    location / {{{checks}
      try_files $uri $uri/ /index.php?$args;
    }}{kept}
  }}
}}
"""
