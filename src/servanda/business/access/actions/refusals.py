"""How access says no."""

from servanda.ground.refusal import Refused


class AccessRefused(Refused):
    """Nobody gets a right to act this way."""


class PasswordRefused(AccessRefused):
    """The chosen password is too easy to guess; `reasons` say why, in the reader's language."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons
