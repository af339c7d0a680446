"""Compiler le référentiel : des tables propres publiques à de petits CSV suivis par git.

Le référentiel donne au produit une sociologie réelle sans réseau. Il ne dépend d'aucun
département : ce que disent les fichiers reçus est compilé, rien d'autre.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from rtpe_analyse import sources
from rtpe_analyse.chemins import Lieux
from rtpe_analyse.erreurs import ErreurDonneesManquantes
from rtpe_analyse.nettoyage.bilan import BilanNettoyage
from rtpe_analyse.nettoyage.chaine import Progres, nettoyer
from rtpe_analyse.nettoyage.referentiel_calculs import (
    choisir,
    completer,
    elargir,
    estimer_enfants,
    sommer_iris,
)
from rtpe_analyse.nettoyage.referentiel_communes import completer_nomenclature
from rtpe_analyse.nettoyage.referentiel_contours import compiler_contours
from rtpe_analyse.nettoyage.referentiel_fiches import composer_fiche, decrire, ecrire_table
from rtpe_analyse.nettoyage.referentiel_iris import compiler_iris
from rtpe_analyse.nettoyage.referentiel_provenance import sources_calculees, sources_lues
from rtpe_analyse.nettoyage.referentiel_remarques import (
    chiffres_revises,
    communes_sans_nom,
    reseaux_sans_chiffre,
)
from rtpe_analyse.nomenclatures.communes import commune_du_code
from rtpe_analyse.nomenclatures.publiques import FICHIERS_REFERENTIEL, FichierReferentiel
from rtpe_analyse.propres import lire_propre
from rtpe_analyse.sources import Fiche, RetourReception, lister_fiches


@dataclass(frozen=True)
class BilanReferentiel:
    """Ce qu'une compilation a écrit.

    Attributes:
        ecrits: nom du fichier → nombre de lignes.
        conserves: fichiers laissés tels quels, faute de fichier public reçu pour eux.
        absents: fichiers pour lesquels rien n'a jamais été reçu.
        contours: une phrase par fichier de contours écrit.
        remarques: ce qu'il faut vérifier, en phrases.
    """

    ecrits: dict[str, int]
    conserves: tuple[str, ...]
    absents: tuple[str, ...] = ()
    contours: tuple[str, ...] = ()
    remarques: tuple[str, ...] = ()

    @property
    def phrase(self) -> str:
        """Résumé d'une ligne pour l'écran."""
        tables = [f"{nom}.csv ({n} lignes)" for nom, n in self.ecrits.items()]
        faits = ", ".join([*tables, *self.contours])
        suites = (("Inchangés", self.conserves), ("Jamais reçus", self.absents))
        restes = (
            f" {quoi} : {', '.join(f'{nom}.csv' for nom in noms)}." for quoi, noms in suites if noms
        )
        return f"Référentiel compilé : {faits}.{''.join(restes)}"


def lieux_publics(lieux: Lieux) -> Lieux:
    """Le jeu de travail des fichiers publics, à part des exports nominatifs et de l'exemple."""
    return Lieux(donnees=lieux.donnees / "publics", sortie=lieux.sortie, jeu="reel")


