from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "servanda.business.identity"
    label = "identity"
