"""A SAML identity provider: pysaml2's server behind HTTP, in a thread, with keys and people of its own.

It needs the program xmlsec1, which signs for pysaml2.
"""

import datetime as dt
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT, server
from saml2.authn_context import PASSWORDPROTECTEDTRANSPORT
from saml2.config import IdPConfig
from saml2.metadata import create_metadata_string
from saml2.saml import NAMEID_FORMAT_PERSISTENT, NameID
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256

XMLSEC = shutil.which("xmlsec1")


class RunningSaml:
    """`say` what it tells of somebody. `answer` is what it posts to the portal for a sign-in that began there.

    `rival` has other keys under the same name, as a forger would.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), handler(self))
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        for name in ("own", "rival"):
            make_keys(folder, name)
        self.metadata = create_metadata_string(None, config=IdPConfig().load(self._config("own"))).decode()
        self.said: dict[str, list[str]] = {}
        self.thread = threading.Thread(target=self.http.serve_forever, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.http.shutdown()
        self.http.server_close()

    def _config(self, keys: str, lifetime: int = 15) -> dict[str, Any]:
        sp = self.folder / "portal.xml"
        return {
            "entityid": f"{self.url}/metadata",
            "xmlsec_binary": XMLSEC,
            "key_file": str(self.folder / f"{keys}.key"),
            "cert_file": str(self.folder / f"{keys}.crt"),
            "metadata": {"local": [str(sp)]} if sp.exists() else {},
            "service": {
                "idp": {
                    "endpoints": {"single_sign_on_service": [(f"{self.url}/sso", BINDING_HTTP_REDIRECT)]},
                    "policy": {"default": {"lifetime": {"minutes": lifetime}}},
                }
            },
        }

    def know(self, portal_metadata: str) -> None:
        """Take in the portal's own metadata."""
        (self.folder / "portal.xml").write_text(portal_metadata)

    def say(self, **attributes: list[str]) -> None:
        self.said = attributes

    def answer(
        self,
        address: str,
        username: str = "gus",
        *,
        keys: str = "own",
        lifetime: int = 15,
        name_format: str = NAMEID_FORMAT_PERSISTENT,
        **changed: Any,
    ) -> str:
        """The SAMLResponse (base64) to the request in that address, with what shall be otherwise changed."""
        idp = server.Server(config=IdPConfig().load(self._config(keys, lifetime)))
        request = parse_qs(urlsplit(address).query)["SAMLRequest"][0]
        asked = idp.parse_authn_request(request, BINDING_HTTP_REDIRECT).message
        values = {
            "identity": self.said,
            "in_response_to": asked.id,
            "destination": asked.assertion_consumer_service_url,
            "sp_entity_id": asked.issuer.text,
            "name_id": NameID(format=name_format, text=f"id-of-{username}"),
            "authn": {"class_ref": PASSWORDPROTECTEDTRANSPORT},
            "sign_assertion": True,
            "sign_response": False,
            "sign_alg": SIG_RSA_SHA256,
            "digest_alg": DIGEST_SHA256,
        } | changed
        made = idp.create_authn_response(**values)
        posted = idp.apply_binding(BINDING_HTTP_POST, str(made), values["destination"], response=True)
        page = posted["data"]
        return str(page.split('name="SAMLResponse" value="')[1].split('"')[0])


def handler(provider: RunningSaml) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = provider.metadata.encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/samlmetadata+xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """The test's output is its own."""

    return Handler


def make_keys(folder: Path, name: str) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"idp {name}")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL
    (folder / f"{name}.key").write_bytes(key.private_bytes(pem, form, serialization.NoEncryption()))
    (folder / f"{name}.crt").write_bytes(certificate.public_bytes(pem))
