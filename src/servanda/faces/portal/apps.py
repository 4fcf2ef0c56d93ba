from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "servanda.faces.portal"
    label = "portal"
