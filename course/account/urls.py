"""Addresses of sign-in and account."""

from allauth.account import views as allauth
from django.urls import include, path

from . import joining, plan, profile, refresher_case, sign_in

urlpatterns = [
    path("login/", sign_in.sign_in, name="account_login"),
    path("logout/", sign_in.sign_out, name="account_logout"),
    path("inactive/", allauth.account_inactive, name="account_inactive"),
    path("reauthenticate/", allauth.reauthenticate, name="account_reauthenticate"),
    path("2fa/", include("allauth.mfa.urls")),
    path("pin/", sign_in.choose_pin, name="choose_pin"),
    path("puesto/", sign_in.choose_role, name="choose_role"),
    path("grupo/", joining.join, name="join_group"),
    path("repaso/<int:week>/", refresher_case.spaced_case, name="spaced_case"),
    path("cuenta/", profile.my_account, name="my_account"),
    path("cuenta/correo/", profile.my_mail, name="my_mail"),
    path("cuenta/correo/confirmar/", profile.ask_confirmation, name="ask_confirmation"),
    path("cuenta/otros-datos/", profile.my_details, name="my_details"),
    path("cuenta/sesiones/", profile.close_sessions, name="close_sessions"),
    path("cuenta/datos/", profile.own_data, name="own_data"),
    path("correos/confirmar/<str:token>/", profile.confirm_address, name="confirm_address"),
    path("correos/<str:token>/", profile.stop_reminders, name="stop_reminders"),
    path("invitacion/<str:word>/", sign_in.show_invitation, name="accept_invitation"),
    path("seguir/", sign_in.keep_alive, name="keep_alive"),
]

plan_urlpatterns = [
    path("", plan.my_plan, name="my_plan"),
    path("nueva/", plan.my_plan_new, name="my_plan_new"),
    path("revision/", plan.my_plan_review, name="my_plan_review"),
    path("acciones/<uuid:action_key>/dejar/", plan.my_plan_let_go, name="my_plan_let_go"),
    path("acciones/<uuid:action_key>/revision/<int:days>/", plan.my_plan_correct, name="my_plan_correct"),
    path("hoja.pdf", plan.my_plan_pdf, name="my_plan_pdf"),
]
