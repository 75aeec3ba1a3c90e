"""A site without a `SECRET_KEY` of its own used one that everybody can read; it has its own now, so cards are void.

The PINs of cards are kept as digests under that key. They open nothing any more, and without them the desk offers their
people for new cards.
"""

from django.conf import settings
from django.db import migrations


def forget_starting_pins(apps, schema_editor):
    if not getattr(settings, "SECRET_KEY_FILE", None):
        return
    pins = apps.get_model("course", "StartingPin").objects.using(schema_editor.connection.alias)
    if not pins.exists():
        return
    pins.all().delete()
    print(
        "\n  Este sitio tiene ahora su propia clave secreta. Todas las personas entran de nuevo, y las tarjetas que nadie"
        "\n  ha usado todavía se imprimen otra vez; los PIN propios sirven igual."
        "\n  This site has a secret key of its own now. Everybody signs in again, and cards that nobody has used yet are"
        "\n  printed anew; PINs that people chose work as before.\n"
    )


class Migration(migrations.Migration):
    dependencies = [("course", "0009_hold_keys_unique_and_know_devices")]
    operations = [migrations.RunPython(forget_starting_pins, migrations.RunPython.noop)]
