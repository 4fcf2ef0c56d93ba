"""Dovecot's configuration: fixed text with the layout's places and ports. Users come from rows."""

from collections.abc import Mapping

from servanda.drivers.node.layout import Layout
from servanda.drivers.node.mail import logins
from servanda.drivers.node.mail.places import Places

LOWEST_TENANT = 200_000

_MAIN = """\
base_dir = {run}
state_dir = {state}
instance_name = dovecot-node
log_path = {log}
protocols = imap lmtp
listen = {listen}
ssl = required
ssl_min_protocol = TLSv1.2
ssl_cert = <{certificate}/cert.pem
ssl_key = <{certificate}/key.pem
disable_plaintext_auth = yes
auth_mechanisms = plain login
auth_cache_size = 0
auth_username_format = %Lu
auth_username_chars = abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+=-@
auth_master_user_separator = *
first_valid_uid = {lowest}
first_valid_gid = {lowest}
mail_location = maildir:~/Maildir
mail_privileged_group =
mail_plugins = quota
maildir_stat_dirs = yes
recipient_delimiter =
protocol lmtp {{
  mail_plugins = quota
  postmaster_address = postmaster@{host}
}}
protocol imap {{
  mail_plugins = quota imap_quota
  mail_max_userip_connections = 30
}}
plugin {{
  quota = count:User quota
  quota_vsizes = yes
  quota_grace = 0
  quota_status_success = DUNNO
  quota_status_nouser = DUNNO
  quota_status_overquota = 552 5.2.2 Mailbox is full
}}
namespace inbox {{
  inbox = yes
  mailbox Drafts {{
    auto = subscribe
    special_use = \\Drafts
  }}
  mailbox Sent {{
    auto = subscribe
    special_use = \\Sent
  }}
  mailbox Junk {{
    auto = subscribe
    special_use = \\Junk
  }}
  mailbox Trash {{
    auto = subscribe
    special_use = \\Trash
  }}
}}
passdb {{
  driver = passwd-file
  args = {etc}/master
  master = yes
  result_success = continue
}}
passdb {{
  driver = sql
  args = {etc}/sql.conf.ext
}}
userdb {{
  driver = sql
  args = {etc}/sql.conf.ext
}}
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {imap}
    ssl = yes
  }}
}}
service lmtp {{
  unix_listener {sockets}/lmtp {{
    mode = 0600
    user = {post}
    group = {post}
  }}
}}
service auth {{
  unix_listener {sockets}/auth {{
    mode = 0660
    user = {post}
    group = {post}
  }}
}}
service quota-status {{
  executable = quota-status -p postfix
  client_limit = 1
  unix_listener {sockets}/quota {{
    mode = 0600
    user = {post}
    group = {post}
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0600
  }}
}}
"""

_SQL = """\
driver = sqlite
connect = {logins}
password_query = {password}
user_query = {user}
iterate_query = {iterate}
"""


def files(layout: Layout, *, master_hash: str) -> Mapping[str, str]:
    """Return every file of Dovecot's configuration folder by its name; `master` opens mailboxes for imports only."""
    places = Places(layout)
    main = _MAIN.format(
        run=layout.run / "dovecot",
        state=layout.data / "dovecot",
        log=layout.log / "dovecot.log",
        listen=layout.address if layout.is_private else "*, ::",
        certificate=places.certificate,
        lowest=LOWEST_TENANT,
        host=layout.host_name,
        etc=places.dovecot,
        imap=layout.ports.imap,
        sockets=places.sockets,
        post=layout.accounts.post,
    )
    sql = _SQL.format(
        logins=places.logins, password=logins.PASSWORD, user=logins.USER, iterate=logins.ITERATE
    )  # fmt: skip
    master = f"import:{{BLF-CRYPT}}{master_hash}::::::allow_nets=127.0.0.0/8\n"
    return {"dovecot.conf": main, "sql.conf.ext": sql, "master": master}
