"""Phrases écrites par règles : une idée chacune, et rien de ce qui est masqué.

Une phrase dont une valeur n'est pas lisible n'existe pas (`None`) : elle ne se réduit jamais
à une moitié qui laisserait deviner l'autre.
"""

from dataclasses import dataclass

from rtpe_analyse.modeles import Periode
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.mesures import POUR_CENT, Definition, Mesure, ecart

SEUIL_POINTS = 0.005
"""En deçà d'un demi-point, une part est « quasi stable » (convention éditoriale)."""
SEUIL_RELATIF = 0.01
"""En deçà de 1 % de variation, un nombre est « quasi stable » (convention éditoriale)."""


@dataclass(frozen=True)
class Sujet:
    """Comment nommer un indicateur dans une phrase : article, nom, nombre."""

    nom: str
    pluriel: bool = False

    def verbe(self, singulier: str, pluriel: str) -> str:
        """Le verbe accordé."""
        return pluriel if self.pluriel else singulier


_SUJETS = {
    "P1": Sujet("les places agréées", True),
    "P2": Sujet("les places ouvertes", True),
    "P3": Sujet("le taux d'ouverture"),
    "H1": Sujet("les heures réalisées", True),
    "H2": Sujet("les heures facturées", True),
    "T1": Sujet("le taux d'occupation réel"),
    "T2": Sujet("le taux d'occupation financier"),
    "T3": Sujet("le taux de facturation"),
    "T4": Sujet("l'occupation des places ouvertes"),
    "E1": Sujet("les enfants accueillis", True),
    "D1": Sujet("les demandes actives", True),
    "D2": Sujet("le taux de réponse favorable"),
    "B1": Sujet("le taux de couverture"),
    "Q1": Sujet("la complétude des données"),
}


def sujet(definition: Definition) -> Sujet:
    """Le sujet d'un indicateur ; l'indicateur entre guillemets s'il n'est pas au lexique."""
    return _SUJETS.get(definition.code) or Sujet(f"l'indicateur « {definition.libelle} »")


def sens(mesure: Mesure, repere: Mesure) -> int | None:
    """−1 baisse, 0 quasi stable, +1 hausse ; absent si l'une des mesures n'est pas lisible."""
    difference = ecart(mesure, repere)
    if difference is None or repere.valeur is None:
        return None
    part = mesure.definition.est_part
    seuil = SEUIL_POINTS if part else SEUIL_RELATIF * abs(repere.valeur)
    if difference == 0 or abs(difference) < seuil:
        return 0
    return 1 if difference > 0 else -1


def variation(mesure: Mesure, repere: Mesure) -> str | None:
    """« en hausse de 2,1 points », « quasi stable », « en baisse de 12 places »."""
    sens_, difference = sens(mesure, repere), ecart(mesure, repere)
    if sens_ is None or difference is None:
        return None
    if sens_ == 0:
        pluriel = sujet(mesure.definition).pluriel
        return "quasi stables" if pluriel else "quasi stable"
    return f"en {'hausse' if sens_ > 0 else 'baisse'} de {ampleur(mesure.definition, difference)}"


def ampleur(definition: Definition, difference: float) -> str:
    """L'ampleur d'une différence, sans signe : « 2,1 points », « 12 places », « 3,1 » pour 100."""
    if definition.unite == POUR_CENT:
        return formats.nombre(100 * abs(difference), definition.decimales)
    if definition.est_part:
        return formats.points(difference, definition.decimales, signe=False)
    return str(Mesure(definition, valeur=abs(difference)))


def comparaison(mesure: Mesure, repere: Mesure, nom_repere: str) -> str | None:
    """Position d'une part par rapport à un repère, valeur du repère entre parenthèses.

    « 1,4 point de moins que le département (63,7 %) » ; « proche du département (62,5 %) » ; un
    nombre pour 100 enfants se dit sans unité : « 3,1 de moins que le département (53,8) ».
    """
    sens_, difference = sens(mesure, repere), ecart(mesure, repere)
    if sens_ is None or difference is None:
        return None
    valeur = repere.nombre if mesure.definition.unite == POUR_CENT else str(repere)
    if sens_ == 0:
        return f"proche {formats.du(nom_repere)} ({valeur})"
    cote = "plus" if sens_ > 0 else "moins"
    return f"{ampleur(mesure.definition, difference)} de {cote} que {nom_repere} ({valeur})"


def part_du_tout(mesure: Mesure, tout: Mesure, nom_tout: str) -> str | None:
    """Pour un comptage : « 13 % du département » ; absent si le tout est nul ou masqué."""
    if mesure.valeur is None or not tout.valeur:
        return None
    return f"{formats.pourcentage(mesure.valeur / tout.valeur, 0)} {formats.du(nom_tout)}"


def evolution(mesure: Mesure, repere: Mesure, quand: Periode) -> str | None:
    """La phrase entière : niveau, puis évolution sur un an.

    « Au 3e trimestre 2026, le taux d'occupation réel est de 62,3 %, en hausse de 2,1 points
    sur un an. » Sans année précédente, la phrase donne le niveau et dit ce qui manque.
    """
    if not mesure.lisible:
        return None
    qui = sujet(mesure.definition)
    if qui.pluriel:
        debut = f"{formats.au_cours(quand)}, {qui.nom} sont au nombre de {mesure.nombre}"
        if mesure.definition.unite == "h":
            debut = f"{formats.au_cours(quand)}, {qui.nom} s'élèvent à {mesure}"
    else:
        debut = f"{formats.au_cours(quand)}, {qui.nom} est de {mesure}"
    suite = variation(mesure, repere)
    fin = f", {suite} sur un an" if suite else f" ({sans_repere(repere)})"
    return formats.majuscule(f"{debut}{fin}.")


def sans_repere(repere: Mesure) -> str:
    """Pourquoi il n'y a pas de comparaison."""
    if repere.masquee:
        return "l'année précédente est couverte par le secret statistique"
    if repere.lisible:
        return "pas de comparaison sur un an : une partie des établissements manque"
    return "pas de valeur un an plus tôt"


def extremes(valeurs: dict[str, Mesure]) -> tuple[str, str] | None:
    """Noms portant la plus petite et la plus grande valeur lisible, s'il y en a au moins trois.

    À deux, nommer les extrêmes revient à classer ; ils se lisent dans le tableau.
    """
    lisibles = {nom: m.valeur for nom, m in valeurs.items() if m.valeur is not None}
    if len(lisibles) < 3 or len(set(lisibles.values())) < 2:
        return None
    return min(lisibles, key=lambda n: lisibles[n]), max(lisibles, key=lambda n: lisibles[n])
