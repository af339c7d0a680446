"""Le trimestre en cours, encore incomplet : une estimation provisoire et son intervalle.

Ce qui est déjà réalisé ne se prévoit pas : seule l'est l'occupation des jours qui restent. Les
trimestres passés, coupés au même jour, disent de combien une telle estimation se trompe.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.agregation import sommer_zones
from rtpe_analyse.indicateurs.horizon import jours_prevus
from rtpe_analyse.indicateurs.modele import Indicateur, NonAgregeable
from rtpe_analyse.indicateurs.panels import MAILLES_SUIVIES, Matrice
from rtpe_analyse.indicateurs.parts import etat, rassembler
from rtpe_analyse.indicateurs.presences import CONNU, EN_PARTIE, INCONNU
from rtpe_analyse.indicateurs.rattachement import rattacher
from rtpe_analyse.indicateurs.suivi import BORNES, borner
from rtpe_analyse.indicateurs.table import parents_de, poser
from rtpe_analyse.methodes.conforme import intervalle
from rtpe_analyse.modeles import Periode

VENTILATION = "provisoire"
COMME_LE_DEBUT = "jours restants comme le début du trimestre"
COMME_L_AN_DERNIER = "jours restants comme ceux de l'an dernier"
EN_PROPORTION = "jours restants dans le rapport de l'an dernier au début du trimestre"
_ERREURS_MINIMUM = 10
_AN = 4
_CONNU, _RESTE = ("h0_connu_min", "realise_connu_min"), ("h0_reste_min", "realise_reste_min")
_SUR_TOUT = ("h0_min", "realise_min")

INDICATEURS = (
    Indicateur(
        code="N8",
        libelle="Taux d'occupation réel du trimestre en cours, provisoire",
        unite="%",
        agregation=NonAgregeable("taux"),
        numerateur="taux d'occupation réel (T1) estimé du trimestre qui n'est pas fini",
        champ="Trimestre du dernier jour pointé, s'il finit après la date d'arrêté.",
        definition="Heures déjà réalisées, et heures-places des jours restants multipliées par "
        "l'occupation attendue : celle du début du trimestre, celle des mêmes jours de l'an "
        "dernier, ou la première corrigée par la seconde, selon ce qui s'est le moins trompé sur "
        "les trimestres passés coupés au même jour.",
        source="pointages, agréments, ouvertures",
        limites="Provisoire : à remplacer par T1 quand le trimestre sera complet. Sans intervalle "
        "tant que moins de dix erreurs passées se mesurent.",
        contributeur="presents_recents",
        entraine_par="T1",
        decimales=1,
    ),
)


@dataclass(frozen=True)
class _Trimestres:
    """Heures des trimestres d'une maille, coupés au même jour ; le dernier est en cours.

    Attributes:
        zones: codes, en ligne.
        connu: occupation jusqu'à la coupure, zones × trimestres.
        reste: occupation d'après ; inconnue pour le trimestre en cours.
        poids: part des heures-places qui viennent après la coupure.
    """

    zones: tuple[str, ...]
    connu: Matrice
    reste: Matrice
    poids: Matrice

    def estimer(self) -> dict[str, Matrice]:
        """Occupation du trimestre entier selon chaque façon de compléter."""
        an_dernier = np.full((2, *self.reste.shape), np.nan)
        an_dernier[0, :, _AN:] = self.reste[:, :-_AN]
        an_dernier[1, :, _AN:] = self.connu[:, :-_AN]
        with np.errstate(divide="ignore", invalid="ignore"):
            proportion = self.connu * an_dernier[0] / an_dernier[1]
        restes = {
            COMME_LE_DEBUT: self.connu,
            COMME_L_AN_DERNIER: an_dernier[0],
            EN_PROPORTION: np.where(np.isfinite(proportion), proportion, np.nan),
        }
        return {nom: self._completer(reste) for nom, reste in restes.items()}

    @property
    def reel(self) -> Matrice:
        """Occupation du trimestre entier, là où il l'est."""
        return self._completer(self.reste)

    def _completer(self, reste: Matrice) -> Matrice:
        return (1 - self.poids) * self.connu + self.poids * reste


