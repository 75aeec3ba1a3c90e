"""The course, its modules and lessons."""

from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel, TitleFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page, PageViewRestriction
from wagtail_localize.fields import SynchronizedField

from modules.blocks.base import ROLES
from modules.blocks.lessons import LessonStream, MarkupList, PracticeStream, RoleTips, TextStream
from modules.blocks.scenarios import list_steps
from modules.text.cards import MOST_PLAIN, MOST_WORDS, derive_cards
from modules.text.prose import passages_of_page, scenes_of_page
from modules.text.readability import LONG_SENTENCE, SPANISH, measure
from modules.text.scene_rules import hints_of
from quizzes.base.view_registry import get_view
from quizzes.models import Competency, Quiz

from .reviews import ModuleForm, Review, ReviewRequiredMixin, ReviewsPanel


class PlacePanel(Panel):
    class BoundPanel(Panel.BoundPanel):
        template_name = "modules/admin/place.html"

        def get_context_data(self, parent_context=None):
            return super().get_context_data(parent_context) | {"page": self.instance}


class NumberedPageMixin:
    """A page whose number and slug come from its id (`page_ids.assign_page_id`), in all drafts and languages."""

    # Fields that a revision neither restores nor carries.
    FIXED_FIELDS = ("slug",)
    # The same slug in every language, so that switching the language stays on the page.
    override_translatable_fields = [SynchronizedField("slug", overridable=False)]
    promote_panels = [
        MultiFieldPanel([FieldPanel("seo_title"), FieldPanel("search_description")], heading=_("For search engines")),
    ]

    def with_content_json(self, content):
        return super().with_content_json({**content, **{name: getattr(self, name) for name in self.FIXED_FIELDS}})


def copy_warning_to_quiz(module):
    quiz = module.quiz
    if quiz is None or quiz.warning == module.warning:
        return
    quiz.warning = module.warning
    quiz.save(update_fields=["warning"])
    if not quiz.has_unpublished_changes:
        quiz.save_revision().publish()


class TitlePanel(TitleFieldPanel):
    """A title panel without Wagtail's slug script, which fails on forms that have no slug field."""

    class BoundPanel(TitleFieldPanel.BoundPanel):
        def get_attrs(self):
            attrs = super().get_attrs()
            if attrs["data-w-sync-target-value"]:
                return attrs
            return {name: value for name, value in attrs.items() if not name.startswith("data-")}


class PlainLanguagePanel(Panel):
    class BoundPanel(Panel.BoundPanel):
        template_name = "modules/admin/plain_language.html"

        def is_shown(self):
            locale = self.instance.locale if self.instance.locale_id else None
            return self.instance.pk is not None and locale is not None and locale.language_code == SPANISH.code

        def get_context_data(self, parent_context=None):
            context = super().get_context_data(parent_context)
            return context | {"text": self.instance.readability, "long_sentence": LONG_SENTENCE}


class ScenesPanel(Panel):
    class BoundPanel(Panel.BoundPanel):
        template_name = "modules/admin/scenes.html"

        def is_shown(self):
            return self.instance.pk is not None and any(block.block_type == "scenario" for block in self.instance.body)

        def get_context_data(self, parent_context=None):
            scenes = [_describe_scene(scene, self.instance) for scene in scenes_of_page(self.instance)]
            return super().get_context_data(parent_context) | {"scenes": scenes}


def _describe_scene(scene, page):
    steps = list_steps(scene["id"], scene["steps"])
    with_best = [step.number for step in steps if any(option.rating == "best" for option, _leads_to in step.choices)]
    title = f"{scene['id']} · {scene['title']}"
    return {"title": title, "steps": steps, "mending": with_best, "hints": hints_of(scene, page.locale.language_code)}


class CardsPanel(Panel):
    class BoundPanel(Panel.BoundPanel):
        template_name = "modules/admin/cards.html"

        def is_shown(self):
            return self.instance.pk is not None

        def get_context_data(self, parent_context=None):
            today = timezone.localdate()
            by_role = [derive_cards(self.instance, role=role, today=today) for role, _label in ROLES]
            # Jobs differ in the tip and the scene only: the one with the longest card stands for all.
            found = max(by_role, key=lambda cards: cards.most_words)
            return super().get_context_data(parent_context) | {
                "found": found,
                "most": MOST_WORDS,
                "most_plain": MOST_PLAIN,
            }


