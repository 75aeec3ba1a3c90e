"""What is frozen gets a digest, credentials and lists say of which address they are, and people ask for corrections."""

import json
import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

ROWS = 500


def forwards(apps, schema_editor):
    alias = schema_editor.connection.alias
    certificates = apps.get_model("certificates", "Certificate").objects.using(alias)
    certificates.update(awarded_at=models.F("issued_at"))
    keep_first_moments(certificates)
    addresses = keep_issuers(certificates)
    lists = apps.get_model("certificates", "StatusList").objects.using(alias)
    for status_list in lists.all():
        site, issuer = addresses.get(status_list.pk, (settings.SITE_URL, ""))
        lists.filter(pk=status_list.pk).update(site=site, issuer=issuer)


def keep_first_moments(certificates):
    """Let a corrected certificate be awarded when the one that it corrects was; that is of a lower number."""
    corrected = certificates.filter(printed__has_key="corrected").exclude(replaces=None).order_by("pk")
    for pk, replaces in corrected.values_list("pk", "replaces"):
        awarded_at = certificates.values_list("awarded_at", flat=True).get(pk=replaces)
        certificates.filter(pk=pk).update(awarded_at=awarded_at)


def keep_issuers(certificates):
    """Keep as whom each credential is signed, and whether it names its person: both stand in the credential itself.

    Return {list: (address of the site, issuer) of the newest in it}.
    """
    addresses, found = {}, {}
    signed = certificates.exclude(credential="").order_by("pk")
    for pk, status_list, text in signed.values_list("pk", "status_list", "credential").iterator(chunk_size=ROWS):
        credential = json.loads(text)
        issuer, entry = credential["issuer"]["id"], credential["credentialStatus"]
        address = (entry[0] if isinstance(entry, list) else entry)["statusListCredential"]
        addresses[status_list] = (address.partition("/v/")[0], issuer)
        found.setdefault((issuer, is_named(credential)), []).append(pk)
    for (issuer, names_holder), pks in found.items():
        for begin in range(0, len(pks), ROWS):
            of_these = certificates.filter(pk__in=pks[begin : begin + ROWS])
            of_these.update(issuer=issuer, names_holder=names_holder)
    return addresses


def is_named(credential):
    """Whether a credential holds its person's name in clear: one that went back a version and forward again may."""
    identities = credential["credentialSubject"].get("identifier", [])
    identities = identities if isinstance(identities, list) else [identities]
    return any(identity.get("hashed") is False for identity in identities)


def refuse_to_forget(apps, schema_editor):
    """Going back, what people wait for would be gone, and a badge that is revoked by a later one would hold again."""
    alias = schema_editor.connection.alias
    if apps.get_model("certificates", "LaterCredential").objects.using(alias).exists():
        raise RuntimeError("Some badges were made anew, and the earlier version cannot tell: stay here.")
    if apps.get_model("certificates", "CorrectionRequest").objects.using(alias).filter(decided_at=None).exists():
        raise RuntimeError("Requests for corrections wait for an answer, and going back loses them: decide them first.")


class Migration(migrations.Migration):
    dependencies = [
        ("certificates", "0009_say_which_training"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="certificate",
            name="awarded_at",
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name="awarded at"),
        ),
        migrations.AddField(
            model_name="certificate",
            name="digest",
            field=models.CharField(blank=True, max_length=64, verbose_name="digest of the facts"),
        ),
        migrations.AddField(
            model_name="certificate",
            name="digest_key",
            field=models.CharField(blank=True, max_length=100, verbose_name="key that signed the digest"),
        ),
        migrations.AddField(
            model_name="certificate",
            name="digest_signature",
            field=models.CharField(blank=True, max_length=128, verbose_name="signature of the digest"),
        ),
        migrations.AddField(
            model_name="certificate",
            name="digested_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="digest made at"),
        ),
        migrations.AddField(
            model_name="certificate",
            name="issuer",
            field=models.CharField(blank=True, max_length=300, verbose_name="issuer of the credential"),
        ),
        migrations.AddField(
            model_name="certificate",
            name="names_holder",
            field=models.BooleanField(default=False, verbose_name="the credential names the person"),
        ),
        migrations.AddField(
            model_name="statuslist",
            name="holds_later",
            field=models.BooleanField(default=False, verbose_name="for credentials made after the paper"),
        ),
        migrations.AddField(
            model_name="statuslist",
            name="issuer",
            field=models.CharField(blank=True, max_length=300, verbose_name="issuer"),
        ),
        migrations.AddField(
            model_name="statuslist",
            name="site",
            field=models.CharField(blank=True, max_length=300, verbose_name="address of the site"),
        ),
        migrations.AlterField(
            model_name="certificateevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("issued", "Issued"),
                    ("corrected", "Corrected"),
                    ("annulled", "Annulled"),
                    ("printed", "Printed"),
                    ("merged", "Replaced when two accounts were merged"),
                    ("credential", "Digital badge made anew"),
                ],
                max_length=10,
                verbose_name="what",
            ),
        ),
        migrations.CreateModel(
            name="CorrectionRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="key")),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("confirming", "While confirming the certificate"),
                            ("own", "On the page of the own certificate"),
                            ("holder", "By somebody who has the certificate"),
                        ],
                        max_length=10,
                        verbose_name="where it was asked",
                    ),
                ),
                ("asked", models.JSONField(verbose_name="asked for")),
                ("was", models.JSONField(verbose_name="registered or printed then")),
                ("passed", models.BooleanField(default=False, verbose_name="small: printed already")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="asked at")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[("accepted", "Accepted"), ("declined", "Not accepted")],
                        max_length=10,
                        verbose_name="decision",
                    ),
                ),
                ("answer", models.CharField(blank=True, max_length=300, verbose_name="answer")),
                (
                    "certificate",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="correction_requests",
                        to="certificates.certificate",
                        verbose_name="certificate",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "learner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="correction_requests",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="learner",
                    ),
                ),
            ],
            options={
                "verbose_name": "request for a correction",
                "verbose_name_plural": "requests for corrections",
                "ordering": ["asked_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("certificate", None), ("decided_at", None)),
                        fields=("learner",),
                        name="one_open_request_before_the_certificate",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("decided_by", None), ("decision", "")),
                            models.Q(("decided_at__isnull", False), models.Q(("decision", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="a_decision_and_its_moment_go_together",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("learner__isnull", False), ("certificate__isnull", False), _connector="OR"),
                        name="a_request_is_about_a_person_or_a_certificate",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LaterCredential",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="made at")),
                ("names_holder", models.BooleanField(verbose_name="the credential names the person")),
                ("issuer", models.CharField(max_length=300, verbose_name="issuer")),
                ("text", models.TextField(verbose_name="credential")),
                ("status_index", models.PositiveIntegerField(verbose_name="place in the status list")),
                (
                    "certificate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="later_credentials",
                        to="certificates.certificate",
                        verbose_name="certificate",
                    ),
                ),
                (
                    "status_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="later_credentials",
                        to="certificates.statuslist",
                        verbose_name="status list",
                    ),
                ),
            ],
            options={
                "verbose_name": "credential made after the paper",
                "verbose_name_plural": "credentials made after the paper",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("status_list", "status_index"), name="a_place_of_a_later_credential_is_never_used_twice"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(
                condition=models.Q(("digested_at", models.F("issued_at"))), fields=["id"], name="digested_when_issued"
            ),
        ),
        migrations.RunPython(forwards, refuse_to_forget),
    ]
