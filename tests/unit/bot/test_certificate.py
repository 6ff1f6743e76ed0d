"""The certificate is looked at as LINE would: a real handshake with a real server."""

import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bot.line_checks import look_at_certificate

Serve = Callable[..., str]


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Starts a server with a certificate of this name and life; returns its address."""
    servers: list[ThreadingTCPServer] = []

    def start(name: str = "localhost", days: int = 90, is_trusted: bool = True) -> str:
        chain, key = make_certificate(tmp_path, name, datetime.now(UTC) + timedelta(days=days))
        if is_trusted:
            monkeypatch.setenv("SSL_CERT_FILE", str(chain))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key)
        server = ThreadingTCPServer(("127.0.0.1", 0), BaseRequestHandler)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None  # type: ignore[method-assign] # a refused handshake
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return f"https://localhost:{server.server_address[1]}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def make_certificate(folder: Path, name: str, ends_at: datetime) -> tuple[Path, Path]:
    """Files of a certificate that signed itself, and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=100))
        .not_valid_after(ends_at)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / "certificate.pem", folder / "key.pem"
    chain.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return chain, secret


def test_certificate_that_holds_is_well(serve: Serve) -> None:
    finding = look_at_certificate(serve(), datetime.now(UTC))
    assert finding.is_well
    assert "ends in 89 days" in finding.found


def test_certificate_that_ends_within_days_is_told(serve: Serve) -> None:
    finding = look_at_certificate(serve(days=3), datetime.now(UTC))
    assert not finding.is_well
    assert "ends in 2 days" in finding.found


@pytest.mark.parametrize(
    "wrong",
    [{"is_trusted": False}, {"name": "yaam.example.org"}, {"days": -1}],
    ids=["nobody vouches", "another name", "over"],
)
def test_certificate_that_line_would_refuse_is_told(serve: Serve, wrong: dict[str, object]) -> None:
    finding = look_at_certificate(serve(**wrong), datetime.now(UTC))
    assert not finding.is_well
    assert "is not accepted" in finding.found
