"""Which addresses a message may link to, and how they are written so that they end where they should."""

import re
from urllib.parse import urlsplit

_MAIL_ADDRESS = re.compile(r"[A-Za-z0-9.!#$&'+/=^_`{}~-]+@[A-Za-z0-9.-]+")
_HOST = re.compile(r"(?!-)[a-z0-9.-]+", re.IGNORECASE)
_PLAIN_IN_ADDRESS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._/:?#&=,;+$@")
_PERCENT_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")


def safe_href(href: str) -> str:
    """The address, with every character percent-encoded that means something in wiki markup or ends it.

    Raises ValueError unless it is an absolute http or https address without credentials, or a mailto address
    without parameters.
    """
    if re.search(r"[\s\x00-\x20\x7f]", href):
        raise ValueError("A link may not contain blanks or control characters.")
    parts = urlsplit(href)
    if parts.scheme == "mailto":
        return _mail_href(parts.path, extra=parts.query or parts.fragment)
    if parts.scheme not in ("http", "https"):
        raise ValueError("A link must begin with https://, http:// or mailto:.")
    if "@" in parts.netloc or "\\" in parts.netloc or not _HOST.fullmatch(parts.hostname or ""):
        raise ValueError("A link needs a plain host name, without a user or password.")
    if parts.port == 0:
        raise ValueError("A link needs a usable port.")
    return _percent_encoded(href)


def _mail_href(address: str, extra: str) -> str:
    if extra or not _MAIL_ADDRESS.fullmatch(address):
        raise ValueError("A mailto link holds one mail address and nothing else.")
    return "mailto:" + _percent_encoded(address)


def _percent_encoded(address: str) -> str:
    encoded = []
    for position, character in enumerate(address):
        if character in _PLAIN_IN_ADDRESS or _PERCENT_ESCAPE.match(address, position):
            encoded.append(character)
        else:
            encoded.append("".join(f"%{byte:02X}" for byte in character.encode("utf-8", "replace")))
    return "".join(encoded)
