"""Staff sign in and out here."""

from django.contrib.auth.views import LogoutView

from servanda.faces.parts.access import access
from servanda.faces.parts.signing_in import SignIn

sign_in = access(policy="anyone", methods=("GET", "POST"))(SignIn.as_view(template_name="office/login.html"))
sign_out = access(policy="anyone", methods=("POST",))(LogoutView.as_view())
