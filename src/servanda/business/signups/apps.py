from django.apps import AppConfig


class SignupsConfig(AppConfig):
    name = "servanda.business.signups"
    label = "signups"
