"""Les classeurs du premier logiciel : un par établissement et par mois."""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO

import numpy as np
import polars as pl
import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from rtpe_analyse.exemple.contrats import LIBELLES_SECTIONS, SECTIONS
from rtpe_analyse.exemple.presences import MOTIFS
from rtpe_analyse.exemple.textes import heure

FEUILLE = "Présences"
_FIXES = ("Code enfant", "Nom", "Prénom", "Date de naissance", "Section")
_JOURS = ("lun.", "mar.", "mer.", "jeu.", "ven.")
_MOIS = {
    1: "janvier",
    2: "février",
    3: "mars",
    4: "avril",
    5: "mai",
    6: "juin",
    7: "juillet",
    8: "août",
    9: "septembre",
    10: "octobre",
    11: "novembre",
    12: "décembre",
}
_CREATION = datetime(2026, 10, 1)
_LETTRES = {"": "P", "maladie": "M"}
# Deux lignes d'en-tête quand un jour porte deux colonnes, une seule sinon.
_LIGNE_ENTETE = 4


@dataclass
class Classeur:
    """Contenu d'un classeur avant écriture.

    Attributes:
        titre: nom de l'établissement tel qu'il sera écrit.
        mois: premier jour du mois.
        jours: jours de semaine du mois, une colonne (ou deux) chacun.
        enfants: identité des enfants, triés par section ; `section` est un rang.
        cellules: (rang de l'enfant, rang du jour) → textes des cellules du jour.
        avec_heures: deux colonnes par jour (arrivée, départ), sinon une lettre.
        reperes: (ligne Excel, cellule, code) de vérité.
    """

    titre: str
    mois: date
    jours: list[date]
    enfants: pl.DataFrame
    cellules: dict[tuple[int, int], list[str]]
    avec_heures: bool
    reperes: list[tuple[int, str, str]] = field(default_factory=list)

    @property
    def largeur(self) -> int:
        """Colonnes par jour."""
        return 2 if self.avec_heures else 1

    @property
    def premiere_ligne(self) -> int:
        """Rang (depuis 0) de la première ligne d'enfant."""
        return _LIGNE_ENTETE + self.largeur

    def cellule(self, enfant: int, jour: int) -> tuple[int, str]:
        """Ligne Excel et lieu (« Feuille!AB12 ») de la première cellule d'un enfant-jour."""
        ligne = self.premiere_ligne + enfant + self._sections_avant(enfant)
        adresse = xl_rowcol_to_cell(ligne, len(_FIXES) + self.largeur * jour)
        return ligne + 1, f"{FEUILLE}!{adresse}"

    def _sections_avant(self, enfant: int) -> int:
        sections = self.enfants["section"]
        return int((sections[:enfant].unique() != sections[enfant]).sum())


def composer(
    titre: str, jours: pl.DataFrame, enfants: pl.DataFrame, *, avec_heures: bool
) -> Classeur:
    """Range les enfants-jours d'un établissement et d'un mois dans un classeur.

    Args:
        titre: nom de l'établissement.
        jours: enfants-jours du mois, au moins un.
        enfants: identités, avec `code_berceau`.
        avec_heures: arrivée et départ des présents ; sinon une lettre par enfant-jour prévu.
    """
    mois = jours["date"].min()
    assert isinstance(mois, date)
    mois = mois.replace(day=1)
    colonnes = [
        jour
        for n in range(monthrange(mois.year, mois.month)[1])
        if (jour := mois.replace(day=n + 1)).isoweekday() <= 5
    ]
    premieres = jours.group_by("enfant").agg(pl.col("section").min())
    inscrits = (
        premieres.join(enfants, on="enfant")
        .sort("section", "nom", "prenom", "naissance")
        .with_row_index("rang")
    )
    rang_du_jour = {jour: rang for rang, jour in enumerate(colonnes)}
    places = jours.join(inscrits.select("enfant", "rang"), on="enfant").sort("rang", "date")
    if avec_heures:
        places = places.filter(pl.col("motif") == 0)
        textes = [
            [a, d] for a, d in zip(heure(places["arrivee"]), heure(places["depart"]), strict=True)
        ]
    else:
        lettres = [_LETTRES.get(motif, "A") for motif in MOTIFS]
        textes = [[lettres[m]] for m in places["motif"].to_list()]
    cles = zip(
        places["rang"].to_list(),
        (rang_du_jour[j] for j in places["date"].to_list()),
        strict=True,
    )
    return Classeur(
        titre, mois, colonnes, inscrits, dict(zip(cles, textes, strict=True)), avec_heures
    )


