"""Postfix's configuration: three files of fixed text and one small file for each question to the rows.

Nothing of a tenant is in here, only what the layout says; a tenant's values are rows, and Postfix quotes what it asks.
"""

from collections.abc import Mapping

from servanda.drivers.node.layout import Layout
from servanda.drivers.node.mail import maps
from servanda.drivers.node.mail.places import Places

# Addresses that bulk mail and a dedicated relay leave from have their own queue, rate and greeting.
BULK_PAUSE_SECONDS = 1
BULK_AT_ONCE = 2
MESSAGE_BYTES_MAX = 50 * 1024 * 1024

_MASTER = """\
{smtp} inet n - n - - smtpd
  -o smtpd_sasl_auth_enable=no
{submission} inet n - n - - smtpd
  -o syslog_name=postfix/submission
  -o smtpd_tls_security_level=encrypt
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_delay_reject=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
  -o smtpd_sender_restrictions=$submission_sender_restrictions
  -o smtpd_recipient_restrictions=$submission_recipient_restrictions
  -o smtpd_end_of_data_restrictions=$submission_end_of_data_restrictions
  -o smtpd_milters=$submission_milters
  -o milter_default_action=tempfail
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
bulk unix - - n - {at_once} smtp
  -o syslog_name=postfix/bulk
  -o smtp_helo_name=bulk.$myhostname{bulk_bind}
dedicated unix - - n - - smtp
  -o syslog_name=postfix/dedicated
  -o smtp_helo_name=relay.$myhostname{dedicated_bind}
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""

_MAPS: Mapping[str, str] = {
    "domains": maps.IS_LOCAL,
    "mailboxes": maps.IS_MAILBOX,
    "targets": maps.TARGETS,
    "logins": maps.LOGINS,
    "receiving": maps.RECEIVING,
    "sending": maps.SENDING,
    "routes": maps.ROUTE,
}


def files(layout: Layout) -> Mapping[str, str]:
    """Return every file of Postfix's configuration folder by its name."""
    places = Places(layout)
    sources = {f"{name}.cf": _map(places, question, relay(layout)) for name, question in _MAPS.items()}
    return {"main.cf": _main(layout, places), "master.cf": _master(layout), **sources}


def relay(layout: Layout) -> str:
    """Return the next hop of all outgoing mail in Postfix's form, or nothing: then each domain's own servers."""
    if not layout.mail_relay:
        return ""
    host, _, port = layout.mail_relay.rpartition(":")
    return f"[{host}]:{int(port)}"


def _map(places: Places, question: str, hop: str) -> str:
    return (
        f"dbpath = {places.maps}\nquery = {question.replace('%s', chr(39) + '%s' + chr(39)).replace('{relay}', hop)}\n"
    )


def _master(layout: Layout) -> str:
    where = f"{layout.address}:" if layout.is_private else ""
    return _MASTER.format(
        smtp=f"{where}{layout.ports.smtp}",
        submission=f"{where}{layout.ports.submission}",
        at_once=BULK_AT_ONCE,
        bulk_bind=_bind(layout.mail_bulk_address),
        dedicated_bind=_bind(layout.mail_dedicated_address),
    )


def _bind(address: str) -> str:
    return f"\n  -o smtp_bind_address={address}" if address else ""


def _main(layout: Layout, places: Places) -> str:
    lines = {**_identity(layout, places), **_classes(layout, places), **_checks(places), **_lanes(layout)}
    return "".join(f"{name} = {value}\n" for name, value in lines.items())


def _identity(layout: Layout, places: Places) -> Mapping[str, object]:
    return {
        "compatibility_level": "3.6",
        "config_directory": places.postfix,
        "queue_directory": layout.data / "postqueue",
        "data_directory": layout.data / "postfix",
        "maillog_file": layout.log / "postfix.log",
        "maillog_file_prefixes": layout.log,
        "mail_owner": layout.accounts.post,
        "setgid_group": "postdrop",
        "multi_instance_name": "postfix-node",
        "syslog_name": "postfix",
        "myhostname": layout.host_name,
        "myorigin": "$myhostname",
        "mydestination": "",
        "local_recipient_maps": "",
        "inet_interfaces": layout.address if layout.is_private else "all",
        "inet_protocols": "ipv4" if layout.is_private else "all",
        "mynetworks": "",
        "alias_maps": "",
        "local_transport": "error:5.1.1 no such address here",
        "notify_classes": "",
        "smtputf8_enable": "no",
        "append_dot_mydomain": "no",
        "biff": "no",
        "recipient_delimiter": "",
        # Else a hold on example.dk would also answer for a subdomain that is another tenant's.
        "parent_domain_matches_subdomains": "",
        "enable_long_queue_ids": "yes",
        "message_size_limit": MESSAGE_BYTES_MAX,
        "mailbox_size_limit": 0,
        "virtual_mailbox_limit": 0,
    }


