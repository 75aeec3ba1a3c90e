"""What this app adds to the Wagtail admin."""

from wagtail.snippets.models import register_snippet

from certificates.cms.designs import CertificateDesignViewSet

from .issuing import composing  # noqa: F401 - says how a design is previewed

register_snippet(CertificateDesignViewSet)
