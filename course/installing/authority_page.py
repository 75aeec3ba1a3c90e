"""Page to print on how a device trusts this machine's certificate authority.

Runs in the site's environment, which has segno: `python -m course.installing.authority_page ADDRESS`, with the
certificate on standard input.
"""

import base64
import hashlib
import html
import io
import re
import sys

from .authority import address_of_certificate, fingerprint

_STYLE = """\
body { margin: 0 auto; max-width: 54rem; padding: 1rem; background: #fff; color: #1b1f3b; font: 1rem/1.45 sans-serif }
h1 { margin: 0; font-size: 1.4rem; line-height: 1.2 }
h2 { margin: .8rem 0 .2rem; font-size: 1.05rem }
p, ol, ul { margin: .4rem 0 }
ol, ul { padding-left: 1.5rem }
li { margin: .25rem 0 }
code { white-space: nowrap }
.first { display: flex; flex-wrap: wrap; align-items: center; gap: 0 1rem }
.first ol { flex: 1 19rem }
.first svg { margin: 0 -.5rem; max-width: 100% }
.ways { columns: 2 19rem; column-gap: 2rem }
.ways section { break-inside: avoid; padding-bottom: .8rem }
.ways h2 { margin-top: 0 }
.digits { white-space: normal }
.small { font-size: .85rem }
@page { size: letter; margin: 13mm }
@media print { html { font-size: 9.7pt } body { max-width: none; padding: 0; line-height: 1.38 } }
"""
STYLE_SOURCE = f"'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'"

_PAGE = """\
<!doctype html>
<html lang="es">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light">
<title>Trato digno: el certificado de este centro</title>
<style>{style}</style>
<main>
<h1>Para que su teléfono o computadora confíe en el curso</h1>
<p>Se hace una vez en cada aparato, en la red del centro. Después abra <strong>https://{address}</strong></p>
<div class="first">
{picture}
<ol>
<li>Con la cámara, o escribiendo la dirección: <strong>{certificate}</strong><br>
Si el navegador pregunta qué hacer con el archivo, diga «Conservar» o «Descargar».</li>
</ol>
</div>
<div class="ways">
<section>
<h2>Android</h2>
<ol start="2">
<li>El teléfono necesita un PIN, un patrón o una contraseña de pantalla. Si no tiene, póngalo primero: Ajustes,
Seguridad, Bloqueo de pantalla.</li>
<li>Según el teléfono:
<ul>
<li><strong>Android 11 o más nuevo:</strong> en Ajustes busque «certificado de CA». Suele estar en Seguridad, Cifrado y
credenciales, Instalar un certificado. Diga «Instalar de todas formas» y elija <code>trato-digno.crt</code> en
Descargas.</li>
<li><strong>Android 10 o más viejo:</strong> Ajustes, Seguridad, Cifrado y credenciales, Instalar desde el
almacenamiento; elija <code>trato-digno.crt</code>. Como nombre escriba «Trato digno», y como uso «VPN y
aplicaciones».</li>
</ul>
</li>
<li>Abra el curso con Chrome: Firefox de Android no toma este certificado.</li>
</ol>
<p>Después, Android avisa «La red puede estar supervisada». Es por este certificado, y no quiere decir que alguien
mire.</p>
</section>
<section>
<h2>Windows: Edge y Chrome</h2>
<ol start="2">
<li>Abra el archivo <code>trato-digno.crt</code>, «Instalar certificado…», «Usuario actual».</li>
<li>«Colocar todos los certificados en el siguiente almacén», «Examinar», «Entidades de certificación raíz de
confianza».</li>
<li>Windows muestra una huella y pregunta. Compárela, y diga que sí. Cierre el navegador y ábralo otra vez.</li>
</ol>
</section>
<section>
<h2>Firefox, en una computadora</h2>
<ol start="2">
<li>Ajustes, Privacidad y seguridad, Certificados, «Ver certificados…», «Autoridades», «Importar…»: elija
<code>trato-digno.crt</code>.</li>
<li>Marque «Confiar en esta CA para identificar sitios web».</li>
</ol>
</section>
</div>
<h2>¿Es el verdadero?</h2>
<p>Una huella es un número que sale del certificado: con otro certificado sería otro número. Los detalles del
certificado la muestran. Si no es igual a esta, no lo instale, o quítelo, y avise.</p>
<p>SHA-256 (Android, Firefox): <code class="digits">{sha256}</code></p>
<p>SHA-1 (Windows): <code class="digits">{sha1}</code></p>
<p>Con él, un aparato confía en esta máquina para {address} y para ninguna otra dirección.</p>
<section lang="en" class="small">
<h2>In English</h2>
<p>Fetch the certificate at the address above and install it: on Android, which needs a screen lock first, as a CA
certificate (Settings, Security); on Windows among the trusted root certification authorities; in Firefox among the
authorities. Its fingerprint must be the one above. Android then says that the network may be monitored: that is because
of this certificate.</p>
</section>
</main>
</html>
"""


def text_of(address, pem, *, picture=""):
    return _PAGE.format(
        style=_STYLE,
        address=html.escape(address),
        certificate=html.escape(address_of_certificate(address)),
        sha256=fingerprint(pem).replace(":", " "),
        sha1=fingerprint(pem, "sha1").replace(":", " "),
        picture=picture,
    )


def is_page(text, address, pem):
    """Whether a text is this page, ignoring the QR code."""
    return re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL) == text_of(address, pem)


def page(address, pem):
    import segno  # noqa: PLC0415 - the environment has it, the system's Python has not

    code = segno.make(address_of_certificate(address), error="m", micro=False)
    shown = io.StringIO()
    code.terminal(shown, compact=True)
    picture = code.svg_inline(scale=4, border=4, title="raiz.crt")
    return text_of(address, pem, picture=picture), shown.getvalue()


if __name__ == "__main__":
    print("\0".join(page(sys.argv[1], sys.stdin.read())), end="")
