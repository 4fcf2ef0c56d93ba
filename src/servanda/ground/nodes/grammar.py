"""The closed grammars of everything that a node may be told. What does not match is refused when a document is read.

The patterns end in \\Z, not $, because $ would let a trailing line break pass. None of them admits a control
character, a quote, a brace, a semicolon, a slash or a dollar sign.
"""

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"

# RFC 1123 names in lower case, at least two labels, without a dot at the end; the last label is not a number.
HostName = Annotated[str, Meta(pattern=rf"\A(?=.{{1,253}}\Z)({_LABEL}\.)+(?=[a-z0-9-]*[a-z]){_LABEL}\Z")]
# The same, and a single asterisk as first label, for certificates and zones.
HostPattern = Annotated[str, Meta(pattern=rf"\A(?=.{{1,253}}\Z)(\*\.)?({_LABEL}\.)+(?=[a-z0-9-]*[a-z]){_LABEL}\Z")]
# Names of records: underscores too (_dmarc, selector._domainkey), and the asterisk.
RecordName = Annotated[
    str,
    Meta(
        pattern=r"\A(?=.{1,253}\Z)(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\Z"
    ),
]
# What stands before the @: the safe part of RFC 5321's atoms, lower case, no dot at the ends, none doubled.
LocalPart = Annotated[str, Meta(pattern=r"\A(?=.{1,64}\Z)[a-z0-9_+=-]+(\.[a-z0-9_+=-]+)*\Z")]
MailAddress = Annotated[
    str,
    Meta(pattern=rf"\A(?=.{{3,254}}\Z)[a-z0-9_+=-]+(\.[a-z0-9_+=-]+)*@({_LABEL}\.)+(?=[a-z0-9-]*[a-z]){_LABEL}\Z"),
]

SiteId = Annotated[int, Meta(ge=1, le=9_999_999)]
# The numeric user of a tenant. No entry in /etc/passwd stands behind it; Debian hands out none of these by itself.
Tenant = Annotated[int, Meta(ge=200_000, le=9_999_999)]
DatabaseName = Annotated[str, Meta(pattern=r"\As[0-9]{1,7}_[a-z0-9]{1,24}\Z")]
DatabaseUserName = Annotated[str, Meta(pattern=r"\As[0-9]{1,7}_[a-z0-9]{1,24}\Z")]
LoginName = Annotated[str, Meta(pattern=r"\As[0-9]{1,7}(_[a-z0-9]{1,16})?\Z")]
ErrandId = Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]
NodeName = Annotated[str, Meta(pattern=r"\A[a-z]([a-z0-9-]{0,30}[a-z0-9])?\Z")]
InstallId = Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]
Sha256 = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
Country = Annotated[str, Meta(pattern=r"\A[A-Z]{2}\Z")]

# mysql_native_password: an asterisk and SHA-1 of SHA-1, in capitals.
_DATABASE_HASH = r"\*[0-9A-F]{40}"
# bcrypt in the form that Dovecot (BLF-CRYPT) and crypt(3) both read.
_HASH = r"\$2[by]\$(0[4-9]|1[0-9])\$[./A-Za-z0-9]{53}"
# What only the node opens (ground/nodes/sealing.py).
_SEALED = r"hpke1:[A-Za-z0-9_-]{80,300}"
DatabasePasswordHash = Annotated[str, Meta(pattern=rf"\A({_DATABASE_HASH}|{_SEALED})\Z")]
PasswordHash = Annotated[str, Meta(pattern=rf"\A({_HASH}|{_SEALED})\Z")]
OpenDatabasePasswordHash = Annotated[str, Meta(pattern=rf"\A{_DATABASE_HASH}\Z")]
OpenPasswordHash = Annotated[str, Meta(pattern=rf"\A{_HASH}\Z")]
# One key of an authorized_keys file, without options and without a comment.
SshKey = Annotated[
    str,
    Meta(
        pattern=r"\A(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-ssh-ed25519@openssh\.com) [A-Za-z0-9+/]{40,2000}={0,2}\Z"
    ),
]
# An IPv4 or IPv6 address or network in its usual characters; the agent reads it with ipaddress once more.
Network = Annotated[str, Meta(pattern=r"\A[0-9a-f.:]{2,39}(/[0-9]{1,3})?\Z")]
# A clause as text for people: letters, digits, blanks and the few signs that citations have.
ClauseText = Annotated[str, Meta(pattern=r"\A[\w .,:§()-]{1,120}\Z")]
# One line of text for people. Whatever shows it escapes it for the place where it stands.
PlainLine = Annotated[str, Meta(pattern=r"\A[^\x00-\x1f\x7f-\x9f\u2028\u2029]{1,200}\Z")]
WebAddress = Annotated[str, Meta(pattern=rf"\Ahttps?://({_LABEL}\.)*{_LABEL}(:[0-9]{{1,5}})?(/[A-Za-z0-9._~/-]*)?\Z")]
# A path within a tenant's files: relative, no empty part, no part that is only dots, no control characters.
InnerPath = Annotated[
    str, Meta(pattern=r"\A(?=.{1,1000}\Z)(?!\.{1,2}(/|\Z))[^/\x00-\x1f\x7f]+(/(?!\.{1,2}(/|\Z))[^/\x00-\x1f\x7f]+)*\Z")
]
SnapshotId = Annotated[str, Meta(pattern=r"\A[0-9a-f]{8,64}\Z")]

Bytes = Annotated[int, Meta(ge=0, le=1 << 50)]
Count = Annotated[int, Meta(ge=0, le=1 << 40)]
Moment = Annotated[datetime, Meta(tz=True)]
Day = date
