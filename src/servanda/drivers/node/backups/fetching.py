"""Fetching a site over SFTP from the server where it is now, into one archive in the inbox. The agent does this, without rights.

The other server is known by its key, which the customer gives; its address must be one of the public internet, and the
address that was checked is the one that is connected to.
"""

import os
import secrets
import socket
import stat
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import IPv6Address, ip_address, ip_network
from pathlib import Path

import paramiko

from servanda.drivers.node import Broken, NotNow
from servanda.ground.nodes.kinds.backups import SftpSource

MOST_FILES, MOST_BYTES = 200_000, 50 << 30
_SECONDS = 20.0
_NAT64 = ip_network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Tell whether an address is one of the public internet, also where it wraps an IPv4 address that is not."""
    found = ip_address(address)
    if isinstance(found, IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if found in _NAT64:
            inner = ip_address(int(found) & 0xFFFFFFFF)  # type: ignore[assignment]
        if inner is not None:
            return inner.is_global and not inner.is_multicast
    return found.is_global and not found.is_multicast


def fetch(
    source: SftpSource,
    word: str,
    into: Path,
    *,
    tell: Callable[[int], None],
    may_reach: Callable[[str], bool] = is_public,
    resolve: Callable[[str, int], list[str]] | None = None,
) -> int:
    """Write everything below the source's folder to a tar file, which appears only when it is whole.

    Links, devices and what lies deeper than a hundred folders are left out; returns how many those are.
    """
    address = _checked_address(source, may_reach, resolve or _resolved)
    draft = into.with_name(f".{into.name}.{secrets.token_hex(4)}")
    try:
        with _session(source, word, address) as sftp, open(draft, "xb") as out:
            os.fchmod(out.fileno(), 0o600)
            with tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT) as archive:
                left_out = _take(sftp, source.folder, archive, tell)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(into)
        return left_out
    except (paramiko.SSHException, OSError, EOFError) as error:
        raise NotNow(f"{source.host} broke off: {error}") from error
    finally:
        draft.unlink(missing_ok=True)


def _checked_address(
    source: SftpSource, may_reach: Callable[[str], bool], resolve: Callable[[str, int], list[str]]
) -> str:
    """Resolve once and return the address to use; one address that may not be reached refuses the name."""
    try:
        found = resolve(source.host, source.port)
    except OSError as error:
        raise NotNow(f"{source.host} has no address: {error}") from error
    if not found or not all(may_reach(one) for one in found):
        raise Broken(f"{source.host} leads to an address that is not on the public internet")
    return found[0]


def _resolved(host: str, port: int) -> list[str]:
    return [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@contextmanager
def _session(source: SftpSource, word: str, address: str) -> Iterator[paramiko.SFTPClient]:
    line = socket.create_connection((address, source.port), timeout=_SECONDS)
    transport = paramiko.Transport(line)
    try:
        transport.banner_timeout = transport.auth_timeout = _SECONDS
        kind = source.host_key.split()[0]
        transport.get_security_options().key_types = _signatures(kind)
        transport.start_client(timeout=_SECONDS)
        found = transport.get_remote_server_key()
        if f"{found.get_name()} {found.get_base64()}" != source.host_key:
            raise Broken(f"{source.host} shows another key than the one that was given; nothing was sent to it")
        transport.auth_password(source.user, word)
        sftp = paramiko.SFTPClient.from_transport(transport)
        assert sftp is not None
        channel = sftp.get_channel()
        if channel is not None:
            channel.settimeout(60)
        yield sftp
    except paramiko.AuthenticationException as error:
        raise Broken(f"{source.host} does not let {source.user} in") from error
    finally:
        transport.close()
        line.close()


def _signatures(kind: str) -> list[str]:
    return ["rsa-sha2-512", "rsa-sha2-256"] if kind == "ssh-rsa" else [kind]


def _take(sftp: paramiko.SFTPClient, top: str, archive: tarfile.TarFile, tell: Callable[[int], None]) -> int:
    files, total, left_out, waiting = 0, 0, 0, [("", 0)]
    while waiting:
        inside, depth = waiting.pop()
        for found in sftp.listdir_attr(f"{top}/{inside}".rstrip("/") or "/"):
            path, mode = f"{inside}/{found.filename}".lstrip("/"), found.st_mode or 0
            if found.filename in ("", ".", "..") or "/" in found.filename:
                raise Broken(f"the other server lists a file of the name {found.filename!a}")
            if stat.S_ISDIR(mode) and depth < 100:
                waiting.append((path, depth + 1))
                continue
            if not stat.S_ISREG(mode):
                left_out += 1
                continue
            files, total = files + 1, total + (found.st_size or 0)
            if files > MOST_FILES or total > MOST_BYTES:
                raise Broken(f"more than {MOST_FILES} files or {MOST_BYTES >> 30} GiB lie there")
            _add(sftp, f"{top}/{path}", path, found.st_size or 0, archive)
            tell(files)
    return left_out


def _add(sftp: paramiko.SFTPClient, source: str, path: str, size: int, archive: tarfile.TarFile) -> None:
    member = tarfile.TarInfo(path)
    member.size, member.mode = size, 0o640
    with sftp.open(source, "rb") as file:
        file.prefetch(size)
        archive.addfile(member, file)