PRINTED_MODE = "impreso"


class CourseAccessMixin:
    """A page that the permission `modules.study_course` protects, not Wagtail's privacy settings."""

    private_page_options = []

    def get_view_restrictions(self):
        return PageViewRestriction.objects.none()

    def serve(self, request):
        return get_view(self)(request, self)

    def serve_preview(self, request, mode_name):
        request.is_preview, request.preview_role = True, mode_name
        return self.serve(request)


class CoursePage(CourseAccessMixin, ReviewRequiredMixin, Page):
    subtitle = models.CharField(_("subtitle"), max_length=200, blank=True)
    intro = StreamField(TextStream(), verbose_name=_("introduction"), blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=120, help_text=_("Of the whole course."))
    close_to_me = StreamField(
        TextStream(), verbose_name=_("“This touches me closely”"), blank=True, help_text=_("Part of every lesson.")
    )

    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["modules.ModulePage"]
    admin_default_ordering = "ord"
    is_whole_course = True
    subpages_wait_for_review = True
    content_panels = [
        TitlePanel("title"),
        FieldPanel("subtitle", help_text=_("One line below the title, on the page before signing in.")),
        FieldPanel("intro", help_text=_("What a visitor reads before signing in.")),
        FieldPanel("minutes"),
        FieldPanel("close_to_me"),
    ]

    @cached_property
    def acts(self):
        """{identifier: text} of the competencies; saving a competency renews the `StructureStamp` of this cache."""
        return dict(Competency.objects.filter(locale_id=self.locale_id).values_list("identifier", "text"))

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")

    def route(self, request, path_components):
        if not path_components:
            return super().route(request, path_components)
        return get_view(self, "below")(self, "/".join(path_components))


class ModulePage(CourseAccessMixin, ReviewRequiredMixin, NumberedPageMixin, Page):
    number = models.PositiveSmallIntegerField(_("number"), default=0, editable=False)
    subtitle = models.CharField(_("subtitle"), max_length=200, blank=True)
    summary = models.CharField(_("summary"), max_length=300, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=15)
    warning = models.TextField(_("content warning"), blank=True)
    notice = models.TextField(_("notice on every lesson"), blank=True, help_text=_("Such as the legal note."))
    needs_legal_review = models.BooleanField(
        _("a lawyer reviews it"),
        default=False,
        help_text=_("This page and its lessons are published only after a legal review."),
    )
    needs_peer_review = models.BooleanField(
        _("organised sex workers review it"),
        default=False,
        help_text=_("This page and its lessons are published only after a peer review."),
    )
    objectives = StreamField(MarkupList(), verbose_name=_("objectives"), blank=True)
    key_messages = StreamField(MarkupList(), verbose_name=_("key messages"), blank=True)
    role_tips = StreamField(RoleTips(), verbose_name=_("tips by role"), blank=True)
    practice = StreamField(PracticeStream(), verbose_name=_("to practise"), blank=True)
    quiz = models.ForeignKey(
        Quiz, verbose_name=_("quiz"), null=True, blank=True, on_delete=models.PROTECT, related_name="modules"
    )
    attendance_counts = models.BooleanField(
        _("attending a session counts as reading"),
        default=False,
        help_text=_("Preselected in the form of a new session on the module; the trainer decides."),
    )

    REVIEW_FIELDS = {Review.LEGAL: "needs_legal_review", Review.PEERS: "needs_peer_review"}
    FIXED_FIELDS = ("slug", "number")
    base_form_class = ModuleForm
    parent_page_types = ["modules.CoursePage"]
    subpage_types = ["modules.LessonPage"]
    admin_default_ordering = "ord"
    content_panels = [
        ReviewsPanel(),
        TitlePanel("title"),
        PlacePanel(heading=_("Number and address"), icon="link"),
        FieldPanel("subtitle", help_text=_("One line below the title.")),
        FieldPanel("summary", help_text=_("One sentence for the list of modules.")),
        FieldPanel("minutes", help_text=_("Its lessons, scenes and quiz together.")),
        FieldPanel("warning", help_text=_("Only if it is hard to read: what is in it, without details.")),
        FieldPanel("notice"),
        FieldPanel("objectives", help_text=_("What people can do afterwards; each begins with a verb.")),
        FieldPanel("key_messages", help_text=_("Three to five sentences to take along.")),
        FieldPanel("role_tips", help_text=_("One for each job; everyone sees the one for their own first.")),
        FieldPanel(
            "practice", help_text=_("Words to say, cards for two colleagues, and the halves of the if-then card.")
        ),
        FieldPanel("quiz", help_text=_("Shown after the last lesson. Quizzes are written in the question bank.")),
        FieldPanel(
            "attendance_counts",
            help_text=_("Preselected in the form of a session; the trainer decides. It applies to older sessions."),
        ),
        MultiFieldPanel(
            [
                FieldPanel("needs_legal_review", permission="modules.choose_reviews"),
                FieldPanel("needs_peer_review", permission="modules.choose_reviews"),
            ],
            heading=_("Reviews before publishing"),
        ),
    ]

    class Meta:
        verbose_name = _("module")
        verbose_name_plural = _("modules")
        permissions = [
            ("choose_reviews", _("Can say which reviews a module needs")),
            ("publish_without_review", _("Can publish without review, giving a reason")),
        ]

    @property
    def reviewing_module(self):
        return self

    @property
    def reviews(self):
        return [review for review, field in self.REVIEW_FIELDS.items() if getattr(self, field)]

    @property
    def subpages_wait_for_review(self):
        return bool(self.reviews)

    @cached_property
    def course(self):
        return self.get_parent().specific

    @cached_property
    def lessons(self):
        """The published lessons in order, without bodies, with `module` and `locale` set."""
        lessons = list(LessonPage.objects.live().child_of(self).defer_streamfields().order_by("path"))
        for lesson in lessons:
            lesson.module, lesson.locale = self, self.locale
        return lessons

    @cached_property
    def scored_questions(self):
        return self.quiz.count_questions() if self.quiz else 0

    def warning_on(self, lesson):
        """Return the warning of a lesson, or the module's if no lesson of the module has its own."""
        return lesson.warning or ("" if any(other.warning for other in self.lessons) else self.warning)

    def is_first_warning(self, lesson):
        warned = (other for other in self.lessons if self.warning_on(other) == self.warning_on(lesson))
        first = next(warned, None)
        return first is None or first.pk == lesson.pk

    @property
    def preview_modes(self):
        return preview_modes_by_role()


