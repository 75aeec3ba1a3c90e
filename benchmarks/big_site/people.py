"""Names and roles of the people of the crowd."""

from course.models import Role, User
from course.models.people import name_sort_key

from .places import listed

WOMEN = listed(
    "Ana; Lucía; María; Beatriz; Carmen; Dora; Elena; Flor; Gladys; Hilda; Irma; Juana; Karla; Lidia; Marta;"
    " Norma; Olga; Patricia; Rosa; Sandra; Telma; Verónica; Wendy; Yolanda; Zoila"
)
MEN = listed(
    "Álvaro; Byron; Carlos; Diego; Édgar; Fernando; Gustavo; Héctor; Isaías; José; Julio; Luis; Manuel; Nicolás;"
    " Óscar; Pedro; Ramiro; Santos; Tomás; Víctor; Walter"
)
SURNAMES = listed(
    "Ajanel; Ajú; Álvarez; Batz; Barrios; Caal; Castillo; Chávez; Choc; Coj; Cux; de la Cruz; de León; Díaz;"
    " Estrada; Figueroa; García; Gómez; Güitz; Hernández; Ixcot; Jolón; Lemus; López; Macario; Méndez; Morales;"
    " Muñoz; Navarro; Noriega; Núñez; Ñáñez; Ochoa; Ordóñez; Pérez; Pineda; Pop; Quiej; Ramírez; Raxón; Reyes;"
    " Sicán; Solís; Tiul; Tzoc; Tzul; Vásquez; Velásquez; Xicará; Xol; Yat; Zapeta"
)
# How many of a hundred have each role; «apoyo» are guards, cleaners and drivers.
ROLES = {
    Role.CLINICAL: 45,
    Role.LAB_PHARMACY: 9,
    Role.FRONT_DESK: 16,
    Role.SUPPORT: 21,
    Role.MANAGEMENT: 6,
    "": 3,
}


def make_person(code, *, clinic, password, chance):
    """Return a User that is not saved, who cannot sign in: `password` is an unusable one."""
    given = chance.sample(WOMEN if chance.random() < 0.7 else MEN, 2)
    first_name, last_name = " ".join(given), " ".join(chance.sample(SURNAMES, 2))
    return User(
        username=code,
        first_name=first_name,
        last_name=last_name,
        sort_key=name_sort_key(first_name, last_name),
        role=chance.choices(list(ROLES), list(ROLES.values()))[0],
        clinic_id=clinic,
        password=password,
        is_demo=True,
    )
