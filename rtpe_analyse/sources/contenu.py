"""Un fichier ouvert une fois, qu'il faille le reconnaître ou le lire."""

from dataclasses import dataclass
from functools import cached_property

from rtpe_analyse.erreurs import ErreurFichier
from rtpe_analyse.sources.descripteur_modele import Descripteur
from rtpe_analyse.sources.encodage import Texte, decoder
from rtpe_analyse.sources.geojson import est_geojson, mettre_en_table
from rtpe_analyse.sources.grille import Grille
from rtpe_analyse.sources.lecteur_classeur import Classeur, lire_classeur
from rtpe_analyse.sources.lecteur_csv import DebutCsv, lire_csv
from rtpe_analyse.sources.objets_json import est_json, objets_en_table
from rtpe_analyse.sources.reconnaissance import Nature, nature

_NOMS: dict[Nature, str] = {"csv": "un texte à séparateurs", "classeur": "un classeur"}


@dataclass(frozen=True)
class Ouverture:
    """Un fichier découpé, avant le tri et la porte ; ne sort pas de `sources`.

    Attributes:
        grilles: une par feuille (une seule pour un texte).
        marque: une marque d'ordre (BOM) a été retirée.
        autres_feuilles: feuilles non vides sans l'en-tête attendu.
    """

    grilles: list[Grille]
    marque: bool
    autres_feuilles: list[str]


class Contenu:
    """Les octets d'un fichier, et ce qu'on en a déjà tiré.

    Attributes:
        nature: texte à séparateurs ou classeur, d'après le contenu ; un GeoJSON, ou un JSON
            de zones, se lit comme un texte, une ligne par objet.
    """

    def __init__(self, octets: bytes) -> None:
        if est_geojson(octets):
            octets = mettre_en_table(octets)
        elif est_json(octets):
            octets = objets_en_table(octets)
        self.nature: Nature = nature(octets)
        self._octets = octets
        self._textes: dict[str, tuple[Texte, DebutCsv]] = {}

    @cached_property
    def classeur(self) -> Classeur:
        """Le classeur ouvert."""
        return Classeur(self._octets)

    def texte(self, encodage: str = "auto") -> tuple[Texte, DebutCsv]:
        """Le texte décodé et ses premières lignes."""
        if encodage not in self._textes:
            texte = decoder(self._octets, encodage)
            self._textes[encodage] = (texte, DebutCsv(texte.contenu))
        return self._textes[encodage]

    def ouvrir(self, descripteur: Descripteur) -> Ouverture:
        """Découpe le fichier selon son descripteur, sans rien pseudonymiser.

        Raises:
            ErreurFichier: le fichier est refusé en entier.
        """
        if self.nature != descripteur.format:
            raise ErreurFichier(
                f"C'est {_NOMS[self.nature]} ; la source {descripteur.code} attend "
                f"{_NOMS[descripteur.format]}.",
                "Choisir une autre source (--source) ou refaire l'export.",
            )
        if self.nature == "classeur":
            grilles, autres = lire_classeur(self.classeur, descripteur)
            return Ouverture(grilles, False, autres)
        texte, debut = self.texte(descripteur.csv.encodage)
        return Ouverture([lire_csv(texte, debut, descripteur)], texte.marque, [])
