"""Entrées et sorties d'enfants (E7, E8)."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.ages import modalites_age, tranche_age
from rtpe_analyse.indicateurs.agregation import calculer, compter_par_maille
from rtpe_analyse.indicateurs.modele import ComptageDistinct, Indicateur
from rtpe_analyse.indicateurs.parts import (
    DETAIL_AU_TRIMESTRE,
    HORS_DETAIL_COMMUNAL,
    croiser,
    en_parts,
    en_unites,
    ventiler,
)
from rtpe_analyse.indicateurs.rattachement import rattacher
from rtpe_analyse.indicateurs.sejours import SANS_FIN
from rtpe_analyse.modeles import MAILLES, Maille
from rtpe_analyse.reglementation import valeur

_LIMITES = (
    "Un contrat renouvelé, ou rouvert après une interruption plus courte que la convention "
    "interruption_max_jours, n'est ni une entrée ni une sortie. Un enfant qui passe d'un "
    "établissement à l'autre entre dans le second et sort du premier, mais ni n'entre ni ne "
    "sort d'une zone qui contient les deux : la somme des établissements dépasse leur zone. "
    "Une sortie récente peut être reprise si un nouveau contrat est reçu ensuite. Publié par "
    "territoire et département, au trimestre et sans ventilation seulement."
)

# Dans un établissement, trois trimestres sur quatre seraient masqués ; au mois et par âge, les
# zéros de l'un des deux rendraient l'autre.
_MAILLES = ("territoire", "departement")

ENTREES = Indicateur(
    code="E7",
    libelle="Entrées",
    unite="enfants",
    agregation=ComptageDistinct("entrees"),
    numerateur="enfants distincts entrés dans la période",
    champ="Premiers jours des séjours sous contrat.",
    definition="Enfants dont un séjour commence dans la période et qui n'étaient pas déjà sous "
    "contrat dans la zone ; par âge au premier jour (ventilation « age »).",
    source="contrats, enfants ; convention interruption_max_jours",
    limites=_LIMITES,
    contributeur="entrees",
    flux_de="E4",
    mailles_publiees=_MAILLES,
    ensemble_du_trimestre=True,
    au_trimestre="somme",
)
SORTIES = Indicateur(
    code="E8",
    libelle="Sorties",
    unite="enfants",
    agregation=ComptageDistinct("sorties"),
    numerateur="enfants distincts sortis dans la période",
    champ="Derniers jours des séjours sous contrat.",
    definition="Enfants dont un séjour finit dans la période et qui ne restent pas sous contrat "
    "dans la zone ; par âge au dernier jour (ventilation « age »).",
    source="contrats, enfants ; convention interruption_max_jours",
    limites=_LIMITES,
    contributeur="sorties",
    flux_de="E4",
    mailles_publiees=_MAILLES,
    ensemble_du_trimestre=True,
    au_trimestre="somme",
)

INDICATEURS = (ENTREES, SORTIES)
_CLE = ["etablissement", "unite", "debut"]


def calculer_mouvements(
    lieux: Lieux, le: date, sejours: pl.DataFrame, etats: pl.DataFrame
) -> pl.DataFrame:
    """E7 et E8, toutes mailles, mois et trimestres échus au jour `le`.

    Args:
        lieux: dossiers du jeu (rattachements).
        le: date d'arrêté.
        sejours: table de `sejours.sejours`.
        etats: table de `sejours.etats_des_contrats`.

    Returns:
        Table au schéma de calcul, ensemble et, au trimestre, ventilation `age`. Un enfant
        entré deux fois dans la période compte une fois, à l'âge de sa première entrée (de sa
        dernière sortie).
    """
    cadre = etats.select("etablissement", date="mois", mouvements=1, mouvements__etat="etat")
    ages = [("age", m) for m in modalites_age(le)]
    parts = croiser(en_parts([cadre], lieux, le), [("", ""), *ages]).filter(DETAIL_AU_TRIMESTRE)
    tolerance = pl.duration(days=valeur("conventions", "interruption_max_jours", le) + 1)
    entrees = _situer(
        sejours.with_columns(date="debut"),
        sejours,
        (pl.col("debut_autre") < pl.col("debut"))
        & (pl.col("fin_autre") + tolerance >= pl.col("debut")),
        pl.min_horizontal("fin_autre", "debut"),
        lieux,
    )
    sorties = _situer(
        sejours.filter(pl.col("fin") < SANS_FIN).with_columns(date="fin"),
        sejours,
        (pl.col("fin_autre") > pl.col("fin"))
        & (pl.col("debut_autre") <= pl.col("fin") + tolerance),
        pl.max_horizontal("debut_autre", "fin"),
        lieux,
    )
    return pl.concat(
        calculer(
            [indicateur],
            parts,
            {
                nom: compter_par_maille(
                    parts,
                    {m: _unites(evenements, m, derniere, le) for m in MAILLES},
                    nom,
                    "mouvements",
                )
            },
        )
        for indicateur, evenements, nom, derniere in (
            (ENTREES, entrees, "entrees", False),
            (SORTIES, sorties, "sorties", True),
        )
    ).filter(HORS_DETAIL_COMMUNAL)


def _situer(
    evenements: pl.DataFrame,
    sejours: pl.DataFrame,
    deja_la: pl.Expr,
    jour_autre: pl.Expr,
    lieux: Lieux,
) -> pl.DataFrame:
    """Évènements, leurs zones, et pour chaque maille `de_<maille>` : en est-ce un pour elle ?

    Un autre séjour de l'enfant qui tient `deja_la`, dans la même zone le jour `jour_autre`,
    fait que la zone ne voit ni entrée ni sortie.
    """
    autres = sejours.select("unite", autre="etablissement", debut_autre="debut", fin_autre="fin")
    tenus = rattacher(
        evenements.join(autres, on="unite")
        .filter(pl.col("autre") != pl.col("etablissement"), deja_la)
        .select("unite", "debut", date=jour_autre, ici="etablissement", etablissement="autre"),
        lieux,
    ).select(pl.exclude("etablissement", "date"))
    situes = rattacher(evenements, lieux).with_columns(de_etablissement=True)
    for maille in MAILLES[1:]:
        cle = [*_CLE, maille]
        caches = (
            tenus.rename({"ici": "etablissement"})
            .select(cle)
            .unique()
            .with_columns(pl.lit(False).alias(f"de_{maille}"))
        )
        situes = situes.join(caches, on=cle, how="left").with_columns(
            pl.col(f"de_{maille}").fill_null(True)
        )
    return situes


def _unites(evenements: pl.DataFrame, maille: Maille, derniere: bool, le: date) -> pl.DataFrame:
    age = tranche_age(pl.col("naissance"), pl.col("date"), le)
    lus = en_unites(evenements.filter(f"de_{maille}").with_columns(age=age), le)
    enfants = lus.sort("date", descending=derniere).unique(
        ["pas", "periode", maille, "unite"], keep="first", maintain_order=True
    )
    return ventiler(enfants, maille, ("", "age"))
