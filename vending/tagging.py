"""Tags of an account, made from its request. Rules: AWS Organizations, "Tagging" (128/256 characters, 50 tags)."""

import re
from collections.abc import Mapping

from vending.models import AccountRequest

REFUSED = re.compile(r"[^\w\s+\-=.:/@]", re.UNICODE)
LONGEST_VALUE = 256


def tags_for(request: AccountRequest, templates: Mapping[str, str]) -> dict[str, str]:
    """Fill the baseline's templates (`{cost_center}`) with the request's fields.

    Only the templates come from the baseline; values are data and are never read as templates. Characters that
    AWS refuses in tag values become hyphens, and what stays empty makes no tag. Raises KeyError for a field
    that a request does not have.
    """
    fields = {
        "ticket": request.ticket,
        "account_name": request.account_name,
        "environment": request.environment,
        "cost_center": request.cost_center,
        "owner": request.owner,
        "organizational_unit": request.organizational_unit,
        "purpose": " ".join(request.purpose.split()),
    }
    filled = {key: template.format_map(fields) for key, template in templates.items()}
    cleaned = {key: REFUSED.sub("-", value).strip()[:LONGEST_VALUE] for key, value in filled.items()}
    return {key: value for key, value in cleaned.items() if value}
