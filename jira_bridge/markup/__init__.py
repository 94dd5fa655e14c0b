"""What the portal says to people in Jira and by mail: one neutral document, three ways of writing it.

>>> document = render_message("started", {...}, language="de")
>>> to_adf(document)    # Jira Cloud, REST v3
>>> to_wiki(document)   # Jira Data Center, REST v2
>>> to_plain(document)  # mail
"""

from jira_bridge.markup.adf import text_of_adf, to_adf
from jira_bridge.markup.limit import JIRA_COMMENT_LIMIT, fit
from jira_bridge.markup.messages import LANGUAGES, MESSAGES, company_faults, render_message
from jira_bridge.markup.nodes import Document
from jira_bridge.markup.plain import to_plain
from jira_bridge.markup.wiki import to_wiki

__all__ = [
    "JIRA_COMMENT_LIMIT",
    "LANGUAGES",
    "MESSAGES",
    "Document",
    "company_faults",
    "fit",
    "render_message",
    "text_of_adf",
    "to_adf",
    "to_plain",
    "to_wiki",
]
