"""*Practicar*: words to say, cards for two colleagues, the if-then card; nothing of it can be sent."""

import re
from io import BytesIO

import pikepdf
import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from modules.models import ModulePage
from modules.paper.practice import pages_of_cards
from tests.factories import finish_course, make_cohort, make_course, make_learner

pytestmark = pytest.mark.django_db
PRACTICE = [
    ("phrase", {"role": "apoyo", "moment": "Llega alguien", "words": "«Buenos días»."}),
    ("phrase", {"role": "clinica", "moment": "Empieza la consulta", "words": "«¿Qué la trae hoy?»."}),
    ("phrase", {"role": "", "moment": "Preguntan por alguien", "words": "«No damos razón»."}),
    ("pair_card", {"role": "apoyo", "line": "«¿Ya entró mi prima?».", "insists": "«Es urgente»."}),
    ("pair_card", {"role": "labfar", "line": "«Deme el resultado».", "insists": "«Soy su esposo»."}),
    ("moment", {"role": "clinica", "text": "voy a preguntar"}),
    *(("moment", {"role": "apoyo", "text": f"momento {number}"}) for number in range(4)),
    ("moment", {"role": "", "text": "me incomoda"}),
    ("act", {"role": "", "text": "saludo igual"}),
    ("act", {"role": "apoyo", "text": "aviso adentro"}),
]


@pytest.fixture
def module():
    make_course(modules=1, lessons=1, quiz=False)
    module = ModulePage.objects.get()
    module.practice = [{"type": kind, "value": value} for kind, value in PRACTICE]
    module.save()
    return module


def signed_in(client, role):
    client.force_login(make_learner(f"{role or 'nadie'}1", cohort=make_cohort(role), role=role))
    return client


def test_one_s_own_job_comes_first_and_the_others_are_folded(client, module):
    page = signed_in(client, "apoyo").get(reverse("practice", args=["m1"])).content.decode()
    own, others = page.index("«Buenos días»"), page.index("¿Qué la trae hoy?")
    assert own < page.index("«No damos razón»") < page.index('<details class="disclosure"') < others
    assert page.index("¿Ya entró mi prima?") < page.index("«Deme el resultado»")
    # Four moments of one's own are enough; of the acts there is one, and then what is for everyone.
    halves = re.findall(r'type="checkbox" autocomplete="off"><span>([^<]+)<', page)
    assert halves == ["momento 0", "momento 1", "momento 2", "momento 3", "aviso adentro", "saludo igual"]


def test_nothing_of_the_card_can_be_sent(client, module):
    page = signed_in(client, "labfar").get(reverse("practice", args=["m1"])).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert "<form" not in main
    fields = re.findall(r"<(?:input|textarea|select)[^>]*>", main)
    assert fields
    assert not [field for field in fields if "name=" in field or 'autocomplete="off"' not in field]


def test_the_cards_print_four_to_a_page_and_what_is_left_over_is_an_empty_card(client, module):
    answer = signed_in(client, "apoyo").get(reverse("practice_pdf", args=["m1"]), {"papel": "a4"})
    with pikepdf.open(BytesIO(answer.content)) as pdf:
        [page] = pdf.pages
        assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]
    assert pages_of_cards([]) == [[[None, None], [None, None]]]
    assert pages_of_cards([1, 2, 3]) == [[[1, 2], [3, None]]]
    assert pages_of_cards([1, 2, 3, 4, 5]) == [[[1, 2], [3, 4]], [[5, None], [None, None]]]


def test_the_module_leads_there_and_without_anything_to_practise_nothing_does(client, module):
    address = reverse("practice", args=["m1"])
    assert address in signed_in(client, "labfar").get("/es/m1/").content.decode()
    course = reverse("my_course")
    assert address not in client.get(course).content.decode()
    finish_course(get_user_model().objects.get(username="labfar1"))
    # Of what is finished *Mi curso* leads there too.
    assert address in client.get(course).content.decode()
    module.practice = []
    module.save()
    assert address not in client.get("/es/m1/").content.decode()
    assert client.get(address).status_code == client.get(reverse("practice", args=["no-hay"])).status_code == 404