def recevoir_et_compiler(
    lieux: Lieux,
    chemins: Sequence[Path],
    *,
    recu_le: date | None = None,
    progres: Progres | None = None,
) -> tuple[list[RetourReception], BilanNettoyage, BilanReferentiel]:
    """Reçoit des fichiers publics tels quels, les nettoie et compile le référentiel.

    Les fichiers déjà reçus comptent toujours : le référentiel est compilé de tous. Un export
    nominatif glissé parmi eux est refusé.

    Args:
        lieux: jeu courant ; le référentiel est commun aux deux jeux.
        chemins: fichiers ou dossiers à recevoir ; aucun pour compiler à nouveau.
        recu_le: date de réception, aujourd'hui par défaut.
        progres: appelé avec (étape, fait, total).

    Returns:
        Le retour de réception de chaque fichier, le bilan de nettoyage et celui du référentiel.

    Raises:
        ErreurDonneesManquantes: si aucun chiffre public n'a pu être lu.
    """
    publics = lieux_publics(lieux)
    retours = sources.recevoir(
        list(chemins), publics, recu_le=recu_le, publiques=True, progres=progres
    )
    bilan = nettoyer(publics, progres=progres)
    try:
        compile_ = compiler_referentiel(publics, lieux.referentiel)
        muets = reseaux_sans_chiffre(lieux)
        compile_ = replace(compile_, remarques=(*compile_.remarques, *muets))
    except ErreurDonneesManquantes as rien:
        refus = " ; ".join(f"{r.nom} ({r.message})" for r in retours if r.etat == "refuse")
        if not refus:
            raise
        raise ErreurDonneesManquantes(f"{rien} Refusés : {refus}", rien.remede) from rien
    return retours, bilan, compile_


def etat_du_referentiel(lieux: Lieux) -> list[str]:
    """Ce que contient le référentiel, une phrase par fichier, si aucun fichier n'a été reçu ici.

    Args:
        lieux: jeu courant ; le référentiel est commun aux deux jeux.

    Returns:
        Rien dès qu'un fichier public a été reçu (recompiler a alors un sens), ou si le
        référentiel est vide.
    """
    return [] if lister_fiches(lieux_publics(lieux)) else decrire(lieux.referentiel)


def compiler_referentiel(lieux: Lieux, dossier: Path) -> BilanReferentiel:
    """Écrit les fichiers du référentiel et leurs fiches à partir des chiffres publics reçus.

    Un fichier du référentiel pour lequel rien n'a été reçu n'est ni vidé ni touché. Mêmes
    fichiers reçus, mêmes sorties à l'octet.

    Args:
        lieux: jeu où les fichiers publics ont été reçus et nettoyés.
        dossier: dossier du référentiel à écrire (`lieux.referentiel` d'ordinaire).

    Raises:
        ErreurDonneesManquantes: si aucun chiffre public n'a été nettoyé.
    """
    fiches = _du_plus_recent(lister_fiches(lieux))
    bilan = _bilan_nettoyage(lieux)
    retenues: dict[str, _Retenue] = {}
    for fichier in FICHIERS_REFERENTIEL.values():
        if (retenue := _retenir(lieux, fichier, fiches)) is not None:
            retenues[fichier.nom] = retenue
    larges = {nom: r.large for nom, r in retenues.items()}
    provenances = {nom: sources_lues(r.longue) for nom, r in retenues.items()}
    if "communes_annee" in larges:
        larges["communes_annee"] = _completer_communes(larges["communes_annee"], retenues)
        provenances["communes_annee"] = pl.concat(
            [
                provenances["communes_annee"],
                sources_calculees(
                    retenues["communes_annee"].large,
                    larges["communes_annee"],
                    {nom: r.longue for nom, r in retenues.items()},
                    list(FICHIERS_REFERENTIEL["communes_annee"].variables),
                ),
            ]
        ).unique()
    ecrits: dict[str, int] = {}
    for nom, retenue in retenues.items():
        fiche = composer_fiche(
            FICHIERS_REFERENTIEL[nom],
            larges[nom],
            retenue.fiches,
            bilan,
            retenue.annees,
            provenances[nom],
            retenue.desaccords,
        )
        ecrire_table(dossier, nom, larges[nom], fiche)
        ecrits[nom] = larges[nom].height
    if n := completer_nomenclature(lieux, dossier, larges.get("communes_annee"), fiches, bilan):
        ecrits["communes"] = n
    if n := compiler_iris(lieux, dossier, fiches, bilan):
        ecrits["iris"] = n
    contours = compiler_contours(lieux, dossier, fiches)
    if not ecrits and not contours:
        raise ErreurDonneesManquantes(
            "Aucun chiffre public n'a été reçu.",
            "Donner des fichiers publics : rtpe referentiel DOSSIER.",
        )
    autres = [n for n in ("communes", "iris", *FICHIERS_REFERENTIEL) if n not in ecrits]
    la = [(dossier / f"{n}.csv").is_file() for n in autres]
    conserves = tuple(n for n, presente in zip(autres, la, strict=True) if presente)
    absents = tuple(n for n, presente in zip(autres, la, strict=True) if not presente)
    remarques = [
        *communes_sans_nom(dossier, larges.get("communes_annee")),
        *(
            f"{nom}.csv : {r.desaccords} chiffre(s) publiés deux fois avec des valeurs "
            "différentes ; celui de la source préférée, puis du fichier le plus récent, est gardé."
            for nom, r in retenues.items()
            if r.desaccords
        ),
        *(
            f"{nom}.csv : {n} chiffre(s) d'un fichier plus ancien, révisés depuis : le plus récent "
            "est gardé."
            for nom in retenues
            if (n := chiffres_revises(lieux, FICHIERS_REFERENTIEL[nom].table))
        ),
    ]
    return BilanReferentiel(ecrits, conserves, absents, tuple(contours), tuple(remarques))


