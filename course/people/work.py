"""What a person says that they do in the health centre: the job, and the role that follows from it."""

from django.conf import settings
from django.utils.translation import override

from quizzes.wording.audiences import audience_of, job_called, job_in_words


def chosen_job(person):
    """Return the code of the person's job, or of the role where the course has no word for the job."""
    job = job_called(person.job_title)
    return job if job and audience_of(job) == person.role else person.role


def choose_job(person, job):
    """Keep a job, or a role alone: what the person says first is registered, where nothing was.

    Later it decides only which scenes come first. The post that is registered stays, whoever brought it, because
    certificates print it: whoever finds it wrong asks for another.
    """
    registered, person.role = person.role, audience_of(job)
    if not person.job_title:
        # One language for all of a health centre: lists and the record of training hold these words.
        with override(settings.LANGUAGE_CODE):
            if registered in ("", person.role):
                person.job_title = "" if job == person.role else job_in_words(job)
            else:
                person.job_title = job_in_words(registered)
    person.save(update_fields=["role", "job_title"])


def register_job(person, words):
    """Put another post into an account, in the words of whoever knows the person; say which fields that are.

    The role follows where the course knows the job. It is not saved.
    """
    job = job_called(words)
    if audience := audience_of(job):
        person.role = audience
    person.job_title = "" if job and job == person.role else words
    return ["role", "job_title"]
