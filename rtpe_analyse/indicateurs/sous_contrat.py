"""Enfants sous contrat : âge, jours par semaine, type d'accueil (E4, E5, E6)."""

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
    en_parts_de_fin,
    en_unites_de_fin,
    ventiler,
)
from rtpe_analyse.indicateurs.presences import CONNU, EN_PARTIE, MICRO_HEURES
from rtpe_analyse.indicateurs.rattachement import rattacher
from rtpe_analyse.indicateurs.sejours import TYPE_INCONNU, au_dernier_jour
from rtpe_analyse.modeles import MAILLES, Maille
from rtpe_analyse.nomenclatures import liste_fermee
from rtpe_analyse.reglementation import valeur

JOURS_INCONNUS = "inconnu"
JOURS = ("1", "2", "3", "4", "5", "6 ou 7", JOURS_INCONNUS)

_CHAMP = "Contrats en vigueur au dernier jour de la période, avec ou sans heures hebdomadaires."
_LIMITES = (
    "Un enfant compte une fois par zone, même sous deux contrats. Non calculable si aucun "
    "contrat n'a été reçu un mois où l'établissement ouvre. Ventilations au trimestre seulement, "
    "pas à la commune."
)

ENFANTS_PAR_AGE = Indicateur(
    code="E4",
    libelle="Enfants sous contrat",
    unite="enfants",
    agregation=ComptageDistinct("sous_contrat"),
    numerateur="enfants distincts sous contrat",
    champ=_CHAMP,
    definition="Enfants distincts ayant un contrat en vigueur au dernier jour de la période ; "
    "par âge atteint ce jour-là (ventilation « age »).",
    source="contrats, enfants ; convention tranches_age",
    limites=_LIMITES + " Seul le mois de naissance est connu.",
    contributeur="sous_contrat",
    au_trimestre="fin",
)
ENFANTS_PAR_JOURS = Indicateur(
    code="E5",
    libelle="Enfants sous contrat, par jours d'accueil par semaine",
    unite="enfants",
    agregation=ComptageDistinct("sous_contrat"),
    numerateur="enfants distincts sous contrat",
    champ=_CHAMP,
    definition="Comme E4, selon le nombre de jours de semaine prévus par les plannings de tous "
    "ses contrats dans la zone.",
    source="contrats, plannings, enfants ; convention jour_type_h",
    limites=_LIMITES + " Sans planning, le nombre de jours est estimé par les heures "
    "hebdomadaires rapportées à une journée type, arrondi au-dessus : à vérifier.",
    contributeur="sous_contrat",
)
ENFANTS_PAR_TYPE = Indicateur(
    code="E6",
    libelle="Enfants sous contrat, par type d'accueil",
    unite="enfants",
    agregation=ComptageDistinct("sous_contrat"),
    numerateur="enfants distincts sous contrat",
    champ=_CHAMP,
    definition="Comme E4, selon le type du contrat ; un enfant qui en a plusieurs dans la zone "
    "compte dans le plus régulier.",
    source="contrats, enfants",
    limites=_LIMITES,
    contributeur="sous_contrat",
)

INDICATEURS = (ENFANTS_PAR_AGE, ENFANTS_PAR_JOURS, ENFANTS_PAR_TYPE)


def calculer_sous_contrat(
    lieux: Lieux, le: date, mensuels: pl.DataFrame, etats: pl.DataFrame
) -> pl.DataFrame:
    """E4, E5 et E6, toutes mailles, périodes échues au jour `le`.

    Args:
        lieux: dossiers du jeu (rattachements).
        le: date d'arrêté.
        mensuels: table de `sejours.par_mois`.
        etats: table de `sejours.etats_des_contrats`.

    Returns:
        Table au schéma de calcul. E4 porte l'ensemble, mois et trimestres ; au trimestre
        seulement, E4 porte aussi la ventilation `age`, E5 `jours` et E6 `type_accueil` :
        chacune partage l'ensemble de E4, « inconnu » compris.
    """
    en_cours = au_dernier_jour(mensuels)
    parts = en_parts_de_fin([_cadre(en_cours, etats)], lieux, le)
    unites = en_unites_de_fin(rattacher(en_cours, lieux), le)
    decrits = {maille: _decrire(unites, maille, le) for maille in MAILLES}
    ages = [("", ""), *(("age", m) for m in modalites_age(le))]
    jours = [("jours", m) for m in JOURS]
    types = [("type_accueil", m) for m in _types()]
    return pl.concat(
        calculer(
            [indicateur],
            croisees := croiser(parts, modalites).filter(DETAIL_AU_TRIMESTRE),
            {
                "sous_contrat": compter_par_maille(
                    croisees,
                    {m: ventiler(decrits[m], m, {v for v, _ in modalites}) for m in MAILLES},
                    "sous_contrat",
                    reference,
                )
            },
        )
        for indicateur, modalites, reference in (
            (ENFANTS_PAR_AGE, ages, "contrats"),
            (ENFANTS_PAR_JOURS, jours, "plannings"),
            (ENFANTS_PAR_TYPE, types, "contrats"),
        )
    ).filter(HORS_DETAIL_COMMUNAL)


def _types() -> tuple[str, ...]:
    """Du plus régulier au moins régulier, puis inconnu."""
    return (*liste_fermee("types_accueil"), TYPE_INCONNU)


def _estime() -> pl.Expr:
    return pl.col("jours").is_null() & pl.col("contrat_tuh").is_not_null()


def _cadre(en_cours: pl.DataFrame, etats: pl.DataFrame) -> pl.DataFrame:
    """Contrats en vigueur par établissement et fin de mois, et ce qu'on en sait."""
    cle = ["etablissement", "date"]
    comptes = en_cours.group_by(cle).agg(contrats=pl.len().cast(pl.Int64), estimes=_estime().any())
    return (
        etats.with_columns(date=pl.col("mois").dt.month_end())
        .join(comptes, on=cle, how="left")
        .select(
            *cle,
            pl.col("contrats").fill_null(0),
            plannings=pl.col("contrats").fill_null(0),
            contrats__etat="etat",
            plannings__etat=pl.max_horizontal(
                "etat", pl.when(pl.col("estimes")).then(EN_PARTIE).otherwise(CONNU)
            ),
        )
    )


def _decrire(unites: pl.DataFrame, maille: Maille, le: date) -> pl.DataFrame:
    """Un enfant par ligne et par zone de cette maille : son âge, ses jours, son type."""
    types = _types()
    par_jour = valeur("conventions", "jour_type_h", le) * 3 * MICRO_HEURES
    estimes = -(-pl.col("sans_planning") // int(par_jour))
    total = pl.col("prevus").fill_null(0) + estimes
    return (
        unites.group_by("pas", "periode", maille, "unite")
        .agg(
            pl.col("naissance").first(),
            pl.col("date").first(),
            prevus=pl.col("jours").bitwise_or().bitwise_count_ones().cast(pl.Int64),
            sans_planning=pl.col("contrat_tuh").filter(_estime()).sum(),
            type_accueil=pl.col("type_accueil")
            .replace_strict(types, range(len(types)), return_dtype=pl.Int64)
            .min(),
        )
        .with_columns(
            pl.col("type_accueil").replace_strict(range(len(types)), types, return_dtype=pl.String),
            age=tranche_age(pl.col("naissance"), pl.col("date"), le),
            jours=pl.when(total == 0)
            .then(pl.lit(JOURS_INCONNUS))
            .when(total > 5)
            .then(pl.lit(JOURS[5]))
            .otherwise(total.cast(pl.String)),
        )
    )
