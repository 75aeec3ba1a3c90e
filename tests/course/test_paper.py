import io
import random
import re
import subprocess
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from wagtail.models import Locale

from course.models import AuditEntry, Cohort, PaperSheet
from course.paper.entering import AlreadyEntered, NotEntered, enter_sheet
from course.paper.lettering import Misread, PaperQuestion, on_sheet, paper_to_ask, questions_of, read_typed
from course.paper.printing import address_of, papers_pdf, spot_name
from course.paper.sheets import ALPHABET, grouped, hand_out, read_code, sheets_of, withdraw_sheet
from quizzes.attempts import taking as attempts
from quizzes.attempts.closing import close_expired_attempts, create_allowance
from quizzes.kinds.hotspot import Hotspot
from quizzes.models import Attempt, FrozenImage, Medium
from tests.factories import (
    NOW,
    attempt_quiz,
    make_case,
    make_cohort,
    make_course,
    make_learner,
    make_question,
    make_quiz,
    make_trainer,
)
from tests.quizzes.factories import make_item, make_kind

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(trainer, ana):
    make_course(modules=1, lessons=1, quiz=False)
    return make_cohort(trainers=[trainer], learners=[ana, make_learner("EVA222", "Eva", "Tum")])


def make_mixed_quiz(**fields):
    questions = [
        make_question("P-Q1"),
        make_question(
            "P-Q2",
            kind="multiple",
            choices=[
                {"identifier": "a", "text": "Saludar", "is_correct": True},
                {"identifier": "b", "text": "Escuchar", "is_correct": True},
                {"identifier": "c", "text": "Callar"},
            ],
        ),
        make_question("P-Q3", kind="ordering", choices=[{"identifier": x, "text": f"Paso {x}"} for x in "abc"]),
        make_question(
            "P-Q4", kind="matching", choices=[{"identifier": x, "text": f"Uno {x}", "match": f"Con {x}"} for x in "abc"]
        ),
        make_question("P-Q5", kind="short_text", choices=[{"identifier": "a", "text": "gracias"}]),
        make_question("P-Q6", kind="number", choices=[{"identifier": "a", "text": "12"}]),
        make_question("P-Q7", kind="reflection", choices=[]),
    ]
    return make_quiz("mixto", questions, title="Cuestionario mixto", **fields)


def handed_out(group, quiz, *, now=NOW, seed=1, learners=None):
    return hand_out(
        quiz,
        learners or list(group.learners.order_by("sort_key")),
        cohort=group,
        by=group.trainers.get(),
        now=now,
        chance=random.Random(seed),
    )


def letter_of(question, right=True):
    return next(letter for letter, option in question.options if option["right"] == right)


def half_right(question):
    item = question.item
    if question.way in ("letter", "letters"):
        letter, option = next((letter, option) for letter, option in question.options if option["right"])
        return letter.lower(), option["key"] if question.way == "letter" else [option["key"]]
    if question.way == "places":
        places = {option["key"]: option["place"] for option in item["options"]}
        return "".join(map(str, places.values())), places
    if question.way == "pairs":
        letters = {match["key"]: letter for letter, match in question.matches}
        pairs = {option["key"]: option["match"] for option in item["options"][1:]}
        return "-" + "".join(letters[match] for match in pairs.values()), pairs
    return ({"short_text": "Gracias", "number": "11,5"}[item["kind"]],) * 2


def image_of(mode, colour):
    webp = io.BytesIO()
    Image.new(mode, (80, 40), colour).save(webp, "WEBP", lossless=True)
    FrozenImage.objects.create(digest="a" * 64, content_type="image/webp", width=80, height=40, content=webp.getvalue())
    return {"digest": "a" * 64, "width": 80, "height": 40, "text": "Una puerta"}


def text_of(pdf):
    printed = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return printed.stdout.decode()


def typed_sheet(sheet, text=lambda question: half_right(question)[0]):
    return {question.number: text(question) for question in on_sheet(sheet.attempt.snapshot)}


