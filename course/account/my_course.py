"""*Mi curso*: modules, progress and next step."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from wagtail.views import serve

from certificates.issuing.eligibility import certifies, is_eligible, is_still_valid
from certificates.issuing.issue import get_last_certificates
from certificates.issuing.status import CertificateStatus, get_status, is_expiring_soon
from course.refresher_cases import offered_week
from course.survey.passing import ON_THE_WAY, offered_page
from modules.progress.deriving import progress_of
from modules.progress.outline import course_outline, get_course_structure, get_language_coverage
from modules.progress.telling import tell_move
from modules.rendering.road import get_road

from .plan import find_own_plan
from .sign_in import PLACES_OF_WORK


def my_course(request):
    if not request.user.is_authenticated:
        return serve(request, "")
    now, structure = timezone.now(), get_course_structure()
    progress = progress_of(request.user, now=now, structure=structure)
    certificate, today = get_last_certificates([request.user]).get(request.user.pk), timezone.localdate()
    asked = {module.outline.key for module in progress.modules}
    status = certificate and get_status(certificate, today=today)
    may_study = request.user.has_perm("modules.study_course")
    is_last_word = status is CertificateStatus.REVOKED or (certificate and certifies(certificate, progress))
    welcomes = may_study and not progress.has_started and progress.next_step is not None and certificate is None
    context = {
        "progress": progress,
        "numbers": [module.outline.number for module in progress.modules],
        "woven": [module.outline.number for module in progress.modules if module.state.value == "done"],
        "new": [outline for outline in course_outline(structure=structure) if outline.key not in asked],
        "certificate": certificate,
        "status": status,
        "ends_on": certificate.expires_on if certificate and is_expiring_soon(certificate, today=today) else None,
        "is_last_word": is_last_word,
        "moved": tell_move(progress.registration) if progress.was_moved and not progress.finished else [],
        # Finished so long ago that a certificate needs a restart.
        "is_over": progress.finished and not is_last_word and not is_still_valid(progress, today=today),
        "written": get_language_coverage(),
        "may_study": may_study,
        "welcomes": welcomes,
        "begins_with_scene": welcomes and _begins_with_scene(request.user, progress, structure),
        "place_of_work": PLACES_OF_WORK[request.user.role][0] if request.user.role else "",
        "survey": offered_page(request.user, progress, now=now),
        "plan": find_own_plan(request.user, now=now),
        "review_week": offered_week(request.user, progress.record_key, progress.recorded_at, now=now),
    }
    return render(request, "account/my_course/my_course.html", context)


def _begins_with_scene(learner, progress, structure):
    lessons = progress.next_module.unread_lessons
    lesson = structure.lesson_of(get_language(), lessons[0].key) if lessons else None
    road = lesson and get_road(lesson.module, role=learner.role, today=timezone.localdate(), structure=structure)
    return bool(road) and road.place_of(lesson).begins_with_scene


@login_required
def continue_course(request):
    """Redirect to the next step; a survey comes after the first lesson and after the last step."""
    now = timezone.now()
    progress = progress_of(request.user, now=now)
    if offered_page(request.user, progress, now=now) in ON_THE_WAY:
        return redirect("survey")
    return redirect(next_address(request.user, progress))


def next_address(person, progress):
    if progress.next_step:
        return progress.next_step.url
    return reverse("my_certificate" if is_eligible(person) else "my_course")
