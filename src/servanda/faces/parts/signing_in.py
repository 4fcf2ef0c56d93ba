"""Signing in. Wrong passwords make the next attempt wait, by name and address, so that a guesser is slow.

The wait grows and ends by itself; from another address the owner of the name is not held up.
"""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.cache import cache
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from servanda.business.identity.queries import factors_of
from servanda.faces.parts.second import keep_half

FREE_ATTEMPTS = 4
WAIT_SECONDS = (5, 15, 60, 300)
REMEMBERED_SECONDS = 900


class SignIn(LoginView):
    """Django's own view with the wait before it; `next` is checked there to lead to an address of ours."""

    redirect_authenticated_user = False

    def post(self, request: HttpRequest, *args: Any, **values: Any) -> HttpResponse:
        if cache.get(_wait_key(request)):
            return self._told_to_wait()
        return super().post(request, *args, **values)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        cache.delete(_count_key(self.request))
        user = form.get_user()
        if factors_of(user.pk):
            keep_half(self.request, user, to=self.get_success_url())
            return redirect("parts:second")
        return super().form_valid(form)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        _note_failure(self.request)
        return super().form_invalid(form)

    def _told_to_wait(self) -> HttpResponse:
        form: Form = AuthenticationForm(self.request)
        form.full_clean()
        text = _("Too many wrong attempts. Wait a few minutes and try again.")
        context = self.get_context_data(form=form, wait=text)
        return self.render_to_response(context, status=429)


def _note_failure(request: HttpRequest) -> None:
    failures = int(cache.get(_count_key(request)) or 0) + 1
    cache.set(_count_key(request), failures, REMEMBERED_SECONDS)
    if failures >= FREE_ATTEMPTS:
        wait = WAIT_SECONDS[min(failures - FREE_ATTEMPTS, len(WAIT_SECONDS) - 1)]
        cache.set(_wait_key(request), 1, wait)


def _count_key(request: HttpRequest) -> str:
    return f"sign-in:failures:{_who(request)}"


def _wait_key(request: HttpRequest) -> str:
    return f"sign-in:wait:{_who(request)}"


def _who(request: HttpRequest) -> str:
    name = request.POST.get("username", "")[:150].casefold().encode("utf-8", "replace").hex()
    return f"{request.META.get('REMOTE_ADDR', '')}:{name}"
