"""*Mi curso*: the path of modules, what is done, what is next, and the way on."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from wagtail.views import serve

from certificates.issuing.eligibility import certifies, is_eligible, still_holds
from certificates.issuing.issue import last_certificates_of
from certificates.issuing.status import Standing, is_ending, standing_of
from course.refresher_cases import offered_week
from course.survey.offering import ON_THE_WAY, offered_page
from modules.progress.deriving import progress_of
from modules.progress.outline import course_outline, course_structure, lessons_written
from modules.progress.telling import tell_move

from .plan import plan_to_keep


def my_course(request):
    """Show a learner's course; a visitor gets the public page of the course."""
    if not request.user.is_authenticated:
        return serve(request, "")
    now, structure = timezone.now(), course_structure()
    progress = progress_of(request.user, now=now, structure=structure)
    certificate, today = last_certificates_of([request.user]).get(request.user.pk), timezone.localdate()
    asked = {module.outline.key for module in progress.modules}
    standing = certificate and standing_of(certificate, today=today)
    may_study = request.user.has_perm("modules.study_course")
    is_last_word = standing is Standing.ANNULLED or (certificate and certifies(certificate, progress))
    context = {
        "progress": progress,
        "numbers": [module.outline.number for module in progress.modules],
        "woven": [module.outline.number for module in progress.modules if module.state.value == "done"],
        # Published since the person began: there to be read, and nobody asks for it.
        "new": [outline for outline in course_outline(structure=structure) if outline.key not in asked],
        "certificate": certificate,
        "standing": standing,
        "ends_on": certificate.expires_on if certificate and is_ending(certificate, today=today) else None,
        "is_last_word": is_last_word,
        "moved": tell_move(progress.registration) if progress.was_moved and not progress.finished else [],
        # Finished so long ago that only taking the course again leads to a certificate.
        "is_over": progress.finished and not is_last_word and not still_holds(progress, today=today),
        "written": lessons_written(),
        "may_study": may_study,
        # Until anything is done the page says what the course takes and gives.
        "welcomes": may_study and not progress.has_begun and progress.next_step is not None and certificate is None,
        "survey": offered_page(request.user, progress, now=now),
        "plan": plan_to_keep(request.user, now=now),
        "review_week": offered_week(request.user, progress.record_key, progress.recorded_at, now=now),
    }
    return render(request, "account/my_course.html", context)


@login_required
def continue_course(request):
    """Go to the next step; a survey that is due comes before the first and after the last."""
    now = timezone.now()
    progress = progress_of(request.user, now=now)
    if offered_page(request.user, progress, now=now) in ON_THE_WAY:
        return redirect("survey")
    return redirect(next_address(request.user, progress))


def next_address(person, progress):
    """Return the address of the next step: the first thing not done, else the certificate, else *Mi curso*."""
    if progress.next_step:
        return progress.next_step.url
    return reverse("my_certificate" if is_eligible(person) else "my_course")