def ecrire(classeur: Classeur) -> bytes:
    """Écrit le classeur ; ajoute à ses repères une entrée par ligne de total.

    Returns:
        Octets du fichier `.xlsx`, les mêmes pour un même contenu.
    """
    tampon = BytesIO()
    fichier = xlsxwriter.Workbook(tampon, {"in_memory": True})
    fichier.set_properties({"created": _CREATION, "comments": "Données fictives"})
    feuille = fichier.add_worksheet(FEUILLE)
    gras = fichier.add_format({"bold": True, "align": "center", "border": 1})
    feuille.write_string(0, 0, "État des présences")
    feuille.write_string(1, 0, f"Établissement : {classeur.titre}")
    feuille.write_string(2, 0, f"Mois : {_MOIS[classeur.mois.month]} {classeur.mois.year}")
    _ecrire_entete(classeur, feuille, gras)
    compte = np.zeros((len(SECTIONS), len(classeur.jours)), dtype=int)
    sections = classeur.enfants["section"].to_list()
    identites = classeur.enfants.select(
        "code_berceau", "nom", "prenom", pl.col("naissance").dt.strftime("%d/%m/%Y")
    ).rows()
    ligne = classeur.premiere_ligne
    for rang, (section, identite) in enumerate(zip(sections, identites, strict=True)):
        for colonne, texte in enumerate((*identite, SECTIONS[section])):
            feuille.write_string(ligne, colonne, texte)
        for jour in range(len(classeur.jours)):
            for decalage, texte in enumerate(classeur.cellules.get((rang, jour), [])):
                colonne = len(_FIXES) + classeur.largeur * jour + decalage
                feuille.write_string(ligne, colonne, texte)
            compte[section, jour] += classeur.cellules.get((rang, jour), ["A"])[0] not in "AM"
        ligne += 1
        if rang + 1 == len(sections) or sections[rang + 1] != section:
            libelle = f"Sous-total {LIBELLES_SECTIONS[SECTIONS[section]]}"
            _ecrire_total(classeur, feuille, ligne, libelle, compte[section])
            ligne += 1
    _ecrire_total(classeur, feuille, ligne, "Total général", compte.sum(axis=0))
    fichier.close()
    return tampon.getvalue()


def _ecrire_entete(
    classeur: Classeur,
    feuille: xlsxwriter.worksheet.Worksheet,
    gras: xlsxwriter.format.Format,
) -> None:
    haut = _LIGNE_ENTETE
    for colonne, titre in enumerate(_FIXES):
        if classeur.avec_heures:
            feuille.merge_range(haut, colonne, haut + 1, colonne, titre, gras)
        else:
            feuille.write_string(haut, colonne, titre, gras)
    for rang, jour in enumerate(classeur.jours):
        titre = f"{_JOURS[jour.weekday()]} {jour:%d/%m/%Y}"
        colonne = len(_FIXES) + classeur.largeur * rang
        if classeur.avec_heures:
            feuille.merge_range(haut, colonne, haut, colonne + 1, titre, gras)
            feuille.write_string(haut + 1, colonne, "Arrivée", gras)
            feuille.write_string(haut + 1, colonne + 1, "Départ", gras)
        else:
            feuille.write_string(haut, colonne, titre, gras)


def _ecrire_total(
    classeur: Classeur,
    feuille: xlsxwriter.worksheet.Worksheet,
    ligne: int,
    libelle: str,
    comptes: np.ndarray,
) -> None:
    feuille.write_string(ligne, 0, libelle)
    for jour, compte in enumerate(comptes.tolist()):
        feuille.write_number(ligne, len(_FIXES) + classeur.largeur * jour, compte)
    classeur.reperes.append((ligne + 1, f"{FEUILLE}!A{ligne + 1}", "total"))
