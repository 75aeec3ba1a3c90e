import uuid

import django.db.models.deletion
import django.utils.timezone
import wagtail.fields
import wagtail.models.preview
from django.conf import settings
from django.db import migrations, models

import modules.models.pages
import modules.models.reviews


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("course", "__first__"),
        ("quizzes", "0001_initial"),
        ("wagtailcore", "0098_apitoken"),
        ("wagtailimages", "0027_image_description"),
    ]

    operations = [
        migrations.CreateModel(
            name="CoursePage",
            fields=[
                (
                    "page_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to=settings.WAGTAIL_PAGE_MODEL,
                    ),
                ),
                ("subtitle", models.CharField(blank=True, max_length=200, verbose_name="subtitle")),
                (
                    "intro",
                    wagtail.fields.StreamField(
                        [("text", 0)],
                        blank=True,
                        block_lookup={0: ("modules.blocks.lessons.TextBlock", (), {})},
                        verbose_name="introduction",
                    ),
                ),
                (
                    "minutes",
                    models.PositiveSmallIntegerField(
                        default=120, help_text="Of the whole course.", verbose_name="minutes"
                    ),
                ),
                (
                    "close_to_me",
                    wagtail.fields.StreamField(
                        [("text", 0)],
                        blank=True,
                        block_lookup={0: ("modules.blocks.lessons.TextBlock", (), {})},
                        help_text="Part of every lesson.",
                        verbose_name="“This touches me closely”",
                    ),
                ),
            ],
            options={
                "verbose_name": "course",
                "verbose_name_plural": "courses",
            },
            bases=(
                modules.models.pages.OpenToTheCourse,
                modules.models.reviews.ReviewedBeforePublishing,
                "wagtailcore.page",
            ),
        ),
        migrations.CreateModel(
            name="LessonPage",
            fields=[
                (
                    "page_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to=settings.WAGTAIL_PAGE_MODEL,
                    ),
                ),
                ("minutes", models.PositiveSmallIntegerField(default=2, verbose_name="minutes")),
                ("warning", models.TextField(blank=True, verbose_name="content warning")),
                (
                    "body",
                    wagtail.fields.StreamField(
                        [
                            ("text", 0),
                            ("key_message", 1),
                            ("role_tips", 2),
                            ("do_avoid", 9),
                            ("figure", 13),
                            ("scenario", 36),
                            ("quiz", 37),
                            ("checklist", 41),
                            ("directory", 45),
                            ("callout", 48),
                            ("reflection", 51),
                            ("printable", 52),
                            ("voice", 53),
                            ("photo", 56),
                            ("listen", 59),
                            ("film", 61),
                        ],
                        blank=True,
                        block_lookup={
                            0: ("modules.blocks.lessons.TextBlock", (), {}),
                            1: ("modules.blocks.lessons.KeyMessageBlock", (), {}),
                            2: ("modules.blocks.lessons.RoleTipsBlock", (), {}),
                            3: (
                                "wagtail.blocks.CharBlock",
                                (),
                                {
                                    "help_text": "Such as the place: “En la ventanilla”.",
                                    "label": "Title",
                                    "required": False,
                                },
                            ),
                            4: (
                                "modules.blocks.base.LineBlock",
                                (),
                                {"help_text": "What to do or to say, in the words one would use.", "label": "Do"},
                            ),
                            5: (
                                "modules.blocks.base.LineBlock",
                                (),
                                {"help_text": "What is done or said instead.", "label": "Avoid"},
                            ),
                            6: (
                                "modules.blocks.base.LineBlock",
                                (),
                                {"help_text": "In a few words; may stay empty.", "label": "Why", "required": False},
                            ),
                            7: ("wagtail.blocks.StructBlock", [[("do", 4), ("avoid", 5), ("why", 6)]], {}),
                            8: ("wagtail.blocks.ListBlock", (7,), {"label": "Rows", "min_num": 1}),
                            9: ("wagtail.blocks.StructBlock", [[("title", 3), ("rows", 8)]], {}),
                            10: (
                                "wagtail.blocks.ChoiceBlock",
                                [],
                                {
                                    "choices": [
                                        ("porton", "Gate"),
                                        ("ventanilla", "Window"),
                                        ("expediente", "Folder"),
                                        ("sala", "Waiting room"),
                                        ("puerta", "Door"),
                                        ("taza", "Cup"),
                                        ("telefono", "Telephone"),
                                        ("libreta", "Booklet"),
                                        ("balanza", "Scales"),
                                        ("mesa", "Table"),
                                        ("candado", "Padlock"),
                                        ("pantalla", "Computer screen"),
                                        ("sobre", "Envelope"),
                                        ("biombo", "Folding screen"),
                                        ("guantes", "Gloves"),
                                        ("calendario", "Calendar"),
                                        ("frasco", "Medicine bottle"),
                                        ("gradilla", "Test tube rack"),
                                        ("sillas", "Two chairs"),
                                        ("reloj", "Clock"),
                                        ("maletin", "Medical bag"),
                                        ("hoja", "Sheet of paper"),
                                        ("llave", "Key"),
                                        ("banca", "Bench"),
                                        ("hilos", "Threads"),
                                        ("puente", "Bridge"),
                                        ("mercado", "Market stall"),
                                        ("agenda", "Address book"),
                                        ("tablero", "Notice board"),
                                        ("lapiz", "Pencil"),
                                        ("maceta", "Flowerpot"),
                                        ("buzon", "Suggestion box"),
                                    ],
                                    "help_text": "Places and things only: the course shows no faces.",
                                    "label": "Drawing",
                                },
                            ),
                            11: (
                                "wagtail.blocks.CharBlock",
                                (),
                                {
                                    "help_text": "What the drawing shows: “Dibujo de un portón abierto”.",
                                    "label": "In words, for who does not see it",
                                },
                            ),
                            12: (
                                "wagtail.blocks.CharBlock",
                                (),
                                {
                                    "help_text": "A few words below it; may stay empty.",
                                    "label": "Caption",
                                    "required": False,
                                },
                            ),
                            13: ("wagtail.blocks.StructBlock", [[("drawing", 10), ("alt", 11), ("caption", 12)]], {}),
                            14: (
                                "wagtail.blocks.CharBlock",
                                (),
                                {"help_text": "Stays the same, such as M1-E1.", "label": "Identifier"},
                            ),
                            15: (
                                "wagtail.blocks.CharBlock",
                                (),
                                {"help_text": "Short, and without the answer: “En el portón”.", "label": "Title"},
                            ),
                            16: (
                                "wagtail.blocks.ChoiceBlock",
                                [],
                                {
                                    "choices": [
                                        ("clinica", "Medicine, nursing, psychology, social work"),
                                        ("labfar", "Laboratory, pharmacy"),
                                        ("recepcion", "Front desk, records, cashier"),
                                        ("apoyo", "Guard, cleaning, maintenance, driver"),
                                        ("jefatura", "Director, coordination, administration"),
                                    ],
                                    "help_text": "The scene opens first for who has this job.",
                                    "label": "Role",
                                },
                            ),
                            17: (
                                "wagtail.blocks.CharBlock",
                                (),
                                {
                                    "help_text": "What is hard in it. People may skip it; that counts too.",
                                    "label": "Content warning",
                                    "required": False,
                                },
                            ),
                            18: (
                                "wagtail.blocks.CharBlock",
                                (),
                                {
                                    "help_text": "What it practises, as the list of acts has it, such as M6-C1.",
                                    "label": "Act",
                                    "required": False,
                                },
                            ),
                            19: (
                                "wagtail.blocks.ChoiceBlock",
                                [],
                                {
                                    "choices": [
                                        ("porton", "Gate"),
                                        ("fila", "Waiting line"),
                                        ("ventanilla", "Window"),
                                        ("consultorio", "Consulting room"),
                                        ("laboratorio", "Laboratory"),
                                        ("farmacia", "Pharmacy"),
                                        ("direccion", "Office"),
                                        ("reunion", "Meeting"),
                                        ("pasillo", "Corridor"),
                                        ("calle", "Street"),
                                        ("telefono", "Telephone"),
                                        ("vehiculo", "Vehicle"),
                                    ],
                                    "help_text": "Where it happens: it is drawn above the scene.",
                                    "label": "Place",
                                    "required": False,
                                },
                            ),
                            20: (
                                "wagtail.blocks.CharBlock",
                                (),
                                {"help_text": "Choices lead to it by this name.", "label": "Name of the step"},
                            ),
                            21: (
                                "modules.blocks.base.LineBlock",
                                (),
                                {
                                    "help_text": "What one sees and hears, in two or three sentences.",
                                    "label": "What happens",
                                },
                            ),
                            22: (
                                "wagtail.blocks.CharBlock",
                                (),
                                {
                                    "help_text": "Whose words stand in it: “Doña Toña, vecina”.",
                                    "label": "Who speaks",
                                    "required": False,
                                },
                            ),
                            23: (
                                "modules.blocks.base.LineBlock",
                                (),
                                {
                                    "help_text": "Something that people really do, even a wrong one.",
                                    "label": "What one does or says",
                                },
                            ),
                            24: (
                                "wagtail.blocks.ChoiceBlock",
                                [],
                                {
                                    "choices": [("best", "Cares"), ("partial", "Partly"), ("harmful", "Does harm")],
                                    "help_text": "People see it only after they have chosen.",
                                    "label": "How good it is",
                                },
                            ),
                            25: (
                                "modules.blocks.base.LineBlock",
                                (),
                                {
                                    "help_text": "To the patient; needed where the scene ends.",
                                    "label": "What happens",
                                    "required": False,
                                },
                            ),
                            26: (
                                "modules.blocks.base.LineBlock",
                                (),
                                {"help_text": "Why it is right or not, without scolding.", "label": "Feedback"},
                            ),
                            27: (
                                "wagtail.blocks.CharBlock",
                                (),
                                {
                                    "help_text": "Empty: the scene ends here.",
                                    "label": "Leads to the step",
                                    "required": False,
                                },
                            ),
                            28: (
                                "wagtail.blocks.ChoiceBlock",
                                [],
                                {
                                    "choices": [
                                        ("atendida", "She or he was cared for"),
                                        ("vuelve", "She or he comes back"),
                                        ("calla", "She or he falls silent"),
                                        ("reclama", "She or he complains"),
                                        ("se-va", "She or he leaves"),
                                        ("tarde", "Too late"),
                                        ("expuesta", "Others know now"),
                                        ("en-riesgo", "She or he is in danger"),
                                        ("reparado", "A mistake was mended"),
                                        ("le-cuesta", "It cost the worker something"),
                                        ("equipo", "The team changes"),
                                        ("regla", "The rule changes, or stays"),
                                        ("no-se-sabe", "Nobody knows"),
                                    ],
                                    "help_text": "Where it leads to no step.",
                                    "label": "How it ends",
                                    "required": False,
                                },
                            ),
                            29: (
                                "wagtail.blocks.BooleanBlock",
                                (),
                                {
                                    "help_text": "The worker or the centre pays something for it.",
                                    "label": "It costs",
                                    "required": False,
                                },
                            ),
                            30: (
                                "modules.blocks.base.LineBlock",
                                (),
                                {
                                    "help_text": "What the patient tells later, in her or his own words.",
                                    "label": "Their side",
                                    "required": False,
                                },
                            ),
                            31: (
                                "wagtail.blocks.StructBlock",
                                [
                                    [
                                        ("text", 23),
                                        ("rating", 24),
                                        ("consequence", 25),
                                        ("feedback", 26),
                                        ("next", 27),
                                        ("ending", 28),
                                        ("cost", 29),
                                        ("their_side", 30),
                                    ]
                                ],
                                {},
                            ),
                            32: (
                                "wagtail.blocks.ListBlock",
                                (31,),
                                {
                                    "help_text": "Three are good: best, partly, harmful.",
                                    "label": "Choices",
                                    "min_num": 2,
                                },
                            ),
                            33: (
                                "wagtail.blocks.StructBlock",
                                [[("name", 20), ("text", 21), ("speaker", 22), ("choices", 32)]],
                                {},
                            ),
                            34: (
                                "wagtail.blocks.ListBlock",
                                (33,),
                                {"help_text": "The first one opens the scene.", "label": "Steps", "min_num": 1},
                            ),
                            35: (
                                "modules.blocks.media.RecordingsBlock",
                                (),
                                {
                                    "help_text": "How it begins, to listen to: in Spanish, or in the language of the place.",
                                    "required": False,
                                },
                            ),
                            36: (
                                "wagtail.blocks.StructBlock",
                                [
                                    [
                                        ("identifier", 14),
                                        ("title", 15),
                                        ("role", 16),
                                        ("warning", 17),
                                        ("act", 18),
                                        ("place", 19),
                                        ("steps", 34),
                                        ("recordings", 35),
                                    ]
                                ],
                                {},
                            ),
                            37: ("modules.blocks.lessons.QuizBlock", (), {}),
                            38: (
                                "wagtail.blocks.CharBlock",
                                (),
                                {"help_text": "When to go through it: “Antes de abrir”.", "label": "Title"},
                            ),
                            39: ("modules.blocks.base.LineBlock", (), {"label": "Point"}),
                            40: (
                                "wagtail.blocks.ListBlock",
                                (39,),
                                {
                                    "help_text": "Each says one thing that is so or not. Nothing that people tick is kept.",
                                    "label": "Points",
                                    "min_num": 1,
                                },
                            ),
                            41: ("wagtail.blocks.StructBlock", [[("title", 38), ("items", 40)]], {}),
                            42: (
                                "wagtail.blocks.CharBlock",
                                (),
                                {"help_text": "Such as “Quién puede ayudar”.", "label": "Title"},
                            ),
                            43: (
                                "wagtail.blocks.ChoiceBlock",
                                [],
                                {
                                    "choices": [
                                        ("salud_general", "General health care"),
                                        ("its_vih_pruebas", "STI and HIV: tests and treatment"),
                                        ("prep_pep", "PrEP and PEP"),
                                        ("anticoncepcion", "Contraception"),
                                        ("violencia_sexual", "Sexual violence: care"),
                                        ("salud_mental", "Mental health"),
                                        ("atencion_trans", "Care for trans people"),
                                        ("legal_acompanamiento", "Legal help and company"),
                                        ("denuncia_ddhh", "Complaints about rights"),
                                        ("denuncia_penal", "Reporting a crime"),
                                        ("proteccion_ninez", "Protection of children"),
                                        ("trata", "Human trafficking"),
                                        ("refugio", "Shelter"),
                                        ("lideresas_pares", "Organised sex workers"),
                                        ("consumo_sustancias", "Alcohol and other drugs"),
                                        ("mujeres_privadas_libertad", "Women in prison"),
                                    ],
                                    "label": "Need",
                                },
                            ),
                            44: (
                                "wagtail.blocks.ListBlock",
                                (43,),
                                {
                                    "help_text": "Every organisation of the directory that helps with one of these is shown, as it is there now.",
                                    "label": "Needs",
                                    "min_num": 1,
                                },
                            ),
                            45: ("wagtail.blocks.StructBlock", [[("title", 42), ("needs", 44)]], {}),
                            46: (
                                "wagtail.blocks.ChoiceBlock",
                                [],
                                {
                                    "choices": [
                                        ("note", "Note"),
                                        ("legal", "Legal note"),
                                        ("warning", "Content warning"),
                                    ],
                                    "help_text": "It decides the colour of the edge.",
                                    "label": "Kind",
                                },
                            ),
                            47: (
                                "wagtail.blocks.CharBlock",
                                (),
                                {"help_text": "A few words that say what it is about.", "label": "Title"},
                            ),
                            48: ("wagtail.blocks.StructBlock", [[("kind", 46), ("title", 47), ("text", 0)]], {}),
                            49: (
                                "modules.blocks.base.LineBlock",
                                (),
                                {"help_text": "A question to think about alone. Ask for no names.", "label": "Prompt"},
                            ),
                            50: (
                                "modules.blocks.base.LineBlock",
                                (),
                                {
                                    "help_text": "Opens for who wants it, after thinking; may stay empty.",
                                    "label": "Feedback",
                                    "required": False,
                                },
                            ),
                            51: ("wagtail.blocks.StructBlock", [[("prompt", 49), ("feedback", 50)]], {}),
                            52: ("modules.blocks.lessons.PrintableBlock", (), {}),
                            53: ("modules.blocks.lessons.VoiceBlock", (), {}),
                            54: (
                                "wagtail.snippets.blocks.SnippetChooserBlock",
                                ("modules.Photo",),
                                {
                                    "help_text": "Photographs are added under “Photographs, sound and film”, with their rights and their consent.",
                                    "label": "Photograph",
                                },
                            ),
                            55: (
                                "wagtail.blocks.CharBlock",
                                (),
                                {
                                    "help_text": "What one sees and why it stands here: “La ventanilla, con un biombo a cada lado”.",
                                    "label": "In words, for who does not see it",
                                },
                            ),
                            56: ("wagtail.blocks.StructBlock", [[("photo", 54), ("alt", 55), ("caption", 12)]], {}),
                            57: (
                                "wagtail.blocks.CharBlock",
                                (),
                                {"help_text": "What one hears: “Cómo saludar en el portón”.", "label": "Title"},
                            ),
                            58: (
                                "modules.blocks.media.RecordingsBlock",
                                (),
                                {
                                    "help_text": "Several languages stand side by side. Each has its transcript below it.",
                                    "min_num": 1,
                                },
                            ),
                            59: ("wagtail.blocks.StructBlock", [[("title", 57), ("recordings", 58)]], {}),
                            60: (
                                "wagtail.snippets.blocks.SnippetChooserBlock",
                                ("modules.Film",),
                                {
                                    "help_text": "Films are added under “Photographs, sound and film”, with captions and everything in writing.",
                                    "label": "Film",
                                },
                            ),
                            61: ("wagtail.blocks.StructBlock", [[("film", 60), ("caption", 12)]], {}),
                        },
                        verbose_name="body",
                    ),
                ),
                (
                    "plain_language_reason",
                    models.TextField(
                        blank=True,
                        help_text="Only if the lesson stays below “fairly easy”: the reason, for who reviews it.",
                        verbose_name="why it is not easier to read",
                    ),
                ),
            ],
            options={
                "verbose_name": "lesson",
                "verbose_name_plural": "lessons",
            },
            bases=(
                modules.models.pages.OpenToTheCourse,
                modules.models.reviews.ReviewedBeforePublishing,
                modules.models.pages.Numbered,
                "wagtailcore.page",
            ),
        ),
        migrations.CreateModel(
            name="ReviewTaskState",
            fields=[
                (
                    "taskstate_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="wagtailcore.taskstate",
                    ),
                ),
                ("credit", models.CharField(blank=True, max_length=200, verbose_name="reviewed by")),
            ],
            options={
                "verbose_name": "state of a review",
                "verbose_name_plural": "states of reviews",
            },
            bases=("wagtailcore.taskstate",),
        ),
        migrations.CreateModel(
            name="StructureStamp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stamp", models.UUIDField(default=uuid.uuid4)),
            ],
            options={
                "verbose_name": "stamp of the structure",
                "verbose_name_plural": "stamps of the structure",
            },
        ),
        migrations.CreateModel(
            name="Edition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="key")),
                ("course_key", models.UUIDField(verbose_name="course")),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                ("contents", models.JSONField(default=list, verbose_name="what it holds")),
                (
                    "in_force_from",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="in force from"),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
                    ),
                ),
            ],
            options={
                "verbose_name": "edition",
                "verbose_name_plural": "editions",
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(fields=("course_key", "number"), name="editions_of_a_course_are_numbered")
                ],
            },
        ),
        migrations.CreateModel(
            name="GlossaryTerm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("translation_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("identifier", models.SlugField(max_length=60, verbose_name="identifier")),
                ("term", models.CharField(max_length=120, verbose_name="term")),
                ("english", models.CharField(blank=True, max_length=120, verbose_name="in English")),
                ("definition", models.TextField(verbose_name="definition")),
                (
                    "locale",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wagtailcore.locale",
                        verbose_name="locale",
                    ),
                ),
            ],
            options={
                "verbose_name": "glossary term",
                "verbose_name_plural": "glossary terms",
                "abstract": False,
                "unique_together": {("translation_key", "locale")},
            },
            bases=(wagtail.models.preview.PreviewableMixin, models.Model),
        ),
        migrations.CreateModel(
            name="LanguageEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("translation_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("identifier", models.SlugField(max_length=60, verbose_name="identifier")),
                ("say", models.CharField(max_length=200, verbose_name="say")),
                ("avoid", models.CharField(max_length=200, verbose_name="avoid")),
                ("why", models.CharField(max_length=200, verbose_name="why")),
                ("sort_order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                (
                    "locale",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wagtailcore.locale",
                        verbose_name="locale",
                    ),
                ),
            ],
            options={
                "verbose_name": "line of the language guide",
                "verbose_name_plural": "language guide",
                "abstract": False,
                "unique_together": {("translation_key", "locale")},
            },
        ),
        migrations.CreateModel(
            name="LoadedContent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("identifier", models.CharField(max_length=100, verbose_name="identifier")),
                ("language", models.CharField(max_length=10, verbose_name="language")),
                ("digest", models.CharField(max_length=64)),
                ("loaded_at", models.DateTimeField(auto_now=True, verbose_name="loaded at")),
            ],
            options={
                "verbose_name": "loaded content",
                "verbose_name_plural": "loaded content",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("identifier", "language"), name="content_is_loaded_once_per_language"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ModulePage",
            fields=[
                (
                    "page_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to=settings.WAGTAIL_PAGE_MODEL,
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="number")),
                ("subtitle", models.CharField(blank=True, max_length=200, verbose_name="subtitle")),
                ("summary", models.CharField(blank=True, max_length=300, verbose_name="summary")),
                ("minutes", models.PositiveSmallIntegerField(default=15, verbose_name="minutes")),
                ("warning", models.TextField(blank=True, verbose_name="content warning")),
                (
                    "notice",
                    models.TextField(
                        blank=True, help_text="Such as the legal note.", verbose_name="notice on every lesson"
                    ),
                ),
                (
                    "needs_legal_review",
                    models.BooleanField(
                        default=False,
                        help_text="This page and its lessons are published only after a legal review.",
                        verbose_name="a lawyer reviews it",
                    ),
                ),
                (
                    "needs_peer_review",
                    models.BooleanField(
                        default=False,
                        help_text="This page and its lessons are published only after a peer review.",
                        verbose_name="organised sex workers review it",
                    ),
                ),
                (
                    "objectives",
                    wagtail.fields.StreamField(
                        [("line", 0)],
                        blank=True,
                        block_lookup={
                            0: (
                                "modules.blocks.base.LineBlock",
                                (),
                                {
                                    "help_text": "[S42] points to source 42, [VL] shows “not verified”, [[estigma]] explains a glossary term.",
                                    "icon": "minus",
                                    "label": "Line",
                                },
                            )
                        },
                        verbose_name="objectives",
                    ),
                ),
                (
                    "key_messages",
                    wagtail.fields.StreamField(
                        [("line", 0)],
                        blank=True,
                        block_lookup={
                            0: (
                                "modules.blocks.base.LineBlock",
                                (),
                                {
                                    "help_text": "[S42] points to source 42, [VL] shows “not verified”, [[estigma]] explains a glossary term.",
                                    "icon": "minus",
                                    "label": "Line",
                                },
                            )
                        },
                        verbose_name="key messages",
                    ),
                ),
                (
                    "role_tips",
                    wagtail.fields.StreamField(
                        [("tip", 2)],
                        blank=True,
                        block_lookup={
                            0: (
                                "wagtail.blocks.ChoiceBlock",
                                [],
                                {
                                    "choices": [
                                        ("clinica", "Medicine, nursing, psychology, social work"),
                                        ("labfar", "Laboratory, pharmacy"),
                                        ("recepcion", "Front desk, records, cashier"),
                                        ("apoyo", "Guard, cleaning, maintenance, driver"),
                                        ("jefatura", "Director, coordination, administration"),
                                    ],
                                    "help_text": "Who has this job sees the tip first.",
                                    "label": "Role",
                                },
                            ),
                            1: (
                                "modules.blocks.base.LineBlock",
                                (),
                                {"help_text": "One sentence that says what to do: “Llame por número”.", "label": "Tip"},
                            ),
                            2: ("wagtail.blocks.StructBlock", [[("role", 0), ("tip", 1)]], {}),
                        },
                        verbose_name="tips by role",
                    ),
                ),
                (
                    "practice",
                    wagtail.fields.StreamField(
                        [("phrase", 3), ("pair_card", 6), ("moment", 8), ("act", 10)],
                        blank=True,
                        block_lookup={
                            0: (
                                "wagtail.blocks.ChoiceBlock",
                                [],
                                {
                                    "choices": [
                                        ("clinica", "Medicine, nursing, psychology, social work"),
                                        ("labfar", "Laboratory, pharmacy"),
                                        ("recepcion", "Front desk, records, cashier"),
                                        ("apoyo", "Guard, cleaning, maintenance, driver"),
                                        ("jefatura", "Director, coordination, administration"),
                                    ],
                                    "help_text": "Who has this job gets it first. Empty: it is for everyone.",
                                    "label": "Role",
                                    "required": False,
                                },
                            ),
                            1: (
                                "modules.blocks.base.LineBlock",
                                (),
                                {
                                    "help_text": "When one says it: “Un conocido pregunta por alguien”.",
                                    "label": "Moment",
                                },
                            ),
                            2: (
                                "modules.blocks.base.LineBlock",
                                (),
                                {"help_text": "Short enough to be said by heart.", "label": "Words to say"},
                            ),
                            3: ("wagtail.blocks.StructBlock", [[("role", 0), ("moment", 1), ("words", 2)]], {}),
                            4: (
                                "modules.blocks.base.LineBlock",
                                (),
                                {
                                    "help_text": "What somebody says at this post: “¿Ya entró mi prima?”.",
                                    "label": "B reads",
                                },
                            ),
                            5: (
                                "modules.blocks.base.LineBlock",
                                (),
                                {"help_text": "How B insists twice, kindly. No real case.", "label": "B insists"},
                            ),
                            6: ("wagtail.blocks.StructBlock", [[("role", 0), ("line", 4), ("insists", 5)]], {}),
                            7: (
                                "modules.blocks.base.LineBlock",
                                (),
                                {"help_text": "It goes on behind “Si”: “oigo un apodo en la fila”.", "label": "Moment"},
                            ),
                            8: ("wagtail.blocks.StructBlock", [[("role", 0), ("text", 7)]], {}),
                            9: (
                                "modules.blocks.base.LineBlock",
                                (),
                                {
                                    "help_text": "It goes on behind “entonces yo”: “digo: “aquí, por número””.",
                                    "label": "Act",
                                },
                            ),
                            10: ("wagtail.blocks.StructBlock", [[("role", 0), ("text", 9)]], {}),
                        },
                        verbose_name="to practise",
                    ),
                ),
                (
                    "attendance_counts",
                    models.BooleanField(
                        default=False,
                        help_text="Stands ready in the form of a new session on the module; whoever makes the session decides.",
                        verbose_name="attending a session counts as reading",
                    ),
                ),
                (
                    "quiz",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="modules",
                        to="quizzes.quiz",
                        verbose_name="quiz",
                    ),
                ),
            ],
            options={
                "verbose_name": "module",
                "verbose_name_plural": "modules",
                "permissions": [
                    ("choose_reviews", "Can say which reviews a module needs"),
                    ("publish_without_review", "Can publish without review, giving a reason"),
                ],
            },
            bases=(
                modules.models.pages.OpenToTheCourse,
                modules.models.reviews.ReviewedBeforePublishing,
                modules.models.pages.Numbered,
                "wagtailcore.page",
            ),
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("translation_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("identifier", models.SlugField(max_length=60, verbose_name="identifier")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("kind", models.CharField(blank=True, max_length=200, verbose_name="kind of organisation")),
                ("needs", models.JSONField(default=list, verbose_name="helps with")),
                ("population", models.CharField(blank=True, max_length=200, verbose_name="for whom")),
                ("area", models.CharField(blank=True, max_length=200, verbose_name="area")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="telephone")),
                ("website", models.URLField(blank=True, verbose_name="website")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("checked_on", models.DateField(blank=True, null=True, verbose_name="checked on")),
                ("checked_by", models.CharField(blank=True, max_length=120, verbose_name="checked by")),
                ("sort_order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                (
                    "locale",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wagtailcore.locale",
                        verbose_name="locale",
                    ),
                ),
                (
                    "sources",
                    models.ManyToManyField(
                        blank=True, related_name="organisations", to="quizzes.source", verbose_name="sources"
                    ),
                ),
            ],
            options={
                "verbose_name": "organisation",
                "verbose_name_plural": "organisations",
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("checked_by", ""), ("checked_on", None)),
                            models.Q(("checked_on__isnull", False), models.Q(("checked_by", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="who_checked_and_when_go_together",
                    )
                ],
                "unique_together": {("translation_key", "locale")},
            },
            bases=(wagtail.models.preview.PreviewableMixin, models.Model),
        ),
        migrations.CreateModel(
            name="Photo",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("consent_number", models.CharField(blank=True, max_length=60, verbose_name="number of the paper")),
                (
                    "consent_scope",
                    models.CharField(blank=True, max_length=300, verbose_name="what the person consents to"),
                ),
                ("consent_until", models.DateField(blank=True, null=True, verbose_name="until")),
                ("withdrawn_on", models.DateField(blank=True, null=True, verbose_name="withdrawn on")),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="key")),
                ("identifier", models.SlugField(max_length=60, unique=True, verbose_name="identifier")),
                ("made_by", models.CharField(max_length=200, verbose_name="made by")),
                (
                    "rights",
                    models.CharField(
                        choices=[
                            ("own", "Made for this course"),
                            ("permission", "With written permission"),
                            ("public", "In the public domain"),
                            ("cc0", "CC0"),
                            ("cc-by", "CC BY 4.0"),
                            ("cc-by-sa", "CC BY-SA 4.0"),
                        ],
                        max_length=20,
                        verbose_name="rights",
                    ),
                ),
                (
                    "rights_note",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="where the permission or the licence stands"
                    ),
                ),
                (
                    "shows",
                    models.CharField(
                        choices=[
                            ("nobody", "Nobody whom one could recognise"),
                            (
                                "consented",
                                "People who consented in writing: staff or actors, never a patient or a sex worker",
                            ),
                        ],
                        max_length=20,
                        verbose_name="who is in it",
                    ),
                ),
                ("taken_on", models.DateField(blank=True, null=True, verbose_name="taken on")),
                ("sizes", models.JSONField(default=list, editable=False)),
                (
                    "image",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="wagtailimages.image", verbose_name="picture"
                    ),
                ),
            ],
            options={
                "verbose_name": "photograph",
                "verbose_name_plural": "photographs",
                "ordering": ["identifier"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Film",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("consent_number", models.CharField(blank=True, max_length=60, verbose_name="number of the paper")),
                (
                    "consent_scope",
                    models.CharField(blank=True, max_length=300, verbose_name="what the person consents to"),
                ),
                ("consent_until", models.DateField(blank=True, null=True, verbose_name="until")),
                ("withdrawn_on", models.DateField(blank=True, null=True, verbose_name="withdrawn on")),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="key")),
                ("identifier", models.SlugField(max_length=60, unique=True, verbose_name="identifier")),
                ("made_by", models.CharField(max_length=200, verbose_name="made by")),
                (
                    "rights",
                    models.CharField(
                        choices=[
                            ("own", "Made for this course"),
                            ("permission", "With written permission"),
                            ("public", "In the public domain"),
                            ("cc0", "CC0"),
                            ("cc-by", "CC BY 4.0"),
                            ("cc-by-sa", "CC BY-SA 4.0"),
                        ],
                        max_length=20,
                        verbose_name="rights",
                    ),
                ),
                (
                    "rights_note",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="where the permission or the licence stands"
                    ),
                ),
                (
                    "shows",
                    models.CharField(
                        choices=[
                            ("nobody", "Nobody whom one could recognise"),
                            (
                                "consented",
                                "People who consented in writing: staff or actors, never a patient or a sex worker",
                            ),
                        ],
                        max_length=20,
                        verbose_name="who is in it",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("language", models.CharField(max_length=10, verbose_name="language")),
                ("transcript", models.TextField(verbose_name="what is said, in writing")),
                ("seconds", models.PositiveIntegerField(default=0, editable=False, verbose_name="length in seconds")),
                ("file", models.FileField(max_length=200, upload_to="films", verbose_name="film")),
                ("file_bytes", models.PositiveIntegerField(default=0, editable=False)),
                ("kind", models.CharField(editable=False, max_length=20)),
                ("width", models.PositiveIntegerField(default=0, editable=False)),
                ("height", models.PositiveIntegerField(default=0, editable=False)),
                ("captions", models.TextField(verbose_name="captions")),
                ("filmed_on", models.DateField(blank=True, null=True, verbose_name="filmed on")),
                (
                    "poster",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="modules.photo", verbose_name="still picture"
                    ),
                ),
            ],
            options={
                "verbose_name": "film",
                "verbose_name_plural": "films",
                "ordering": ["identifier"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Printable",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("translation_key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("live", models.BooleanField(default=True, editable=False, verbose_name="live")),
                (
                    "has_unpublished_changes",
                    models.BooleanField(default=False, editable=False, verbose_name="has unpublished changes"),
                ),
                (
                    "first_published_at",
                    models.DateTimeField(blank=True, db_index=True, null=True, verbose_name="first published at"),
                ),
                (
                    "last_published_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="last published at"),
                ),
                ("go_live_at", models.DateTimeField(blank=True, null=True, verbose_name="go live date/time")),
                ("expire_at", models.DateTimeField(blank=True, null=True, verbose_name="expiry date/time")),
                ("expired", models.BooleanField(default=False, editable=False, verbose_name="expired")),
                ("identifier", models.SlugField(max_length=60, verbose_name="identifier")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("purpose", models.CharField(max_length=300, verbose_name="what it is for")),
                ("intro", models.TextField(blank=True, verbose_name="introduction")),
                (
                    "body",
                    wagtail.fields.StreamField(
                        [
                            ("text", 0),
                            ("sentence", 1),
                            ("blanks", 5),
                            ("checklist", 13),
                            ("numbered", 16),
                            ("pairs", 23),
                            ("table", 29),
                            ("by_role", 34),
                            ("agenda", 39),
                            ("signatures", 43),
                            ("note", 46),
                        ],
                        block_lookup={
                            0: (
                                "modules.blocks.worksheets.ParagraphBlock",
                                (),
                                {
                                    "help_text": "[S42] points to source 42, [VL] shows “not verified”, [[estigma]] explains a glossary term."
                                },
                            ),
                            1: ("modules.blocks.worksheets.SentenceBlock", (), {}),
                            2: ("modules.blocks.worksheets.TitleBlock", (), {}),
                            3: ("wagtail.blocks.CharBlock", (), {"label": "What is written there", "max_length": 120}),
                            4: ("wagtail.blocks.ListBlock", (3,), {"label": "Lines to fill in", "min_num": 1}),
                            5: ("wagtail.blocks.StructBlock", [[("title", 2), ("fields", 4)]], {}),
                            6: ("wagtail.blocks.CharBlock", (), {"label": "Answer", "max_length": 30}),
                            7: (
                                "wagtail.blocks.ListBlock",
                                (6,),
                                {
                                    "help_text": "A column of boxes for each. The first one is counted; the others show what to talk about.",
                                    "label": "Answers",
                                    "max_num": 5,
                                    "min_num": 1,
                                },
                            ),
                            8: ("modules.blocks.worksheets.TitleBlock", (), {"required": True}),
                            9: ("modules.blocks.base.LineBlock", (), {"label": "Point"}),
                            10: ("wagtail.blocks.ListBlock", (9,), {"label": "Points", "min_num": 1}),
                            11: ("wagtail.blocks.StructBlock", [[("title", 8), ("points", 10)]], {}),
                            12: (
                                "wagtail.blocks.ListBlock",
                                (11,),
                                {
                                    "help_text": "The points are numbered through all the groups.",
                                    "label": "Groups of points",
                                    "min_num": 1,
                                },
                            ),
                            13: ("wagtail.blocks.StructBlock", [[("answers", 7), ("groups", 12)]], {}),
                            14: ("modules.blocks.base.LineBlock", (), {"label": "Rule or step"}),
                            15: ("wagtail.blocks.ListBlock", (14,), {"label": "Rules or steps", "min_num": 1}),
                            16: ("wagtail.blocks.StructBlock", [[("title", 2), ("items", 15)]], {}),
                            17: ("wagtail.blocks.CharBlock", (), {"label": "Heading on the left", "max_length": 60}),
                            18: ("wagtail.blocks.CharBlock", (), {"label": "Heading on the right", "max_length": 60}),
                            19: ("modules.blocks.base.LineBlock", (), {"label": "On the left"}),
                            20: ("modules.blocks.base.LineBlock", (), {"label": "On the right"}),
                            21: ("wagtail.blocks.StructBlock", [[("when", 19), ("then", 20)]], {}),
                            22: ("wagtail.blocks.ListBlock", (21,), {"label": "Rows", "min_num": 1}),
                            23: (
                                "wagtail.blocks.StructBlock",
                                [[("title", 2), ("when", 17), ("then", 18), ("rows", 22)]],
                                {},
                            ),
                            24: (
                                "wagtail.blocks.ChoiceBlock",
                                [],
                                {
                                    "choices": [("narrow", "Narrow"), ("normal", "Normal"), ("wide", "Wide")],
                                    "label": "Width",
                                },
                            ),
                            25: ("wagtail.blocks.StructBlock", [[("title", 8), ("width", 24)]], {}),
                            26: ("wagtail.blocks.ListBlock", (25,), {"label": "Columns", "max_num": 9, "min_num": 1}),
                            27: (
                                "wagtail.blocks.IntegerBlock",
                                (),
                                {"default": 3, "label": "Empty rows", "max_value": 40, "min_value": 1},
                            ),
                            28: (
                                "wagtail.blocks.IntegerBlock",
                                (),
                                {
                                    "default": 2,
                                    "label": "Lines of handwriting in a row",
                                    "max_value": 12,
                                    "min_value": 1,
                                },
                            ),
                            29: (
                                "wagtail.blocks.StructBlock",
                                [[("title", 2), ("columns", 26), ("rows", 27), ("lines", 28)]],
                                {},
                            ),
                            30: (
                                "wagtail.blocks.ChoiceBlock",
                                [],
                                {
                                    "choices": [
                                        ("clinica", "Medicine, nursing, psychology, social work"),
                                        ("labfar", "Laboratory, pharmacy"),
                                        ("recepcion", "Front desk, records, cashier"),
                                        ("apoyo", "Guard, cleaning, maintenance, driver"),
                                        ("jefatura", "Director, coordination, administration"),
                                    ],
                                    "help_text": "Who has this job sees the tip first.",
                                    "label": "Role",
                                },
                            ),
                            31: (
                                "modules.blocks.base.LineBlock",
                                (),
                                {"help_text": "One sentence that says what to do: “Llame por número”.", "label": "Tip"},
                            ),
                            32: ("wagtail.blocks.StructBlock", [[("role", 30), ("tip", 31)]], {}),
                            33: ("wagtail.blocks.ListBlock", (32,), {"label": "Roles", "min_num": 1}),
                            34: ("wagtail.blocks.StructBlock", [[("title", 2), ("roles", 33)]], {}),
                            35: (
                                "wagtail.blocks.IntegerBlock",
                                (),
                                {"label": "Minutes", "max_value": 600, "min_value": 1},
                            ),
                            36: ("modules.blocks.base.LineBlock", (), {"label": "What is done"}),
                            37: ("wagtail.blocks.StructBlock", [[("minutes", 35), ("text", 36)]], {}),
                            38: ("wagtail.blocks.ListBlock", (37,), {"label": "Parts", "min_num": 1}),
                            39: ("wagtail.blocks.StructBlock", [[("title", 2), ("steps", 38)]], {}),
                            40: ("wagtail.blocks.CharBlock", (), {"label": "Who signs", "max_length": 60}),
                            41: (
                                "wagtail.blocks.ListBlock",
                                (40,),
                                {
                                    "default": [],
                                    "help_text": "A line with these words under it, such as “Dirección, firma y sello”.",
                                    "label": "Who signs by post",
                                },
                            ),
                            42: (
                                "wagtail.blocks.IntegerBlock",
                                (),
                                {
                                    "default": 0,
                                    "label": "Numbered lines for everyone else",
                                    "max_value": 40,
                                    "min_value": 0,
                                    "required": False,
                                },
                            ),
                            43: ("wagtail.blocks.StructBlock", [[("title", 2), ("posts", 41), ("rows", 42)]], {}),
                            44: ("modules.blocks.base.LineBlock", (), {"label": "Paragraph"}),
                            45: ("wagtail.blocks.ListBlock", (44,), {"label": "Paragraphs", "min_num": 1}),
                            46: ("wagtail.blocks.StructBlock", [[("title", 2), ("lines", 45)]], {}),
                        },
                        verbose_name="what the sheet holds",
                    ),
                ),
                (
                    "orientation",
                    models.CharField(
                        choices=[("portrait", "Upright"), ("landscape", "Across")],
                        default="portrait",
                        max_length=10,
                        verbose_name="how the paper lies",
                    ),
                ),
                (
                    "pages",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "1"),
                            (2, "2"),
                            (3, "3"),
                            (4, "4"),
                            (5, "5"),
                            (6, "6"),
                            (7, "7"),
                            (8, "8"),
                            (9, "9"),
                        ],
                        default=1,
                        verbose_name="pages",
                    ),
                ),
                ("sort_order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                (
                    "latest_revision",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="wagtailcore.revision",
                        verbose_name="latest revision",
                    ),
                ),
                (
                    "live_revision",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="wagtailcore.revision",
                        verbose_name="live revision",
                    ),
                ),
                (
                    "locale",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wagtailcore.locale",
                        verbose_name="locale",
                    ),
                ),
            ],
            options={
                "verbose_name": "sheet to print",
                "verbose_name_plural": "sheets to print",
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("locale", "identifier"), name="a_printable_is_listed_once_per_language"
                    )
                ],
                "unique_together": {("translation_key", "locale")},
            },
            bases=(wagtail.models.preview.PreviewableMixin, models.Model),
        ),
        migrations.CreateModel(
            name="Recording",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("consent_number", models.CharField(blank=True, max_length=60, verbose_name="number of the paper")),
                (
                    "consent_scope",
                    models.CharField(blank=True, max_length=300, verbose_name="what the person consents to"),
                ),
                ("consent_until", models.DateField(blank=True, null=True, verbose_name="until")),
                ("withdrawn_on", models.DateField(blank=True, null=True, verbose_name="withdrawn on")),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="key")),
                ("identifier", models.SlugField(max_length=60, unique=True, verbose_name="identifier")),
                ("made_by", models.CharField(max_length=200, verbose_name="made by")),
                (
                    "rights",
                    models.CharField(
                        choices=[
                            ("own", "Made for this course"),
                            ("permission", "With written permission"),
                            ("public", "In the public domain"),
                            ("cc0", "CC0"),
                            ("cc-by", "CC BY 4.0"),
                            ("cc-by-sa", "CC BY-SA 4.0"),
                        ],
                        max_length=20,
                        verbose_name="rights",
                    ),
                ),
                (
                    "rights_note",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="where the permission or the licence stands"
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("language", models.CharField(max_length=10, verbose_name="language")),
                ("transcript", models.TextField(verbose_name="what is said, in writing")),
                ("seconds", models.PositiveIntegerField(default=0, editable=False, verbose_name="length in seconds")),
                ("speaker", models.CharField(max_length=200, verbose_name="who speaks")),
                ("opus", models.FileField(blank=True, max_length=200, upload_to="recordings", verbose_name="Opus")),
                ("mp3", models.FileField(blank=True, max_length=200, upload_to="recordings", verbose_name="MP3")),
                ("opus_bytes", models.PositiveIntegerField(default=0, editable=False)),
                ("mp3_bytes", models.PositiveIntegerField(default=0, editable=False)),
                ("recorded_on", models.DateField(blank=True, null=True, verbose_name="recorded on")),
            ],
            options={
                "verbose_name": "recording",
                "verbose_name_plural": "recordings",
                "ordering": ["identifier"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("mp3", ""), ("opus", ""), _negated=True), name="a_recording_has_a_file"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Registration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="key")),
                (
                    "registered_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="registered at"),
                ),
                ("counts_from", models.DateTimeField(blank=True, null=True, verbose_name="counts from")),
                ("again", models.JSONField(blank=True, default=list, verbose_name="modules that count again")),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                ("moved_at", models.DateTimeField(blank=True, null=True, verbose_name="moved at")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
                (
                    "begun_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="begun by",
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="registrations",
                        to="modules.edition",
                        verbose_name="edition",
                    ),
                ),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="registrations",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="learner",
                    ),
                ),
                (
                    "moved_from",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="modules.edition",
                        verbose_name="moved from",
                    ),
                ),
            ],
            options={
                "verbose_name": "registration",
                "verbose_name_plural": "registrations",
                "indexes": [
                    models.Index(
                        condition=models.Q(("counts_from__isnull", False)), fields=["learner"], name="who_began_anew"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("learner",),
                        name="a_person_takes_one_edition_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LessonRead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lesson_key", models.UUIDField(verbose_name="lesson")),
                ("read_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="read at")),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lessons_read",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="learner",
                    ),
                ),
                (
                    "again_for",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lessons_read",
                        to="modules.registration",
                    ),
                ),
            ],
            options={
                "verbose_name": "lesson read",
                "verbose_name_plural": "lessons read",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("again_for", None)),
                        fields=("learner", "lesson_key"),
                        name="a_lesson_is_read_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("again_for__isnull", False)),
                        fields=("again_for", "lesson_key"),
                        name="a_lesson_is_read_once_more_a_registration",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewTask",
            fields=[
                (
                    "task_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="wagtailcore.task",
                    ),
                ),
                (
                    "review",
                    models.CharField(
                        choices=[("legal", "Legal review"), ("peers", "Peer review")],
                        max_length=20,
                        verbose_name="review",
                    ),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        help_text="Pages/snippets at this step in a workflow will be moderated or approved by these groups of users",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
            ],
            options={
                "verbose_name": "review step",
                "verbose_name_plural": "review steps",
            },
            bases=("wagtailcore.task",),
        ),
        migrations.CreateModel(
            name="TrainingRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.CharField(blank=True, max_length=20, verbose_name="role in the health centre")),
                ("job_title", models.CharField(blank=True, max_length=200, verbose_name="job title")),
                ("clinic", models.CharField(blank=True, max_length=200, verbose_name="clinic")),
                ("clinic_key", models.UUIDField(blank=True, null=True)),
                ("area", models.CharField(blank=True, max_length=200, verbose_name="health area")),
                ("area_key", models.UUIDField(blank=True, null=True)),
                ("cohort", models.CharField(blank=True, max_length=200, verbose_name="group")),
                ("cohort_key", models.UUIDField(blank=True, null=True)),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="key")),
                ("module_key", models.UUIDField(blank=True, null=True, verbose_name="module")),
                ("finished_at", models.DateTimeField(db_index=True, verbose_name="finished at")),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="recorded at")),
                ("is_former", models.BooleanField(default=False, verbose_name="from before the restart")),
                ("annulled_at", models.DateTimeField(blank=True, null=True, verbose_name="annulled at")),
                (
                    "annulled_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="reason of the annulment"),
                ),
                (
                    "annulled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="annulled by",
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="records",
                        to="modules.edition",
                        verbose_name="edition",
                    ),
                ),
                (
                    "learner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="training_records",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="learner",
                    ),
                ),
                (
                    "registration",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="records",
                        to="modules.registration",
                        verbose_name="registration",
                    ),
                ),
            ],
            options={
                "verbose_name": "record of training",
                "verbose_name_plural": "records of training",
                "indexes": [
                    models.Index(fields=["cohort_key"], name="records_of_a_group"),
                    models.Index(
                        condition=models.Q(("annulled_at", None), ("module_key", None)),
                        fields=["finished_at"],
                        name="who_finished_when",
                    ),
                    models.Index(condition=models.Q(("module_key", None)), fields=["key"], name="whole_courses_by_key"),
                    models.Index(
                        condition=models.Q(("annulled_at", None), ("module_key", None)),
                        fields=["learner", "registration"],
                        name="who_finished_the_course",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("annulled_at", None), ("module_key__isnull", False), ("registration__isnull", False)
                        ),
                        fields=("registration", "module_key"),
                        name="a_module_is_recorded_once_a_registration",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("annulled_at", None), ("module_key", None), ("registration__isnull", False)
                        ),
                        fields=("registration",),
                        name="the_course_is_recorded_once_a_registration",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("annulled_at", None), ("annulled_reason", "")),
                            models.Q(("annulled_at__isnull", False), models.Q(("annulled_reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="an_annulled_record_has_its_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TranslatedFrom",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("translation_key", models.UUIDField()),
                ("language", models.CharField(max_length=10, verbose_name="language")),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("looked_at", models.DateTimeField(verbose_name="looked at")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="wagtailcore.revision",
                    ),
                ),
            ],
            options={
                "verbose_name": "what a translation was made from",
                "verbose_name_plural": "what translations were made from",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("translation_key", "language"), name="a_translation_was_made_from_one_text"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Voice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("consent_number", models.CharField(blank=True, max_length=60, verbose_name="number of the paper")),
                ("consent_until", models.DateField(blank=True, null=True, verbose_name="until")),
                ("withdrawn_on", models.DateField(blank=True, null=True, verbose_name="withdrawn on")),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="key")),
                ("identifier", models.SlugField(max_length=60, unique=True, verbose_name="identifier")),
                ("speaker", models.CharField(max_length=120, verbose_name="the name she chose")),
                ("organisation", models.CharField(max_length=200, verbose_name="organisation")),
                ("transcript", models.TextField(verbose_name="what she tells, in writing")),
                ("audio", models.BinaryField(blank=True, null=True, verbose_name="recording")),
                ("audio_type", models.CharField(blank=True, editable=False, max_length=20)),
                ("audio_bytes", models.PositiveIntegerField(default=0, editable=False)),
                ("seconds", models.PositiveIntegerField(default=0, editable=False, verbose_name="length in seconds")),
                ("read_by", models.CharField(blank=True, max_length=120, verbose_name="read by")),
                ("recorded_on", models.DateField(blank=True, null=True, verbose_name="recorded on")),
                ("consent_scope", models.CharField(blank=True, max_length=300, verbose_name="what she consents to")),
                ("is_paid", models.BooleanField(default=False, verbose_name="she was paid")),
            ],
            options={
                "verbose_name": "voice",
                "verbose_name_plural": "voices",
                "ordering": ["identifier"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("audio", None), ("audio_type", "")),
                            models.Q(("audio__isnull", False), models.Q(("audio_type", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="a_recording_and_its_kind_go_together",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Beginning",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.CharField(blank=True, max_length=20, verbose_name="role in the health centre")),
                ("job_title", models.CharField(blank=True, max_length=200, verbose_name="job title")),
                ("clinic", models.CharField(blank=True, max_length=200, verbose_name="clinic")),
                ("clinic_key", models.UUIDField(blank=True, null=True)),
                ("area", models.CharField(blank=True, max_length=200, verbose_name="health area")),
                ("area_key", models.UUIDField(blank=True, null=True)),
                ("cohort", models.CharField(blank=True, max_length=200, verbose_name="group")),
                ("cohort_key", models.UUIDField(blank=True, null=True)),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="key")),
                ("counts_from", models.DateTimeField(blank=True, null=True, verbose_name="counts from")),
                ("began_at", models.DateTimeField(db_index=True, verbose_name="began at")),
                (
                    "learner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="beginnings",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="learner",
                    ),
                ),
            ],
            options={
                "verbose_name": "beginning of the course",
                "verbose_name_plural": "beginnings of the course",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("counts_from", None), ("learner__isnull", False)),
                        fields=("learner",),
                        name="a_person_begins_for_the_first_time_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("counts_from__isnull", False), ("learner__isnull", False)),
                        fields=("learner", "counts_from"),
                        name="a_person_begins_anew_once_each_time",
                    ),
                ],
            },
        ),
    ]
