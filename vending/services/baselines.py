"""Writes of baselines: a new version, and which one is the active one. No version ever changes."""

from pathlib import Path

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from audit.services import Actor, record_event
from taskqueue import clock
from vending.baselines.document import BaselineFault, Document, as_yaml, of_baseline, read, rows
from vending.models import Baseline, BaselineActivation, BaselineStep
from vending.selectors import active_baseline
from vending.services.errors import NotAllowed

__all__ = ["DEFAULT", "BaselineFault", "activate_baseline", "ensure_first_baseline", "export_baseline",
           "import_baseline", "make_baseline"]  # fmt: skip
DEFAULT = Path(__file__).parent.parent / "baselines" / "default.yaml"
FIRST = Actor.system("Account Vending Portal")


@transaction.atomic
def make_baseline(*, document: Document, note: str, actor: Actor) -> tuple[Baseline, bool]:
    """Make a new version, which nothing uses yet; a document equal to the newest version makes none.

    Returns the version and whether it is new.
    """
    _one_at_a_time()
    newest = Baseline.objects.order_by("-version").first()
    if newest is not None and of_baseline(newest).steps == document.steps:
        return newest, False
    baseline = _write(document, note or document.note, actor)
    record_event(
        actor=actor, action="baseline.made", summary=f"Baseline {baseline.version} was made. {baseline.note}".strip(),
        target_kind="baseline", target_id=baseline.pk,
        after={name: entry.model_dump() for name, entry in document.steps.items()},
    )  # fmt: skip
    return baseline, True


@transaction.atomic
def activate_baseline(*, baseline: Baseline, reason: str, actor: Actor, instead_of: Baseline | None = None) -> None:
    """Make this version the one by which accounts are built from now on. Raises NotAllowed.

    instead_of: the version that the person saw as the active one; if another is by now, they must look again.
    """
    _one_at_a_time()
    before = active_baseline()
    if not reason.strip():
        raise NotAllowed(_("Say why this version becomes the active one; the reason is kept in the record."))
    if before == baseline:
        raise NotAllowed(_("Baseline {version} is the active one already.").format(version=baseline.version))
    if instead_of is not None and before != instead_of:
        raise NotAllowed(
            _(
                "Meanwhile somebody made {before} the active one. Look at the difference to it before you replace it."
            ).format(before=before)
        )
    _activate(baseline, reason.strip(), actor)
    record_event(
        actor=actor, action="baseline.activated",
        summary=f"Accounts are built by baseline {baseline.version} from now on: {reason.strip()}",
        target_kind="baseline", target_id=baseline.pk,
        before={"version": before.version} if before else None, after={"version": baseline.version},
    )  # fmt: skip


@transaction.atomic
def import_baseline(*, text: str, actor: Actor, note: str = "") -> tuple[Baseline, bool]:
    """Make a version from a file and make it the active one; again changes nothing.

    Returns the baseline and whether anything changed. Raises BaselineFault and then changes nothing.
    """
    document = read(text)
    baseline, new = make_baseline(document=document, note=note, actor=actor)
    if baseline == active_baseline():
        return baseline, new
    activate_baseline(baseline=baseline, reason=baseline.note or "Imported from a file.", actor=actor)
    return baseline, True


@transaction.atomic
def ensure_first_baseline() -> None:
    """Version 1 of a new installation: the product's own. Does nothing where there is any baseline."""
    if Baseline.objects.exists():
        return
    document = read(DEFAULT.read_text(encoding="utf-8"))
    _activate(_write(document, document.note, FIRST), "The first one.", FIRST)


def export_baseline(baseline: Baseline) -> str:
    """The version as a file that import_baseline takes back unchanged."""
    return as_yaml(of_baseline(baseline))


def _one_at_a_time() -> None:
    """Two people at once: the second goes on when the first is done, and sees what they did. Version 1 is the lock."""
    Baseline.objects.select_for_update(no_key=True).order_by("version").first()


def _write(document: Document, note: str, actor: Actor) -> Baseline:
    version = (Baseline.objects.aggregate(newest=Max("version"))["newest"] or 0) + 1
    baseline = Baseline.objects.create(version=version, note=note, created_at=clock.now(), created_by=actor.name)
    BaselineStep.objects.bulk_create(rows(baseline, document))
    return baseline


def _activate(baseline: Baseline, reason: str, actor: Actor) -> None:
    BaselineActivation.objects.create(
        baseline=baseline, activated_at=clock.now(), activated_by=actor.name, reason=reason
    )