def test_the_same_answers_on_screen_and_on_paper_give_the_same_grade(group):
    quiz = make_mixed_quiz()
    eva = group.learners.get(username="EVA222")
    on_screen = attempts.start_attempt(eva, quiz, language="es", now=NOW, chance=random.Random(9))
    for number, question in enumerate(on_sheet(on_screen.snapshot)):
        key, (_typed, sent) = question.item["key"], half_right(question)
        attempts.save_answer(on_screen, key, sent, client="phone", number=number, given_at=NOW, now=NOW)
    on_screen = attempts.submit_attempt(on_screen, now=NOW)
    [sheet] = handed_out(group, quiz, learners=[group.learners.get(username="ANA234")]).sheets
    entered = enter_sheet(sheet, typed_sheet(sheet), by=group.trainers.get(), now=NOW + timedelta(days=2))
    # 1 + 1/2 + 1 + 2/3 + 1 + 0 of 6.
    assert entered.grade == on_screen.grade == Decimal("69.44444")
    assert (entered.passed, entered.medium) == (on_screen.passed, Medium.PAPER)


def test_whoever_may_not_start_gets_no_sheet_and_a_reason(group):
    quiz = make_quiz("m9", 2, attempts_allowed=1)
    ana, eva = group.learners.get(username="ANA234"), group.learners.get(username="EVA222")
    attempt_quiz(ana, quiz)
    on_screen = attempts.start_attempt(eva, quiz, language="es", now=NOW, chance=random.Random(1))
    outside = make_learner("LUZ777", "Luz", "Ba")
    handout = handed_out(group, quiz, learners=[ana, eva, outside])
    assert handout.sheets == []
    assert [learner for learner, _reason in handout.refused] == [ana, eva, outside]
    assert [reason for _learner, reason in handout.refused] == [
        "Este cuestionario se hace una vez, y usted ya lo hizo. "
        "Si necesita hacerlo de nuevo, pídalo a su facilitador/a.",
        "Hay un intento en curso en pantalla. Primero tiene que enviarse.",
        "El curso del grupo no está abierto hoy.",
    ]
    on_screen.refresh_from_db()
    assert (on_screen.medium, Attempt.objects.count()) == (Medium.SCREEN, 2)


def test_printing_again_gives_the_same_sheets(group):
    quiz = make_mixed_quiz()
    first, again = handed_out(group, quiz), handed_out(group, quiz, seed=5, now=NOW + timedelta(days=1))
    assert first.sheets == again.sheets
    assert PaperSheet.objects.count() == Attempt.objects.count() == 2
    assert len(set(ALPHABET)) == len(ALPHABET) == 22
    for sheet in first.sheets:
        assert len(sheet.code) == 8
        assert not set(sheet.code) & set("0O1IL2Z5S8BQUV")
        assert read_code(f" {grouped(sheet.code).lower()} ") == sheet.code


def test_a_sheet_made_before_the_quiz_and_the_group_closed_counts_when_it_is_keyed_in_after(group, desk):
    # The page of the pile looks at the clock, so that all of it happens around now.
    now = timezone.now()
    quiz = make_quiz("m9", 1, closes_at=now + timedelta(hours=1))
    first, second = handed_out(group, quiz, now=now).sheets
    type(quiz).objects.filter(pk=quiz.pk).update(closes_at=now - timedelta(hours=1))
    assert "cuentan cuando se ingresen" in desk.get(reverse("desk_entry", args=[group.pk, quiz.translation_key])).text
    Cohort.objects.filter(pk=group.pk).update(closes_on=now.date())
    later = now + timedelta(days=9)
    assert close_expired_attempts(now=later) == 0
    entered = enter_sheet(first, typed_sheet(first), by=group.trainers.get(), now=later)
    assert (entered.grade, entered.passed, entered.submitted_at) == (100, True, later)
    assert [learner for learner, _why in handed_out(group, quiz, now=later).refused] == [first.attempt.learner]
    assert withdraw_sheet(second, by=group.trainers.get(), now=later)


def test_more_time_for_a_person_puts_no_clock_on_a_sheet_of_paper(group):
    quiz = make_quiz("m9", 1, time_limit=10, closes_at=NOW + timedelta(hours=1))
    sheet = handed_out(group, quiz).sheets[0]
    later = NOW + timedelta(days=2)
    create_allowance(
        sheet.attempt.learner,
        quiz.translation_key,
        extra_minutes=10,
        closes_at=NOW + timedelta(hours=2),
        reason="Se fue la luz.",
        by=group.trainers.get(),
        now=NOW,
    )
    assert close_expired_attempts(now=later) == 0
    sheet.attempt.refresh_from_db()
    assert sheet.attempt.due_at is None
    assert enter_sheet(sheet, typed_sheet(sheet), by=group.trainers.get(), now=later).grade == 100


def test_entering_a_sheet_twice_changes_nothing(group):
    sheet = handed_out(group, make_mixed_quiz()).sheets[0]
    entered = enter_sheet(sheet, typed_sheet(sheet), by=group.trainers.get(), now=NOW)
    before = list(entered.answers.order_by("pk").values_list())
    with pytest.raises(AlreadyEntered, match="ya está ingresada"):
        enter_sheet(sheet, typed_sheet(sheet, lambda question: "-"), by=group.trainers.get(), now=NOW)
    entered.refresh_from_db()
    assert list(entered.answers.order_by("pk").values_list()) == before
    assert AuditEntry.objects.filter(action="paper_entered").count() == 1


def test_what_can_not_be_is_told_in_words_and_nothing_is_saved(group):
    sheet = handed_out(group, make_mixed_quiz()).sheets[0]
    typed = {1: "AB", 2: "F", 3: "12", 4: "ABZ", 5: "", 6: "-"}
    with pytest.raises(NotEntered) as refused:
        enter_sheet(sheet, typed, by=group.trainers.get(), now=NOW)
    assert refused.value.errors == {
        1: "Esta pregunta lleva una sola letra. Si la hoja tiene dos marcas, escriba un guion (-).",
        2: "Aquí no hay «F»: las letras van de la A a la C.",
        3: "Escriba 3 números, uno por línea de la hoja; por una línea en blanco, un guion: 21-",
        4: "Aquí no hay «Z»: las letras van de la A a la C.",
        5: "No hay nada escrito. Si en la hoja está en blanco, escriba un guion (-).",
    }
    assert not sheet.attempt.answers.exists()


def test_typed_twice_both_have_to_agree(group):
    sheet = handed_out(group, make_quiz("m9", 2)).sheets[0]
    trainer, typed = group.trainers.get(), typed_sheet(sheet)
    with pytest.raises(NotEntered) as refused:
        enter_sheet(sheet, typed, again=typed | {2: "-"}, by=trainer, now=NOW)
    assert list(refused.value.errors) == [2]
    assert enter_sheet(sheet, typed, again=typed_sheet(sheet), by=trainer, now=NOW).grade == 100


def test_nobody_enters_the_own_sheet(group, trainer):
    sheet = handed_out(group, make_quiz("m9", 1), learners=[trainer]).sheets[0]
    with pytest.raises(NotEntered, match="su propia hoja"):
        enter_sheet(sheet, typed_sheet(sheet), by=trainer, now=NOW)


def test_a_lost_sheet_is_withdrawn_and_the_person_may_start_on_screen(group):
    quiz = make_quiz("m9", 1)
    sheet = handed_out(group, quiz).sheets[0]
    assert withdraw_sheet(sheet, by=group.trainers.get(), now=NOW)
    assert not withdraw_sheet(sheet, by=group.trainers.get(), now=NOW)
    learner = sheet.attempt.learner
    assert attempts.start_attempt(learner, quiz, language="es", now=NOW, chance=random.Random(1)).medium == "screen"
    with pytest.raises(AlreadyEntered, match="retiró"):
        enter_sheet(sheet, typed_sheet(sheet), by=group.trainers.get(), now=NOW)


