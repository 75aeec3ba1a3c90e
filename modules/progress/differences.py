"""Differences between the requirements of two editions, in words."""

from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _

from modules.models import LessonPage
from quizzes.base.job_roles import Pool
from quizzes.models import CountingAttempt, Quiz

from .outline import get_course_structure


class Difference(NamedTuple):
    """New, dropped and changed requirements, as sentences without their full stop."""

    added: list[str]
    removed: list[str]
    changed: list[str]

    def beyond(self, other):
        return Difference(
            *([said for said in mine if said not in theirs] for mine, theirs in zip(self, other, strict=True))
        )


def titles_of_today():
    """Return {stable key: title} of the published lessons and quizzes, in the language of the site."""
    structure, titles = get_course_structure(), {}
    for module in structure.modules.get(settings.LANGUAGE_CODE, []):
        titles |= {str(lesson.translation_key): lesson.title for lesson in module.lessons}
        if module.quiz:
            titles[str(module.quiz.translation_key)] = module.quiz.title
    return titles


def and_of_drafts(titles, *contents):
    held = {key for one in contents for module in one for key in (*module["lessons"], module["quiz"]) if key}
    if not (gone := held - titles.keys()):
        return titles
    titles = dict(titles)
    for model in (LessonPage, Quiz):
        found = model.objects.filter(translation_key__in=gone, locale__language_code=settings.LANGUAGE_CODE)
        titles |= {str(key): title for key, title in found.values_list("translation_key", "title")}
    return titles


def difference_between(before, after, titles):
    return _Comparing(before, after, titles).run()


class _Comparing:
    def __init__(self, before, after, titles):
        self.old, self.new = ({module["key"]: module for module in contents} for contents in (before, after))
        self.titles = titles
        self.said = Difference([], [], [])

    def run(self):
        for key in self.new:
            if key not in self.old:
                self.said.added.append(name_of_module(self.new[key]))
            else:
                self.compare(self.old[key], self.new[key])
        self.said.removed.extend(name_of_module(module) for key, module in self.old.items() if key not in self.new)
        return self.said

    def compare(self, old, new):
        self.compare_lessons(old, new)
        names = {"module": name_of_module(new), "quiz": self.titles.get(new["quiz"], _("quiz"))}
        if old["quiz"] is None and new["quiz"]:
            self.said.added.append(_("%(module)s: the quiz “%(quiz)s”") % names)
        elif old["quiz"] and new["quiz"] is None:
            names["quiz"] = self.titles.get(old["quiz"], _("quiz"))
            self.said.removed.append(_("%(module)s: the quiz “%(quiz)s”") % names)
        elif old["quiz"] != new["quiz"]:
            names["before"] = self.titles.get(old["quiz"], _("quiz"))
            sentence = _("%(module)s: the quiz “%(quiz)s” instead of “%(before)s”")
            self.said.changed.append(sentence % names)
        elif new["quiz"]:
            self.compare_rules(old, new, names)

    def compare_lessons(self, old, new):
        here, before = _homes(self.new), _homes(self.old)
        for key in new["lessons"]:
            names = {"module": name_of_module(new), "lesson": self.titles.get(key, _("lesson"))}
            if key not in before:
                self.said.added.append(_("%(module)s: the lesson “%(lesson)s”") % names)
            elif before[key] != new["key"]:
                self.said.changed.append(_("The lesson “%(lesson)s” is now in %(module)s") % names)
        for key in old["lessons"]:
            if key not in here:
                names = {"module": name_of_module(new), "lesson": self.titles.get(key, _("lesson"))}
                self.said.removed.append(_("%(module)s: the lesson “%(lesson)s”") % names)

    def compare_rules(self, old, new, names):
        if old["pass_mark"] != new["pass_mark"]:
            marks = names | {"old": old["pass_mark"], "new": new["pass_mark"]}
            sentence = _("%(module)s: the pass mark of the quiz “%(quiz)s” is %(new)s%% instead of %(old)s%%")
            self.said.changed.append(sentence % marks)
        if old["counting_attempt"] != new["counting_attempt"]:
            which = CountingAttempt(new["counting_attempt"]).label
            sentence = _("%(module)s: of several attempts at the quiz “%(quiz)s” now counts: %(which)s")
            self.said.changed.append(sentence % (names | {"which": str(which).lower()}))
        before, now = (dict(one.get("pools", [])) for one in (old, new))
        if before != now:
            self.said.changed.append(_how_it_asks(now) % (names | now))


def _how_it_asks(pools):
    if {Pool.CORE, Pool.OWN} <= pools.keys():
        return _("%(module)s: the quiz “%(quiz)s” asks %(core)d questions of everyone and %(own)d for one’s own job")
    if Pool.CORE in pools:
        return _("%(module)s: the quiz “%(quiz)s” asks %(core)d of the questions for everyone")
    if Pool.OWN in pools:
        return _("%(module)s: the quiz “%(quiz)s” asks %(own)d questions for one’s own job")
    return _("%(module)s: the quiz “%(quiz)s” does not ask by job any more")


def _homes(modules):
    return {lesson: key for key, module in modules.items() for lesson in module["lessons"]}


def name_of_module(module):
    return _("Module %(number)d, “%(title)s”") % {"number": module["number"], "title": module["title"]}
