"""The roles of PostgreSQL: what each one may do to each table, from one declaration, granted and read back."""

from backend.authorization.roles.declared import StoreRole
from backend.authorization.roles.granting import NotOwnerError, grant_rights, rendered
from backend.authorization.roles.reading import Discrepancies, read_back

__all__ = ["Discrepancies", "NotOwnerError", "StoreRole", "grant_rights", "read_back", "rendered"]