def test_on_screen_an_attempt_on_paper_says_where_it_is(client, group):
    sheet = handed_out(group, make_quiz("m9", 1)).sheets[0]
    client.force_login(sheet.attempt.learner)
    entry = reverse("quiz_entry", args=["m9"])
    assert "Lo está haciendo en papel" in client.get(entry).text
    for name, method in [("attempt_summary", client.get), ("attempt_submit", client.post)]:
        assert method(reverse(name, args=[sheet.attempt.pk])).url == entry
    assert client.get(reverse("attempt_question", args=[sheet.attempt.pk, 1])).url == entry
    sheet.attempt.refresh_from_db()
    assert sheet.attempt.submitted_at is None


def test_nobody_slips_answers_into_an_attempt_on_paper_from_a_page(client, group):
    handed_out(group, make_mixed_quiz())
    attempt = PaperSheet.objects.earliest("pk").attempt
    client.force_login(attempt.learner)
    single = next(item for item in attempt.snapshot["questions"] if item["kind"] == "single")
    written = {"question": single["key"], "client": "x", "number": 1, "response": single["options"][0]["key"]}
    times = {"given_at": NOW.isoformat(), "sent_at": NOW.isoformat()}
    address = reverse("save_answers", args=[attempt.pk])
    answer = client.post(address, {"answers": [written | times]}, content_type="application/json")
    assert (answer.status_code, answer.json()["error"][:26]) == (403, "Lo está haciendo en papel.")
    assert not attempt.writes.exists()


def test_the_pdf_holds_a_booklet_and_a_sheet_each_with_the_code_and_no_answer(group):
    sheets = handed_out(group, make_mixed_quiz()).sheets
    text = text_of(papers_pdf(sheets, paper_size="a4", now=NOW))
    for sheet in sheets:
        assert grouped(sheet.code) in text
        assert sheet.attempt.learner.get_full_name() in text
    assert "Hoja de respuestas" in text
    assert "gracias" not in text
    assert "retroalimentación" not in text
    assert address_of(sheets[0]).endswith(f"/hoja/{sheets[0].code}/")


def test_the_trainer_hands_out_prints_and_keys_in(desk, group):
    quiz = make_quiz("m9", 2)
    page = reverse("desk_paper", args=[group.pk, quiz.translation_key])
    people = list(group.learners.values_list("pk", flat=True))
    assert "Marque quién recibe cuadernillo y hoja." in desk.post(page, follow=True).text
    told = desk.post(page, {"persona": people}, follow=True).text
    assert "2 hojas están listas para imprimir" in told
    first, second = sheets_of(group, quiz.translation_key)
    pile = reverse("desk_entry", args=[group.pk, quiz.translation_key])
    scanned = desk.get(urlsplit(address_of(second)).path, follow=True)
    assert f"{pile}?codigo={second.code}" in [address for address, _status in scanned.redirect_chain]
    assert desk.get(pile, {"codigo": grouped(second.code)}).url == f"{pile}?hoja={second.code}"
    save = reverse("desk_enter_sheet", args=[group.pk, first.code])
    wrong = desk.post(save, {"r1": "ZEBRA", "r2": ""})
    assert wrong.status_code == 422
    assert "ZEBRA" in wrong.text
    assert desk.post(save, {f"r{number}": text for number, text in typed_sheet(first).items()}).url == pile
    told = desk.post(
        reverse("desk_enter_sheet", args=[group.pk, second.code]), {}, headers={"Accept": "application/json"}
    )
    assert (told.status_code, set(told.json()["errors"])) == (422, {"1", "2"})
    assert "Nada cambió" in desk.post(save, {"r1": "-"}, headers={"Accept": "application/json"}).json()["saved"]
    shown = desk.get(pile).text
    assert f"hoja-{first.code}" not in shown
    assert "1/2" in shown
    assert "ya está ingresada" in desk.get(pile, {"codigo": first.code}).text
    assert "No hay ninguna hoja «ABC»" in desk.get(pile, {"codigo": "ABC"}).text


