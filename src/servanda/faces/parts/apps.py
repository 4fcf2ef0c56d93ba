from django.apps import AppConfig
from django.core.checks import register


class PartsConfig(AppConfig):
    name = "servanda.faces.parts"
    label = "parts"

    def ready(self) -> None:
        # Not at the top: the views that it looks at need Django's models, which are not loaded yet up there.
        from servanda.faces.parts.access import (
            check_that_every_act_takes_a_power,
            check_that_every_view_declares_access,
        )
        from servanda.faces.parts.fresh import watch_signing_in

        register(check_that_every_view_declares_access)
        register(check_that_every_act_takes_a_power)
        watch_signing_in()
