"""What every measure is given: the sizes, how many rounds, a folder to work in, the two engines."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.installation import Installation, Population, on_postgresql, on_sqlite
from tests.support.postgresql import Cluster

ENGINES = ("SQLite", "PostgreSQL")


@dataclass(slots=True)
class Setting:
    """One run of the bench."""

    sizes: tuple[int, ...]
    rounds: int
    quick: bool
    folder: Path
    cluster: Cluster
    _made: dict[tuple[str, Population], Installation] = field(default_factory=dict)

    def installation(self, engine: str, population: Population, *, fresh: bool = False) -> Installation:
        """Give an installation, made once per run unless the measure destroys what it holds."""
        if fresh:
            folder = self.folder / f"fresh-{len(self._made)}-{population.name}-{engine}"
            folder.mkdir(parents=True)
            self._made[f"{folder}", population] = made = self._make(engine, population, folder)
            return made
        if (engine, population) not in self._made:
            folder = self.folder / engine
            folder.mkdir(exist_ok=True)
            self._made[engine, population] = self._make(engine, population, folder)
        return self._made[engine, population]

    def each(self, population: Population) -> Iterator[Installation]:
        """Give an installation on each engine."""
        for engine in ENGINES:
            yield self.installation(engine, population)

    def _make(self, engine: str, population: Population, folder: Path) -> Installation:
        if engine == "SQLite":
            return on_sqlite(population, folder)
        return on_postgresql(population, folder, self.cluster)