def test_what_was_keyed_in_is_on_no_page_and_in_no_file_afterwards(desk, group):
    quiz = make_quiz("m9", [make_question("P-Q5", kind="short_text", choices=[{"identifier": "a", "text": "gracias"}])])
    sheet = handed_out(group, quiz).sheets[0]
    typed = {"r1": "Zacapela"}
    assert desk.post(reverse("desk_enter_sheet", args=[group.pk, sheet.code]), typed).status_code == 302
    assert sheet.attempt.answers.get().response == "Zacapela"
    of_quiz, learner = [group.pk, quiz.translation_key], sheet.attempt.learner
    pages = [reverse(name, args=of_quiz) for name in ("desk_paper", "desk_entry", "desk_sheets_csv")]
    pages += [f"{reverse('desk_entry', args=of_quiz)}?{words}={sheet.code}" for words in ("codigo", "hoja")]
    pages.append(reverse("desk_person", args=[group.pk, learner.pk]))
    pages += [reverse(name, args=[group.pk]) for name in ("desk_cohort", "desk_activities", "desk_audit")]
    answers = [desk.get(address, follow=True) for address in pages]
    answers.append(desk.post(reverse("desk_enter_sheet", args=[group.pk, sheet.code]), typed | {"r1": "-"}))
    assert {answer.status_code for answer in answers} <= {200, 302}
    assert [answer.request["PATH_INFO"] for answer in answers if b"Zacapela" in answer.content] == []


def test_whoever_makes_booklets_in_another_language_than_spanish_is_told(desk, group):
    quiz = make_quiz("m9", 2)
    translation = quiz.copy_for_translation(Locale.objects.get(language_code="en"))
    translation.live = True
    translation.save()
    page = reverse("desk_paper", args=[group.pk, quiz.translation_key])
    assert "Los cuadernillos que haga aquí" not in desk.get(page).text
    assert "Booklets that you make here ask in English" in desk.get(page.replace("/es/", "/en/")).text


def test_a_sheet_of_another_group_or_quiz_is_told(desk, group):
    trainer, quiz, other_quiz = group.trainers.get(), make_quiz("m8", 1), make_quiz("m9", 1)
    other = make_cohort("Grupo de la tarde", trainers=[trainer], learners=[make_learner("LUZ777", "Luz", "Ba")])
    pile = reverse("desk_entry", args=[group.pk, quiz.translation_key])
    sheet = handed_out(other, quiz).sheets[0]
    assert "es del grupo Grupo de la tarde" in desk.get(pile, {"codigo": sheet.code}).text
    sheet = handed_out(group, other_quiz).sheets[0]
    assert "es de otro cuestionario" in desk.get(pile, {"codigo": sheet.code}).text
    other.trainers.set([make_trainer("otra")])
    sheet = sheets_of(other, quiz.translation_key)[0]
    assert "No hay ninguna hoja" in desk.get(pile, {"codigo": sheet.code}).text


def test_a_question_with_an_image_prints_it_on_white(group, tmp_path):
    [sheet] = handed_out(group, make_quiz("m9", 1), learners=[group.learners.first()]).sheets
    [item] = sheet.attempt.snapshot["questions"]
    item["image"] = image_of("RGBA", (200, 0, 0, 0))
    pdf = tmp_path / "sheet.pdf"
    pdf.write_bytes(papers_pdf([sheet], paper_size="letter", now=NOW))
    subprocess.run(["pdfimages", "-png", pdf, tmp_path / "image"], check=True)
    [printed] = tmp_path.glob("image*.png")
    assert Image.open(printed).convert("RGB").getextrema() == ((255, 255),) * 3


