#!/usr/bin/python3 -IS
"""A tenant's `sendmail`: takes a message as PHP's mail() gives it and hands it in by SMTP, as the site's own sender.

`sendmail CREDENTIALS [-t] [-i] [-f ADDRESS] [RECIPIENT ...]`. Standard library only. The setgid way into Postfix is closed
to a process without new privileges; this way every message is counted and limited under the site that sent it, and
Postfix refuses a sender that is not the site's. The credentials lie in the site's private folder, as JSON: host, port,
user, password, and the usual sender.
"""

import json
import re
import smtplib
import ssl
import sys
from email.utils import getaddresses

EX_DATAERR, EX_UNAVAILABLE, EX_TEMPFAIL, EX_CONFIG = 65, 69, 75, 78
# A field of the head with its further lines, as bytes: what is in it is the site's own and is passed on as it came.
FIELD = re.compile(rb"[^\s:][^\n]*\n(?:[ \t][^\n]*\n)*")


def main(words: list[str], raw: bytes) -> int:
    try:
        with open(words[0]) as file:
            told = json.load(file)
    except (IndexError, OSError, ValueError):
        return say(EX_CONFIG, "this site has no right to send mail: make a mailbox for it in the portal")
    sender, recipients, reads_headers = arguments(words[1:])
    head, _, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    fields = FIELD.findall(head + b"\n")
    if reads_headers:
        recipients += named_in(fields)
    if not recipients:
        return say(EX_DATAERR, "no recipient is named")
    kept = [field for field in fields if name_of(field) != b"bcc"]
    if not any(name_of(field) == b"from" for field in kept):
        kept.insert(0, f"From: {told['from']}\n".encode())
    try:
        send(told, sender or told["from"], recipients, b"".join(kept) + b"\n" + body)
    except smtplib.SMTPRecipientsRefused as error:
        return say(EX_UNAVAILABLE, str(error))
    except smtplib.SMTPResponseException as error:
        return say(EX_TEMPFAIL if 400 <= error.smtp_code < 500 else EX_UNAVAILABLE, str(error))
    except (OSError, smtplib.SMTPException) as error:
        return say(EX_TEMPFAIL, str(error))
    return 0


def arguments(words: list[str]) -> tuple[str, list[str], bool]:
    """Return the sender, the recipients, and whether the headers name more; the many other options of sendmail are let pass."""
    sender, recipients, reads_headers, rest = "", [], False, list(words)
    while rest:
        word = rest.pop(0)
        if word in ("-f", "-r"):
            sender = rest.pop(0) if rest else ""
        elif word.startswith(("-f", "-r")):
            sender = word[2:]
        elif word == "-t":
            reads_headers = True
        elif not word.startswith("-"):
            recipients.append(word)
    return sender, recipients, reads_headers


def name_of(field: bytes) -> bytes:
    return field.partition(b":")[0].strip().lower()


def named_in(fields: list[bytes]) -> list[str]:
    told = [
        field.partition(b":")[2].decode(errors="replace")
        for field in fields
        if name_of(field) in (b"to", b"cc", b"bcc")
    ]
    return [address for _, address in getaddresses([" ".join(one.split()) for one in told]) if "@" in address]


def send(told: dict[str, str], sender: str, recipients: list[str], message: bytes) -> None:
    with smtplib.SMTP(told["host"], int(told["port"]), timeout=30) as line:
        line.ehlo()
        if line.has_extn("starttls"):
            # The submission of this very node, over loopback: its certificate bears the node's public name.
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            line.starttls(context=context)
        line.login(told["user"], told["password"])
        line.sendmail(sender, recipients, message)


def say(code: int, text: str) -> int:
    print(f"sendmail: {text}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdin.buffer.read()))
