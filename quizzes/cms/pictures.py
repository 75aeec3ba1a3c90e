"""The picture on which an editor sets places."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe
from wagtail.images import get_image_model
from wagtail.permissions import policy_registry

from quizzes.attempts.drawing import RENDITION


@require_safe
def show_picture(request, image_pk):
    """Redirect to an image for people who may choose it; Wagtail's own page needs the change permission."""
    image = get_object_or_404(get_image_model(), pk=image_pk)
    policy = policy_registry.get_by_type(type(image))
    if not policy.user_has_permission_for_instance(request.user, "choose", image):
        raise PermissionDenied
    return redirect(image.get_rendition(RENDITION).url)
