"""Famille « prévisions » : l'occupation et les enfants présents, deux trimestres plus loin.

Ce qui est connu d'abord (contrats, demandes acceptées, départs à l'école), puis un modèle
saisonnier simple ; l'intervalle vient des erreurs passées et se juge sur le passé (N3).
"""

from datetime import date

import numpy as np
import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.contributeurs import enfants_venus
from rtpe_analyse.indicateurs.flux_connus import lire_flux
from rtpe_analyse.indicateurs.journees import journees
from rtpe_analyse.indicateurs.modele import Indicateur, NonAgregeable, RatioDeSommes
from rtpe_analyse.indicateurs.panels import (
    MAILLES_SUIVIES,
    OCCUPATION,
    PRESENTS,
    Mesure,
    panels,
)
from rtpe_analyse.indicateurs.parts import etat
from rtpe_analyse.indicateurs.presences import CONNU
from rtpe_analyse.indicateurs.previsions_hebdo import INDICATEURS as DES_SEMAINES
from rtpe_analyse.indicateurs.previsions_hebdo import prevoir_les_semaines
from rtpe_analyse.indicateurs.provisoire import INDICATEURS as EN_COURS
from rtpe_analyse.indicateurs.provisoire import estimer_le_trimestre
from rtpe_analyse.indicateurs.suivi import BORNES, Suivi, avec_parents, borner, suivre
from rtpe_analyse.indicateurs.table import ordonner, poser, vide
from rtpe_analyse.reglementation import valeur

VENTILATION = "prevision"

_CHAMP = "Établissements encore suivis le dernier mois connu ; territoires et département."
_DEFINITION = (
    "À chaque échéance, la prévision la plus juste sur le passé parmi : la même période de l'an "
    "dernier, la même corrigée de la moitié de l'écart récent sur un an, sa moyenne sur trois ans "
    "au plus, le dernier niveau connu, l'un et l'autre corrigés du mouvement du réseau, et les "
    "heures déjà sous contrat multipliées par leur taux de présence de l'an dernier."
)
_LIMITES = (
    "Une prévision prolonge ce qui est connu : elle ignore une fermeture non annoncée. Sans "
    "intervalle tant que trop peu de prévisions passées ont pu être jugées."
)

INDICATEURS = (
    Indicateur(
        code="N1",
        libelle="Taux d'occupation réel prévu",
        unite="%",
        agregation=NonAgregeable("taux"),
        numerateur="taux d'occupation réel attendu (T1)",
        champ=_CHAMP,
        definition=_DEFINITION,
        source="pointages, agréments, ouvertures, contrats, demandes ; agrégats mensuels",
        limites=_LIMITES,
        contributeur="presents_recents",
        entraine_par="T1",
        decimales=1,
    ),
    Indicateur(
        code="N2",
        libelle="Enfants présents prévus, par jour d'ouverture",
        unite="enfants",
        agregation=NonAgregeable("presents"),
        numerateur="enfants présents attendus un jour d'ouverture moyen",
        champ=_CHAMP,
        definition=_DEFINITION,
        source="pointages, ouvertures, contrats, demandes",
        limites=_LIMITES,
        contributeur="presents_recents",
        entraine_par="T1",
    ),
    Indicateur(
        code="N3",
        libelle="Prévisions passées restées dans leur intervalle",
        unite="%",
        agregation=RatioDeSommes("contenues", "jugees"),
        numerateur="prévisions passées de T1, à la première échéance, que l'intervalle contenait",
        denominateur="prévisions passées jugées",
        champ=_CHAMP,
        definition="Rétro-test : chaque prévision est refaite avec ce qu'on savait alors.",
        source="comme N1",
        limites="Sous huit trimestres jugés, le rapport n'en tire aucune phrase.",
    ),
    *DES_SEMAINES,
    *EN_COURS,
)

_SUIVIES: tuple[tuple[Indicateur, Mesure], ...] = (
    (INDICATEURS[0], OCCUPATION),
    (INDICATEURS[1], PRESENTS),
)


