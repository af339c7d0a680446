"""Écrire nombres, dates et périodes en français.

Virgule décimale, espace fine insécable entre milliers et devant « % », signe moins
typographique. « % » est un niveau, « points » une différence de niveaux : jamais l'un pour
l'autre. L'arrondi (le demi s'éloigne de zéro) n'a lieu qu'ici, à l'affichage.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_decimal

from rtpe_analyse.modeles import Periode

FINE = "\u202f"
INSECABLE = "\u00a0"
MOINS = "\u2212"

SIGNE_MASQUE = "s"
SIGNE_NON_CALCULABLE = "///"
SIGNE_ABSENT = "n.d."
MARQUE_PARTIELLE = "(p)"
LEGENDES = {
    SIGNE_MASQUE: "masqué (secret statistique)",
    SIGNE_NON_CALCULABLE: "non calculable (dénominateur nul ou inconnu)",
    SIGNE_ABSENT: "donnée non disponible",
    MARQUE_PARTIELLE: "partiel, une partie des établissements ou des communes manque",
}
JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


_AVANT = re.compile(r" ([;!?%])")
_FEUILLE = re.compile(r"(<style>.*?</style>)", re.DOTALL)


def insecables(texte: str) -> str:
    """Le texte (ou le HTML) dont la ponctuation double ne se sépare pas de son mot.

    Fine insécable devant « ; ! ? % », espace insécable devant « : » et dans les guillemets.
    N'ajoute aucune espace, n'en change que la nature ; les feuilles de style sont laissées.
    """
    morceaux = _FEUILLE.split(texte)
    for rang in range(0, len(morceaux), 2):
        net = _AVANT.sub(rf"{FINE}\1", morceaux[rang]).replace(" :", f"{INSECABLE}:")
        morceaux[rang] = net.replace("« ", f"«{INSECABLE}").replace(" »", f"{INSECABLE}»")
    return "".join(morceaux)


def arrondi(valeur: float, decimales: int = 0) -> Decimal:
    """Arrondi d'affichage : le demi s'éloigne de zéro, et jamais de « zéro négatif »."""
    net = Decimal(repr(float(valeur))).quantize(Decimal(1).scaleb(-decimales), ROUND_HALF_UP)
    return net.copy_abs() if net == 0 else net


# Un axe redemande mille fois ses graduations, et babel est lent.
@lru_cache(maxsize=4096)
def nombre(valeur: float, decimales: int = 0) -> str:
    """`1234.56` → « 1 234,6 » (une décimale) ; le nombre de décimales est toujours tenu."""
    motif = "#,##0" + ("." + "0" * decimales if decimales else "")
    texte: str = format_decimal(arrondi(valeur, decimales), format=motif, locale="fr")
    return texte.replace("-", MOINS).replace(INSECABLE, FINE)


@dataclass(frozen=True)
class Unite:
    """Comment écrire les valeurs d'un dessin, déjà à l'échelle de l'affichage.

    Attributes:
        decimales: décimales d'une étiquette ; une graduation n'en montre pas.
        suffixe: signe collé au nombre (« % » précédé de son espace).
    """

    decimales: int = 0
    suffixe: str = ""

    def ecrire(self, valeur: float) -> str:
        """L'étiquette d'une valeur : « 62,3 % »."""
        return nombre(valeur, self.decimales) + self.suffixe

    def graduer(self, valeur: float) -> str:
        """Une graduation d'axe : « 60 % »."""
        return nombre(valeur) + self.suffixe


POURCENT = Unite(1, f"{FINE}%")


def pourcentage(rapport: float, decimales: int = 1) -> str:
    """Un rapport (`0.623`) écrit en pour cent : « 62,3 % »."""
    return f"{nombre(rapport * 100, decimales)}{FINE}%"


def points(ecart: float, decimales: int = 1, *, signe: bool = True) -> str:
    """Une différence de rapports (`0.021`) en points : « +2,1 points », « −1,0 point ».

    Args:
        ecart: différence de deux rapports, donc entre −1 et 1 en général.
        decimales: décimales montrées.
        signe: garder le signe ; sinon, l'ampleur seule.
    """
    valeur = ecart * 100
    texte = avec_signe(valeur, decimales) if signe else nombre(abs(valeur), decimales)
    return f"{texte}{INSECABLE}{accord(arrondi(valeur, decimales), 'point')}"


def avec_signe(valeur: float, decimales: int = 0) -> str:
    """« +12 », « −3 » ou « 0 » : le signe est toujours écrit, sauf pour zéro arrondi."""
    signe = "+" if arrondi(valeur, decimales) > 0 else ""
    return signe + nombre(valeur, decimales)


def accord(quantite: float | Decimal, singulier: str, pluriel: str | None = None) -> str:
    """Le nom accordé : en français, le pluriel commence à 2 (1,9 point, 2 points)."""
    return singulier if abs(float(quantite)) < 2 else pluriel or f"{singulier}s"


def compte(quantite: int, singulier: str, pluriel: str | None = None) -> str:
    """« 1 établissement », « 12 établissements », « aucun » n'étant pas du ressort d'ici."""
    return f"{nombre(quantite)}{INSECABLE}{accord(quantite, singulier, pluriel)}"


def jour(le: date) -> str:
    """« 1er octobre 2026 », « 15 octobre 2026 »."""
    texte: str = format_date(le, "d MMMM y", locale="fr")
    rang, _, suite = texte.partition(" ")
    return f"{'1er' if rang == '1' else rang}{INSECABLE}{suite}"


def heure(minutes: int) -> str:
    """Un instant en minutes depuis minuit : « 8 h », « 8 h 30 »."""
    h, m = divmod(minutes, 60)
    return f"{h}{FINE}h" + (f"{FINE}{m:02d}" if m else "")


def periode(quand: Periode) -> str:
    """« 3e trimestre 2026 », « juillet 2026 » : sans article."""
    if quand.pas == "mois":
        texte: str = format_date(quand.debut, "MMMM y", locale="fr")
        return texte
    return f"{'1er' if quand.rang == 1 else f'{quand.rang}e'} trimestre {quand.annee}"


def au_cours(quand: Periode) -> str:
    """La période avec sa préposition : « au 3e trimestre 2026 », « en juillet 2026 »."""
    return f"{'en' if quand.pas == 'mois' else 'au'} {periode(quand)}"


def periode_courte(quand: Periode) -> str:
    """Pour un axe : « T3 2026 », « 07/2026 »."""
    if quand.pas == "mois":
        return f"{quand.rang:02d}/{quand.annee}"
    return f"T{quand.rang} {quand.annee}"


def enumeration(termes: list[str]) -> str:
    """« a », « a et b », « a, b et c » ; chaîne vide s'il n'y a rien."""
    if len(termes) < 2:
        return "".join(termes)
    return f"{', '.join(termes[:-1])} et {termes[-1]}"


def majuscule(phrase: str) -> str:
    """Met la première lettre en capitale sans toucher au reste."""
    return phrase[:1].upper() + phrase[1:]


def de(nom: str) -> str:
    """« de » élidé devant voyelle ou h : « d'Orly », « de Vitry »."""
    elision = nom[:1].lower() in "aeéèêiîoôuyhâ"
    return f"d'{nom}" if elision else f"de {nom}"


def du(nom: str) -> str:
    """« de » contracté : « du département », « d'Orly »."""
    return f"du {nom[3:]}" if nom.startswith("le ") else de(nom)


def au(nom: str) -> str:
    """« à » contracté : « au territoire Nord », « à Orly »."""
    return f"au {nom[3:]}" if nom.startswith("le ") else f"à {nom}"
