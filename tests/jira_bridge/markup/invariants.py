"""What holds for every message, whatever a value in it holds: one check for each way of writing it."""

import json
import re
from email import message_from_bytes, policy
from email.message import EmailMessage

from jira_bridge.mail.addresses import subject_line
from jira_bridge.markup import to_adf, to_plain, to_wiki
from jira_bridge.markup.clean import clean_block, clean_line
from sandbox.jira import adf_rules
from tests.jira_bridge.markup.hostile import document

ESCAPED = "-#*_+?^~|%{}[]()!@"
ADDRESS = "https://portal.example.com/a"


def check_adf(context, text):
    """A valid document of the same form as with a harmless word, that shows the text as it was typed."""
    adf = to_adf(document(context, text))
    assert adf_rules.problem(adf) == ""
    json.dumps(adf).encode("ascii")
    if context == "code block":
        assert texts_of(adf) == clean_block(f"id: {text}").strip("\n")
        return
    cleaned = clean_line(text)
    if context == "link text":
        cleaned = cleaned.strip() or ADDRESS
    assert texts_of(adf) == texts_of(to_adf(document(context, "MARK"))).replace("MARK", cleaned)
    if clean_line(text).strip():
        assert form_of(adf) == form_of(to_adf(document(context, "word")))


def check_wiki(context, text):
    """No character is active that the template did not write, and a link or a block ends where it ends."""
    wiki = to_wiki(document(context, text))
    if context == "link text":
        brackets = re.findall(r"(?<!\\)\[([^\]]*)(?<!\\)\]", wiki)
        assert len(brackets) == 1
        assert brackets[0].split("|")[-1] == ADDRESS
        assert brackets[0].count("|") <= 1
    elif context == "code block":
        assert len(re.findall(r"(?i)\{noformat|\{code", wiki)) == 2
        assert without_breaks(clean_block(f"id: {text}").strip("\n")) in without_breaks(wiki)
    else:
        _check_wiki_text(context, wiki)


def _check_wiki_text(context, wiki):
    harmless = to_wiki(document(context, "word"))
    assert active(wiki) == active(harmless)
    assert wiki.count("\n") == harmless.count("\n")
    for line in wiki.split("\n"):
        assert not re.match(r"\s*(h[1-6]|bq)\.", line) or context == "heading"
    assert not re.search(r"(?i)(https?|ftp|irc|mailto|jamfselfservice):", wiki)
    assert not re.search(r"[:;]-?\\?[()DPp|/]|\\\((y|n|i|x|/|\\!|on|off)\\\)|<3", wiki)
    for found in re.finditer(r"\\(.?)", wiki, re.DOTALL):
        assert found[1] in (*ESCAPED, "\u200b") or (found[1].isascii() and found[1].isalnum())


def check_plain(context, text):
    """No line that the template did not write, and nothing that a Jira which reads mail as markup would act on."""
    plain = to_plain(document(context, text))
    if context != "code block":
        assert plain.count("\n") <= to_plain(document(context, "word")).count("\n")
    assert not re.search(r"\[[~^]|\{[a-zA-Z]|![a-z.]+!", plain)


def check_subject(text):
    """One line that begins with the ticket's key, whatever follows."""
    subject = subject_line("AVM-12", f"AVM-13 {text}")
    assert subject.startswith("[AVM-12] AVM-13")
    assert all(character.isprintable() or character == " " or not character.isspace() for character in subject)
    assert "\r" not in subject
    assert "\n" not in subject
    assert len(subject) <= 200
    return subject


def check_mail(text):
    """Written as a mail and read again, the subject is one header, and no other was added."""
    subject = check_subject(text)
    mail = EmailMessage(policy=policy.SMTP)
    mail["Subject"] = subject
    mail.set_content("body")
    read = message_from_bytes(bytes(mail), policy=policy.SMTP)
    assert read.keys() == ["Subject", *mail.keys()[1:]]
    assert read.get_content().strip() == "body"


def form_of(node):
    """A node without its texts: what is left must not depend on a value."""
    kept = {name: value for name, value in node.items() if name not in ("text", "content")}
    children = [form_of(child) for child in node.get("content", ()) if child["type"] != "text" or "marks" in child]
    return kept | {"content": children}


def texts_of(node):
    return node.get("text", "") + "".join(map(texts_of, node.get("content", ())))


def without_breaks(text):
    return text.replace("\u200b", "")


def active(wiki):
    """The characters that Jira's parser would act on: those of its escape set that no backslash precedes."""
    found = []
    position = 0
    while position < len(wiki):
        if wiki[position] == "\\":
            position += 2
            continue
        if wiki[position] in ESCAPED:
            found.append(wiki[position])
        position += 1
    return found
