"""Taking a node into a control plane: once, with a token that a person was given for this node's name."""

import os
import platform
from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from servanda.drivers.node import Plain, make_sealing_key
from servanda.drivers.nodelink import Door, LinkAway, LinkRefused
from servanda.faces.node import installed
from servanda.faces.node.installed import Installation
from servanda.ground.nodes.messages import Enrol, Enrolled, public_bytes
from servanda.ground.nodes.sealing import public_text
from servanda.ground.refusal import Refused


class NotEnrolled(Refused):
    """The control plane did not take the node, or did not answer."""


def enrol(
    installation: Installation, door: Door, token: str, *, more: Mapping[str, Plain] = MappingProxyType({})
) -> Installation:
    """Introduce the node, with `more` facts beside those of every machine, pin the keys that it gets, and return it as it is now.

    A second time begins a new incarnation.
    """
    key = installed.make_key(installation)
    sealing = make_sealing_key(installation.layout, installation.name)
    try:
        asked = msgspec.convert(
            {
                "token": token,
                "node": installation.name,
                "public_key": public_bytes(key),
                "sealing_key": public_text(sealing),
                "facts": {**facts(installation), **more},
            },
            type=Enrol,
        )
        answer = door.enrol(asked)
    except msgspec.ValidationError as error:
        raise NotEnrolled(
            f"This is no token, or no name of a node: {error}. Copy both from the office's page."
        ) from error
    except LinkRefused as error:
        raise NotEnrolled(
            f"The control plane does not take this token for {installation.name}: {error}. "
            "A token is for one name, once, for fifteen minutes: make another one."
        ) from error
    except LinkAway as error:
        raise NotEnrolled(f"The control plane does not answer: {error}. The token may be tried again.") from error
    return pin(installation, answer)


def pin(installation: Installation, answer: Enrolled) -> Installation:
    """Keep whom the node listens to from now on."""
    if answer.node != installation.name:
        raise NotEnrolled(f"The control plane answered for {answer.node}, not for {installation.name}.")
    result = msgspec.structs.replace(installation, enrolled=answer)
    installed.write(result)
    return result


def facts(installation: Installation) -> dict[str, Plain]:
    """Return what a control plane may know of the machine before it gives it work."""
    return {
        "host": installation.layout.host_name,
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", platform.system()),
        "kernel": platform.release(),
        "cores": os.cpu_count() or 1,
        "private": installation.layout.is_private,
    }
