from django.apps import AppConfig


class NodesConfig(AppConfig):
    name = "servanda.business.nodes"
    label = "nodes"
    default_auto_field = "django.db.models.BigAutoField"
