"""The same bounds over TLS, which is what Meta speaks: a certificate made here, trusted for these tests only."""

from __future__ import annotations

import ipaddress
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors import Busy, Unsure
from connectors._graph import Graph
from tests.connectors import scripted as s
from tests.connectors.scripted import TOKEN, Says, Script


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and self-signed certificate for 127.0.0.1 in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@contextmanager
def over_tls(certificate: Path) -> Iterator[Script]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with s.scripted(context) as script:
        yield script


def client(script: Script, certificate: Path | bool, timeout_s: float = 20) -> Graph:
    graph = Graph(script.page(), script.wire(timeout_s=timeout_s), "page")
    graph._session.verify = certificate if isinstance(certificate, bool) else str(certificate)
    return graph


def test_an_answer_comes_over_tls(certificate: Path) -> None:
    with over_tls(certificate) as script, closing(client(script, certificate)) as graph:
        script.on("*", "", Says({"id": "1"}))
        assert graph.get("me") == {"id": "1"}
        assert graph.created("1", "feed", {"message": "x"}, commits=True) == "1"
        assert script.seen[0].headers["Authorization"] == f"Bearer {TOKEN}"


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize("start", [HEAD + b"Content-Length: 9999\r\n\r\n", HEAD + b"X-Long: ", HEAD + b"\r\n"])
def test_a_dripping_server_is_cut(start: bytes, certificate: Path) -> None:
    with over_tls(certificate) as script, closing(client(script, certificate, 2)) as graph:
        script.on("*", "", Says(act=s.drip(start)))
        began = time.monotonic()
        with pytest.raises(Unsure) as caught:
            graph.post("1", None, {"is_published": "true"}, commits=True)
        assert caught.value.code == "timeout"
        assert time.monotonic() - began < 15


def test_a_foreign_certificate_is_no_connection(certificate: Path) -> None:
    with over_tls(certificate) as script, closing(client(script, True)) as graph:
        with pytest.raises(Busy) as caught:
            graph.post("1", None, {"is_published": "true"}, commits=True)
        assert caught.value.unreached
        assert script.seen == []


def test_no_thread_is_left_behind(certificate: Path) -> None:
    with over_tls(certificate) as script, closing(client(script, certificate)) as graph:
        script.on("*", "", Says({"id": "1"}))
        for _ in range(5):
            graph.get("me")
        deadline = time.monotonic() + 20
        while timers() and time.monotonic() < deadline:
            time.sleep(0.01)
        assert timers() == []


def timers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]
