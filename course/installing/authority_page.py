"""The page to print that says how a device comes to trust this machine.

The environment's Python makes it, which has segno: `python -m course.installing.authority_page ADDRESS`, with the
certificate as the input.
"""

import html
import io
import sys

from .authority import address_of_certificate, fingerprint

_PAGE = """\
<!doctype html>
<html lang="es">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light">
<title>Trato digno: el certificado de este centro</title>
<h1>Para que su teléfono o computadora confíe en el curso</h1>
<p>Se hace una vez en cada aparato. Después abra <strong>https://{address}</strong></p>
{picture}
<p>1. Con la cámara, o escribiendo la dirección: <strong>{certificate}</strong></p>
<h2>Android</h2>
<p>2. Ajustes, busque «certificado de CA»: suele estar en Seguridad, Instalar un certificado.</p>
<p>3. «Instalar de todas formas», y elija trato-digno.crt en Descargas.</p>
<h2>Windows</h2>
<p>2. Abra el archivo trato-digno.crt, «Instalar certificado…», «Usuario actual».</p>
<p>3. «Colocar todos los certificados en el siguiente almacén», «Examinar»,
«Entidades de certificación raíz de confianza».</p>
<p>4. Windows muestra una huella y pregunta. Diga que sí. Cierre el navegador y ábralo otra vez.</p>
<h2>¿Es el verdadero?</h2>
<p>Compare su huella SHA-256 con esta, en los detalles del certificado. Si no es igual, no lo instale y avise.</p>
<p><code>{fingerprint}</code></p>
<p>Con él, un aparato confía en esta máquina para {address} y para ninguna otra dirección.</p>
<section lang="en">
<h2>In English</h2>
<p>Fetch the certificate at the address above and install it: on Android as a CA certificate (Settings, Security),
on Windows among the trusted root certification authorities. Its SHA-256 fingerprint must be the one above.</p>
</section>
</html>
"""


def page(address, pem):
    """Return the page to print, and the square code as a terminal shows it."""
    import segno  # noqa: PLC0415 - the environment has it, the system's Python has not

    code = segno.make(address_of_certificate(address), error="m", micro=False)
    shown = io.StringIO()
    code.terminal(shown, compact=True)
    text = _PAGE.format(
        address=html.escape(address),
        certificate=html.escape(address_of_certificate(address)),
        fingerprint=fingerprint(pem).replace(":", " "),
        picture=code.svg_inline(scale=5, border=4, title="raiz.crt"),
    )
    return text, shown.getvalue()


if __name__ == "__main__":
    print("\0".join(page(sys.argv[1], sys.stdin.read())), end="")
