"""Only what people here use of allauth: no signing up, no reset by e-mail, no sign-in by e-mail."""

from allauth.account import views as allauth
from django.urls import include, path

from . import (
    details_views,
    invitation_views,
    joining_views,
    mail_views,
    own_data_views,
    spaced_views,
    trail_views,
    views,
)

urlpatterns = [
    path("login/", views.sign_in, name="account_login"),
    path("logout/", views.sign_out, name="account_logout"),
    path("inactive/", allauth.account_inactive, name="account_inactive"),
    path("reauthenticate/", allauth.reauthenticate, name="account_reauthenticate"),
    path("2fa/", include("allauth.mfa.urls")),
    path("pin/", views.choose_pin, name="choose_pin"),
    path("puesto/", views.choose_role, name="choose_role"),
    path("grupo/", joining_views.join, name="join_group"),
    path("repaso/<int:week>/", spaced_views.spaced_case, name="spaced_case"),
    path("cuenta/", views.my_account, name="my_account"),
    path("cuenta/correo/", mail_views.my_mail, name="my_mail"),
    path("cuenta/correo/confirmar/", mail_views.ask_confirmation, name="ask_confirmation"),
    path("cuenta/otros-datos/", details_views.my_details, name="my_details"),
    path("cuenta/sesiones/", trail_views.close_sessions, name="close_sessions"),
    path("cuenta/datos/", own_data_views.own_data, name="own_data"),
    path("correos/confirmar/<str:token>/", mail_views.confirm_address, name="confirm_address"),
    path("correos/<str:token>/", mail_views.stop_reminders, name="stop_reminders"),
    path("invitacion/<str:word>/", invitation_views.accept, name="accept_invitation"),
    path("seguir/", views.keep_alive, name="keep_alive"),
]
