"""Every setting of the product, read once from the environment (prefix CENACLE_) and passed down, never imported."""

from pathlib import Path
from typing import Literal

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """The environment of one process; `docs/settings.md` is generated from these descriptions."""

    model_config = SettingsConfigDict(env_prefix="CENACLE_", frozen=True, extra="ignore")

    mode: Literal["demo", "production"] = "production"
    """`demo` shows personas and fictitious data and listens on loopback only; written in the stores at `init`."""

    data: Path = Path("cenacle-data")
    """Folder of the embedded stores, when no URL is given."""

    main_url: SecretStr | None = None
    """SQLAlchemy URL of the store of rows and sealed values; by default a SQLite file in `data`."""

    keys_url: SecretStr | None = None
    """SQLAlchemy URL of the store of wrapped keys, search tokens and tombstones."""

    journal_url: SecretStr | None = None
    """SQLAlchemy URL of the store of the journal."""

    root_key_file: Path | None = None
    """File of the root key, 0600; by default `<data>.root-key`, beside the data folder and never in it."""

    smtp_url: SecretStr | None = None
    """`smtp://user:password@host:port` or `smtps://…`; without it, e-mails wait in the outbox."""

    public_url: str = "http://127.0.0.1:8000"
    """Address under which people reach the service: origin checks, links in e-mails."""

    pool_size: int = 10
    """Connections per store and process; as many requests work at once."""

    metrics_port: int | None = None
    """Loopback port of `/metriques`; none by default."""

    def store_url(self, store: Literal["main", "keys", "journal"]) -> str:
        """Give the SQLAlchemy URL of a store."""
        given: SecretStr | None = getattr(self, f"{store}_url")
        return given.get_secret_value() if given else f"sqlite:///{(self.data / f'{store}.sqlite').resolve()}"

    def root_key_path(self) -> Path:
        """Give the path of the root key's file."""
        return self.root_key_file or self.data.with_name(self.data.name + ".root-key")
