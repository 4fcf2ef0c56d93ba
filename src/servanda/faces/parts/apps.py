from django.apps import AppConfig
from django.core.checks import register

from servanda.faces.parts.access import check_that_every_view_declares_access


class PartsConfig(AppConfig):
    name = "servanda.faces.parts"
    label = "parts"

    def ready(self) -> None:
        register(check_that_every_view_declares_access)
