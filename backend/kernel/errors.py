"""What the product answers when it cannot do what was asked: one status, a French title, a French detail.

Invisible is 404, visible but not permitted 403, wrong moment 409, against the charter 422 (architecture.md section 3).
Pages and JSON (RFC 9457) show these very words, so no refusal may carry a nominative value.
"""

from collections.abc import Mapping


class Refusal(Exception):  # noqa: N818  a refusal is an answer, not a fault
    """An answer that is not what was asked; `code` is stable, for the journal and for RFC 9457's `type`."""

    status = 400
    code = "refusal"
    title = "Demande refusée"

    def __init__(self, detail: str) -> None:
        """Keep the French sentence that says what happened and what to do."""
        super().__init__(detail)
        self.detail = detail


class NotFound(Refusal):
    """What was asked for does not exist, or the person may not know that it does: the two look alike."""

    status = 404
    code = "not-found"
    title = "Page introuvable"

    def __init__(self, detail: str = "Cette page n'existe pas ou ne vous est pas accessible.") -> None:
        """Say the same thing in both cases."""
        super().__init__(detail)


class Forbidden(Refusal):
    """The person sees the object but may not do this to it; the detail is the rule's own sentence."""

    status = 403
    code = "forbidden"
    title = "Action réservée"


class SignInRequired(Refusal):
    """Nobody is signed in, or the session ended."""

    status = 401
    code = "sign-in-required"
    title = "Connexion nécessaire"

    def __init__(self, detail: str = "Connectez-vous pour continuer.") -> None:
        """Invite to sign in."""
        super().__init__(detail)


class StepUpRequired(Refusal):
    """The act is sensitive and asks for a fresh second factor (R18)."""

    status = 403
    code = "step-up-required"
    title = "Confirmation nécessaire"

    def __init__(self, detail: str = "Saisissez un code de votre application pour confirmer votre identité.") -> None:
        """Ask for a fresh code."""
        super().__init__(detail)


class WrongMoment(Refusal):
    """The object is not, or no longer, in a state that allows this."""

    status = 409
    code = "wrong-moment"
    title = "Ce n'est pas possible à ce stade"


class Stale(Refusal):
    """Somebody else changed the object since it was read (RFC 9110, If-Match)."""

    status = 412
    code = "stale"
    title = "Modifié entre-temps"

    def __init__(
        self,
        detail: str = "Une autre personne l'a modifié depuis que vous l'avez ouvert. Relisez, puis recommencez.",
    ) -> None:
        """Say that nothing was overwritten."""
        super().__init__(detail)


class VersionRequired(Refusal):
    """A JSON change came without If-Match (RFC 6585)."""

    status = 428
    code = "version-required"
    title = "Version attendue"

    def __init__(self) -> None:
        """Name the header that is missing."""
        super().__init__("Indiquez dans l'en-tête If-Match la version que vous avez lue.")


class CharterRefusal(Refusal):
    """The charter does not allow it; `origin` is where the rule comes from, never an invented article."""

    status = 422
    code = "charter"
    title = "La charte ne le permet pas"

    def __init__(self, detail: str, origin: str) -> None:
        """Keep the reason and the rule's origin."""
        super().__init__(f"{detail} ({origin})")
        self.origin = origin


class InvalidInput(Refusal):
    """Some fields cannot be accepted; `errors` maps a field's name to what to do, in French."""

    status = 422
    code = "invalid-input"
    title = "Saisie à corriger"

    def __init__(
        self,
        errors: Mapping[str, str],
        detail: str = "Corrigez les champs signalés ; rien de ce que vous avez saisi n'est perdu.",
    ) -> None:
        """Keep each field's sentence; none may repeat what was typed."""
        super().__init__(detail)
        self.errors = dict(errors)


class WrongMethod(Refusal):
    """The address exists and is not used this way (RFC 9110, 405)."""

    status = 405
    code = "method-not-allowed"
    title = "Adresse utilisée autrement"

    def __init__(self) -> None:
        """Say no more."""
        super().__init__("Cette adresse ne s'utilise pas ainsi.")


class TooLarge(Refusal):
    """The body is larger than the route accepts."""

    status = 413
    code = "too-large"
    title = "Envoi trop volumineux"

    def __init__(self) -> None:
        """Say what to shorten."""
        super().__init__("Votre envoi dépasse la taille acceptée. Raccourcissez les textes, puis recommencez.")


class Throttled(Refusal):
    """Too many attempts; `retry_after` is in seconds."""

    status = 429
    code = "throttled"
    title = "Trop de tentatives"

    def __init__(self, retry_after: int) -> None:
        """Say how long to wait, in minutes."""
        minutes = max(1, -(-retry_after // 60))
        super().__init__(f"Trop de tentatives. Réessayez dans {minutes} minute{'s' if minutes > 1 else ''}.")
        self.retry_after = retry_after


class Unavailable(Refusal):
    """The service cannot answer now, and nothing was lost or half done; `retry_after` is in seconds."""

    status = 503
    code = "unavailable"
    title = "Service momentanément indisponible"

    def __init__(
        self,
        detail: str = "Rien n'a été enregistré à moitié. Réessayez dans quelques instants.",
        retry_after: int = 5,
    ) -> None:
        """Say that nothing is half done, and when to come back."""
        super().__init__(detail)
        self.retry_after = retry_after