def estimer_le_trimestre(
    lieux: Lieux, le: date, jours: pl.DataFrame, recents: pl.DataFrame, niveau: float
) -> Iterator[pl.DataFrame]:
    """N8 de chaque maille suivie ; rien si aucun trimestre n'est en cours.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté.
        jours: table de `journees.journees`.
        recents: `maille, zone, effectif`, les enfants venus le dernier mois connu.
        niveau: probabilité visée pour l'intervalle (0,8).

    Yields:
        Lignes d'indicateurs avec `parents` ; ventilation `provisoire`, modalités `bas`,
        `centre`, `haut`.
    """
    if not jours.height:
        return
    dernier = max(jours["date"].to_list())
    trimestre = Periode.contenant(dernier, "trimestre")
    if trimestre.fin <= le:
        return
    parts = _coupees(lieux, le, jours, dernier)
    sommes = sommer_zones(parts, [*_CONNU, *_RESTE])
    parents = parents_de(parts)
    premier = Periode.lire(min(sommes["periode"].to_list()))
    erreurs_fines: dict[str, Matrice] = {}
    for maille in MAILLES_SUIVIES:
        trimestres = _ranger(sommes.filter(pl.col("maille") == maille), premier, trimestre)
        estimes = trimestres.estimer()
        erreurs = {nom: (trimestres.reel - v)[:, :-1] for nom, v in estimes.items()}
        erreurs_fines = erreurs_fines or erreurs
        nom = _choisir(erreurs, estimes)
        # Peu de zones : les établissements, moins réguliers, prêtent leurs erreurs.
        jugees = erreurs[nom]
        if np.isfinite(jugees).sum() < _ERREURS_MINIMUM:
            jugees = np.concatenate([jugees, erreurs_fines[nom]])
        centre = estimes[nom][:, -1]
        bas = haut = np.full_like(centre, np.nan)
        if np.isfinite(jugees).sum() >= _ERREURS_MINIMUM:
            ecarts = intervalle(jugees, 1 - niveau)
            bas, haut = (centre + e[: len(centre)] for e in ecarts)
        lignes = _lignes(maille, trimestres.zones, trimestre, (bas, centre, haut))
        yield (
            poser(
                INDICATEURS[0],
                lignes.join(recents, on=["maille", "zone"], how="left").with_columns(
                    pas=pl.lit("trimestre"),
                    ventilation=pl.lit(VENTILATION),
                    denominateur=pl.lit(None, pl.Float64),
                    millesime=pl.lit(dernier.isoformat()),
                    source=pl.lit(nom),
                    **{etat("ensemble"): pl.lit(EN_PARTIE)},
                ),
            ).join(parents, on=["maille", "zone", "pas", "periode"], how="left")
        )