def test_a_case_is_printed_once_above_its_questions_and_keyed_in_by_question(group):
    dialogue = "Portero: ¿Qué busca?\nSeñora Ixchel: A la doctora."
    case = make_case("C", 3, text="Una señora llega. " * 30, dialogue=dialogue)
    quiz = make_quiz("m9", [*(make_question(f"S{n}") for n in range(4)), case.questions.first()])
    [sheet] = handed_out(group, quiz, learners=[group.learners.first()]).sheets
    [told] = sheet.attempt.snapshot["cases"].values()
    told["image"] = image_of("RGB", "gray")
    pdf = papers_pdf([sheet], paper_size="letter", now=NOW)
    shown = subprocess.run(["pdfimages", "-list", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    assert " 80    40 " in shown
    text = text_of(pdf)
    pages = text.split("\f")
    assert text.count("Caso: En la puerta · preguntas 5 a 7") == text.count("Portero: ¿Qué busca?") == 1
    # There is room for the case below the others, but not for its questions: all of it goes to the next page.
    assert "Caso" not in pages[0]
    [page] = [page for page in pages if "Caso: En la puerta" in page]
    places = [page.index(words) for words in ("Caso:", "Portero", *(f"¿Qué corresponde en C-{n}?" for n in (1, 2, 3)))]
    assert places == sorted(places)
    assert enter_sheet(sheet, dict.fromkeys(range(1, 8), "-"), by=group.trainers.get(), now=NOW).grade == 0


def test_gaps_are_typed_by_letter_and_word_and_places_by_the_letters_on_the_picture():
    gaps = PaperQuestion(1, make_item("gaps"))
    lists = {gap.place: dict(gap.options) for gap in gaps.gaps}
    assert [list(lists[place]) for place in lists] == [["A", "B", "C"], [], ["A", "B"]]
    assert (gaps.full, gaps.is_wide, gaps.options) == (None, True, [])
    assert read_typed(gaps, "b; Dolor de cabeza ;A") == {
        "1": lists[1]["B"]["key"],
        "2": "Dolor de cabeza",
        "3": lists[3]["A"]["key"],
    }
    assert read_typed(gaps, "-; -; A") == {"3": lists[3]["A"]["key"]}
    for typed, sentence in [
        (
            "BA",
            "Escriba 3 respuestas, una por espacio de la hoja, con «;» entre ellas; por una en blanco, un guion: "
            "B; palabra; B",
        ),
        ("A; ; B", "Escriba 3 respuestas"),
        ("D; dolor; A", "Aquí no hay «D»: las letras van de la A a la C."),
    ]:
        with pytest.raises(Misread, match=re.escape(sentence)):
            read_typed(gaps, typed)
    item = gaps.item | {"text": "La [[1]] viene [[3]]."}
    only_lists = PaperQuestion(1, item)
    assert (only_lists.full, only_lists.is_wide) == (2, False)
    assert read_typed(only_lists, "c-") == {"1": lists[1]["C"]["key"]}
    places = PaperQuestion(2, make_item("places"))
    assert [(letter, mark.key) for letter, mark in places.marks] == [(x, o["key"]) for x, o in places.options]
    assert read_typed(places, "ca") == [places.options[0][1]["key"], places.options[2][1]["key"]]


def test_numbers_and_letters_of_a_matching_question_are_told_apart(desk, group):
    choices = [{"identifier": x, "text": f"Uno {x}", "match": f"Con {x}"} for x in "abcde"]
    choices.append({"identifier": "f", "text": "", "match": "Con f"})
    quiz = make_quiz("m9", [make_question("P-Q4", kind="matching", choices=choices)])
    handout = handed_out(group, quiz, learners=[group.learners.first()])
    text = text_of(papers_pdf(handout.sheets, paper_size="letter", now=NOW))
    booklet, answers = (page for page in text.split("\f") if page.strip())
    last = on_sheet(handout.sheets[0].attempt.snapshot)[0].matches[-1][0]
    assert re.findall(r"^ +([1-5]) +Uno \w +([A-E]) +Con", booklet, re.MULTILINE) == list(
        zip("12345", "ABCDE", strict=True)
    )
    assert f"Junto a cada número una letra, de la A a la {last}" in answers
    assert f"para 1–5, letras A–{last}" in desk.get(reverse("desk_entry", args=[group.pk, quiz.translation_key])).text


def test_gaps_and_places_are_printed_with_what_belongs_to_them(group):
    quiz = make_quiz("m9", [make_kind("gaps"), make_kind("places")])
    [sheet] = handed_out(group, quiz, learners=[group.learners.first()]).sheets
    sheet.attempt.snapshot["questions"][1]["image"] = image_of("RGB", "gray")
    text = text_of(papers_pdf([sheet], paper_size="letter", now=NOW))
    booklet, answers = (page for page in text.split("\f") if page.strip())
    assert "La persona (1) ____ llega con (2) ____ y consulta (3) ____." in " ".join(booklet.split())
    assert "dolor" not in text
    assert len(re.findall(r"\b[ABC]\b", booklet)) == 5 + 3 + 3
    assert re.findall(r"\(\d\)", answers) == ["(1)", "(2)", "(3)"]


def test_two_places_of_a_picture_are_never_printed_as_one():
    marks = [Hotspot(1, "a", "1%", "2.53%"), Hotspot(2, "b", "1.2%", "53%"), Hotspot(3, "c", "12%", "53%")]
    assert len({spot_name(mark) for mark in marks}) == 3


def test_what_is_indispensable_is_asked_again_at_the_next_contact(client, group):
    quiz = make_quiz("m9", [make_question("M9-Q1", is_indispensable=True), make_question("M9-Q2")], pass_mark=50)
    trainer, (sheet, other) = group.trainers.get(), handed_out(group, quiz).sheets
    client.force_login(trainer)
    pile = reverse("desk_entry", args=[group.pk, quiz.translation_key])
    save = reverse("desk_enter_sheet", args=[group.pk, sheet.code])
    first, second = on_sheet(sheet.attempt.snapshot)
    typed = {"r1": letter_of(first, right=False), "r2": letter_of(second)}
    assert "se hace una pregunta más" in client.post(save, typed, follow=True).text
    assert "Nada cambió" in client.post(save, typed, headers={"Accept": "application/json"}).json()["saved"]
    page = client.get(pile).text
    assert f"hoja-{sheet.code}" in page
    assert "0/2" in page
    [again] = on_sheet(paper_to_ask(PaperSheet.objects.get(pk=sheet.pk).attempt))
    assert all(option["text"] in page for _letter, option in again.options)
    assert not withdraw_sheet(sheet, by=trainer, now=NOW)
    blank = client.post(save, {"otra": "1", "o1": "-"})
    assert (blank.status_code, "no se deja en blanco" in blank.text) == (422, True)
    sheets = list(sheets_of(group, quiz.translation_key))
    assert [len(questions_of(paper_to_ask(one.attempt))) for one in sheets if one.code == sheet.code] == [1]
    told = client.post(save, {"otra": "1", "o1": letter_of(again)}, headers={"Accept": "application/json"})
    assert "guardada y enviada" in told.json()["saved"]
    sheet.attempt.refresh_from_db()
    assert (sheet.attempt.passed, sheet.attempt.grade) == (True, 50)
    told = client.post(save, {"otra": "1", "o1": "A"}, headers={"Accept": "application/json"})
    assert "Nada cambió" in told.json()["saved"]
    attempt = enter_sheet(
        other, typed_sheet(other, lambda q: letter_of(q, right=q.item["identifier"] == "M9-Q2")), by=trainer, now=NOW
    )
    client.force_login(attempt.learner)
    [item] = attempt.snapshot["repeats"].values()
    right = next(option["key"] for option in item["options"] if option["right"])
    result, again = reverse("attempt_result", args=[attempt.pk]), reverse("attempt_question", args=[attempt.pk, 3])
    assert client.get(reverse("quiz_continue", args=["m9"])).url == result
    assert f'href="{again}"' in client.get(result).text
    client.post(again, {"question": item["key"], "choice": right, "go": "check"})
    assert "Bien" in client.get(again).text
    attempt.refresh_from_db()
    assert (attempt.passed, attempt.medium) == (True, Medium.PAPER)
