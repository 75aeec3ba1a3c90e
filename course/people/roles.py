"""Roles: Django groups, their permissions, and staff status."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db.models import Exists, OuterRef, Q
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from course.models import ADMINISTRATORS, TRAINERS, Area
from modules.models import Review
from modules.models.reviews import ensure_workflows

from .audit import audit_log

EDITORS = "Editoras"
LEGAL_REVIEWERS = "Revisores legales"
PEER_REVIEWERS = "Revisores pares"
SITE_ROLES = [TRAINERS, EDITORS, LEGAL_REVIEWERS, PEER_REVIEWERS, ADMINISTRATORS]

TEXT_MODELS = {
    "quizzes": [
        *("source", "topic", "competency", "stimulus", "question", "quiz"),
        *("surveyscale", "surveyblock", "surveystatement"),
    ],
    "modules": [
        *("glossaryterm", "languageentry", "organisation", "worksheet", "voice"),
        *("photo", "recording", "film"),
    ],
    "certificates": ["certificatedesign"],
}
# Publishing creates editions: users only view and rename them.
EDITION_RULES = ["view_edition", "change_edition"]
# Locales are added and deleted, not changed: one with texts cannot become another.
TRANSLATION_RULES = {"wagtail_localize": ["submit_translation"], "wagtailcore": ["add_locale", "delete_locale"]}
PEOPLE_MODELS = {"course": ["user", "area"]}
PAGE_PERMISSIONS = {
    EDITORS: ["add_page", "change_page", "publish_page"],
    ADMINISTRATORS: ["add_page", "change_page", "publish_page"],
    LEGAL_REVIEWERS: ["change_page"],
    PEER_REVIEWERS: ["change_page"],
}
WORDING_RULES = ["verify_surveystatement"]
REVIEW_RULES = ["choose_reviews", "publish_without_review"]


def ensure_groups():
    """Create missing groups and permissions; return {name: group}. Idempotent."""
    groups = {name: Group.objects.get_or_create(name=name)[0] for name in SITE_ROLES}
    access = Permission.objects.filter(content_type__app_label="wagtailadmin", codename="access_admin")
    groups[EDITORS].permissions.add(*access, *permissions_on(TEXT_MODELS).exclude(codename__in=WORDING_RULES))
    groups[ADMINISTRATORS].permissions.add(*access, *permissions_on(TEXT_MODELS), *permissions_on(PEOPLE_MODELS))
    edition_rules = permissions_named("modules", EDITION_RULES)
    translation_rules = [rule for app, names in TRANSLATION_RULES.items() for rule in permissions_named(app, names)]
    for name in (EDITORS, ADMINISTRATORS):
        groups[name].permissions.add(*edition_rules, *translation_rules)
    groups[ADMINISTRATORS].permissions.add(*permissions_named("modules", REVIEW_RULES))
    for name in (LEGAL_REVIEWERS, PEER_REVIEWERS):
        groups[name].permissions.add(*access)
    grant_image_permissions([groups[EDITORS], groups[ADMINISTRATORS]])
    root = Page.objects.filter(depth=1).values_list("pk", flat=True).get()
    page_permissions = Permission.objects.filter(content_type__app_label="wagtailcore")
    for name, codenames in PAGE_PERMISSIONS.items():
        for permission in page_permissions.filter(codename__in=codenames):
            GroupPagePermission.objects.get_or_create(group=groups[name], page_id=root, permission=permission)
    return groups


def grant_image_permissions(groups):
    root = Collection.objects.get(depth=1)
    codenames = ["add_image", "choose_image"]
    for permission in Permission.objects.filter(content_type__app_label="wagtailimages", codename__in=codenames):
        for group in groups:
            GroupCollectionPermission.objects.get_or_create(group=group, collection=root, permission=permission)


def ensure_reviews():
    """Create missing groups and review workflows; changes by administrators stay."""
    groups = ensure_groups()
    ensure_workflows({Review.LEGAL: groups[LEGAL_REVIEWERS], Review.PEERS: groups[PEER_REVIEWERS]})


def update_staff_status(people):
    """Set `is_staff` of people with a role or a led area; new staff must choose a password."""
    user = get_user_model()
    roles = user.groups.through.objects.filter(user=OuterRef("pk"), group__name__in=SITE_ROLES)
    leads = Area.leads.through.objects.filter(user=OuterRef("pk"))
    concerned = user.objects.filter(pk__in=people, is_superuser=False)
    has_role = Q(Exists(roles)) | Q(Exists(leads))
    concerned.filter(has_role, is_staff=False).update(is_staff=True, must_choose_pin=True)
    concerned.filter(~has_role, is_staff=True).update(is_staff=False)


def log_role_change(role, *, by, now):
    audit_log("role_changed", by=by, subject=role, now=now)


def permissions_on(models):
    found = Permission.objects.none()
    for app, names in models.items():
        found |= Permission.objects.filter(content_type__app_label=app, content_type__model__in=names)
    return found


def permissions_named(app, codenames):
    return Permission.objects.filter(content_type__app_label=app, codename__in=codenames)


def needs_second_factor(user):
    return user.is_active and (user.is_staff or user.is_superuser)
