"""The metadata of the company's identity provider: read by https, checked, and compared.

Source: SAML 2.0 metadata (validUntil); AWS IAM, CreateSAMLProvider (1,000 to 10,000,000 characters).
"""

import threading
import time
from datetime import UTC, datetime
from xml.etree import ElementTree

import httpx

from taskqueue import clock
from vending.aws.errors import Fault, Kind

LONGEST = 10_000_000
SECONDS = 15.0
"""For the whole download: far below a step's lease."""
KEPT_SECONDS = 60.0
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"
DESCRIPTORS = ("EntityDescriptor", "EntitiesDescriptor")

_kept: dict[str, tuple[float, str]] = {}
_lock = threading.Lock()


def read(url: str) -> str:
    """The metadata at an https address, kept for a minute. Raises Fault."""
    with _lock:
        read_at, text = _kept.get(url, (0.0, ""))
    if text and time.monotonic() - read_at < KEPT_SECONDS:
        return text
    text = _download(url)
    check(text)
    with _lock:
        _kept[url] = (time.monotonic(), text)
    return text


def forget() -> None:
    """Empty the cache, for tests."""
    with _lock:
        _kept.clear()


def check(text: str) -> None:
    """Raises Fault for what is no SAML metadata, or is no longer valid."""
    root = _parse(text)
    until = root.get("validUntil")
    if until is None:
        return
    try:
        ends = datetime.fromisoformat(until)
    except ValueError:
        raise _refused("its end of validity cannot be read") from None
    if (ends if ends.tzinfo else ends.replace(tzinfo=UTC)) <= clock.now():
        raise Fault(
            Kind.PERMANENT,
            "MetadataExpired",
            f"The federation metadata was valid until {ends:%Y-%m-%d} only. "
            "Renew it at the identity provider, then retry.",
        )


def same(one: str, other: str) -> bool:
    """Whether two documents say the same: white space, the document's own id and its signature say nothing.

    An identity provider may make id and signature anew for every download.
    """
    try:
        return _essence(one) == _essence(other)
    except Fault:
        return False


def _essence(text: str) -> str:
    root = _parse(text)
    root.attrib.pop("ID", None)
    for signature in root.findall(SIGNATURE):
        root.remove(signature)
    return ElementTree.canonicalize(ElementTree.tostring(root, encoding="unicode"), strip_text=True)


def _parse(text: str) -> ElementTree.Element:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:  # metadata needs neither; both can be made to eat memory
        raise _refused("it defines XML entities")
    try:
        root = ElementTree.fromstring(text.strip())  # noqa: S314 - without entities there is nothing to expand
    except ElementTree.ParseError as problem:
        raise _refused(f"it is no XML ({problem})") from problem
    if root.tag.rpartition("}")[2] not in DESCRIPTORS:
        raise _refused("it describes no SAML identity provider")
    return root


def _download(url: str) -> str:
    deadline, text = time.monotonic() + SECONDS, bytearray()
    try:
        # no redirects: they could lead away from https
        with httpx.stream("GET", url, timeout=SECONDS / 3, follow_redirects=False) as answer:
            if answer.status_code != httpx.codes.OK:
                raise _not_read(url, f"answered {answer.status_code}", passes=answer.status_code >= 500)
            for part in answer.iter_bytes():
                text += part
                if len(text) > LONGEST:
                    raise _refused("it has more than 10,000,000 characters")
                if time.monotonic() > deadline:
                    raise _not_read(url, f"took more than {SECONDS:.0f} seconds", passes=True)
            return text.decode(answer.encoding or "utf-8")
    except httpx.HTTPError as problem:
        raise _not_read(url, f"did not answer ({type(problem).__name__})", passes=True) from problem
    except (UnicodeDecodeError, LookupError) as problem:
        raise _refused("its characters cannot be read") from problem


def _not_read(url: str, why: str, *, passes: bool) -> Fault:
    return Fault(
        Kind.TRANSIENT if passes else Kind.PERMANENT,
        "MetadataNotRead",
        f"The federation metadata could not be read: {httpx.URL(url).host} {why}. "
        "Check the address in the baseline and the way there, then retry.",
    )


def _refused(why: str) -> Fault:
    return Fault(
        Kind.PERMANENT,
        "MetadataRefused",
        f"The federation metadata cannot be used: {why}. Correct it in the baseline or at its address, then retry.",
    )
