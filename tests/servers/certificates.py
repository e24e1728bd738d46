"""Throw-away certificates for the servers: one to accept and four to refuse."""

import datetime as dt
import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HOSTS = ("localhost", "127.0.0.1")


class Certificate(StrEnum):
    """What a server shows; a client that trusts the CA must accept GOOD alone."""

    GOOD = "good"
    EXPIRED = "expired"
    WRONG_HOST = "wrong-host"
    SELF_SIGNED = "self-signed"
    OTHER_CA = "other-ca"


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """A folder of PEM files: `ca`, and for each kind a chain and a private key."""

    folder: Path

    @property
    def ca(self) -> Path:
        """The CA's certificate, for the client's `ca_file`."""
        return self.folder / "ca.pem"

    def chain(self, kind: Certificate) -> Path:
        """The server's certificate."""
        return self.folder / f"{kind}.pem"

    def key(self, kind: Certificate) -> Path:
        """The server's private key."""
        return self.folder / f"{kind}.key"


def make_certificates(folder: Path) -> CertificateFiles:
    """Write the CA and one certificate of each kind into `folder`, made if absent."""
    folder.mkdir(parents=True, exist_ok=True)
    files = CertificateFiles(folder)
    ca = trustme.CA(organization_name="krmd tests")
    ca.cert_pem.write_to_path(files.ca)
    now = dt.datetime.now(dt.UTC)
    leaves = {
        Certificate.GOOD: ca.issue_cert(*HOSTS),
        Certificate.WRONG_HOST: ca.issue_cert("mail.other.example"),
        Certificate.EXPIRED: ca.issue_cert(
            *HOSTS,
            not_before=now - dt.timedelta(days=30),
            not_after=now - dt.timedelta(days=1),
        ),
        Certificate.OTHER_CA: trustme.CA(organization_name="somebody else").issue_cert(*HOSTS),
    }
    for kind, leaf in leaves.items():
        files.chain(kind).write_bytes(b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
        leaf.private_key_pem.write_to_path(files.key(kind))
    _write_self_signed(files, now)
    return files


def _write_self_signed(files: CertificateFiles, now: dt.datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    leaf = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=365))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    files.chain(Certificate.SELF_SIGNED).write_bytes(leaf.public_bytes(serialization.Encoding.PEM))
    files.key(Certificate.SELF_SIGNED).write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
