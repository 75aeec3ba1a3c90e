"""Addresses of the site; none may reveal what the course is about."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls
from wagtail.utils.urlpatterns import decorate_urlpatterns

from certificates.urls import verification_urlpatterns
from certificates.views.credentials import show_did_document
from course.account.profile import display_settings
from course.account.urls import plan_urlpatterns
from course.cms.people import own_account
from course.cms.uploads import import_redirects, preview_picture, serve_upload, upload_translation
from modules.cms.asking import ask_first
from modules.cms.translating import stop_translation
from quizzes.urls import analysis_urlpatterns

from .account import errors, my_course, offline, survey
from .styleguide import views as styleguide

decorate_urlpatterns(wagtailadmin_urls.urlpatterns, ask_first)

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="my_course"), name="root"),
    path("accounts/", include("course.account.urls")),
    path("v/", include(verification_urlpatterns)),
    path("media/<path:path>", serve_upload, name="upload"),
    path(".well-known/did.json", show_did_document, name="did_document"),
    path("sw.js", offline.service_worker, name="service_worker"),
    path("sin-conexion/entregar/", offline.deliver_facts, name="deliver_facts"),
    path("salud/", errors.show_ready, name="ready"),
    path("salud/viva/", errors.show_live, name="live"),
    path("i18n/", include("django.conf.urls.i18n")),
    # One sign-in page, with its rate limit: Wagtail's own are closed.
    path("cms/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("cms/logout/", RedirectView.as_view(pattern_name="account_logout")),
    path("cms/account/", own_account),
    path("cms/redirects/import/", import_redirects),
    path("cms/localize/translate/<int:translation_id>/pofile/upload/", upload_translation),
    # What was translated by phrases is not left behind where that ends.
    path("cms/localize/translate/<int:translation_id>/disable/", stop_translation),
    path("cms/images/<int:image_id>/preview/<str:filter_spec>/", preview_picture),
    path("cms/documents/", include(wagtaildocs_urls)),
    path("cms/", include(wagtailadmin_urls)),
    *i18n_patterns(
        path("", my_course.my_course, name="my_course"),
        path("comodidad/", display_settings, name="comfort"),
        path("sin-conexion/", offline.show_offline, name="offline"),
        path("plan/", include(plan_urlpatterns)),
        path("continuar/", my_course.continue_course, name="continue_course"),
        path("encuesta/", survey.survey, name="survey"),
        path("grupos/", include("course.desk.urls")),
        path("styleguide/", styleguide.styleguide, name="styleguide"),
        path("styleguide/<slug:name>/", styleguide.rare_page, name="styleguide_page"),
        path("certificado/", include("certificates.urls")),
        path("cuestionario/", include("quizzes.urls")),
        path("analisis/", include(analysis_urlpatterns)),
        path("", include("modules.urls")),
        # Wagtail's other sign-in page, without rate limit and second step.
        path("_util/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
        path("", include(wagtail_urls)),
    ),
]

handler500 = "course.account.errors.handle_server_error"
