"""Sentences about changes of the course."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quizzes.base.formats import quote

from .differences import and_of_drafts, difference_between, name_of_module, titles_of_today


def tell_difference(difference):
    return [
        *(_("New: %(what)s.") % {"what": what} for what in difference.added),
        *(_("No more: %(what)s.") % {"what": what} for what in difference.removed),
        *(f"{what}." for what in difference.changed),
    ]


def tell_move(registration):
    before, after = registration.moved_from.contents, registration.edition.contents
    titles = and_of_drafts(titles_of_today(), before)
    return tell_difference(difference_between(before, after, titles))


def tell_quizzes_closed(titles):
    if not titles:
        return ""
    sentence = ngettext(
        "People need the quiz %(titles)s to finish its module. While it is not published nobody can begin it; "
        "a learner who passed it has passed.",
        "People need the quizzes %(titles)s to finish their modules. While they are not published nobody can begin "
        "them; learners who passed them have passed.",
        len(titles),
    )
    return sentence % {"titles": ", ".join(quote(title) for title in titles)}


def tell_people(change):
    people = change.people
    sentences = [_how_many(people)]
    if change.contents and change.difference.removed:
        sentences.append(_("Unpublished parts are no longer required, and still count for learners who did them."))
    if people.finishing:
        sentence = ngettext(
            "%(count)d person, who lacks nothing else, finishes the course by this.",
            "%(count)d people, who lack nothing else, finish the course by this.",
            people.finishing,
        )
        sentences.append(sentence % {"count": people.finishing})
    if change.changes_how_quizzes_ask:
        sentences.append(
            _(
                "How a quiz asks by job applies to everyone from their next attempt, whatever you choose. "
                "An open attempt keeps its questions, and learners who passed have passed."
            )
        )
    if people.finished:
        sentences.append(_("Learners who finished lose nothing."))
    if change.later:
        day = date_format(timezone.localtime(change.later), "DATETIME_FORMAT")
        sentence = _("It is scheduled for %(day)s.")
        if change.another_edition and not change.only_takes_away:
            sentence = _(
                "It is scheduled for %(day)s. From then on it applies to new learners; "
                "learners in progress continue with their edition."
            )
        sentences.append(sentence % {"day": day})
    return sentences


def tell_empty_modules(change):
    sentence = _(
        "%(module)s has no published lesson and no quiz yet: learners who need it cannot finish the course. "
        "Publish its lessons first, and the module last."
    )
    return [sentence % {"module": name_of_module(module)} for module in change.empty_modules]


def tell_choices(change):
    """Return what each answer means, ([sentence], [sentence]): for new learners only, and for everyone."""
    if change.only_takes_away:
        from_now_on = [_("Those in the middle keep their edition: if this is published again, they are asked again.")]
        also_the_middle = [_("They take the new edition: if this is published again, they are not asked.")]
    else:
        from_now_on = [
            _("Those in the middle go on with what was asked of them. They may read what is new."),
            _("You can take them along later, too, under “Editions”."),
        ]
        also_the_middle = [_("It is asked of them, too. What they have finished stays finished.")]
    return from_now_on, also_the_middle + [_tell_behind(one) for one in change.behind]


def _tell_behind(behind):
    sentence = ngettext(
        "%(count)d of them takes “%(edition)s” until now. This changes there, too. %(what)s",
        "%(count)d of them take “%(edition)s” until now. This changes for them, too. %(what)s",
        behind.people,
    )
    what = " ".join(tell_difference(behind.difference))
    return sentence % {"count": behind.people, "edition": behind.edition, "what": what}


def tell_behind(catching_up):
    """Return [(learners of an earlier edition, [changes for them])] of a `CatchingUp`."""
    return [(_who_is_behind(one), tell_difference(one.difference)) for one in catching_up.behind]


def _who_is_behind(behind):
    sentence = ngettext(
        "%(count)d person takes “%(edition)s” and has not finished it. What changes:",
        "%(count)d people take “%(edition)s” and have not finished it. What changes:",
        behind.people,
    )
    return sentence % {"count": behind.people, "edition": behind.edition}


def tell_taken_along(done):
    counted = ((done.moved, _moved), (done.finished, _finished))
    return [sentence(count) % {"count": count} for count, sentence in counted if count]


def _how_many(people):
    sentence = ngettext(
        "%(count)d person takes the course: %(began)d began, %(finished)d finished, %(certified)d with a certificate.",
        "%(count)d people take the course: %(began)d began, %(finished)d finished, %(certified)d with a certificate.",
        people.all,
    )
    numbers = {"began": people.began, "finished": people.finished, "certified": people.certified}
    return sentence % ({"count": people.all} | numbers)


def tell_outcome(outcome):
    said = [_("“%(edition)s” is in force from now on, for new learners.") % {"edition": outcome.edition}]
    if outcome.edition == outcome.before:
        said = [_("“%(edition)s”, which nobody took yet, now asks for this.") % {"edition": outcome.edition}]
    counted = (
        (outcome.moved, _moved),
        (outcome.stay, _stay),
        (outcome.finished, _finished),
    )
    return said + [sentence(count) % {"count": count} for count, sentence in counted if count]


def _moved(count):
    return ngettext(
        "%(count)d person who has not finished takes it from now on.",
        "%(count)d people who have not finished take it from now on.",
        count,
    )


def _stay(count):
    return ngettext(
        "%(count)d person continues with an earlier edition.",
        "%(count)d people continue with an earlier edition.",
        count,
    )


def _finished(count):
    return ngettext(
        "%(count)d person finished the course by this.",
        "%(count)d people finished the course by this.",
        count,
    )


def tell_contents(contents, titles):
    """Return [(module, its requirements)] of an edition; deleted lessons are only counted."""
    return [_tell_module(module, titles) for module in contents]


def _tell_module(module, titles):
    known = [titles[key] for key in module["lessons"] if key in titles]
    parts = [quote(title) for title in known]
    if gone := len(module["lessons"]) - len(known):
        sentence = ngettext(
            "%(count)d lesson that is not published any more", "%(count)d lessons that are not published any more", gone
        )
        parts.append(sentence % {"count": gone})
    if module["quiz"]:
        sentence = _("quiz, passed with %(mark)d%%")
        parts.append(sentence % {"mark": module["pass_mark"]})
    return name_of_module(module), f"{', '.join(parts)}." if parts else ""
