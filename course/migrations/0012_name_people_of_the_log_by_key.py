"""Texts of the log that name people become keys of their accounts; what names nobody who is there any more is cleaned."""

from collections import defaultdict

from django.db import migrations
from django.db.models import Q

GONE = "una cuenta que ya no existe"
# What stands in the text is one person, as "Name" in a group and as "CODE Name" in none.
OF_ONE = {
    "account_closed", "account_opened", "address_changed", "allowance_given", "answer_marked", "call_undone",
    "certificate_annulled", "certificate_corrected", "certificate_issued", "late_answer_decided", "paper_entered",
    "password_given", "people_enrolled", "people_left", "person_added", "person_archived", "person_called",
    "person_changed", "person_deleted", "person_exported", "person_unlocked", "pin_given", "reminders_asked",
    "second_step_removed", "sheet_withdrawn",
}  # fmt: skip
NEVER_WITH_CODE = {"certificate_annulled", "certificate_corrected", "certificate_issued", "late_answer_decided"}
OF_A_PLACE = {"area_made", "area_changed"}
OF_PEOPLE = OF_ONE | OF_A_PLACE | {"joined_by_code", "roles_changed", "person_moved", "accounts_merged", "trainers_named"}
# Words about things, which may be called as they like.
OF_THINGS = {"group_deleted", "attendance_kept", "role_changed", "clinic_made", "clinic_changed", "clinic_deleted"}
OF_THINGS |= {"area_deleted"}


def full_name(person):
    return f"{person.first_name} {person.last_name}".strip() or person.username


def surnames_first(person):
    return f"{person.last_name}, {person.first_name}" if person.last_name else person.first_name


def turned(name):
    """Return «Given Surnames» of «Surnames, Given»."""
    surnames, comma, given = name.partition(", ")
    return f"{given} {surnames}" if comma else name


def read(action, subject, *, in_group, areas):
    """Return ([(code or "", name or "")], the words beside them) of a text."""
    if action == "joined_by_code":
        return [(subject, "")], ""
    if action == "accounts_merged":
        old, _arrow, kept = subject.partition(" → ")
        code, _space, name = kept.partition(" ")
        return [(code, name)], old
    if action == "person_changed" and " → " in subject:
        old, _arrow, new = subject.partition(" → ")
        return [("", turned(new))], old
    if action == "roles_changed":
        who, _colon, words = subject.partition(": ")
        code, _space, name = who.partition(" ")
        return [(code, name)], words
    if action == "person_moved":
        name, _colon, words = subject.partition(": ")
        return [("", name)], words
    if action == "trainers_named":
        return [("", name) for name in subject.split(", ")], ""
    if action in OF_A_PLACE:
        area, colon, names = subject.rpartition(": ")
        if not colon or subject in areas:
            return [], subject
        return [("", name) for name in names.split(", ")], area
    if action == "person_deleted" or not (in_group or action in NEVER_WITH_CODE):
        code, _space, name = subject.partition(" ")
        return [(code, name)], ""
    return [("", subject)], ""


class People:
    """The accounts that are there, by what the log calls them; `find` returns a key, None, or `UNSURE`."""

    UNSURE = object()

    def __init__(self, apps, alias, entries):
        self.by_code, self.by_name, self.groups, self.printed = {}, defaultdict(set), defaultdict(set), defaultdict(set)
        for person in apps.get_model("course", "User").objects.using(alias).only("username", "first_name", "last_name"):
            self.by_code[person.username.casefold()] = person.pk
            self.by_name[full_name(person)].add(person.pk)
        enrolments = apps.get_model("course", "Enrolment").objects.using(alias)
        for learner, cohort in enrolments.values_list("learner_id", "cohort_id"):
            self.groups[learner].add(cohort)
        certificates = apps.get_model("certificates", "Certificate").objects.using(alias).exclude(learner=None)
        for learner, printed in certificates.values_list("learner_id", "printed"):
            self.printed[printed.get("name", "")].add(learner)
        self.deleted, self.renamed = set(), {}
        for action, subject in entries.filter(action__in=["person_deleted", "person_changed"]).values_list(
            "action", "subject"
        ):
            if action == "person_deleted":
                self.deleted.add(subject.partition(" ")[2])
            elif " → " in subject:
                old, _arrow, new = subject.partition(" → ")
                self.renamed[turned(old)] = turned(new)

    def find(self, code, name, cohort, *, printed):
        if code:
            return self.by_code.get(code.casefold())
        found = self.by_name.get(name, set()) or self._once_called(name)
        if not found and printed:
            found = self.printed.get(name, set())
        if not found:
            return None
        if name in self.deleted:
            return self.UNSURE
        if len(found) > 1:
            found = {person for person in found if cohort in self.groups[person]}
        return next(iter(found)) if len(found) == 1 else self.UNSURE

    def _once_called(self, name):
        seen = set()
        while name in self.renamed and name not in seen:
            seen.add(name)
            name = self.renamed[name]
        return self.by_name.get(name, set())


