"""Semaine par semaine : les enfants attendus et l'occupation, deux trimestres plus loin.

Comme au mois : ce qui est connu d'abord (contrats, demandes acceptées, départs à l'école,
fermetures annoncées), puis la saison ; l'intervalle vient des erreurs passées.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.horizon import jours_prevus
from rtpe_analyse.indicateurs.modele import Indicateur, NonAgregeable
from rtpe_analyse.indicateurs.panels import (
    OCCUPATION,
    PRESENTS,
    Matrice,
    Mesure,
    Panel,
    panels_des_semaines,
)
from rtpe_analyse.indicateurs.parts import etat
from rtpe_analyse.indicateurs.presences import CONNU, INCONNU
from rtpe_analyse.indicateurs.suivi import BORNES, Suivi, avec_parents, borner, suivre
from rtpe_analyse.indicateurs.table import poser
from rtpe_analyse.modeles import Periode

FERMETURE = "fermeture annoncée"
_AN = 52
_TRIMESTRE = "trimestre"
_CHAMP = (
    "Les 26 semaines qui suivent la dernière entièrement connue ; établissements encore suivis, "
    "territoires et département."
)
_LIMITES = (
    "Une prévision prolonge ce qui est connu : elle ignore une fermeture non annoncée. Sans "
    "intervalle tant que trop peu de prévisions passées ont pu être jugées. La semaine est rangée "
    "au trimestre de son lundi."
)

INDICATEURS = (
    Indicateur(
        code="N4",
        libelle="Enfants présents prévus, par jour d'ouverture de la semaine",
        unite="enfants",
        agregation=NonAgregeable("presents"),
        numerateur="enfants présents attendus un jour d'ouverture moyen de la semaine",
        champ=_CHAMP,
        definition="La plus juste sur le passé des prévisions de N2, à la semaine, et les deux "
        "bornes de son intervalle. Zéro pour un établissement sans jour prévu ; une zone y perd la "
        "part de ceux qui ouvraient la même semaine de l'an dernier.",
        source="pointages, ouvertures, contrats, demandes",
        limites=_LIMITES,
        contributeur="presents_recents",
        entraine_par="T1",
    ),
    Indicateur(
        code="N4o",
        libelle="Taux d'occupation réel prévu de la semaine",
        unite="%",
        agregation=NonAgregeable("taux"),
        numerateur="taux d'occupation réel attendu de la semaine (T1)",
        champ=_CHAMP,
        definition="Comme N4, pour les heures de présence rapportées aux heures-places autorisées "
        "des jours prévus. Sans jour prévu, il n'y a pas de taux.",
        source="pointages, agréments, ouvertures, contrats, demandes",
        limites=_LIMITES,
        contributeur="presents_recents",
        entraine_par="T1",
        decimales=1,
    ),
)
_MESURES: tuple[Mesure, ...] = (PRESENTS, OCCUPATION)


@dataclass(frozen=True)
class _Fermetures:
    """Semaines sans jour prévu : les couples établissement, lundi."""

    annoncees: frozenset[tuple[str, date]]

    def fermee(self, panel: Panel, zone: str, lundi: date) -> bool:
        """Aucun établissement de la zone n'a de jour prévu."""
        return all((code, lundi) in self.annoncees for code in panel.membres[zone])


def prevoir_les_semaines(
    lieux: Lieux,
    le: date,
    jours: pl.DataFrame,
    flux: pl.DataFrame,
    recents: pl.DataFrame,
    niveau: float,
) -> Iterator[pl.DataFrame]:
    """N4 et N4o de chaque maille suivie.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté.
        jours: table de `journees.journees`.
        flux: table de `flux_connus.lire_flux`.
        recents: `maille, zone, effectif`, les enfants venus le dernier mois connu.
        niveau: probabilité visée pour l'intervalle (0,8).

    Yields:
        Lignes d'indicateurs avec `parents`, `pas` trimestre, `periode` celle du lundi.
    """
    fermetures = _fermetures(lieux, le)
    for indicateur, mesure in zip(INDICATEURS, _MESURES, strict=True):
        fins: Suivi | None = None
        for panel in panels_des_semaines(jours, mesure):
            if not panel.periodes:
                continue
            suivi = suivre(panel, flux, niveau)
            if panel.maille == "etablissement":
                fins = suivi
            parts = _parts_ouvertes(suivi, fins, fermetures) if mesure is PRESENTS else None
            yield _poser(indicateur, suivi, fermetures, parts, recents, le)


