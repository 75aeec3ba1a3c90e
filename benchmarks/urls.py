"""The site's addresses, and below `otro/` those of a Wagtail without anything of ours."""

from django.urls import include, path
from wagtail import urls as wagtail_urls

from course.urls import urlpatterns as site

# Last comes what `reverse` prefers.
urlpatterns = [path("otro/", include(wagtail_urls)), *site]
