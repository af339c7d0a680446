"""Où vit chaque chose. Seul endroit qui connaisse la forme de l'arbre des données."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Jeu = Literal["exemple", "reel"]

RACINE_PROJET = Path(__file__).resolve().parent.parent
CARNETS = RACINE_PROJET / "carnets"
VALIDATIONS = RACINE_PROJET / "validations"
# Valeurs légales ajoutées par l'utilisateur : le paquet installé ne se modifie pas.
COMPLEMENTS = RACINE_PROJET / "donnees" / "reglementation"


@dataclass(frozen=True)
class Lieux:
    """Les dossiers d'un jeu de données.

    Attributes:
        donnees: dossier commun aux deux jeux (celui de `--donnees`).
        sortie: dossier des rapports (celui de `--sortie`).
        jeu: `exemple` (fictif) ou `reel`.
    """

    donnees: Path = RACINE_PROJET / "donnees"
    sortie: Path = RACINE_PROJET / "rapports"
    jeu: Jeu = "exemple"

    @property
    def racine(self) -> Path:
        """Racine du jeu : `donnees/` pour le réel, `donnees/exemple/` pour l'exemple."""
        return self.donnees / "exemple" if self.jeu == "exemple" else self.donnees

    @property
    def depot(self) -> Path:
        """Fichiers bruts fabriqués par `rtpe exemple`, avant réception."""
        return self.racine / "depot"

    @property
    def brut(self) -> Path:
        """Fichiers tels que reçus : `brut/<source>/<millesime>/`, jamais modifiés."""
        return self.racine / "brut"

    @property
    def travail(self) -> Path:
        """États intermédiaires, jetables : tables par fichier, verdicts, empreintes."""
        return self.racine / "travail"

    @property
    def propre(self) -> Path:
        """Tables propres : `propre/<table>/<partition>.parquet`."""
        return self.racine / "propre"

    @property
    def rejets(self) -> Path:
        """Lignes rejetées ou écartées, avec leur motif."""
        return self.racine / "rejets"

    @property
    def corrections(self) -> Path:
        """Corrections tracées."""
        return self.racine / "corrections"

    @property
    def constats(self) -> Path:
        """Faits gênants relevés par les contrôles ; la ligne reste dans la table propre."""
        return self.racine / "constats"

    @property
    def indicateurs(self) -> Path:
        """Tables d'indicateurs après secret : `indicateurs/<niveau>/<famille>.parquet`."""
        return self.racine / "indicateurs"

    @property
    def referentiel(self) -> Path:
        """Chiffres publics, communs aux deux jeux et suivis par git."""
        return self.donnees / "referentiel"

    @property
    def rapports(self) -> Path:
        """Rapports du jeu : `rapports/<jeu>/<periode>/…`."""
        return self.sortie / self.jeu