def calculer_previsions(lieux: Lieux, le: date) -> pl.DataFrame:
    """Prévisions des mois et trimestres qui suivent le dernier connu, et leur rétro-test.

    Returns:
        N1 et N2 : ventilation `prevision`, modalités `bas`, `centre`, `haut` ; `millesime` est
        la date d'arrêté, `source` la méthode retenue. N3 : une ligne par zone et pas, posée
        sur la dernière période connue.
    """
    niveau = float(valeur("conventions", "intervalle_prevision_pct", le)) / 100
    flux = lire_flux(lieux, le)
    recents = _presents_recents(lieux, le)
    lignes: list[pl.DataFrame] = []
    for indicateur, mesure in _SUIVIES:
        for panel in panels(lieux, le, mesure):
            if not panel.periodes:
                continue
            suivi = suivre(panel, flux, niveau)
            lignes.append(_poser_previsions(indicateur, suivi, recents, le))
            if mesure is OCCUPATION:
                lignes.append(_poser_retro_test(suivi))
    jours = journees(lieux, le)
    lignes += prevoir_les_semaines(lieux, le, jours, flux, recents, niveau)
    lignes += estimer_le_trimestre(lieux, le, jours, recents, niveau)
    lignes = [table for table in lignes if table.height]
    if not lignes:
        return vide()
    table = pl.concat(lignes)
    cle = ["maille", "zone", "pas", "periode"]
    parents = table.select(*cle, "parents").unique(cle, keep="first", maintain_order=True)
    return ordonner(table.drop("parents"), parents)


def _presents_recents(lieux: Lieux, le: date) -> pl.DataFrame:
    """Enfants venus le dernier mois échu où l'on en connaît, par zone suivie."""
    venus, _ = enfants_venus(lieux, le)
    mois = venus.filter(pl.col("pas") == "mois")
    derniers = mois.filter(pl.col("periode") == pl.col("periode").max())
    return pl.concat(
        derniers.filter(pl.col(maille).is_not_null())
        .group_by(zone=maille)
        .agg(effectif=pl.col("unite").n_unique().cast(pl.Int64))
        .select(pl.lit(maille).alias("maille"), "zone", "effectif")
        for maille in MAILLES_SUIVIES
    )


def _poser_previsions(
    indicateur: Indicateur, suivi: Suivi, recents: pl.DataFrame, le: date
) -> pl.DataFrame:
    panel, p = suivi.panel, suivi.derniere
    lignes = [
        (
            panel.maille,
            zone,
            panel.pas,
            str(panel.periodes[-1].decaler(h + 1)),
            modalite,
            v,
            methode,
        )
        for i, zone in enumerate(panel.zones)
        if np.isfinite(panel.valeurs[i, -1])
        for h, methode in enumerate(p.methodes)
        for modalite, table in zip(BORNES, (p.bas, p.centre, p.haut), strict=True)
        for v in (borner(float(table[i, h])),)
    ]
    zones = pl.DataFrame(
        lignes,
        schema={
            **dict.fromkeys(("maille", "zone", "pas", "periode", "modalite"), pl.String),
            "numerateur": pl.Float64,
            "source": pl.String,
        },
        orient="row",
    )
    zones = zones.join(recents, on=["maille", "zone"], how="left").with_columns(
        ventilation=pl.lit(VENTILATION),
        denominateur=pl.lit(None, pl.Float64),
        millesime=pl.lit(le.isoformat()),
        **{etat("ensemble"): pl.lit(CONNU)},
    )
    return avec_parents(poser(indicateur, zones), panel)


def _poser_retro_test(suivi: Suivi) -> pl.DataFrame:
    panel = suivi.panel
    jugees = np.zeros(len(panel.zones))
    contenues = np.zeros(len(panel.zones))
    for connues, p in suivi.passees:
        if connues >= len(panel.periodes):
            continue
        reel = panel.valeurs[:, connues]
        juge = np.isfinite(reel) & np.isfinite(p.bas[:, 0])
        jugees += juge
        contenues += juge & (p.bas[:, 0] <= reel) & (reel <= p.haut[:, 0])
    zones = pl.DataFrame(
        {
            "zone": panel.zones,
            "numerateur": contenues,
            "denominateur": jugees,
        },
        schema={"zone": pl.String, "numerateur": pl.Float64, "denominateur": pl.Float64},
    ).with_columns(
        maille=pl.lit(panel.maille),
        pas=pl.lit(panel.pas),
        periode=pl.lit(str(panel.periodes[-1])),
        ventilation=pl.lit(""),
        modalite=pl.lit(""),
        effectif=pl.lit(None, pl.Int64),
        **{etat("ensemble"): pl.lit(CONNU)},
    )
    return avec_parents(poser(INDICATEURS[2], zones), panel)
