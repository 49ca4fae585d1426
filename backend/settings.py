"""Every setting of the product, read once from the environment (prefix CENACLE_) and passed down, never imported."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


@dataclass(frozen=True, slots=True)
class Provider:
    """How the service is registered with ProConnect, and where people reach the service."""

    issuer: str
    client_id: str
    client_secret: SecretStr
    public_url: str


class Settings(BaseSettings):
    """The environment of one process; operators read the French descriptions in `docs/settings.md`."""

    model_config = SettingsConfigDict(env_prefix="CENACLE_", frozen=True, extra="ignore", use_attribute_docstrings=True)

    mode: Literal["demo", "production"] = "production"
    """`demo` : personnes et données fictives, écoute sur la machine seule. Écrit dans les magasins à leur création."""

    data: Path = Path("cenacle-data")
    """Dossier des magasins embarqués, quand aucune adresse n'est donnée."""

    main_url: SecretStr | None = None
    """Adresse SQLAlchemy du magasin des lignes et valeurs scellées ; sans elle, un fichier SQLite dans le dossier."""

    keys_url: SecretStr | None = None
    """Adresse du magasin des clés enveloppées, des jetons de recherche et des traces de destruction."""

    journal_url: SecretStr | None = None
    """Adresse du magasin du journal."""

    root_key_file: Path | None = None
    """Fichier de la clé racine, 0600 ; par défaut `<dossier>.root-key`, à côté du dossier et jamais dedans."""

    pkcs11_library: Path | None = None
    """Bibliothèque PKCS#11 du module de sécurité qui garde la clé racine ; sans elle, la clé est dans un fichier."""

    pkcs11_token: str = "cenacle"  # noqa: S105  the name of a device
    """Nom du jeton, dans ce module."""

    pkcs11_pin_file: Path | None = None
    """Fichier du code PIN du jeton, 0600 ; par défaut `<dossier>.pin`."""
    backup_folder: Path | None = None
    """Dossier des sauvegardes chiffrées, un sous-dossier par magasin ; par défaut `<dossier>.backups`."""

    backup_key_file: Path | None = None
    """Fichier de la clé publique des sauvegardes (`cenacle keys backup-key`) ; par défaut `<dossier>.backup-key`."""

    register_file: Path | None = None
    """Registre des destructions, à copier hors de la machine ; par défaut `<dossier>.tombstones`."""

    smtp_url: SecretStr | None = None
    """`smtp://utilisateur:motdepasse@hôte:port` ou `smtps://…` ; sans elle, les courriels attendent."""

    public_url: str = "http://127.0.0.1:8000"
    """Adresse publique du service : contrôle de l'origine des envois, liens des courriels, émetteur des jetons."""

    proconnect_issuer: str | None = None
    """Émetteur de ProConnect, tel qu'il s'écrit lui-même ; sans les trois réglages, rien de ProConnect ne se montre."""

    proconnect_client_id: str | None = None
    """Identifiant du service chez ProConnect."""

    proconnect_client_secret: SecretStr | None = None
    """Secret du service chez ProConnect."""

    pool_size: int = 10
    """Connexions par magasin et par processus ; autant de requêtes travaillent à la fois."""

    checkpoint_folder: Path | None = None
    """Dossier où le point de contrôle du journal est écrit chaque jour, un fichier par taille : monté d'ailleurs."""

    checkpoint_mail: str | None = None
    """Adresse qui reçoit chaque jour le point de contrôle : celle du délégué à la protection des données."""

    checkpoint_command: str | None = None
    """Commande d'un témoin, lancée chaque jour sans interpréteur ; elle lit le point de contrôle sur son entrée."""

    checkpoint_witness: str | None = None
    """Clé de vérification de ce témoin (`nom+identifiant+clé`, C2SP) ; sa cosignature est alors exigée et gardée."""

    metrics_port: int | None = None
    """Port local de `/metriques` (Prometheus) ; aucun par défaut."""

    def store_url(self, store: Literal["main", "keys", "journal"]) -> str:
        """Give the SQLAlchemy URL of a store."""
        given: SecretStr | None = getattr(self, f"{store}_url")
        return given.get_secret_value() if given else f"sqlite:///{(self.data / f'{store}.sqlite').resolve()}"

    @property
    def issuer(self) -> str:
        """Give who issues the bearer tokens: the public address, or the demonstration whatever its port."""
        return "urn:cenacle:demo" if self.mode == "demo" else self.public_url

    @property
    def provider(self) -> Provider | None:
        """Give how the service is registered with ProConnect; None unless the three settings are there."""
        if not (self.proconnect_issuer and self.proconnect_client_id and self.proconnect_client_secret):
            return None
        return Provider(
            self.proconnect_issuer,
            self.proconnect_client_id,
            self.proconnect_client_secret,
            self.public_url.rstrip("/"),
        )

    def root_key_path(self) -> Path:
        """Give the path of the root key's file."""
        return self.root_key_file or self.data.with_name(self.data.name + ".root-key")

    def pkcs11_pin_path(self) -> Path:
        """Give the path of the file that holds the PIN of the token."""
        return self.pkcs11_pin_file or self.data.with_name(self.data.name + ".pin")

    def backup_path(self) -> Path:
        """Give the folder of the backups."""
        return self.backup_folder or self.data.with_name(self.data.name + ".backups")

    def backup_key_path(self) -> Path:
        """Give the path of the public key that backups are encrypted for."""
        return self.backup_key_file or self.data.with_name(self.data.name + ".backup-key")

    def register_path(self) -> Path:
        """Give the path of the register of tombstones."""
        return self.register_file or self.data.with_name(self.data.name + ".tombstones")
