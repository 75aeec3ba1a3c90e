"""A dump of a site with django-quiz-app, as its `manage.py dumpdata` writes it, with the faults such sites have."""

import json

START, END = "2016-03-02T14:00:00.123Z", "2016-03-02T14:20:30.456Z"


class OldSiteBuilder:
    """Gathers rows; every method that adds one returns its key."""

    def __init__(self):
        self.rows = []
        self.keys = {}

    def add(self, model, pk=None, **fields):
        pk = pk if pk is not None else self.keys.get(model, 0) + 1
        self.keys[model] = pk
        self.rows.append({"model": model, "pk": pk, "fields": fields})
        return pk

    def user(self, username, **more):
        return self.add("auth.user", username=username, first_name="", email=f"{username}@example.org", **more)

    def category(self, name):
        return self.add("quiz.category", category=name)

    def sub_category(self, name, category):
        return self.add("quiz.subcategory", sub_category=name, category=category)

    def quiz(self, title="Trato digno", **fields):
        fields = {
            "title": title,
            "description": "Para todo el personal.",
            "url": "trato-digno",
            "category": None,
            "random_order": False,
            "max_questions": None,
            "answers_at_end": True,
            "exam_paper": True,
            "single_attempt": False,
            "pass_mark": 60,
            "success_text": "¡Aprobó!",
            "fail_text": "Vuelva a leer la lección.",
            "draft": False,
        } | fields
        return self.add("quiz.quiz", **fields)

    def question(self, content, quizzes, *, category=None, sub_category=None, explanation="", figure=""):
        return self.add(
            "quiz.question",
            category=category,
            sub_category=sub_category,
            figure=figure,
            content=content,
            explanation=explanation,
            quiz=list(quizzes),
        )

    def choice(self, content, quizzes, answers, *, order="none", **fields):
        """Add a multiple-choice question; `answers` are texts, those that are right with a star. Returns its key."""
        key = self.question(content, quizzes, **fields)
        self.add("multichoice.mcquestion", key, answer_order=order)
        for answer in answers:
            self.add("multichoice.answer", question=key, content=answer.lstrip("*"), correct=answer.startswith("*"))
        return key

    def answers_of(self, question):
        return [
            row["pk"]
            for row in self.rows
            if row["model"] == "multichoice.answer" and row["fields"]["question"] == question
        ]

    def true_false(self, content, quizzes, correct, **fields):
        return self.add("true_false.tf_question", self.question(content, quizzes, **fields), correct=correct)

    def essay(self, content, quizzes, **fields):
        return self.add("essay.essay_question", self.question(content, quizzes, **fields))

    def sitting(self, user, quiz, order, answers, **fields):
        """Add a finished sitting; `answers` are {question: what its page posted}."""
        fields = {
            "user": user,
            "quiz": quiz,
            "question_order": "".join(f"{key}," for key in order),
            "question_list": "",
            "incorrect_questions": "",
            "current_score": len(order),
            "complete": True,
            "user_answers": json.dumps({str(key): answer for key, answer in answers.items()}),
            "start": START,
            "end": END,
        } | fields
        return self.add("quiz.sitting", **fields)

    def progress(self, user, score):
        return self.add("quiz.progress", user=user, score=score)

    def dump(self):
        return json.dumps(self.rows).encode()


class Clinic(OldSiteBuilder):
    """A small real site: two people, two quizzes, every kind of question, one category with a space in its name."""

    def __init__(self):
        super().__init__()
        self.juana, self.pedro = self.user("juana"), self.user("pedro")
        self.vih, self.previh = self.category("vih"), self.category("pre-vih")
        self.rights = self.category("Derechos del paciente")
        self.door = self.sub_category("En la puerta", self.rights)
        self.main = self.quiz(category=self.rights)
        self.other = self.quiz("Repaso", url="repaso", exam_paper=False, answers_at_end=False, random_order=True)
        both = [self.main, self.other]
        self.greet = self.choice(
            "¿Qué se hace primero?",
            both,
            ["*Saludar", "Preguntar la ocupación", "Callar"],
            category=self.rights,
            sub_category=self.door,
            explanation="Saludar a toda persona es lo primero.",
        )
        self.any = self.choice(
            "¿Qué dato es privado?", [self.main], ["*Diagnóstico", "*Ocupación", "El clima"], category=self.vih
        )
        self.truth = self.true_false("El VIH se transmite al saludar.", both, False, category=self.vih)
        self.essay = self.essay("¿Cómo recibiría usted a una paciente?", [self.main], category=self.previh)

    @property
    def order(self):
        return [self.greet, self.any, self.truth, self.essay]

    def full_answers(self):
        """Return what a person answered who had everything right but the essay."""
        return {
            self.greet: str(self.answers_of(self.greet)[0]),
            self.any: str(self.answers_of(self.any)[1]),
            self.truth: "False",
            self.essay: "Con respeto y por su nombre.",
        }
