"""The addresses of the API; each is asked by signed nodes alone."""

from django.urls import path

from servanda.faces.api import nodes

app_name = "api"
urlpatterns = [
    path("node/v1/enrol", nodes.enrol_node, name="node-enrol"),
    path("node/v1/documents", nodes.documents, name="node-documents"),
    path("node/v1/reports", nodes.reports, name="node-reports"),
    path("node/v1/words", nodes.words, name="node-words"),
]
