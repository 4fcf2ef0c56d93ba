from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "servanda.business.access"
    label = "access"
