from wagtail.snippets.models import register_snippet

from .viewsets import CertificateDesignViewSet

register_snippet(CertificateDesignViewSet)
