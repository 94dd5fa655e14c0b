"""From what people type and Jira sends to plain values. Nothing here raises, whatever comes in.

A value is text, a number, a list of these, or None. What cannot be read is kept as text, never guessed:
vending.rules tells the requester.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

LONGEST_LINE = 500  # characters; far over every rule, and short enough for a database index
LARGEST_AMOUNT = Decimal("1e10")  # what the column can hold

Form = Literal["NFC", "NFKC"]

_DOLLARS = re.compile(r"^(?:US ?\$|USD|\$)|(?:US ?\$|USD|\$|US dollars|dollars)$", re.IGNORECASE)
_AMOUNT = re.compile(
    r"(?P<sign>[-\u2212]?)"
    r"(?P<whole>[0-9]{1,3}(?P<mark>[.,' \u2019])[0-9]{3}(?:(?P=mark)[0-9]{3})*|[0-9]+)"
    r"(?:(?P<point>[.,])(?P<cents>[0-9]{1,2}))?"
)
_PHONE = re.compile(
    r"(?:(?:tel|telephone|telefon|phone|mobile)\b[.: ]*)?(?P<number>[0-9\s()+./\u2010-\u2015-]+)",
    re.IGNORECASE,
)

# Letters and marks by their Unicode category, but nothing to see.
_BLANKS = set("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_BULLET = re.compile(r"^(?:[*#\u2022\u2013-]+\s+)+")
_DASHES = re.compile(r"[\u2010-\u2015\u2212]")


def line(value: object, form: Form = "NFC") -> str:
    """One line of text: nothing invisible in it, white space trimmed and each run of it one space."""

    def once(text: str) -> str:
        return " ".join(_visible(text, form).split())[:LONGEST_LINE].strip()

    return _settle(once, _text(value, ", "))


def code(value: object) -> str:
    """One line in which letters that only look different (full width, ligatures) become plain ones."""
    return line(value, "NFKC")


def lines(value: object) -> str:
    """Text that keeps its line breaks, with at most one empty line in a row."""

    def once(text: str) -> str:
        kept = "\n".join(" ".join(part.split()) for part in _visible(text, "NFC").splitlines())
        return re.sub(r"\n{3,}", "\n\n", kept).strip()

    return _settle(once, _text(value, "\n"))


def email(value: object) -> str:
    """An e-mail address in lower case, out of "Name <a@b>", "mailto:a@b" or Jira's [a@b|mailto:a@b]."""

    def once(text: str) -> str:
        text = code(text).lower().strip(" ,;")
        link = re.fullmatch(r"\[(?:[^|\]]*\|)?([^|\]]*@[^|\]]*)(?:\|[^\]]*)?\]", text)
        named = re.fullmatch(r"[^<>@]*<([^<>]*@[^<>]*)>", text)
        if found := link or named:
            return found[1]
        return re.sub(r"\?.*", "", text.removeprefix("mailto:")) if text.startswith("mailto:") else text

    return _settle(once, _text(value, ", "))


def person(value: object) -> str:
    """An e-mail address if there is one in it, else a name."""
    text = line(value)
    return email(text) if "@" in code(text) else text


def items(value: object, clean: Callable[[object], str]) -> tuple[str, ...]:
    """A list, or text parted by commas, semicolons or line breaks: each item cleaned, none empty or twice."""
    if isinstance(value, list | tuple):
        parts = [_text(part, ", ") for part in value]
    else:
        parts = re.split(r"[,;\r\n]", _text(value, "\n"))
    cleaned = (_settle(lambda text: clean(_BULLET.sub("", line(text))), part) for part in parts)
    return tuple(dict.fromkeys(part for part in cleaned if part))


def amount(value: object) -> Decimal | None:
    """An amount of US dollars to the cent: 500, "500 $", "1,234.50 USD", "1.234,50".

    None for anything that is no amount or could be two of them: "1.234" is 1234 to some and 1.23 to others.
    """
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return _cents(_number(value))
    found = _AMOUNT.fullmatch(_DOLLARS.sub("", code(value)).strip())
    if not found or (found["point"] and found["point"] == found["mark"]):
        return None
    if found["mark"] in (".", ",") and not found["point"] and found["whole"].count(found["mark"]) == 1:
        return None
    digits = re.sub(r"[^0-9]", "", found["whole"])
    return _cents(f"{'-' if found['sign'] else ''}{digits}.{found['cents'] or '0'}")


