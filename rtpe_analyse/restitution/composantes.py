"""Nommer les composantes du besoin : en tête de colonne, et en mots quand elles s'écartent."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mots:
    """Comment dire une composante.

    Attributes:
        libelle: en tête de colonne.
        beaucoup: ce qu'on dit d'une zone qui en a nettement plus que le département.
        peu: ce qu'on dit d'une zone qui en a nettement moins.
        dans_une_phrase: le taux, avec son article : « la part de familles monoparentales ».
    """

    libelle: str
    beaucoup: str
    peu: str
    dans_une_phrase: str


_ENFANTS = {
    "commune": Mots(
        "Naissances pour 100 habitants de 25 à 54 ans",
        "naissances nombreuses",
        "peu de naissances",
        "le taux de natalité",
    ),
    "iris": Mots(
        "Part des moins de 15 ans",
        "beaucoup d'enfants",
        "peu d'enfants",
        "la part des moins de 15 ans",
    ),
}
_COMMUNS = {
    "emploi": Mots(
        "Emploi des 25-54 ans",
        "parents souvent en emploi",
        "parents moins souvent en emploi",
        "le taux d'emploi des 25-54 ans",
    ),
    "monoparentalite": Mots(
        "Familles monoparentales",
        "familles monoparentales",
        "peu de familles monoparentales",
        "la part de familles monoparentales",
    ),
    "bas_revenus": Mots("Pauvreté", "bas revenus", "revenus élevés", "le taux de pauvreté"),
    "chomage": Mots("Chômage", "chômage", "peu de chômage", "le taux de chômage"),
    "logement_social": Mots(
        "Logement social",
        "logement social",
        "peu de logement social",
        "la part de logement social",
    ),
    "qpv": Mots(
        "Habitants en quartier prioritaire",
        "quartiers prioritaires",
        "peu de quartiers prioritaires",
        "la part d'habitants en quartier prioritaire",
    ),
    "offre": Mots(
        "Places pour 100 enfants, tous modes",
        "offre d'accueil large",
        "peu d'offre d'accueil",
        "le taux de couverture",
    ),
    "offre_collective": Mots(
        "Places en crèche pour 100 enfants",
        "crèches nombreuses",
        "peu de crèches",
        "le nombre de places en crèche pour 100 enfants",
    ),
    "offre_individuelle": Mots(
        "Accueil individuel pour 100 enfants",
        "accueil individuel développé",
        "peu d'accueil individuel",
        "le nombre de places d'accueil individuel pour 100 enfants",
    ),
}


def mots(code: str, maille: str) -> Mots:
    """Les mots d'une composante à une maille ; son code si elle n'en a pas."""
    if code == "enfants":
        return _ENFANTS[maille]
    lisible = code.replace("_", " ")
    return _COMMUNS.get(code) or Mots(lisible, lisible, f"peu de {lisible}", lisible)
