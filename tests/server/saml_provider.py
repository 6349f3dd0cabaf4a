"""An identity provider for SAML, made for tests: it signs what it is told to, also what it must not."""

from __future__ import annotations

import base64
import secrets
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from urllib.parse import parse_qs, urlsplit

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree

_P = "urn:oasis:names:tc:SAML:2.0:protocol"
_A = "urn:oasis:names:tc:SAML:2.0:assertion"
ISSUER = "https://idp.example.org/saml"
EMAIL = "urn:oid:0.9.2342.19200300.100.1.3"


@dataclass
class Provider:
    """Has a key of its own; ``stranger()`` is another provider with the same name and another key."""

    key: bytes = field(default_factory=lambda: _pair()[0])
    cert: bytes = field(default_factory=lambda: _pair()[1])

    def metadata(self) -> str:
        """What the service is told of this provider."""
        cert = "".join(self.cert.decode().splitlines()[1:-1])
        return f"""<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{ISSUER}">
<IDPSSODescriptor protocolSupportEnumeration="{_P}"><KeyDescriptor use="signing">
<KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>{cert}</X509Certificate></X509Data></KeyInfo>
</KeyDescriptor><SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
 Location="https://idp.example.org/sso"/></IDPSSODescriptor></EntityDescriptor>"""

    def answer(
        self, to: Asked, attributes: dict[str, list[str]], *, minutes: int = 5, signed: bool = True,
        audience: str = "",
    ) -> str:  # fmt: skip
        """A response as the browser posts it, whose assertion ends ``minutes`` from now."""
        root = etree.fromstring(
            _response(to, attributes, minutes, audience or to.audience).encode()
        )
        if signed:
            self._sign(root.find(f"{{{_A}}}Assertion"))
        return base64.b64encode(etree.tostring(root)).decode()

    def _sign(self, assertion: etree._Element) -> None:
        signature = xmlsec.template.create(
            assertion, xmlsec.Transform.EXCL_C14N, xmlsec.Transform.RSA_SHA256, ns="ds"
        )
        assertion.insert(1, signature)
        reference = xmlsec.template.add_reference(
            signature, xmlsec.Transform.SHA256, uri=f"#{assertion.get('ID')}"
        )
        xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
        xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
        xmlsec.tree.add_ids(assertion, ["ID"])
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_memory(self.key, xmlsec.KeyFormat.PEM)
        context.sign(signature)


@dataclass(frozen=True)
class Asked:
    """What the service asked, out of the address it sends the browser to."""

    id: str
    acs: str
    audience: str

    @classmethod
    def of(cls, address: str) -> Asked:
        """Reads the request in an address."""
        packed = base64.b64decode(parse_qs(urlsplit(address).query)["SAMLRequest"][0])
        root = etree.fromstring(zlib.decompress(packed, -15))
        issuer = root.find(f"{{{_A}}}Issuer")
        return cls(root.get("ID"), root.get("AssertionConsumerServiceURL"), issuer.text)


def tampered(answer: str, was: str, becomes: str) -> str:
    """The same answer with one word changed after it was signed."""
    return base64.b64encode(
        base64.b64decode(answer).replace(was.encode(), becomes.encode())
    ).decode()


def wrapped(answer: str, was: str, becomes: str) -> str:
    """A forged assertion put before the signed one, which is left as it is."""
    root = etree.fromstring(base64.b64decode(answer))
    signed = root.find(f"{{{_A}}}Assertion")
    text = etree.tostring(signed).decode().replace(was, becomes)
    forged = etree.fromstring(text.replace(signed.get("ID"), "_" + "f" * 32))
    forged.remove(forged.find("{http://www.w3.org/2000/09/xmldsig#}Signature"))
    signed.addprevious(forged)
    return base64.b64encode(etree.tostring(root)).decode()


def _response(to: Asked, attributes: dict[str, list[str]], minutes: int, audience: str) -> str:
    now = datetime.now(UTC)
    until, since = _moment(now + timedelta(minutes=minutes)), _moment(now - timedelta(minutes=10))
    values = "".join(
        f'<saml:Attribute Name="{name}">'
        + "".join(f"<saml:AttributeValue>{v}</saml:AttributeValue>" for v in given)
        + "</saml:Attribute>"
        for name, given in attributes.items()
    )
    return f"""<samlp:Response xmlns:samlp="{_P}" xmlns:saml="{_A}" ID="_{secrets.token_hex(16)}" Version="2.0"
 IssueInstant="{_moment(now)}" Destination="{to.acs}" InResponseTo="{to.id}"><saml:Issuer>{ISSUER}</saml:Issuer>
<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>
<saml:Assertion ID="_{secrets.token_hex(16)}" Version="2.0" IssueInstant="{_moment(now)}"><saml:Issuer>{ISSUER}</saml:Issuer>
<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">id-of-{attributes[EMAIL][0]}</saml:NameID>
<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData
 NotOnOrAfter="{until}" Recipient="{to.acs}" InResponseTo="{to.id}"/></saml:SubjectConfirmation></saml:Subject>
<saml:Conditions NotBefore="{since}" NotOnOrAfter="{until}"><saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience>
</saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="{_moment(now)}" SessionIndex="_1">
<saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>
</saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>{values}</saml:AttributeStatement></saml:Assertion></samlp:Response>"""


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


@cache
def _pair() -> tuple[bytes, bytes]:
    return fresh_pair()


def fresh_pair() -> tuple[bytes, bytes]:
    """A key and its certificate."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.example.org")])
    now = datetime.now(UTC)
    cert = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1)).sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem, cert.public_bytes(serialization.Encoding.PEM)