@dataclass(frozen=True)
class _Retenue:
    """Les chiffres gardés pour un fichier du référentiel, et d'où ils viennent."""

    longue: pl.DataFrame
    large: pl.DataFrame
    fiches: list[Fiche]
    annees: dict[str, tuple[int, int]]
    desaccords: int


def _retenir(lieux: Lieux, fichier: FichierReferentiel, fiches: Sequence[Fiche]) -> _Retenue | None:
    propre = lire_propre(lieux, fichier.table).collect()
    if propre.is_empty():
        return None
    if fichier.nom == "iris_annee":
        propre = propre.with_columns(commune=commune_du_code(pl.col("iris")))
    if fichier.nom == "qpv":
        propre = _nommer_quartiers(propre)
    empreintes = [f.empreinte_courte for f in fiches]
    longue, desaccords = choisir(propre, fichier.cles, fichier.variables, empreintes)
    bornes = propre.group_by("_fichier").agg(debut=pl.col("annee").min(), fin=pl.col("annee").max())
    annees = {fichier: (debut, fin) for fichier, debut, fin in bornes.iter_rows()}
    return _Retenue(
        longue,
        elargir(longue, fichier.cles, list(fichier.variables)),
        [f for f in fiches if f.empreinte_courte in annees],
        annees,
        desaccords,
    )


def _nommer_quartiers(propre: pl.DataFrame) -> pl.DataFrame:
    """Un nom et une liste de communes par quartier et par édition (un seul fichier les donne)."""
    ordre = ["qpv", "annee"]
    return propre.with_columns(
        pl.col(nom).drop_nulls().sort().first().over(ordre) for nom in ("libelle", "communes")
    )


def _completer_communes(communes: pl.DataFrame, retenues: dict[str, _Retenue]) -> pl.DataFrame:
    cles = FICHIERS_REFERENTIEL["communes_annee"].cles
    if "iris_annee" in retenues:
        iris = retenues["iris_annee"]
        communes = completer(communes, sommer_iris(iris.large, iris.longue), cles)
    return estimer_enfants(communes)


def _du_plus_recent(fiches: Sequence[Fiche]) -> list[Fiche]:
    return sorted(fiches, key=lambda f: (f.millesime, f.nom), reverse=True)


def _bilan_nettoyage(lieux: Lieux) -> pl.DataFrame:
    chemin = lieux.travail / "bilan_nettoyage.parquet"
    if not chemin.exists():
        raise ErreurDonneesManquantes(
            "Aucun fichier n'a encore été nettoyé.", "Lancer « rtpe nettoyer » d'abord."
        )
    return pl.read_parquet(chemin)
