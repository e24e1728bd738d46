"""Whether a server's certificate proves who it is, and what to say where it doesn't."""

import ssl

from krmd.base.errors import CertificateError, UnreachableError
from krmd.wire.imap.endpoint import Endpoint

# OpenSSL's X509_V_ERR_… numbers, which the ssl module hands out without names.
_NOT_YET_VALID = 9
_EXPIRED = 10
_SELF_SIGNED = (18, 19)
_NAME_MISMATCH = (62, 64)


def tls_context(endpoint: Endpoint) -> ssl.SSLContext:
    """A context that always verifies chain and name; raises CertificateError for a bad ca_file."""
    if endpoint.ca_file is None:
        return ssl.create_default_context()
    try:
        context = ssl.create_default_context(cafile=str(endpoint.ca_file))
    except OSError as error:
        raise CertificateError(
            f"{endpoint.ca_file} can't be read as certificates in PEM form: {error.strerror}"
        ) from error
    # Python 3.13 made these two its default. A home-made CA often lacks the extensions that
    # STRICT asks for, and what is accepted must not depend on Python's version.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def explained(error: ssl.SSLError, endpoint: Endpoint) -> UnreachableError:
    """The error to raise for a failed handshake, in one plain sentence that says what to do."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return CertificateError(f"{endpoint.host} {_fault(error)}")
    if error.reason in {"WRONG_VERSION_NUMBER", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"}:
        return UnreachableError(
            f"{endpoint.host} doesn't speak TLS on port {endpoint.port}: "
            "imaps:// is usually port 993, imap+starttls:// port 143"
        )
    reason = (error.reason or "the connection broke off").replace("_", " ").lower()
    return UnreachableError(f"no encrypted connection to {endpoint.host}: {reason}")


def _fault(error: ssl.SSLCertVerificationError) -> str:
    code = error.verify_code
    if code == _EXPIRED:
        return (
            "shows a certificate that has expired: its administrator must renew it "
            "(or this machine's clock is wrong)"
        )
    if code == _NOT_YET_VALID:
        return "shows a certificate that isn't valid yet: look at this machine's clock"
    if code in _NAME_MISMATCH:
        return "shows a certificate made out to another host: use the name the certificate is for"
    if code in _SELF_SIGNED:
        return (
            "shows a certificate signed by an unknown authority (or by itself): "
            "if it is yours, name that authority's certificate as ca_file"
        )
    if "unable to get" in error.verify_message or "unable to verify" in error.verify_message:
        return (
            "shows a certificate from an unknown authority: "
            "if it is a private one, name its certificate as ca_file"
        )
    return f"shows a certificate that can't be trusted: {error.verify_message}"
