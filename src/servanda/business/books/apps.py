from django.apps import AppConfig


class BooksConfig(AppConfig):
    name = "servanda.business.books"
    label = "books"
    default_auto_field = "django.db.models.BigAutoField"
