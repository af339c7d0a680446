"""Comment lire une colonne : ce que le schéma exige et ce que le descripteur déclare."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from rtpe_analyse.nettoyage.cellules import erreur
from rtpe_analyse.nettoyage.dates import lire_dates
from rtpe_analyse.nettoyage.heures import lire_durees, lire_instants
from rtpe_analyse.nettoyage.nombres import lire_nombres
from rtpe_analyse.nettoyage.valeurs import (
    lire_booleens,
    lire_lieux,
    lire_textes,
    sans_traduction,
    traduire_valeurs,
)
from rtpe_analyse.nomenclatures import liste_fermee
from rtpe_analyse.nomenclatures.reperage import Repertoire
from rtpe_analyse.schemas import Colonne
from rtpe_analyse.sources.descripteur_colonnes import ColonneSource

DUREES = frozenset({"reserve_min", "realise_min"})
# Colonnes de code sans nomenclature : leurs blancs se corrigent et se tracent aussi.
_CODES = frozenset({"etablissement", "territoire", "section", "iris", "dossier_afc", "fusion_vers"})


@dataclass(frozen=True)
class Facon:
    """Ce que le descripteur dit de l'écriture d'une colonne.

    Attributes:
        formats: formats de dates, dans l'ordre.
        formes: formes d'heures ou unités de durées.
        duree: `formes` décrit des durées, et non des instants.
        valeurs: traduction d'écritures vers des valeurs propres.
        vrai: écritures du oui.
        faux: écritures du non.
        dossier_afc: l'établissement est désigné par son numéro de dossier Caf.
    """

    formats: tuple[str, ...] = ()
    formes: tuple[str, ...] = ()
    duree: bool = False
    valeurs: Mapping[str, str | None] = field(default_factory=dict)
    vrai: tuple[str, ...] = ()
    faux: tuple[str, ...] = ()
    dossier_afc: bool = False

    @classmethod
    def de(cls, colonne: ColonneSource) -> "Facon":
        """Ce que déclare une colonne de descripteur."""
        booleen = colonne.booleen
        return cls(
            formats=colonne.formats,
            formes=colonne.duree or colonne.heure,
            duree=bool(colonne.duree),
            valeurs=colonne.valeurs,
            vrai=booleen.vrai if booleen else (),
            faux=booleen.faux if booleen else (),
            dossier_afc=colonne.reference == "dossier_afc",
        )


@dataclass(frozen=True)
class Contexte:
    """Ce dont le typage d'un fichier dépend, hors du fichier.

    Attributes:
        recu_le: jour de réception ; une date postérieure est `date_future`.
        etablissements: répertoire des établissements connus, par code et par nom.
        dossiers: les mêmes, par numéro de dossier Caf.
        communes: répertoire des communes.
        classeur: le fichier est un classeur (numéros de série admis pour les dates).
    """

    recu_le: date
    etablissements: Repertoire
    dossiers: Repertoire
    communes: Repertoire
    classeur: bool = False


def est_code(nom: str, colonne: Colonne) -> bool:
    """Les blancs autour de cette colonne se tracent (code, date, heure)."""
    return (
        colonne.type == "date"
        or nom.endswith("_min")
        or colonne.nomenclature is not None
        or nom in _CODES
    )


def lire_colonne(
    nom: str, colonne: Colonne, bruts: pl.Series, facon: Facon, contexte: Contexte
) -> pl.DataFrame:
    """Type les écritures distinctes d'une colonne.

    Args:
        nom: nom propre de la colonne.
        colonne: sa déclaration au schéma.
        bruts: écritures distinctes, sans blancs autour ni cellule vide.
        facon: ce que déclare le descripteur.
        contexte: date de réception et répertoires.

    Returns:
        `brut`, `valeur` (au type du schéma), `erreur`, `correction`, une ligne par écriture.
    """
    if not facon.valeurs:
        return _lire(nom, colonne, bruts, facon, contexte)
    stricte = colonne.type == "texte" and colonne.nomenclature not in ("etablissements", "communes")
    traduits = traduire_valeurs(bruts, facon.valeurs, stricte=stricte)
    lus = _lire(nom, colonne, traduits.fill_null(""), facon, contexte)
    lus = lus.with_columns(bruts.alias("brut"))
    if not stricte:
        return lus
    inconnue = pl.lit(sans_traduction(bruts, facon.valeurs))
    return lus.with_columns(
        erreur=pl.when(inconnue).then(erreur("valeur_inconnue")).otherwise("erreur")
    )


def _lire(
    nom: str, colonne: Colonne, bruts: pl.Series, facon: Facon, contexte: Contexte
) -> pl.DataFrame:
    if colonne.nomenclature == "etablissements":
        connus = contexte.dossiers if facon.dossier_afc else contexte.etablissements
        return lire_lieux(bruts, connus, rejeter=True)
    if colonne.nomenclature == "communes":
        return lire_lieux(bruts, contexte.communes, rejeter=False)
    if nom.endswith("_min"):
        duree = facon.duree or (not facon.formes and nom in DUREES)
        return lire_durees(bruts, facon.formes) if duree else lire_instants(bruts, facon.formes)
    liste = colonne.nomenclature
    match colonne.type:
        case "date":
            # Le lecteur rend les vraies dates d'un classeur en jj/mm/aaaa.
            formats = (*facon.formats, "%d/%m/%Y") if contexte.classeur else facon.formats
            lus = lire_dates(
                bruts,
                formats,
                au_plus_tard=None if colonne.futur else contexte.recu_le,
                serie=contexte.classeur,
                mois=nom.startswith("mois"),
            )
        case "entier" | "reel":
            lus = lire_nombres(bruts, entier=colonne.type == "entier")
        case "booleen":
            lus = lire_booleens(bruts, facon.vrai, facon.faux)
        case "texte":
            admises = frozenset(liste_fermee(liste)) if liste else None
            lus = lire_textes(bruts, admises, colonne.forme, colonne.longueur)
    return lus


def directe(colonne: Colonne, facon: Facon) -> bool:
    """Texte libre de toute règle : la valeur propre est le texte sans blancs autour."""
    libre = colonne.nomenclature is None and not colonne.forme
    return colonne.type == "texte" and libre and not facon.valeurs
