"""Due reviews of pages, checks of organisations, ending consents."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import TextChoices
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from modules.labels import CHECK_VALID_FOR
from modules.models import Film, LessonPage, ModulePage, Organisation, Photo, Recording, Voice
from modules.models.media import ConsentState
from modules.models.reviews import emergency_publications, reviews_of_pages
from modules.page_ids import page_id

REVIEW_LASTS = timedelta(days=365)
CONSENT_ENDS_SOON = timedelta(days=30)


class DueKind(TextChoices):
    LEGAL = "legal", _("Legal review")
    PEERS = "peers", _("Peer review")
    DIRECTORY = "directory", _("Call to the organisation")
    CONSENT = "consent", _("Consent of whom one sees or hears")


class Why(TextChoices):
    MISSING = "missing", _("Never done")
    CHANGED = "changed", _("Changed since then")
    OLD = "old", _("Too long ago")
    OVER = "over", _("Over: nobody gets it any more")
    ENDS = "ends", _("Ends soon")


@dataclass(frozen=True)
class DueReview:
    title: str
    kind: DueKind
    why: Why
    address: str
    last_by: str = ""
    last_on: date | None = None
    changes: str = ""  # address of what changed since
    note: str = ""  # why it was published without review


def everything_due(today):
    """Return [DueReview]: pages in course order, organisations in directory order, then consents."""
    return [*pages_due(today), *organisations_due(today), *consents_due(today)]


def pages_due(today):
    modules = {module.path: module for module in ModulePage.objects.live().order_by("path")}
    lessons = LessonPage.objects.live().defer_streamfields().order_by("path")
    needed = {path: module.reviews for path, module in modules.items()}
    pages = [*modules.values(), *lessons]
    by_pk = {page.pk: needed.get(page.path, needed.get(page.path[: -page.steplen], [])) for page in pages}
    pages = sorted((page for page in pages if by_pk[page.pk]), key=lambda page: page.path)
    if not pages:
        return []
    reviews, emergencies = reviews_of_pages(pages, by_pk), emergency_publications(pages)
    return [
        _due_page(page, one, why, emergencies.get(page.pk))
        for page in pages
        for one in reviews[page.pk]
        if (why := why_due(one, today))
    ]


def why_due(one, today):
    """Return the Why of a page's review, or None if the published text was reviewed within a year."""
    if one.last is None:
        return Why.MISSING
    if one.has_changed_since:
        return Why.CHANGED
    return Why.OLD if today - timezone.localdate(one.last.approved_at) > REVIEW_LASTS else None


def organisations_due(today):
    recent = {"checked_on__gte": today - CHECK_VALID_FOR}
    return [
        DueReview(
            title=organisation.name,
            kind=DueKind.DIRECTORY,
            why=Why.OLD if organisation.checked_on else Why.MISSING,
            address=reverse("wagtailsnippets_modules_organisation:edit", args=[organisation.pk]),
            last_by=organisation.checked_by,
            last_on=organisation.checked_on,
        )
        for organisation in Organisation.objects.exclude(**recent).order_by("sort_order", "name")
    ]


def consents_due(today):
    """Return the DueReview of consents that are missing, expired or ending within a month, not of withdrawn ones."""
    due = []
    for model in (Voice, Photo, Recording, Film):
        for row in model.objects.filter(withdrawn_on=None).order_by("identifier"):
            if row.needs_consent and (why := _why_consent_is_due(row, today)):
                address = reverse(f"wagtailsnippets_modules_{model._meta.model_name}:edit", args=[row.pk])
                title = f"{row._meta.verbose_name.capitalize()}: {row}"
                due.append(DueReview(title, DueKind.CONSENT, why, address, last_on=row.consent_until))
    return due


def _why_consent_is_due(row, today):
    state = row.consent_state(today)
    if state is ConsentState.NO_CONSENT:
        return Why.MISSING
    if state is ConsentState.OVER:
        return Why.OVER
    return Why.ENDS if row.consent_until and row.consent_until <= today + CONSENT_ENDS_SOON else None


def _due_page(page, one, why, emergency):
    last, identifier = one.last, page_id(page.translation_key)
    changes = ""
    if why == Why.CHANGED:
        changes = reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, last.revision_pk, "live"])
    return DueReview(
        title=f"{identifier} · {page.title}" if identifier else page.title,
        kind=DueKind(one.review.value),
        why=why,
        address=reverse("wagtailadmin_pages:edit", args=[page.pk]),
        last_by=last.credit or last.reviewer if last else "",
        last_on=timezone.localdate(last.approved_at) if last else None,
        changes=changes,
        note=emergency.data.get("reason", "") if emergency else "",
    )
