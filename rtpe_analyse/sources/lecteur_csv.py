"""Lecteur de textes à séparateurs : chaque ligne physique se retrouve, ou se compte.

Le gros du fichier se découpe d'un coup ; seules les lignes qui portent un guillemet passent
par l'analyseur CSV, qui sait qu'un champ entre guillemets peut courir sur plusieurs lignes.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from rtpe_analyse.erreurs import ErreurFichier
from rtpe_analyse.sources.descripteur_modele import Descripteur
from rtpe_analyse.sources.ecarts import code_ecart
from rtpe_analyse.sources.encodage import Texte
from rtpe_analyse.sources.entetes import Intitules, Reperage, reperer
from rtpe_analyse.sources.grille import (
    Grille,
    lire_contexte,
    sans_blancs,
    tableau_introuvable,
)

SEPARATEURS = (";", ",", "\t", "|")
LIGNES_DE_TETE = 200
_LIGNE_DE_TETE_MAX = 1 << 20
_GUILLEMET = '"'
# Un champ libre peut être très long ; la limite par défaut du module csv est de 128 Kio.
csv.field_size_limit(1 << 30)


@dataclass(frozen=True)
class TeteCsv:
    """L'en-tête trouvé dans un texte.

    Attributes:
        reperage: colonnes trouvées, ou clés manquantes du meilleur candidat.
        separateur: séparateur retenu.
        premiere_ligne: rang (0 = première) de la première ligne de données.
        titres: cellules non vides des lignes de titre.
    """

    reperage: Reperage
    separateur: str
    premiere_ligne: int
    titres: tuple[str, ...]


class DebutCsv:
    """Les premières lignes d'un texte, découpées une seule fois par séparateur."""

    def __init__(self, texte: str) -> None:
        self.lignes = texte.split("\n", LIGNES_DE_TETE)[:LIGNES_DE_TETE]
        self._decoupes: dict[str, list[tuple[int, Intitules]]] = {}

    def intitules(self, separateur: str) -> list[tuple[int, Intitules]]:
        """(nombre de lignes physiques déjà lues, champs rognés) des premières lignes."""
        if separateur not in self._decoupes:
            self._decoupes[separateur] = list(self._lire(separateur))
        return self._decoupes[separateur]

    def _lire(self, separateur: str) -> Iterator[tuple[int, Intitules]]:
        if any(len(ligne) > _LIGNE_DE_TETE_MAX for ligne in self.lignes):
            return
        analyseur = csv.reader(_avec_fin(self.lignes, 0), delimiter=separateur)
        try:
            for champs in analyseur:
                yield analyseur.line_num, Intitules([champ.strip() for champ in champs])
        except csv.Error:
            return


def trouver_tete(debut: DebutCsv, descripteur: Descripteur) -> TeteCsv:
    """La première ligne qui porte toutes les clés ; sinon le candidat le plus proche."""
    declare = descripteur.csv.separateur
    separateurs = SEPARATEURS if declare == "auto" else ("\t" if declare == "tab" else declare,)
    candidats = [t for s in separateurs for t in _tetes(debut, s, descripteur)]
    if not candidats:
        return TeteCsv(Reperage(), separateurs[0], 0, ())
    return max(candidats, key=lambda t: (t.reperage.entete is not None, t.reperage.expliquees))


def lire_csv(texte: Texte, debut: DebutCsv, descripteur: Descripteur) -> Grille:
    """Lit un texte entier.

    Raises:
        ErreurFichier: `colonne_cle_absente`, `fichier_tronque` (guillemet jamais fermé, ou
            dernière ligne coupée : champs manquants et pas de fin de ligne).
    """
    tete = trouver_tete(debut, descripteur)
    entete = tete.reperage.entete
    if entete is None:
        raise tableau_introuvable(tete.reperage.manquantes if tete.reperage.expliquees else ())
    lignes = texte.contenu.split("\n")
    largeur = max(rang for rang, nom in enumerate(entete.intitules) if nom) + 1
    bonnes, malformees = _decouper(lignes, tete, largeur)
    premieres = [(i + 1, _premiere_cellule(lignes[i], tete.separateur)) for i in malformees]
    if malformees and malformees[-1] == len(lignes) - 1:
        # Pas de fin de ligne après une ligne incomplète : coupée, sauf si c'est une note de pied.
        complete = lignes[-1].count(tete.separateur) + 1 >= largeur
        if not complete and code_ecart(premieres[-1][1], descripteur) is None:
            raise ErreurFichier(
                "Le fichier s'arrête au milieu d'une ligne : il est coupé.",
                "Le demander ou le télécharger à nouveau.",
                code="fichier_tronque",
            )
    return Grille(entete, bonnes, lire_contexte(tete.titres, descripteur), premieres)


