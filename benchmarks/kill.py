"""Kill the server under load: `python -m benchmarks.kill [--kills 5]`.

Eight phones of four learners, two to an attempt, write answers to the real course, served by two processes. The
whole server is killed with SIGKILL, again and again, and started anew; the phones send what was not acknowledged until
it is. At last every attempt is sent, twice. Then the database is counted: what was acknowledged must be there, once,
and the answer that stands must be the one that the rule of docs/explanation/attempts.md gives. Ends with 1 otherwise.
"""

import argparse
import http.client
import json
import os
import random
import signal
import sys
import threading
import time
from collections import defaultdict

from .site import new_site, serve
from .takers import Phone, make_takers

LEARNERS = 4
PHONES = 8
# Answers that are acknowledged between two kills, at least.
BETWEEN_KILLS = 60
OUT_OF_REACH = 0.2


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=5, help="how often the server is killed")
    arguments = parser.parse_args()
    with new_site() as port:
        from django.core.management import call_command
        from django.db import connection

        call_command("prepare_site", verbosity=0)
        takers = make_takers(LEARNERS)
        name = connection.vendor
        connection.close()
        phones = [WritingPhone(Phone(port, takers[n % LEARNERS], f"phone-{n}"), n) for n in range(PHONES)]
        kill_under_load(port, phones, arguments.kills)
        counts, faults = count_rows(phones)
        print(f"{name}: killed {arguments.kills} times with {PHONES} phones writing")
        for what, number in counts.items():
            print(f"{number:8}  {what}")
        for fault in faults:
            print(f"   FAULT  {fault}")
    sys.exit(1 if faults else 0)


class WritingPhone:
    """A phone that writes one answer after the other, and sends each until it is acknowledged."""

    def __init__(self, phone, seed):
        self.phone, self.chance = phone, random.Random(seed)
        # {(question, number): (response, wall clock when the send that was acknowledged began)}
        self.acknowledged = {}
        self.repeats, self.refusals, self.is_over = 0, [], False

    def write(self):
        number = 0
        while not self.is_over:
            number += 1
            answer = self.phone.answer(number, self.chance)
            begun = self.insist(lambda answer=answer: self.phone.send([answer]), {200})
            self.acknowledged[answer["question"], number] = (answer["response"], begun)
            # A line that loses an acknowledgement makes the phone send again what is there.
            if self.chance.random() < 0.1:
                self.insist(lambda answer=answer: self.phone.send([answer]), {200})
                self.repeats += 1

    def submit(self):
        path = f"/es/cuestionario/intento/{self.phone.taker.attempt}/enviar/"
        self.insist(lambda: self.phone.post(path, {}), {302})

    def insist(self, send, good):
        """Send until it is acknowledged; return when that began."""
        while True:
            begun = time.time()
            try:
                status, reply = send()
            except (OSError, http.client.HTTPException):
                self.repeats += 1
                time.sleep(0.05)
                continue
            if status in good:
                return begun
            self.refusals.append((status, reply[:200]))
            return begun


def kill_under_load(port, phones, kills):
    server = serve(port)
    threads = [threading.Thread(target=phone.write) for phone in phones]
    for thread in threads:
        thread.start()
    chance = random.Random(kills)
    for _ in range(kills):
        wait_for_answers(phones, BETWEEN_KILLS)
        # Any moment of a request may be the one.
        time.sleep(chance.random() / 10)
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
        time.sleep(OUT_OF_REACH)
        server = serve(port)
    wait_for_answers(phones, BETWEEN_KILLS)
    for phone in phones:
        phone.is_over = True
    for thread in threads:
        thread.join()
    for phone in phones:
        phone.submit()
    os.killpg(server.pid, signal.SIGTERM)
    server.wait()


def wait_for_answers(phones, more):
    """Wait until so many more answers were acknowledged."""
    enough = more + sum(len(phone.acknowledged) for phone in phones)
    while sum(len(phone.acknowledged) for phone in phones) < enough:
        time.sleep(0.02)


def count_rows(phones):
    """Return ({what: how many}, [what is wrong]) of the database after everything."""
    from quizzes.attempts.scoring import round_down, score_snapshot
    from quizzes.models import Answer, AnswerWrite, Attempt

    faults = []
    attempts = Attempt.objects.in_bulk({phone.phone.taker.attempt for phone in phones})
    rows = defaultdict(list)
    for write in AnswerWrite.objects.filter(attempt__in=attempts):
        rows[str(write.attempt_id), str(write.question_key), write.client, write.number].append(write)
    expected = {
        (phone.phone.taker.attempt, question, phone.phone.client, number): kept
        for phone in phones
        for (question, number), kept in phone.acknowledged.items()
    }
    lost = [key for key, (response, _begun) in expected.items() if [w.response for w in rows[key]] != [response]]
    doubled = [key for key, found in rows.items() if len(found) > 1]
    strange = [key for key in rows if key not in expected]
    early = [key for key, (_response, begun) in expected.items() if rows[key] and stood_before(rows[key][0], begun)]
    for answer in Answer.objects.filter(attempt__in=attempts):
        key = str(answer.attempt_id), str(answer.question_key)
        writes = [write for (*of, _c, _n), found in rows.items() if tuple(of) == key for write in found]
        if answer.response != expected_answer(writes):
            faults.append(f"another answer stands than should: {key}")
    for attempt in attempts.values():
        responses = {str(a.question_key): a.response for a in attempt.answers.all()}
        if attempt.grade != round_down(score_snapshot(attempt.snapshot, responses).grade):
            faults.append(f"the grade is not that of the answers: {attempt.pk}")
    refusals = [refusal for phone in phones for refusal in phone.refusals]
    for name, found in (("lost", lost), ("doubled", doubled), ("unknown", strange), ("refused", refusals)):
        if found:
            faults.append(f"{name}: {json.dumps(found[:3], default=str)}")
    return {
        "answers acknowledged": len(expected),
        "of them lost": len(lost),
        "rows": sum(map(len, rows.values())),
        "of them doubled": len(doubled),
        "sent again": sum(phone.repeats for phone in phones),
        "had been written though the kill took the acknowledgement": len(early),
        "errors answered": len(refusals),
    }, faults


def stood_before(write, begun):
    """Say whether the row was there before the send that was acknowledged began: one before it was not in vain."""
    return write.received_at.timestamp() < begun


def expected_answer(writes):
    """Return the response that should stand: of each client's last write the one given last."""
    last = {}
    for write in sorted(writes, key=lambda write: write.number):
        last[write.client] = write
    return max(last.values(), key=lambda write: (write.given_at, write.client)).response


if __name__ == "__main__":
    main()