def forwards(apps, schema_editor):
    alias = schema_editor.connection.alias
    entries = apps.get_model("course", "AuditEntry").objects.using(alias)
    entries.filter(by=None, by_name="").update(by_somebody=False)
    people = People(apps, alias, entries)
    areas = set(apps.get_model("course", "Area").objects.using(alias).values_list("name", flat=True))
    of_people = entries.filter(action__in=OF_PEOPLE).exclude(subject="").order_by("pk")
    of_people = list(of_people.values_list("pk", "action", "subject", "cohort_id"))
    texts, rows = defaultdict(list), []
    person_row = apps.get_model("course", "AuditedPerson")
    for pk, action, subject, cohort in of_people:
        named, words = read(action, subject, in_group=cohort is not None, areas=areas)
        found = [people.find(*who, cohort, printed=action in NEVER_WITH_CODE) for who in named]
        if People.UNSURE in found:
            # Somebody of that name is there: the words stay, and go when that account does.
            continue
        if None in found and action == "accounts_merged":
            words = ""
        if None in found and action == "person_changed":
            words = ""
        rows += [person_row(entry_id=pk, person_id=person) for person in found]
        if words != subject:
            texts[words].append(pk)
    person_row.objects.using(alias).bulk_create(rows, batch_size=1000)
    worded = entries.exclude(subject="").exclude(action__in=OF_PEOPLE | OF_THINGS)
    gone = [name.casefold() for name in people.deleted if name and name not in people.by_name]
    for words in worded.values_list("subject", flat=True).distinct() if gone else ():
        if any(name in words.casefold() for name in gone):
            texts[""] += worded.filter(subject=words).values_list("pk", flat=True)
    for words, keys in texts.items():
        for start in range(0, len(keys), 500):
            entries.filter(pk__in=keys[start : start + 500]).update(subject=words)
    forget_labels(apps, alias)


def forget_labels(apps, alias):
    """Leave no name in what Wagtail kept of accounts that are gone."""
    kind = apps.get_model("contenttypes", "ContentType").objects.using(alias).filter(app_label="course", model="user")
    there = {str(pk) for pk in apps.get_model("course", "User").objects.using(alias).values_list("pk", flat=True)}
    logged = apps.get_model("wagtailcore", "ModelLogEntry").objects.using(alias).filter(content_type__in=kind)
    for key in set(logged.values_list("object_id", flat=True)) - there:
        logged.filter(object_id=key).update(label="–", data={})


def backwards(apps, schema_editor):
    alias = schema_editor.connection.alias
    entries = apps.get_model("course", "AuditEntry").objects.using(alias)
    for entry in entries.filter(Q(by__isnull=False) | Q(by_somebody=True)).select_related("by").iterator():
        entries.filter(pk=entry.pk).update(by_name=(full_name(entry.by) if entry.by else GONE)[:320])
    about = defaultdict(list)
    rows = apps.get_model("course", "AuditedPerson").objects.using(alias).order_by("pk").select_related("person")
    for row in rows.iterator():
        about[row.entry_id].append(row.person)
    for pk, action, words, cohort in entries.values_list("pk", "action", "subject", "cohort_id"):
        if pk in about:
            text = write(action, words, about[pk], in_group=cohort is not None)
            entries.filter(pk=pk).update(subject=text[:320])


def write(action, words, people, *, in_group):
    """Return the text that `read` reads."""
    names = ", ".join(full_name(person) if person else GONE for person in people)
    [first, *_others] = people
    with_code = f"{first.username} {full_name(first)}" if first else GONE
    if action == "joined_by_code":
        return first.username if first else GONE
    if action == "accounts_merged":
        return f"{words} → {with_code}"
    if action == "person_changed" and words:
        return f"{words} → {surnames_first(first) if first else GONE}"
    if action == "roles_changed":
        return f"{with_code}: {words}"
    if action == "person_moved":
        return f"{names}: {words}"
    if action in OF_A_PLACE:
        return f"{words}: {names}"
    if action == "person_deleted" or (action in OF_ONE and not (in_group or action in NEVER_WITH_CODE)):
        return with_code
    return names


class Migration(migrations.Migration):
    dependencies = [
        ("course", "0011_let_the_log_know_people_by_key"),
        ("certificates", "0007_let_a_batch_be_a_job"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [migrations.RunPython(forwards, backwards)]
