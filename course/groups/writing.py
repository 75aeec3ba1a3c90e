"""What a trainer may write to a person with a telephone: prepared to be sent by hand, never sent by the site."""

from urllib.parse import quote

from django.utils import translation
from django.utils.translation import gettext as _

from course.people.identifiers import whatsapp_url

from .calling import languages_of


def chats_with(people, *, by, address):
    """Return {person pk: address that opens a chat} of those with a telephone, in one query.

    The words greet in the person's language and say who writes and where the course is: nothing of results, no PIN, and
    not what the course is about.
    """
    reachable = [person for person in people if person.phone]
    languages = languages_of(reachable) if reachable else {}
    words = {person.pk: _greeting(person, languages[person.pk], by=by, address=address) for person in reachable}
    return {person.pk: chat_with(person.phone, words[person.pk]) for person in reachable}


def chat_with(phone, words):
    """Return the address that opens a chat with a kept number and these words written in it."""
    return f"{whatsapp_url(phone)}?text={quote(words)}"


def _greeting(person, language, *, by, address):
    with translation.override(language):
        words = _("Hello, %(name)s. This is %(trainer)s, of the course “Trato digno”. You can enter here: %(address)s")
        return words % {"name": person.first_name, "trainer": by, "address": address}
