"""Certificates by ACME (RFC 8555): issued, installed without a reload, renewed in time, revoked when they go.

The agent does all of it without root: keys are its own files in a folder whose group is the web server's.
"""

from servanda.drivers.node.certificates.converger import CertificateConverger
from servanda.drivers.node.certificates.places import prepare
from servanda.drivers.node.certificates.proving import NameProofs

__all__ = ["CertificateConverger", "NameProofs", "prepare"]
