"""The addresses of the site, and one that always fails."""

from django.urls import path

import course.urls

handler500 = course.urls.handler500


def fail(request):
    raise ValueError


urlpatterns = [path("fails/", fail), *course.urls.urlpatterns]
