"""Block public access to every bucket of the account, present and future.

Source: Amazon S3, "Blocking public access" (the account's setting goes before a bucket's). Proved against moto.
"""

from django.utils.translation import gettext_noop as _

from vending.aws import s3control
from vending.aws.s3control import PublicAccessBlock
from vending.engine.context import Context
from vending.engine.step import Done, Seen, Step
from vending.steps.account_ready import AccountReady


class S3PublicAccess(Step):
    name = "s3_public_access"
    title = _("Block public buckets")
    needs = (AccountReady,)

    def look(self, ctx: Context) -> Seen:
        block = s3control.public_access_block(ctx.clients, ctx.account_id)
        if block is None:
            return Seen(False, "Buckets may be public: the account has no block of public access.")
        if block != PublicAccessBlock():
            return Seen(False, "Buckets may be public: a part of the account's block is switched off.")
        return Seen(True, "All four parts of the block of public access are on.")

    def act(self, ctx: Context) -> Done:
        s3control.put_public_access_block(ctx.clients, ctx.account_id)
        return Done("Switched the whole block of public access on.")
