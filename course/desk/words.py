"""The sentences of the desk: what a figure says, in words, with n of N."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certificates.issuing.status import CertificateStatus, get_status
from certificates.models import Certificate


def finished_words(done, people):
    """Return «12 of 30 finished»."""
    return ngettext("%(done)s of %(people)s finished", "%(done)s of %(people)s finished", done) % {
        "done": done,
        "people": people,
    }


def summary_words(grid):
    """Return how a group is doing in one sentence: «12 of 30 finished; 3 need help»."""
    if not grid.people:
        return _("Nobody is enrolled in this group yet.")
    words = finished_words(grid.done, grid.people)
    if grid.begins_anew:
        words = _("%(finished)s this time") % {"finished": words}
    if before := grid.finished_before:
        words += "; " + ngettext("%(count)s finished before", "%(count)s finished before", before) % {"count": before}
    if grid.done == grid.people:
        return f"{words}."
    if not grid.needing_help:
        return _("%(finished)s; nobody needs help.") % {"finished": words}
    needing_help = ngettext("%(count)s needs help", "%(count)s need help", grid.needing_help)
    return f"{words}; {needing_help % {'count': grid.needing_help}}."


def rule_words(rule):
    """Return the rule behind the state «needs help», to stand beside it."""
    tries = ngettext(
        "%(count)d attempt of a quiz sent without passing",
        "%(count)d attempts of a quiz sent without passing",
        rule.attempts,
    ) % {"count": rule.attempts}
    quiet = ngettext("%(days)d day without activity", "%(days)d days without activity", rule.quiet_days)
    return _("“Needs help” means: %(tries)s, or a module begun and %(quiet)s.") % {
        "tries": tries,
        "quiet": quiet % {"days": rule.quiet_days},
    }


def certificates_words(candidates):
    """Return how a group stands beside its certificates: «3 of 9 have a certificate, 2 may have one now, 4 not yet.»"""
    have = sum(candidate.holds for candidate in candidates)
    may = sum(candidate.may_be_issued for candidate in candidates)
    words = ngettext("%(have)s of %(people)s has a certificate", "%(have)s of %(people)s have a certificate", have)
    words %= {"have": have, "people": len(candidates)}
    now = ngettext("%(count)s may have one now", "%(count)s may have one now", may) % {"count": may}
    rest = sum(not candidate.holds and not candidate.may_be_issued for candidate in candidates)
    not_yet = ngettext("%(count)s not yet", "%(count)s not yet", rest) % {"count": rest}
    return f"{words}; {now}; {not_yet}."


def certificates_warning(job, *, now):
    """Return how many certificates of a finished job are not valid any more, or ""."""
    made = Certificate.objects.filter(serial__in=job.result.get("certificates", ())).only(
        "revoked_at", "replaced_at", "expires_on"
    )
    today = timezone.localdate(now)
    over = sum(get_status(certificate, today=today) is not CertificateStatus.VALID for certificate in made)
    if not over:
        return ""
    return ngettext(
        "%(count)d of these certificates does not hold any more: it was revoked or replaced, or has expired.",
        "%(count)d of these certificates do not hold any more: they were revoked or replaced, or have expired.",
        over,
    ) % {"count": over}
