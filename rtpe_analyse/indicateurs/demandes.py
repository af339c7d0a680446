"""Famille « demandes » : demandes de place actives, et réponses données."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.ages import modalites_age
from rtpe_analyse.indicateurs.agregation import calculer, compter
from rtpe_analyse.indicateurs.attentes_rentree import RENTREE, calculer_attentes_rentree
from rtpe_analyse.indicateurs.cadre_demandes import (
    JOURS,
    LIENS_DES_DEMANDES,
    MAILLES_DES_DECISIONS,
    MAILLES_DES_DEMANDES,
    PUBLICATION_DES_DECISIONS,
    cadre_des_zones,
    fins_de_periode,
    lire_demandes,
    situer,
    ventiler,
)
from rtpe_analyse.indicateurs.decisions import DECISIONS, calculer_decisions
from rtpe_analyse.indicateurs.delais_entree import DELAI_ENTREE, calculer_delai_entree
from rtpe_analyse.indicateurs.modele import ComptageDistinct, Indicateur, RatioDeSommes
from rtpe_analyse.indicateurs.parts import DETAIL_AU_TRIMESTRE, croiser, periodes
from rtpe_analyse.indicateurs.table import vide

_HORAIRES = ("atypiques", "habituels", "inconnu")
_APPARIEMENTS = ("suivie", "isolee")

ACTIVES = Indicateur(
    code="D1",
    libelle="Demandes actives",
    unite="demandes",
    agregation=ComptageDistinct("actives"),
    numerateur="enfants dont une demande attend une décision",
    champ="Demandes déposées et sans décision au dernier jour de la période.",
    definition="Enfants distincts dont au moins une demande est sans réponse ; âge à "
    "l'entrée souhaitée et jours demandés de sa demande la plus récente. Au trimestre, la "
    "ventilation « appariement » sépare les demandes suivies de celles (« isolee ») que rien ne "
    "permet de reconnaître pour celles d'un même enfant : chacune compte pour un enfant.",
    source="demandes",
    limites="Ni le besoin ni le recours : une famille qui n'a rien demandé n'y est pas. "
    + MAILLES_DES_DEMANDES,
    contributeur="demandes",
    au_trimestre="fin",
)
HORAIRES_ATYPIQUES = Indicateur(
    code="D6",
    libelle="Demandes actives selon les horaires",
    unite="demandes",
    agregation=ComptageDistinct("actives"),
    numerateur=ACTIVES.numerateur,
    champ=ACTIVES.champ + " Au trimestre seulement.",
    definition="Les demandes actives (D1) ventilées selon les horaires demandés : "
    "« atypiques », « habituels » ou « inconnu », d'après la demande la plus récente.",
    source="demandes",
    limites="Ce qui est atypique est dit par le logiciel d'inscription : ni l'amplitude ni les "
    "heures ne sont connues. " + MAILLES_DES_DEMANDES,
    contributeur="demandes",
)
REPONSES_FAVORABLES = Indicateur(
    code="D2",
    libelle="Taux de réponse favorable",
    unite="%",
    agregation=RatioDeSommes("acceptees", "examinees"),
    numerateur="demandes acceptées",
    denominateur="demandes examinées (acceptées ou refusées)",
    champ="Demandes dont la décision est datée de la période ; désistements exclus.",
    definition="Demandes acceptées / demandes examinées.",
    source="demandes",
    limites="Une décision sans date n'y est pas ; une demande redéposée compte autant de fois "
    "qu'elle est examinée (une seule dans D4). " + PUBLICATION_DES_DECISIONS + MAILLES_DES_DEMANDES,
    contributeur="examinees",
    mailles_publiees=MAILLES_DES_DECISIONS,
    au_trimestre="somme",
    part=True,
    decimales=1,
    sens="hausse_favorable",
)
INDICATEURS = (
    ACTIVES,
    REPONSES_FAVORABLES,
    *DECISIONS,
    DELAI_ENTREE,
    HORAIRES_ATYPIQUES,
    *RENTREE,
)


def calculer_demandes(lieux: Lieux, le: date) -> pl.DataFrame:
    """Indicateurs de la famille, toutes mailles, mois et trimestres échus au jour `le`.

    Un enfant (appariement, à défaut la demande) compte une fois par zone. Sans aucune
    demande reçue, la table est vide ; sinon une zone sans demande en a zéro.
    """
    demandes = lire_demandes(lieux, le)
    if demandes.is_empty():
        return vide()
    fins = fins_de_periode(demandes, le)
    actives = situer(_actives(demandes, fins), lieux)
    examinees = situer(
        demandes.filter(
            pl.col("decision").is_in(["acceptee", "refusee"]), pl.col("date_decision") <= le
        ).with_columns(date="date_decision", unite="demande"),
        lieux,
    )
    datees = periodes(examinees, le).with_columns(ventilation=pl.lit(""), modalite=pl.lit(""))
    cadre = cadre_des_zones(lieux, fins, demandes, [actives, datees])
    favorables = datees.filter(pl.col("decision") == "acceptee")
    comptages = {
        "examinees": compter(cadre, datees, "examinees", None),
        "acceptees": compter(cadre, favorables, "acceptees", None),
    }
    return pl.concat(
        [
            *_compter_actives(cadre, actives, le),
            calculer([REPONSES_FAVORABLES], cadre, comptages, liens=LIENS_DES_DEMANDES),
            calculer_decisions(cadre, examinees, fins, le),
            calculer_delai_entree(lieux, demandes, cadre, le),
            calculer_attentes_rentree(lieux, demandes, cadre, fins, le),
        ]
    )


def _actives(demandes: pl.DataFrame, fins: pl.DataFrame) -> pl.DataFrame:
    """Demandes sans réponse à chaque fin de période, décrites par la plus récente de l'enfant."""
    atypiques = pl.col("horaires_atypiques")
    decrites = demandes.filter(
        pl.col("decision").is_null() | pl.col("date_decision").is_not_null()
    ).select(
        "depot",
        "demande",
        "etablissement",
        "commune",
        "date_decision",
        "age",
        "jours",
        unite="enfant",
        horaires=pl.when(atypiques)
        .then(pl.lit("atypiques"))
        .when(~atypiques)
        .then(pl.lit("habituels"))
        .otherwise(pl.lit("inconnu")),
        appariement=pl.when(pl.col("appariement").is_null())
        .then(pl.lit("isolee"))
        .otherwise(pl.lit("suivie")),
    )
    recente = ("pas", "periode", "unite")
    return (
        decrites.join(fins, how="cross")
        .filter(
            pl.col("depot") <= pl.col("date"),
            pl.col("date_decision").is_null() | (pl.col("date_decision") > pl.col("date")),
        )
        .sort("depot", "demande")
        .with_columns(pl.col("age", "jours", "horaires").last().over(recente))
        .drop("depot", "demande", "date_decision")
    )


def _compter_actives(cadre: pl.DataFrame, actives: pl.DataFrame, le: date) -> list[pl.DataFrame]:
    """D1 et D6 : deux déclarations du même comptage, chacune avec ses ventilations."""
    ages = [("age", m) for m in modalites_age(le)]
    jours = [("jours", m) for m in JOURS]
    parts = croiser(cadre, [("", ""), *ages, *jours])
    au_trimestre = [
        croiser(cadre, [(nom, m) for m in modalites]).filter(DETAIL_AU_TRIMESTRE)
        for nom, modalites in (("appariement", _APPARIEMENTS), ("horaires", _HORAIRES))
    ]
    unites = ventiler(actives, ("", "age", "jours", "appariement", "horaires"))
    return [
        calculer(
            [indicateur],
            croisees,
            {"actives": compter(croisees, unites, "actives", None)},
            liens=LIENS_DES_DEMANDES,
        )
        for indicateur, croisees in (
            (ACTIVES, pl.concat([parts, au_trimestre[0]])),
            (HORAIRES_ATYPIQUES, au_trimestre[1]),
        )
    ]
