"""Lecteur de classeurs : chaque feuille devient une grille de textes, aux adresses d'origine."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

import fastexcel
import polars as pl

from rtpe_analyse.erreurs import ErreurFichier
from rtpe_analyse.sources.classeur_xml import Fusion, fusions_par_feuille
from rtpe_analyse.sources.descripteur_modele import Descripteur
from rtpe_analyse.sources.entetes import Intitules, Reperage, reperer
from rtpe_analyse.sources.grille import (
    Grille,
    lire_contexte,
    sans_blancs,
    tableau_introuvable,
)

Resultat = TypeVar("Resultat")

CELLULE_EN_ERREUR = "#ERREUR"
_MINUIT = r"^(\d{4})-(\d{2})-(\d{2}) 00:00:00$"
# Une heure de tableur est une fraction du jour zéro, le 31 décembre 1899.
_JOUR_ZERO = datetime(1899, 12, 31)
_HEURE = r"^(?:1899-12-31|1900-0[1-3]-\d\d) \d\d:\d\d:\d\d"


class Classeur:
    """Un classeur ouvert ; les feuilles se chargent à la demande, une fois.

    Attributes:
        feuilles: noms des feuilles, dans l'ordre.
    """

    def __init__(self, octets: bytes) -> None:
        self._fusions = fusions_par_feuille(octets) if octets.startswith(b"PK") else {}
        self._chargees: dict[str, tuple[pl.DataFrame, int]] = {}
        self._lecteur = _sans_panique(lambda: fastexcel.read_excel(octets))
        self.feuilles: tuple[str, ...] = tuple(self._lecteur.sheet_names)

    def feuille(self, nom: str) -> tuple[pl.DataFrame, int]:
        """Cellules en texte (colonnes « 0 », « 1 »…) et rang de la première colonne."""
        if nom not in self._chargees:
            self._chargees[nom] = _sans_panique(lambda: self._charger(nom))
        return self._chargees[nom]

    def _charger(self, nom: str) -> tuple[pl.DataFrame, int]:
        feuille = self._lecteur.load_sheet(nom, header_row=None, skip_rows=0, dtypes="string")
        lot, erreurs = feuille.to_arrow_with_errors()
        brut = pl.from_arrow(lot)
        assert isinstance(brut, pl.DataFrame)
        premiere = min((c.absolute_index for c in feuille.available_columns()), default=0)
        table = brut.rename({c: str(rang) for rang, c in enumerate(brut.columns)})
        for erreur in erreurs.errors if erreurs is not None else ():
            ligne, colonne = erreur.position
            table[ligne, str(colonne)] = CELLULE_EN_ERREUR
        return _propager(_dates_et_heures(table), self._fusions.get(nom, []), premiere), premiere


def trouver_tete(
    classeur: Classeur, feuille: str, descripteur: Descripteur
) -> tuple[Reperage, int]:
    """L'en-tête d'une feuille et le rang de sa première ligne ; sinon le plus proche."""
    cellules, _ = classeur.feuille(feuille)
    sur_deux = descripteur.classeur.entete_lignes == 2
    lignes = _textes(cellules.head(descripteur.classeur.recherche_entete + 1))
    meilleur = (Reperage(), 0)
    for rang, haut in enumerate(lignes[: descripteur.classeur.recherche_entete]):
        bas = lignes[rang + 1] if sur_deux and rang + 1 < len(lignes) else []
        reperage = reperer(Intitules(_etaler(haut, bas), bas), descripteur)
        if reperage.entete is not None:
            return reperage, rang
        if reperage.expliquees > meilleur[0].expliquees:
            meilleur = (reperage, rang)
    return meilleur


def feuilles_a_lire(classeur: Classeur, descripteur: Descripteur) -> list[str]:
    """Feuilles non vides que désigne le descripteur.

    Raises:
        ErreurFichier: `fichier_vide` si toutes sont vides, `colonne_cle_absente` si aucune
            ne porte le nom attendu.
    """
    motif = descripteur.classeur.feuilles
    nommees = [f for f in classeur.feuilles if re.search(motif, f, re.IGNORECASE)]
    if not nommees:
        raise ErreurFichier(
            f"Aucune feuille ne correspond à « {motif} ».",
            "Vérifier l'export, ou `classeur.feuilles` dans le descripteur.",
            code="colonne_cle_absente",
        )
    pleines = [f for f in nommees if classeur.feuille(f)[0].height]
    if not pleines:
        raise ErreurFichier("Le classeur est vide.", "Le demander à nouveau.", code="fichier_vide")
    return pleines


def lire_classeur(classeur: Classeur, descripteur: Descripteur) -> tuple[list[Grille], list[str]]:
    """Une grille par feuille qui porte l'en-tête, et les feuilles qui ne le portent pas.

    Raises:
        ErreurFichier: `fichier_vide`, ou `colonne_cle_absente` si aucune feuille ne convient.
    """
    grilles: list[Grille] = []
    autres: list[str] = []
    proche = Reperage()
    for nom in feuilles_a_lire(classeur, descripteur):
        reperage, rang = trouver_tete(classeur, nom, descripteur)
        if reperage.entete is None:
            autres.append(nom)
            proche = max(proche, reperage, key=lambda r: r.expliquees)
            continue
        cellules, premiere = classeur.feuille(nom)
        titres = [t for ligne in _textes(cellules.head(rang)) for t in ligne if t]
        debut = rang + descripteur.classeur.entete_lignes
        donnees = cellules.with_columns(sans_blancs(cellules.columns)).with_columns(
            pl.int_range(1, pl.len() + 1).alias("_ligne")
        )
        donnees = donnees.slice(debut).filter(
            ~pl.all_horizontal(pl.col(cellules.columns).is_null())
        )
        contexte = lire_contexte(titres, descripteur)
        grilles.append(
            Grille(reperage.entete, donnees, contexte, feuille=nom, premiere_colonne=premiere)
        )
    if not grilles:
        raise tableau_introuvable(proche.manquantes if proche.expliquees else ())
    return grilles, autres


def _sans_panique(action: Callable[[], Resultat]) -> Resultat:
    """Ramène les échecs du lecteur, paniques comprises, à un refus sans valeur de cellule."""
    try:
        return action()
    except BaseException as erreur:
        # Le lecteur est écrit en Rust : ses paniques ne dérivent pas d'`Exception`.
        if not isinstance(erreur, Exception) and type(erreur).__name__ != "PanicException":
            raise
        raise ErreurFichier(
            "Le classeur est abîmé : il ne se lit pas.",
            "L'ouvrir dans un tableur, l'enregistrer en .xlsx et le recevoir à nouveau.",
        ) from None


def _textes(cellules: pl.DataFrame) -> list[list[str]]:
    return [[(c or "").strip() for c in ligne] for ligne in cellules.rows()]


def _etaler(haut: Sequence[str], bas: Sequence[str]) -> list[str]:
    """Étend un titre vers la droite au-dessus de ses sous-titres (fusion non décrite)."""
    etale: list[str] = []
    for rang, titre in enumerate(haut):
        herite = not titre and rang and rang < len(bas) and bas[rang]
        etale.append(etale[-1] if herite else titre)
    return etale


def _propager(table: pl.DataFrame, fusions: Sequence[Fusion], premiere: int) -> pl.DataFrame:
    """Recopie la valeur d'une plage fusionnée dans toutes ses cellules."""
    if not fusions:
        return table
    colonnes = {nom: table[nom].to_list() for nom in table.columns}
    for fusion in fusions:
        gauche, droite = fusion.gauche - premiere, fusion.droite - premiere
        if gauche < 0 or str(gauche) not in colonnes or fusion.haut >= table.height:
            continue
        valeur = colonnes[str(gauche)][fusion.haut]
        for rang in range(gauche, min(droite, table.width - 1) + 1):
            for ligne in range(fusion.haut, min(fusion.bas, table.height - 1) + 1):
                colonnes[str(rang)][ligne] = valeur
    return pl.DataFrame(colonnes, schema=table.schema)


def _dates_et_heures(table: pl.DataFrame) -> pl.DataFrame:
    """Vraies dates → jj/mm/aaaa ; vraies heures → hh:mm (« 36:00 » au-delà d'un jour)."""
    presentes = table.select(pl.all().str.contains(_HEURE).any())
    for nom in [colonne for colonne in table.columns if presentes[colonne].item()]:
        heures = table[nom].filter(table[nom].str.contains(_HEURE)).unique()
        lues = [_heure(texte) for texte in heures.to_list()]
        table = table.with_columns(pl.col(nom).replace(heures, pl.Series(lues)))
    return table.with_columns(pl.all().str.replace(_MINUIT, "$3/$2/$1"))


def _heure(texte: str) -> str:
    ecoule = datetime.fromisoformat(texte) - _JOUR_ZERO + timedelta(seconds=30)
    minutes = int(ecoule.total_seconds() // 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
