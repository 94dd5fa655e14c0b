"""Which account a request acts in.

Access keys carry their account, as real ones do (moto makes them so). Nothing has to be remembered: a
session given out before a restart still acts in its own account afterwards. Any other key, such as
``testing``, is the management account.
"""

import base64
import binascii

from moto.iam.utils import ACCOUNT_OFFSET, AWS_ROLE_ALPHABET

MANAGEMENT = "123456789012"


def account_of(access_key: str) -> str:
    """The account id an access key belongs to."""
    if len(access_key) != 20 or access_key[:4] not in ("ASIA", "AKIA"):
        return MANAGEMENT
    try:
        half = int.from_bytes(base64.b32decode(access_key[4:12]), "big") - ACCOUNT_OFFSET
    except binascii.Error:
        return MANAGEMENT
    if not 0 <= half < 500_000_000_000:
        return MANAGEMENT
    odd = access_key[12] in AWS_ROLE_ALPHABET[16:]
    return f"{half * 2 + odd:012d}"
