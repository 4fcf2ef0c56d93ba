from django.apps import AppConfig


class InstallationConfig(AppConfig):
    name = "servanda.business.installation"
    label = "installation"
    default_auto_field = "django.db.models.BigAutoField"
