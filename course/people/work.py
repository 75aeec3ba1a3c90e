"""What a person says that they do in the health centre: the job, and the role that follows from it."""

from certificates.wording.words import post_to_register
from quizzes.base.job_roles import audience_of, job_called


def chosen_job(person):
    """Return the code of the person's job, or of the role where the course has no word for the job."""
    job = job_called(person.job_title)
    return job if job and audience_of(job) == person.role else person.role


def choose_job(person, job):
    """Keep which scenes and tips come first: the role of a job that the person chose.

    The post is registered by lists of staff and trainers alone, because certificates print it.
    """
    person.role = audience_of(job)
    person.save(update_fields=["role"])


def register_job(person, words):
    """Put another post into an account, in the words of whoever knows the person; say which fields that are.

    Of a job that the course knows the role follows, and its word is registered as `post_to_register` has it. It is
    not saved.
    """
    job = job_called(words)
    if audience := audience_of(job):
        person.role = audience
    person.job_title = post_to_register(words)
    return ["role", "job_title"]
