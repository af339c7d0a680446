"""L'atelier : tout ce que des fichiers d'un même passage partagent."""

from dataclasses import dataclass

from rtpe_analyse import sources
from rtpe_analyse.chemins import Lieux
from rtpe_analyse.nettoyage.declarees import Declaree
from rtpe_analyse.nettoyage.etats import EtatFichier
from rtpe_analyse.nettoyage.fichier import traiter
from rtpe_analyse.nettoyage.references import References
from rtpe_analyse.sources import Descripteur, Fiche


@dataclass(frozen=True)
class Atelier:
    """De quoi nettoyer un fichier, dans ce processus ou dans un autre.

    Attributes:
        lieux: dossiers du jeu.
        references: établissements et communes.
        declarees: corrections déclarées du jeu.
    """

    lieux: Lieux
    references: References
    declarees: tuple[Declaree, ...]

    def nettoyer(self, tache: tuple[Fiche, Descripteur]) -> EtatFichier:
        """Nettoie un fichier et écrit ses sorties (voir `fichier.traiter`)."""
        fiche, descripteur = tache
        contexte = self.references.contexte(
            set(descripteur.tables), fiche.recu_le, classeur=descripteur.format == "classeur"
        )
        cle = b"" if descripteur.publique else sources.cle_du_jeu(self.lieux)
        return traiter(fiche, descripteur, cle, contexte, self.declarees, self.lieux)