def _tetes(debut: DebutCsv, separateur: str, descripteur: Descripteur) -> Iterator[TeteCsv]:
    titres: list[str] = []
    for ligne, intitules in debut.intitules(separateur):
        champs = intitules.haut
        if ligne > descripteur.csv.recherche_entete:
            return
        if not any(champs):
            continue
        reperage = reperer(intitules, descripteur)
        yield TeteCsv(reperage, separateur, ligne, tuple(titres))
        if reperage.entete is not None:
            return
        titres += [champ for champ in champs if champ]


def _avec_fin(lignes: Sequence[str], debut: int) -> Iterator[str]:
    return (lignes[i] + "\n" for i in range(debut, len(lignes)))


def _decouper(lignes: list[str], tete: TeteCsv, largeur: int) -> tuple[pl.DataFrame, list[int]]:
    debut, sep = tete.premiere_ligne, tete.separateur
    noms = [str(rang) for rang in range(largeur)]
    corps = pl.Series("texte", lignes[debut:], dtype=pl.String)
    pris, cites = _lignes_citees(lignes, corps, debut, sep, largeur)
    champs = (
        corps.str.splitn(sep, largeur + 1)
        .struct.rename_fields([*noms, "reste"])
        .struct.unnest()
        .with_columns(pl.int_range(debut + 1, pl.len() + debut + 1).alias("_ligne"))
    )
    if pris:
        champs = champs.filter(~pl.col("_ligne").is_in(pris))
    surplus = pl.col("reste").str.strip_chars(f" {sep}") != ""
    champs = champs.with_columns(
        (pl.col(noms[-1]).is_null() | surplus.fill_null(False)).alias("mauvaise")
    )
    mauvaises = champs.filter("mauvaise")["_ligne"].to_list()
    malformees = sorted(
        i for i in (*(n - 1 for n in mauvaises), *cites.malformees) if not _blanche(lignes[i], sep)
    )
    bonnes = champs.filter(~pl.col("mauvaise")).select(*noms, "_ligne")
    if cites.enregistrements:
        schema = {**dict.fromkeys(noms, pl.String()), "_ligne": pl.Int64()}
        en_plus = pl.DataFrame(cites.enregistrements, schema=schema, orient="row")
        bonnes = pl.concat([bonnes, en_plus]).sort("_ligne")
    bonnes = bonnes.with_columns(sans_blancs(noms))
    return bonnes.filter(~pl.all_horizontal(pl.col(noms).is_null())), malformees


@dataclass
class _Citees:
    enregistrements: list[tuple[str | int, ...]]
    malformees: list[int]


def _lignes_citees(
    lignes: list[str], corps: pl.Series, debut: int, sep: str, largeur: int
) -> tuple[list[int], _Citees]:
    """Analyse les lignes à guillemets ; rend les numéros (1 = première) de celles traitées."""
    pris: list[int] = []
    citees = _Citees([], [])
    suivant = 0
    for rang in corps.str.contains(_GUILLEMET, literal=True).arg_true().to_list():
        i = debut + rang
        if i < suivant:
            continue
        analyseur = csv.reader(_avec_fin(lignes, i), delimiter=sep, strict=True)
        try:
            champs = next(analyseur)
        except csv.Error as erreur:
            if "unexpected end of data" in str(erreur):
                raise ErreurFichier(
                    f"Guillemet ouvert ligne {i + 1} et jamais fermé : le fichier est coupé.",
                    "Le demander ou le télécharger à nouveau ; ou corriger ce guillemet.",
                    code="fichier_tronque",
                ) from None
            champs = []
        bon = len(champs) >= largeur and not any(c.strip() for c in champs[largeur:])
        # Un enregistrement mal formé sur plusieurs lignes en a peut-être avalé de bonnes :
        # seule sa première ligne est mise de côté, les suivantes sont reprises une à une.
        suivant = i + (analyseur.line_num if bon else 1)
        pris += range(i + 1, suivant + 1)
        if bon:
            citees.enregistrements.append((*champs[:largeur], i + 1))
        else:
            citees.malformees.append(i)
    return pris, citees


def _blanche(ligne: str, sep: str) -> bool:
    return not ligne.replace(sep, "").strip()


def _premiere_cellule(ligne: str, sep: str) -> str:
    return next((c.strip(' "') for c in ligne.split(sep) if c.strip(' "')), "")
