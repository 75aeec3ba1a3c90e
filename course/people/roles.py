"""What people may do beyond learning: who trains, who edits, who administers, and who needs a second factor."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db.models import Exists, OuterRef, Q
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from course.models import ADMINISTRATORS, TRAINERS, Area
from modules.models import Review
from modules.models.reviews import ensure_workflows

from .audit import note

EDITORS = "Editoras"
LEGAL_REVIEWERS = "Revisores legales"
PEER_REVIEWERS = "Revisores pares"
# The roles that an administrator gives; each makes staff of a person.
SITE_ROLES = [TRAINERS, EDITORS, LEGAL_REVIEWERS, PEER_REVIEWERS, ADMINISTRATORS]

TEXT_MODELS = {
    "quizzes": [
        *("source", "topic", "act", "case", "question", "quiz"),
        *("surveyscale", "surveyblock", "surveystatement"),
    ],
    "modules": [
        *("glossaryterm", "languageentry", "organisation", "printable", "voice"),
        *("photo", "recording", "film"),
    ],
    "certificates": ["certificatedesign"],
}
# Editions come with what is published: they are only looked at, and named.
EDITION_RULES = ["view_edition", "change_edition"]
# To begin a translation, and to add a language to write in; one that holds texts is changed into no other.
TRANSLATION_RULES = {"wagtail_localize": ["submit_translation"], "wagtailcore": ["add_locale", "delete_locale"]}
PEOPLE_MODELS = {"course": ["user", "area"]}
PAGE_PERMISSIONS = {
    EDITORS: ["add_page", "change_page", "publish_page"],
    ADMINISTRATORS: ["add_page", "change_page", "publish_page"],
    # Who reviews sees every page, comments and corrects drafts; what is published follows from the approvals.
    LEGAL_REVIEWERS: ["change_page"],
    PEER_REVIEWERS: ["change_page"],
}
# Whether the wording of an official indicator is the official one, an administrator says.
WORDING_RULES = ["verify_surveystatement"]
REVIEW_RULES = ["choose_reviews", "publish_without_review"]


def ensure_groups():
    """Make the groups of the site, with their permissions; return {name: group}. Doing it twice changes nothing."""
    groups = {name: Group.objects.get_or_create(name=name)[0] for name in SITE_ROLES}
    access = Permission.objects.filter(content_type__app_label="wagtailadmin", codename="access_admin")
    groups[EDITORS].permissions.add(*access, *permissions_of(TEXT_MODELS).exclude(codename__in=WORDING_RULES))
    groups[ADMINISTRATORS].permissions.add(*access, *permissions_of(TEXT_MODELS), *permissions_of(PEOPLE_MODELS))
    edition_rules = named("modules", EDITION_RULES)
    translation_rules = [rule for app, names in TRANSLATION_RULES.items() for rule in named(app, names)]
    for name in (EDITORS, ADMINISTRATORS):
        groups[name].permissions.add(*edition_rules, *translation_rules)
    groups[ADMINISTRATORS].permissions.add(*named("modules", REVIEW_RULES))
    for name in (LEGAL_REVIEWERS, PEER_REVIEWERS):
        groups[name].permissions.add(*access)
    allow_images([groups[EDITORS], groups[ADMINISTRATORS]])
    root = Page.objects.filter(depth=1).values_list("pk", flat=True).get()
    page_permissions = Permission.objects.filter(content_type__app_label="wagtailcore")
    for name, codenames in PAGE_PERMISSIONS.items():
        for permission in page_permissions.filter(codename__in=codenames):
            GroupPagePermission.objects.get_or_create(group=groups[name], page_id=root, permission=permission)
    return groups


def allow_images(groups):
    """Let groups bring images and choose them: a question may show one."""
    root = Collection.objects.get(depth=1)
    codenames = ["add_image", "choose_image"]
    for permission in Permission.objects.filter(content_type__app_label="wagtailimages", codename__in=codenames):
        for group in groups:
            GroupCollectionPermission.objects.get_or_create(group=group, collection=root, permission=permission)


def ensure_reviews():
    """Make the groups that review and the workflows they review in; what an administrator changed stays."""
    groups = ensure_groups()
    ensure_workflows({Review.LEGAL: groups[LEGAL_REVIEWERS], Review.PEERS: groups[PEER_REVIEWERS]})


def follow_roles(people):
    """Make staff of who has a role in the site or leads a health area, and end it for all others. Superusers stay.

    Who becomes staff chooses a password at the next page: a learner's PIN is too short for what staff see.
    """
    user = get_user_model()
    roles = user.groups.through.objects.filter(user=OuterRef("pk"), group__name__in=SITE_ROLES)
    leads = Area.leads.through.objects.filter(user=OuterRef("pk"))
    concerned = user.objects.filter(pk__in=people, is_superuser=False)
    is_called = Q(Exists(roles)) | Q(Exists(leads))
    concerned.filter(is_called, is_staff=False).update(is_staff=True, must_choose_pin=True)
    concerned.filter(~is_called, is_staff=True).update(is_staff=False)


def keep_role_change(role, *, by, now):
    """Keep that somebody changed what a role in the site may do; in the transaction that changes it."""
    note("role_changed", by=by, subject=role, now=now)


def permissions_of(models):
    """Return every permission on the models of {app: [model]}."""
    found = Permission.objects.none()
    for app, names in models.items():
        found |= Permission.objects.filter(content_type__app_label=app, content_type__model__in=names)
    return found


def named(app, codenames):
    """Return the permissions of an app with these names."""
    return Permission.objects.filter(content_type__app_label=app, codename__in=codenames)


def needs_second_factor(user):
    """Trainers, editors and administrators see what others may not: a password alone is too little for them."""
    return user.is_active and (user.is_staff or user.is_superuser)
