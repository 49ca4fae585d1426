"""What the journal says of those who oversee it: references, closed words and counts (architecture.md section 5)."""

from dataclasses import dataclass
from typing import ClassVar

from backend.audit.events import Event


@dataclass(frozen=True, slots=True)
class CheckpointPublished(Event):
    """Point de contrôle du journal publié."""

    name: ClassVar[str] = "oversight:checkpoint:published"
    size: int