class LessonPage(CourseAccessMixin, ReviewRequiredMixin, NumberedPageMixin, Page):
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=2)
    warning = models.TextField(_("content warning"), blank=True)
    body = StreamField(LessonStream(), verbose_name=_("body"), blank=True)
    plain_language_reason = models.TextField(
        _("why it is not easier to read"),
        blank=True,
        help_text=_("Only if the lesson stays below “fairly easy”: the reason, for the reviewers."),
    )

    parent_page_types = ["modules.ModulePage"]
    subpage_types = []
    content_panels = [
        ReviewsPanel(),
        TitlePanel("title"),
        PlacePanel(heading=_("Address"), icon="link"),
        FieldPanel("minutes", help_text=_("To read it calmly; the panel “Plain language” says how long that takes.")),
        FieldPanel("warning", help_text=_("Only if it is hard to read: what is in it, without details.")),
        FieldPanel("body", help_text=_("Short paragraphs, one thought each. Add a block with the plus sign.")),
        CardsPanel(heading=_("Cards"), icon="copy"),
        ScenesPanel(heading=_("Branches of the scenes"), icon="mask"),
        PlainLanguagePanel(heading=_("Plain language"), icon="openquote"),
        FieldPanel("plain_language_reason"),
    ]

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")

    @cached_property
    def module(self):
        return self.get_parent().specific

    @property
    def reviewing_module(self):
        return self.module

    @property
    def preview_modes(self):
        return [*preview_modes_by_role(), (PRINTED_MODE, _("Printed"))]

    @property
    def readability(self):
        """Measures of this object's text, published or draft; None if it is not in Spanish."""
        return measure(passages_of_page(self)) if self.locale.language_code == SPANISH.code else None

    def serve_preview(self, request, mode_name):
        request.is_preview, request.preview_role = True, mode_name
        return get_view(self, "printed")(request, self) if mode_name == PRINTED_MODE else self.serve(request)


def preview_modes_by_role():
    return [("", _("Participant")), *((role, _("Participant: %(role)s") % {"role": name}) for role, name in ROLES)]
