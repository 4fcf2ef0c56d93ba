from django.apps import AppConfig


class HostingConfig(AppConfig):
    name = "servanda.business.hosting"
    label = "hosting"
    default_auto_field = "django.db.models.BigAutoField"
