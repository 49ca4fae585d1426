"""Imports every model of every feature, so that the metadata of the three stores is whole."""

import backend.agenda.models
import backend.audit.models
import backend.authorization.idempotency
import backend.authorization.jobs
import backend.authorization.quota
import backend.authorization.vault
import backend.breaches.models
import backend.cells.models
import backend.charters.models
import backend.counts.deltas
import backend.crypto.keystore
import backend.directory.models
import backend.examination.models
import backend.feedback.models
import backend.indicators.models
import backend.institutions.models
import backend.mail.models
import backend.members.models
import backend.orientations.models
import backend.oversight.models
import backend.parquet.models
import backend.purge.models
import backend.rav.models.guide
import backend.rav.models.networks
import backend.rav.models.works
import backend.research.models
import backend.rights.models
import backend.signalements.models
import backend.situations.models
import backend.steering.models  # noqa: F401
from backend.kernel.database import JournalRow, KeysRow, MainRow

MAIN = MainRow.metadata
KEYS = KeysRow.metadata
JOURNAL = JournalRow.metadata
