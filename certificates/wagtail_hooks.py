"""Registers the certificate designs."""

from wagtail.snippets.models import register_snippet

from certificates.cms.designs import CertificateDesignViewSet

from .issuing import field_values  # noqa: F401 - registers the preview

register_snippet(CertificateDesignViewSet)