def _fermetures(lieux: Lieux, le: date) -> _Fermetures:
    """Semaines à venir où un établissement au calendrier connu ou estimé n'a aucun jour prévu."""
    prevus = jours_prevus(lieux, le).with_columns(lundi=pl.col("date").dt.truncate("1w"))
    cle = ["etablissement", "lundi"]
    sans_agrement = prevus.filter(pl.col(etat("h0_min")) == INCONNU).select("etablissement")
    connus = prevus.join(sans_agrement, on="etablissement", how="anti")
    lundis = prevus.filter(pl.col("date") > le).select("lundi").unique()
    fermees = (
        connus.select("etablissement")
        .unique()
        .join(lundis, how="cross")
        .join(connus.filter("compte").select(cle), on=cle, how="anti")
    )
    return _Fermetures(frozenset(fermees.select(cle).rows()))


def _parts_ouvertes(suivi: Suivi, fins: Suivi | None, fermetures: _Fermetures) -> Matrice:
    """Part des enfants attendus qu'aucune fermeture nouvelle n'empêche de venir."""
    panel, horizon = suivi.panel, len(suivi.derniere.methodes)
    parts = np.ones((len(panel.zones), horizon))
    if fins is None or suivi is fins:
        return parts
    rangs = {zone: i for i, zone in enumerate(fins.panel.zones)}
    attendus = np.nan_to_num(fins.derniere.centre)
    for i, zone in enumerate(panel.zones):
        membres = [rangs[c] for c in panel.membres[zone] if c in rangs]
        for h in range(horizon):
            semaine = panel.periodes[-1].decaler(h + 1)
            total = attendus[membres, h].sum()
            perdus = sum(
                attendus[r, h]
                for r in membres
                if (fins.panel.zones[r], semaine.debut) in fermetures.annoncees
                and _ouvrait(fins.panel, r, h)
            )
            if total > 0:
                parts[i, h] = 1 - perdus / total
    return parts


def _ouvrait(panel: Panel, rang: int, h: int) -> bool:
    """L'établissement avait des enfants la même semaine de l'an dernier, ou n'en dit rien."""
    colonne = len(panel.periodes) + h - _AN
    return colonne < 0 or bool(np.isfinite(panel.valeurs[rang, colonne]))


def _poser(
    indicateur: Indicateur,
    suivi: Suivi,
    fermetures: _Fermetures,
    parts: Matrice | None,
    recents: pl.DataFrame,
    le: date,
) -> pl.DataFrame:
    panel, p = suivi.panel, suivi.derniere
    fermee_vaut = None if parts is None else 0.0
    lignes = []
    for i, zone in enumerate(panel.zones):
        if not np.isfinite(panel.valeurs[i, -_AN:]).any():
            continue
        for h, methode in enumerate(p.methodes):
            lundi = panel.periodes[-1].decaler(h + 1).debut
            fermee = fermetures.fermee(panel, zone, lundi)
            periode = str(Periode.contenant(lundi, "trimestre"))
            part = 1.0 if parts is None else float(parts[i, h])
            lignes += [
                (
                    *(panel.maille, zone, periode, f"semaine_{borne}", lundi.isoformat()),
                    fermee_vaut if fermee else borner(part * float(table[i, h])),
                    FERMETURE if fermee else methode,
                )
                for borne, table in zip(BORNES, (p.bas, p.centre, p.haut), strict=True)
            ]
    colonnes = ("maille", "zone", "periode", "ventilation", "modalite")
    zones = pl.DataFrame(
        lignes,
        schema={
            **dict.fromkeys(colonnes, pl.String),
            "numerateur": pl.Float64,
            "source": pl.String,
        },
        orient="row",
    )
    return avec_parents(
        poser(
            indicateur,
            zones.join(recents, on=["maille", "zone"], how="left").with_columns(
                pas=pl.lit(_TRIMESTRE),
                denominateur=pl.lit(None, pl.Float64),
                millesime=pl.lit(le.isoformat()),
                **{etat("ensemble"): pl.lit(CONNU)},
            ),
        ),
        panel,
    )