def _classes(layout: Layout, places: Places) -> Mapping[str, object]:
    at = f"sqlite:{places.postfix}"
    return {
        "virtual_mailbox_domains": f"{at}/domains.cf",
        "virtual_mailbox_maps": f"{at}/mailboxes.cf",
        "virtual_alias_domains": "",
        "virtual_alias_maps": f"{at}/targets.cf",
        "virtual_transport": f"lmtp:unix:{places.sockets}/lmtp",
        "smtpd_sender_login_maps": f"{at}/logins.cf",
        "smtpd_sasl_type": "dovecot",
        "smtpd_sasl_path": places.sockets / "auth",
        "smtpd_sasl_security_options": "noanonymous",
        "smtpd_tls_cert_file": places.certificate / "cert.pem",
        "smtpd_tls_key_file": places.certificate / "key.pem",
        "smtpd_tls_security_level": "may",
        "smtpd_tls_auth_only": "yes",
        "smtpd_tls_mandatory_protocols": ">=TLSv1.2",
        "smtp_tls_security_level": "may",
    }


def _checks(places: Places) -> Mapping[str, object]:
    at = f"check_recipient_access sqlite:{places.postfix}"
    sending = f"sqlite:{places.postfix}/sending.cf"
    quota = _policy(places, "quota", otherwise="DUNNO")
    counted = _policy(places, "policy", otherwise="DUNNO")
    limited = _policy(places, "policy", otherwise="451 4.3.0 The limits cannot be read now")
    return {
        "disable_vrfy_command": "yes",
        "smtpd_helo_required": "yes",
        "strict_rfc821_envelopes": "yes",
        "smtpd_forbid_bare_newline": "normalize",
        "smtpd_delay_reject": "yes",
        "smtpd_relay_restrictions": "reject_unauth_destination",
        "smtpd_recipient_restrictions": ", ".join(
            ("reject_unauth_destination", "reject_unlisted_recipient", f"{at}/receiving.cf", quota, counted)
        ),
        "smtpd_end_of_data_restrictions": counted,
        "smtpd_milters": "",  # where a filter for incoming spam would stand
        "non_smtpd_milters": "",
        "milter_protocol": 6,
        "submission_sender_restrictions": ", ".join(
            ("reject_sender_login_mismatch", f"check_sasl_access {sending}", f"check_sender_access {sending}")
        ),
        "submission_recipient_restrictions": ", ".join(
            (
                "reject_non_fqdn_recipient",
                "reject_unlisted_recipient",
                f"{at}/receiving.cf",
                quota,
                limited,
                "permit_sasl_authenticated",
                "reject",
            )
        ),
        "submission_end_of_data_restrictions": limited,
        "submission_milters": f"unix:{places.sockets}/milter",
    }


def _policy(places: Places, socket: str, *, otherwise: str) -> str:
    return f"check_policy_service {{ unix:{places.sockets}/{socket}, timeout=10s, {{ default_action = {otherwise} }} }}"


def _lanes(layout: Layout) -> Mapping[str, object]:
    hop = relay(layout)
    # A private node without a sink may reach nobody: mail of a test or a demo must not leave the machine.
    away = "error:5.7.1 this private node sends nothing out" if layout.is_private and not hop else "smtp"
    return {
        "relayhost": hop,
        "smtp_host_lookup": "native" if layout.is_private else "dns",
        "default_transport": away,
        "sender_dependent_default_transport_maps": ""
        if away != "smtp"
        else f"sqlite:{Places(layout).postfix}/routes.cf",
        "bulk_destination_rate_delay": f"{BULK_PAUSE_SECONDS}s",
        "bulk_destination_concurrency_limit": BULK_AT_ONCE,
        "bulk_initial_destination_concurrency": 1,
        "dedicated_destination_concurrency_limit": 10,
    }