def _coupees(lieux: Lieux, le: date, jours: pl.DataFrame, dernier: date) -> pl.DataFrame:
    """Parts d'établissement par trimestre, avant et après la coupure."""
    debut = pl.col("date").dt.truncate("1q")
    rang = (dernier - Periode.contenant(dernier, "trimestre").debut).days
    connu = (pl.col("date") - debut).dt.total_days() <= rang
    etats = [etat(m) for m in _SUR_TOUT]
    a_venir = (
        jours_prevus(lieux, le)
        .filter(pl.col("date") > dernier, pl.col("date") <= _fin(dernier))
        .select(
            "etablissement",
            "date",
            "h0_min",
            pl.when(pl.col(etats[0]) == INCONNU).then(INCONNU).otherwise(CONNU).alias(etats[0]),
            realise_min=pl.lit(0, pl.Int64),
            **{etats[1]: pl.lit(CONNU)},
        )
    )
    table = pl.concat([jours, rattacher(a_venir, lieux)], how="diagonal_relaxed").with_columns(
        *(
            pl.when(connu).then(m).otherwise(0).alias(n)
            for m, n in zip(_SUR_TOUT, _CONNU, strict=True)
        ),
        *(
            pl.when(~connu).then(m).otherwise(0).alias(n)
            for m, n in zip(_SUR_TOUT, _RESTE, strict=True)
        ),
        *(
            pl.col(e).alias(etat(n))
            for noms in (_CONNU, _RESTE)
            for e, n in zip(etats, noms, strict=True)
        ),
        pas=pl.lit("trimestre"),
        periode=pl.format("{}-T{}", debut.dt.year(), debut.dt.quarter()),
    )
    mesures = [c for n in (*_CONNU, *_RESTE) for c in (n, etat(n))]
    zones = ["etablissement", "commune", "territoire", "departement", "date", "pas", "periode"]
    # Un premier trimestre commencé en cours de route n'est pas coupé au même jour.
    complets = debut.dt.offset_by("7d") >= pl.col("date").min()
    return rassembler([table.filter(complets).select(*zones, *mesures)])


def _fin(dernier: date) -> date:
    return Periode.contenant(dernier, "trimestre").fin


def _ranger(sommes: pl.DataFrame, premiere: Periode, trimestre: Periode) -> _Trimestres:
    connues = sommes.filter(pl.col(etat("ensemble")) == CONNU)
    zones = tuple(connues["zone"].unique().sort())
    nombre = (trimestre.annee - premiere.annee) * _AN + trimestre.rang - premiere.rang + 1
    # Un an de marge : les mêmes trimestres de l'an dernier se lisent sans compter les colonnes.
    colonnes = {str(trimestre.decaler(-n)): -1 - n for n in range(nombre)}
    heures = np.full((4, len(zones), max(nombre, _AN + 1)), np.nan)
    rangs = {zone: i for i, zone in enumerate(zones)}
    for zone, periode, *lues in connues.select("zone", "periode", *_CONNU, *_RESTE).iter_rows():
        heures[:, rangs[zone], colonnes[periode]] = lues
    h0_connu, connu, h0_reste, reste = heures
    with np.errstate(divide="ignore", invalid="ignore"):
        taux_du_reste = np.where(h0_reste > 0, reste / h0_reste, 0.0)
        taux_du_reste[:, -1] = np.nan
        return _Trimestres(
            zones,
            np.where(h0_connu > 0, connu / h0_connu, np.nan),
            taux_du_reste,
            h0_reste / (h0_connu + h0_reste),
        )


def _choisir(erreurs: dict[str, Matrice], estimes: dict[str, Matrice]) -> str:
    """La façon qui s'est le moins trompée, parmi celles assez jugées et possibles partout."""
    possibles = np.isfinite(estimes[COMME_LE_DEBUT][:, -1])
    scores = {
        nom: float(np.nanmean(np.abs(e)))
        for nom, e in erreurs.items()
        if np.isfinite(e).sum() >= _ERREURS_MINIMUM
        and np.isfinite(estimes[nom][possibles, -1]).all()
    }
    return min(scores, key=scores.__getitem__) if scores else COMME_LE_DEBUT


def _lignes(
    maille: str, zones: tuple[str, ...], trimestre: Periode, bornes: tuple[Matrice, ...]
) -> pl.DataFrame:
    return pl.DataFrame(
        [
            (maille, zone, str(trimestre), modalite, borner(float(valeurs[i])))
            for i, zone in enumerate(zones)
            if np.isfinite(bornes[1][i])
            for modalite, valeurs in zip(BORNES, bornes, strict=True)
        ],
        schema={
            **dict.fromkeys(("maille", "zone", "periode", "modalite"), pl.String),
            "numerateur": pl.Float64,
        },
        orient="row",
    )
