"""Demandes à servir d'ici la rentrée, et places déjà promises (D8, D9)."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.ages import modalites_age, tranche_age
from rtpe_analyse.indicateurs.agregation import calculer, compter
from rtpe_analyse.indicateurs.cadre_demandes import (
    JOURS,
    LIENS_DES_DEMANDES,
    MAILLES_DES_DEMANDES,
    situer,
    ventiler,
)
from rtpe_analyse.indicateurs.modele import ComptageDistinct, Indicateur
from rtpe_analyse.indicateurs.parts import DETAIL_AU_TRIMESTRE, croiser
from rtpe_analyse.indicateurs.sejours import contrats_suivis, prochaine_rentree
from rtpe_analyse.reglementation import valeur

_HORIZON = (
    "Entrée souhaitée au plus tard quelques mois après la prochaine rentrée (convention "
    "commission_apres_rentree_jours). "
)
_AGE = (
    "Par âge à la rentrée, ou à l'entrée souhaitée si elle est plus tardive ; un enfant à "
    "naître est dans la plus jeune tranche. "
)
A_SERVIR = Indicateur(
    code="D8",
    libelle="Demandes à servir d'ici la rentrée",
    unite="demandes",
    agregation=ComptageDistinct("a_servir"),
    numerateur="enfants dont une demande active vise la prochaine rentrée",
    champ="Demandes actives (D1) au dernier jour de la période. " + _HORIZON,
    definition="Enfants distincts, décrits par leur demande la plus récente. " + _AGE,
    source="demandes ; conventions rentree_mois, commission_apres_rentree_jours",
    limites="D1 − D8 (actives qui ne visent pas la rentrée) se lit, même petit. "
    "Une demande dit combien de jours, pas lesquels : elle peut viser n'importe quel jour "
    "de la semaine. Une demande sans entrée souhaitée n'y est pas. Ventilée au trimestre "
    "seulement, le nombre de jours par territoire et département. " + MAILLES_DES_DEMANDES,
    contributeur="a_servir",
    au_trimestre="fin",
)
PROMISES = Indicateur(
    code="D9",
    libelle="Places déjà promises pour la rentrée",
    unite="places",
    agregation=ComptageDistinct("promises"),
    numerateur="enfants acceptés qui ne sont pas encore sous contrat",
    champ="Demandes acceptées au dernier jour de la période, sans contrat commencé ce jour-là "
    "dans l'établissement, et dont l'attente n'est pas périmée. " + _HORIZON,
    definition="Enfants distincts dont la place est promise et pas encore prise. " + _AGE,
    source="demandes, contrats ; conventions attribution_sans_contrat_jours, "
    "commission_apres_rentree_jours",
    limites="Sans appariement, une demande acceptée ne se relie pas à son contrat : elle reste "
    "promise jusqu'à péremption. " + MAILLES_DES_DEMANDES,
    contributeur="promises",
    au_trimestre="fin",
)
RENTREE = (A_SERVIR, PROMISES)


def calculer_attentes_rentree(
    lieux: Lieux,
    demandes: pl.DataFrame,
    cadre: pl.DataFrame,
    fins: pl.DataFrame,
    le: date,
) -> pl.DataFrame:
    """D8 et D9, toutes mailles, mois et trimestres échus au jour `le`, ventilées au trimestre.

    Args:
        lieux: dossiers du jeu.
        demandes: table de `lire_demandes`.
        cadre: table de `cadre_des_zones`.
        fins: table de `fins_de_periode`.
        le: date d'arrêté.
    """
    visees = _visant_la_rentree(demandes, fins, le)
    ages = [("age", m) for m in modalites_age(le)]
    par_age = croiser(cadre, [("", ""), *ages]).filter(DETAIL_AU_TRIMESTRE)
    fines = [pl.lit(None, pl.String).alias(m) for m in ("etablissement", "commune")]
    au_trimestre = cadre.filter(pl.col("pas") == "trimestre").with_columns(fines).unique()
    par_jours = croiser(au_trimestre, [("jours", m) for m in JOURS])
    en_attente = visees.filter(
        pl.col("decision").is_null() | (pl.col("date_decision") > pl.col("date"))
    )
    return pl.concat(
        calculer(
            [indicateur],
            parts,
            {nom: compter(parts, ventiler(situer(_decrire(t), lieux), ventilations), nom, None)},
            liens=LIENS_DES_DEMANDES,
        )
        for indicateur, nom, t, parts, ventilations in (
            (A_SERVIR, "a_servir", en_attente, pl.concat([par_age, par_jours]), _DETAILS),
            (PROMISES, "promises", _promises(visees, lieux, le), par_age, _DETAILS[:2]),
        )
    )


_DETAILS = ("", "age", "jours")


def _visant_la_rentree(demandes: pl.DataFrame, fins: pl.DataFrame, le: date) -> pl.DataFrame:
    """Demandes déposées à chaque fin de période et qui visent la rentrée suivante."""
    apres = pl.duration(days=valeur("conventions", "commission_apres_rentree_jours", le))
    entree = pl.col("entree_souhaitee")
    datees = demandes.filter(
        pl.col("decision").is_null() | pl.col("date_decision").is_not_null(), entree.is_not_null()
    )
    return (
        datees.select(
            "depot",
            "demande",
            "etablissement",
            "commune",
            "mois_naissance",
            "entree_souhaitee",
            "decision",
            "date_decision",
            "jours",
            unite="enfant",
        )
        .join(fins, how="cross")
        .with_columns(rentree=prochaine_rentree(pl.col("date"), le))
        .filter(pl.col("depot") <= pl.col("date"), entree <= pl.col("rentree") + apres)
        .with_columns(
            age=tranche_age(pl.col("mois_naissance"), pl.max_horizontal("rentree", entree), le)
        )
    )


def _decrire(visees: pl.DataFrame) -> pl.DataFrame:
    """De plusieurs demandes d'un enfant, la plus récente dit l'âge et les jours."""
    return visees.sort("depot", "demande").with_columns(
        pl.col("age", "jours").last().over("pas", "periode", "unite")
    )


def _promises(visees: pl.DataFrame, lieux: Lieux, le: date) -> pl.DataFrame:
    """Demandes acceptées dont l'enfant n'est pas encore là."""
    attente = pl.duration(days=valeur("conventions", "attribution_sans_contrat_jours", le))
    cle = ["etablissement", "unite"]
    commences = contrats_suivis(lieux).group_by(cle).agg(debuts="debut")
    depuis = pl.max_horizontal("entree_souhaitee", "date_decision")
    venus = (
        visees.join(commences, on=cle)
        .explode("debuts")
        .filter(pl.col("debuts") >= pl.col("depot"), pl.col("debuts") <= pl.col("date"))
        .select("pas", "periode", "demande")
        .unique()
    )
    return visees.filter(
        pl.col("decision") == "acceptee",
        pl.col("date_decision") <= pl.col("date"),
        depuis + attente >= pl.col("date"),
    ).join(venus, on=["pas", "periode", "demande"], how="anti")
