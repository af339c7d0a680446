"""Famille « etats » : occupation esquissée, planifiée, confirmée, réalisée, jamais mêlées."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.agregation import calculer, compter
from rtpe_analyse.indicateurs.attentes import ESQUISSE, PLANIFIE, fenetres, heures_attendues
from rtpe_analyse.indicateurs.contributeurs import compter_presents, enfants_venus
from rtpe_analyse.indicateurs.engagements import contrats, heures_confirmees
from rtpe_analyse.indicateurs.horizon import horizon, jours_prevus
from rtpe_analyse.indicateurs.modele import Indicateur, RatioDeSommes
from rtpe_analyse.indicateurs.parts import en_parts, en_unites, etat
from rtpe_analyse.indicateurs.places import parts_de_capacite
from rtpe_analyse.indicateurs.presences import CONNU, EN_PARTIE, INCONNU, realise
from rtpe_analyse.indicateurs.rattachement import rattacher
from rtpe_analyse.propres import lire_admis
from rtpe_analyse.reglementation import valeur

_JOUR = ["etablissement", "date"]
_MOIS = ["etablissement", "mois"]
_H0 = "capacité théorique (H0) de la période"
_A_VENIR = (
    " Va jusqu'au deuxième trimestre après celui de l'arrêté ; « à vérifier » quand le calendrier "
    "n'est pas annoncé (agrément × jours de semaine, sans fermeture ni férié)."
)
_UN_SEUL = (
    "Un état ne s'ajoute pas à un autre : chaque demande ou contrat n'est que dans un, un jour "
    "donné. Un enfant qui a plusieurs demandes compte pour la dernière."
)
_SEMAINE_TYPE = (
    "Heures demandées par semaine, réparties sur les jours agréés. Une demande sans heures ou "
    "sans entrée souhaitée rend la valeur « à vérifier », ou non calculable au-delà d'une sur "
    "dix ; sans établissement, ou décidée sans date, elle n'y est pas."
)
_SOURCE_DEMANDES = "demandes, contrats, agréments, ouvertures"

PREVUS = (
    Indicateur(
        code="O1",
        libelle="Occupation esquissée",
        unite="%",
        agregation=RatioDeSommes("esquisse_tuh", "h0_min"),
        numerateur="heures demandées par les demandes en examen dont l'entrée souhaitée est passée",
        denominateur=_H0,
        champ="Demandes en examen chaque jour prévu ; établissement du premier vœu. " + _UN_SEUL,
        definition="Heures de la période que prendraient les demandes en examen, rapportées à H0.",
        source=_SOURCE_DEMANDES,
        limites=_SEMAINE_TYPE + _A_VENIR,
        contributeur="esquisses",
        au_trimestre="somme",
        denominateur_public=True,
        decimales=1,
    ),
    Indicateur(
        code="O2",
        libelle="Occupation planifiée",
        unite="%",
        agregation=RatioDeSommes("planifie_tuh", "h0_min"),
        numerateur="heures demandées par les demandes acceptées qui n'ont pas encore de contrat",
        denominateur=_H0,
        champ="Demandes acceptées, chaque jour prévu depuis l'entrée souhaitée, pendant la durée "
        "conventionnelle attribution_sans_contrat_jours. " + _UN_SEUL,
        definition="Heures de la période promises par une décision favorable, rapportées à H0 ; "
        "dès que l'enfant a un contrat dans l'établissement, elles passent dans O3.",
        source=_SOURCE_DEMANDES + " ; convention attribution_sans_contrat_jours",
        limites=_SEMAINE_TYPE + _A_VENIR,
        contributeur="planifies",
        au_trimestre="somme",
        denominateur_public=True,
        decimales=1,
    ),
    Indicateur(
        code="O3",
        libelle="Occupation confirmée",
        unite="%",
        agregation=RatioDeSommes("confirme_tuh", "h0_min"),
        numerateur="heures prévues par les contrats en vigueur, les jours prévus",
        denominateur=_H0,
        champ="Contrats en vigueur chaque jour prévu, ayant un planning (plages d'un même enfant "
        "réunies) ou, à défaut, des heures par semaine (réparties sur les jours agréés).",
        definition="Heures de la période engagées par contrat, rapportées à H0.",
        source="contrats, plannings, enfants, agréments, ouvertures",
        limites="Occasionnels et urgences sans heures n'engagent rien ; un contrat régulier sans "
        "heures rend la valeur « à vérifier », ou non calculable au-delà d'un sur dix. Les congés "
        "des familles ne sont pas déduits : la présence réelle (O4) est plus basse." + _A_VENIR,
        contributeur="confirmes",
        au_trimestre="somme",
        denominateur_public=True,
        decimales=1,
    ),
)
REALISE = Indicateur(
    code="O4",
    libelle="Occupation réalisée",
    unite="%",
    agregation=RatioDeSommes("realise_min", "h0_min"),
    numerateur="heures de présence pointées",
    denominateur=_H0,
    champ="Toutes les présences pointées, jours non prévus compris ; périodes échues seulement.",
    definition="H1 / H0, comme T1, à partir des seuls pointages.",
    source="pointages, agréments, ouvertures",
    limites="N'existe que pour le passé. Non calculable si un mois attendu n'a aucun pointage, ou "
    "si plus d'une présence sur dix n'a pas de durée.",
    contributeur="presents",
    entraine_par="T1",
    au_trimestre="somme",
    denominateur_public=True,
    decimales=1,
)

INDICATEURS = (*PREVUS, REALISE)


def calculer_etats(lieux: Lieux, le: date) -> pl.DataFrame:
    """O1 à O4, toutes mailles, mois et trimestres.

    O4 s'arrête aux périodes échues au jour `le` ; O1, O2 et O3 vont jusqu'au deuxième
    trimestre qui suit (voir `horizon.horizon`). Un jour passé, une demande est dans l'état
    qu'elle avait ce jour-là ; un jour à venir, dans celui qu'elle a au jour `le`.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté.
    """
    return pl.concat([_prevus(lieux, le), _realise(lieux, le)])


def _realise(lieux: Lieux, le: date) -> pl.DataFrame:
    capacites, mesures = parts_de_capacite(lieux, le)
    parts = en_parts([mesures, realise(lieux, le, capacites)], lieux, le)
    presents = compter_presents(parts, *enfants_venus(lieux, le))
    return calculer((REALISE,), parts, effectifs={"presents": presents})


def _prevus(lieux: Lieux, le: date) -> pl.DataFrame:
    fin = horizon(le)
    jours = jours_prevus(lieux, le)
    comptes = jours.filter("compte").select(_JOUR).unique()
    engages = contrats(lieux)
    attendues = fenetres(lieux, le, fin, engages)
    par_etat = {nom: attendues.filter(pl.col("etat") == nom) for nom in (ESQUISSE, PLANIFIE)}
    recues = not lire_admis(lieux, "demandes").limit(1).collect().is_empty()
    tables = [jours.drop("compte")]
    tables.append(_confirme(lieux, le, jours, comptes, engages))
    for nom, en_attente in par_etat.items():
        mesure = f"{nom}_tuh"
        heures = heures_attendues(lieux, en_attente, comptes, mesure)
        etats = _completude(heures, "demandes", le).with_columns(
            etat=pl.when(pl.lit(recues)).then("etat").otherwise(INCONNU)
        )
        tables.append(_avec_etat(jours, heures, mesure, etats))
    parts = en_parts(tables, lieux, fin)
    effectifs = {
        "esquisses": _enfants(lieux, par_etat[ESQUISSE], jours),
        "planifies": _enfants(lieux, par_etat[PLANIFIE], jours),
        "confirmes": _enfants(
            lieux, engages.filter(pl.col("planning") | (pl.col("hebdo_tuh") > 0)), jours
        ),
    }
    mesures = {
        "esquisses": "esquisse_tuh",
        "planifies": "planifie_tuh",
        "confirmes": "confirme_tuh",
    }
    comptes_par_zone = {
        nom: compter(parts, en_unites(unites, fin), nom, mesures[nom])
        for nom, unites in effectifs.items()
    }
    return calculer(PREVUS, parts, effectifs=comptes_par_zone)


def _confirme(
    lieux: Lieux, le: date, jours: pl.DataFrame, comptes: pl.DataFrame, engages: pl.DataFrame
) -> pl.DataFrame:
    """Heures confirmées de chaque jour, et leur état mois par mois.

    Un mois échu où des jours étaient prévus et qu'aucun contrat ne couvre est inconnu ; de
    même tout mois d'un établissement dont aucun contrat n'a été reçu.
    """
    heures = heures_confirmees(lieux, engages, comptes)
    etats = _completude(heures, "contrats", le)
    vides = (
        heures.group_by("etablissement", mois=pl.col("date").dt.truncate("1mo"))
        .agg(pl.col("contrats").sum())
        .filter(pl.col("contrats") == 0, pl.col("mois").dt.month_end() <= pl.lit(le))
        .select(*_MOIS, vide=pl.lit(True))
    )
    sans_contrat = ~pl.col("etablissement").is_in(engages["etablissement"].unique().to_list())
    etats = etats.join(vides, on=_MOIS, how="left").select(
        *_MOIS,
        etat=pl.when(pl.col("vide").fill_null(False) | sans_contrat)
        .then(INCONNU)
        .otherwise("etat"),
    )
    return _avec_etat(jours, heures, "confirme_tuh", etats)


def _completude(heures: pl.DataFrame, total: str, le: date) -> pl.DataFrame:
    """`etablissement, mois, etat`, selon la part des heures manquantes (seuil de publication)."""
    tolere = 100 - valeur("seuils_alerte", "q1_non_publie_pct", le)
    return (
        heures.group_by("etablissement", mois=pl.col("date").dt.truncate("1mo"))
        .agg(pl.col(total, "manquants").sum())
        .select(
            *_MOIS,
            etat=pl.when(pl.col("manquants") * 100 > pl.col(total) * tolere)
            .then(INCONNU)
            .when(pl.col("manquants") > 0)
            .then(EN_PARTIE)
            .otherwise(CONNU),
        )
    )


def _avec_etat(
    jours: pl.DataFrame, heures: pl.DataFrame, mesure: str, etats: pl.DataFrame
) -> pl.DataFrame:
    """La mesure de chaque jour du calendrier (zéro un jour non prévu) et son état du mois."""
    return (
        jours.select(_JOUR)
        .unique()
        .join(heures.select(*_JOUR, mesure), on=_JOUR, how="left")
        .with_columns(pl.col(mesure).fill_null(0), mois=pl.col("date").dt.truncate("1mo"))
        .join(etats, on=_MOIS, how="left")
        .select(*_JOUR, mesure, pl.col("etat").fill_null(CONNU).alias(etat(mesure)))
    )


def _enfants(lieux: Lieux, table: pl.DataFrame, jours: pl.DataFrame) -> pl.DataFrame:
    """Enfants de chaque mois où leur fenêtre couvre un jour, dans les limites du calendrier.

    Returns:
        Les quatre zones, `date` (premier du mois), `unite`.
    """
    premier, dernier = jours["date"].min(), jours["date"].max()
    mois = (
        table.with_columns(
            du=pl.max_horizontal("debut", pl.lit(premier)).dt.truncate("1mo"),
            au=pl.min_horizontal(pl.col("apres").dt.offset_by("-1d"), pl.lit(dernier)),
        )
        .filter(pl.col("du") <= pl.col("au"))
        .select("etablissement", "unite", date=pl.date_ranges("du", "au", "1mo"))
        .explode("date")
        .unique()
    )
    return rattacher(mois, lieux)
