"""Weigh what devices keep: `python -m benchmarks.copies`.

On a new site with the real course, makes the copy of each module for each job, of what modules lead to and of a paper
of thirteen questions, and prints how many bytes each takes over the wire and how long it took to make. Ends with 1
where a module takes more than the aim.
"""

import argparse
import gzip
import random
import sys
import time
from statistics import median
from uuid import uuid4

from .site import new_site

# In one file, as it goes over the wire.
MOST = 28 * 1024
QUESTIONS = 13


def main():
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    with new_site():
        from django.core.management import call_command

        call_command("prepare_site", verbosity=0)
        heavy = weigh_modules()
        weigh_paper()
    sys.exit(1 if heavy else 0)


def weigh_modules():
    """Print what the modules take; return the numbers of those that take more than they may."""
    from django.utils import translation

    from course.models import User
    from modules.progress.outline import get_course_structure
    from modules.views.offline import get_common_copy, get_module_copy

    roles = [role for role, _name in User._meta.get_field("role").choices]
    heavy, first = [], []
    with translation.override("es"):
        modules = get_course_structure().modules["es"]
        print(f"{'module':>8}{'lessons':>9}{'least':>9}{'most':>9}{'raw':>9}{'made in':>10}")
        for module in modules:
            made = [timed(get_module_copy, module, role=role) for role in roles]
            sizes = [kept.size for kept, _took in made]
            raw = max(len(kept.unpacked()) for kept, _took in made)
            took = 1000 * median(took for _kept, took in made)
            print(f"{module.number:8}{len(module.lessons):9}{min(sizes):9}{max(sizes):9}{raw:9}{took:7.0f} ms")
            first.append(sizes[0])
            if max(sizes) > MOST:
                heavy.append(module.number)
        common, took = timed(get_common_copy)
    print(f"what they lead to: {common.size} bytes, made in {1000 * took:.0f} ms")
    print(f"the whole course of one job: {sum(first) + common.size} bytes in {len(modules) + 1} files")
    print(f"above {MOST} bytes: {heavy or 'none'}")
    return heavy


def weigh_paper():
    """Print what a paper of thirteen questions of the bank takes, as its person gets it."""
    from django.contrib.auth import get_user_model
    from django.test import Client
    from django.urls import reverse
    from django.utils import timezone, translation

    from quizzes.attempts.taking import start_attempt
    from quizzes.models import Question, Quiz, QuizQuestion

    quiz = Quiz.objects.get(identifier="m1", locale__language_code="es")
    quiz.pk = None
    quiz.identifier, quiz.title = "medida", "Medida"
    quiz.translation_key = uuid4()
    quiz.save()
    for order, question in enumerate(
        Question.objects.filter(live=True, case=None, locale__language_code="es").order_by("pk")[:QUESTIONS]
    ):
        QuizQuestion.objects.create(quiz=quiz, question=question, sort_order=order)
    learner = get_user_model().objects.create_user("BENCH2", first_name="Ana Lucía", last_name="Coj", role="recepcion")
    attempt = start_attempt(learner, quiz, language="es", now=timezone.now(), chance=random.Random(1))
    client = Client()
    client.force_login(learner)
    with translation.override("es"):
        address = reverse("attempt_paper", args=[attempt.pk])
    client.get(address)
    answer, took = timed(client.get, address)
    packed = len(gzip.compress(answer.content, 6))
    count = len(attempt.snapshot["questions"])
    print(f"a paper of {count} questions and its summary: {packed} bytes, answered in {1000 * took:.0f} ms")


def timed(act, *args, **more):
    begun = time.perf_counter()
    result = act(*args, **more)
    return result, time.perf_counter() - begun


if __name__ == "__main__":
    main()
