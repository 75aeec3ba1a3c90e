from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModulesConfig(AppConfig):
    name = "modules"
    verbose_name = _("Modules")

    def ready(self):
        from . import receivers  # noqa: F401, PLC0415 - Django imports an app before its models
