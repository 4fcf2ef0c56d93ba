from django.apps import AppConfig


class EInvoicesConfig(AppConfig):
    name = "servanda.business.einvoices"
    label = "einvoices"
    default_auto_field = "django.db.models.BigAutoField"