def contact(value: object) -> tuple[str, str, str, str]:
    """Name, title, e-mail and phone, out of a mapping or of a line like "Jane Doe; CISO; j@x.org; +49 30 1".

    In a line the parts come in any order: what has an @ is the e-mail, what looks like a number the phone,
    the first other part the name, the rest the title. A second e-mail or phone stays beside the first, for
    the rules to refuse: nothing is dropped silently.
    """
    if isinstance(value, Mapping):
        name, title = line(value.get("name")), line(value.get("title"))
        return name, title, email(value.get("email")), phone(value.get("phone"))
    text = _text(value, "; ")
    mark = r"[;\r\n]" if re.search(r"[;\r\n]", text) else ","
    others: list[str] = []
    emails: list[str] = []
    phones: list[str] = []
    for part in filter(None, map(line, re.split(mark, text))):
        number = _PHONE.fullmatch(part)
        if "@" in part:
            address, rest = _address_and_rest(part)
            emails.append(address)
            others += [rest] if rest else []
        elif number and len(re.findall("[0-9]", number["number"])) >= 3:
            phones.append(number["number"])
        else:
            others.append(part)
    name, *titles = others or [""]
    return line(name), line(", ".join(titles)), email(", ".join(emails)), phone(", ".join(phones))


def phone(value: object) -> str:
    """A phone number; a slash, full stop or long dash between digits becomes the "-" that AWS takes."""

    def once(text: str) -> str:
        return code(re.sub(r"(?<=[0-9]) ?[./] ?(?=[0-9(])", "-", _DASHES.sub("-", code(text))))

    return _settle(once, _text(value, ", "))


def storable(value: Any) -> Any:
    """A JSON value as it came, less what PostgreSQL's JSON refuses: NUL, lone surrogates, infinite numbers.

    Cleaning it gives the same as cleaning the value itself.
    """
    if isinstance(value, str):
        return re.sub(r"[\x00\ud800-\udfff]", "", value)
    if isinstance(value, Mapping):
        return {storable(str(key)): storable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [storable(part) for part in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _address_and_rest(part: str) -> tuple[str, str]:
    """The e-mail address in "Jane Doe <j@x.org>" or "E-mail: j@x.org", and the name beside it, if any."""
    whole = email(part)
    found = re.search(r"(?:mailto:)?[^\s<>\[\]|()]+@[^\s<>\[\]|()]+", part)
    if not found or re.fullmatch(r"\[.*\]", part):
        return whole, ""
    rest = (part[: found.start()] + part[found.end() :]).strip(" <>()[]|:\"'")
    return found[0], "" if re.fullmatch(r"(?:e-?)?mail", rest, re.IGNORECASE) else rest


def _visible(text: str, form: Form) -> str:
    """Without control, format (zero-width, bidirectional) and surrogate characters; normalised."""
    seen = (
        char for char in text
        if char.isspace() or (unicodedata.category(char) not in ("Cc", "Cf", "Cs") and char not in _BLANKS)
    )  # fmt: skip
    return unicodedata.normalize(form, "".join(seen))


def _settle(once: Callable[[str], str], text: str) -> str:
    """The text when cleaning it again changes nothing: a clean value stays as it is when it comes back."""
    while (cleaned := once(text)) != text:
        text = cleaned
    return text


def _text(value: object, joint: str) -> str:
    """The value as text; "" for what is neither text nor number nor a list of these."""
    if isinstance(value, str):
        return str(storable(value))  # a part of a list that is nothing more is left out like an empty one
    if isinstance(value, int | float | Decimal):
        return _number(value)
    if isinstance(value, list | tuple):
        parts = (_text(part, joint) for part in value if not isinstance(part, list | tuple))
        return joint.join(part for part in parts if part)
    return ""


def _number(value: int | float | Decimal) -> str:
    """Jira's number fields send 4711.0 for 4711."""
    try:
        return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    except ValueError:  # Python refuses to write out integers of thousands of digits
        return "a number too long to read"


def _cents(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except ArithmeticError:
        return None
    if not number.is_finite() or abs(number) >= LARGEST_AMOUNT:
        return None
    cents = number.quantize(Decimal("0.01"), ROUND_HALF_UP) + 0  # + 0: no negative zero
    return cents if abs(cents) < LARGEST_AMOUNT else None
