"""Les faits gênants, plantés exprès dans les enfants-jours avant facturation."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rtpe_analyse.exemple.calendrier import Calendrier
from rtpe_analyse.exemple.contrats import Contrats
from rtpe_analyse.exemple.presences import MOTIFS
from rtpe_analyse.exemple.recopie import recopier
from rtpe_analyse.exemple.reseau import Etablissement
from rtpe_analyse.exemple.scenario import Scenario

Tableau = NDArray[Any]
_ETAPE = 7
_JOUR = ["etablissement", "date"]
_VIDE = pl.lit(None, pl.String)


@dataclass
class Plantation:
    """Ce qu'il reste à planter, code par code, et ce qui a été planté hors des lignes.

    Attributes:
        reste: nombre de faits encore à planter.
        etablissements: (code du constat, lieu) des faits qui ne tiennent pas à une ligne.
    """

    reste: dict[str, int]
    etablissements: list[tuple[str, str]]

    def part(self, code: str, lots_restants: int) -> int:
        """Combien en planter dans ce lot pour finir au dernier."""
        return -(-self.reste[code] // max(lots_restants, 1))


@dataclass(frozen=True)
class Parcelle:
    """Ce dont un geste a besoin pour planter dans un lot."""

    scenario: Scenario
    reseau: list[Etablissement]
    calendrier: Calendrier
    contrats: Contrats
    tirage: np.random.Generator
    plantation: Plantation


def planter(
    scenario: Scenario,
    reseau: list[Etablissement],
    calendrier: Calendrier,
    contrats: Contrats,
    jours: pl.DataFrame,
    lot: int,
    plantation: Plantation,
    lots_restants: int,
) -> pl.DataFrame:
    """Plante les faits d'un lot dans la période du second logiciel.

    Args:
        scenario: le scénario.
        reseau: établissements.
        calendrier: ouvertures.
        contrats: contrats du lot.
        jours: résultat de `presences.simuler`.
        lot: numéro du lot.
        plantation: décompte tenu d'un lot à l'autre ; modifié.
        lots_restants: lots à faire, celui-ci compris.

    Returns:
        Les enfants-jours, avec `fait` (code du constat de la ligne, absent en général) et
        `protege` (ligne à ne pas salir davantage).
    """
    tirage = scenario.tirage(_ETAPE, lot)
    jours, lieux = recopier(scenario, reseau, contrats, jours, tirage)
    plantation.etablissements += [("mois_recopie", lieu) for lieu in lieux]
    reserves = [k for k, e in enumerate(reseau) if e.recopie]
    jours = jours.with_columns(fait=_VIDE, protege=pl.col("etablissement").is_in(reserves))
    parcelle = Parcelle(scenario, reseau, calendrier, contrats, tirage, plantation)
    for code, geste in _GESTES.items():
        jours, faits = geste(parcelle, jours, plantation.part(code, lots_restants))
        plantation.reste[code] -= faits
    return jours.sort("etablissement", "date", "enfant", "arrivee", nulls_last=True)


def _tires(table: pl.DataFrame, nombre: int, tirage: np.random.Generator) -> pl.DataFrame:
    nombre = min(nombre, len(table))
    return table[sorted(tirage.choice(len(table), size=nombre, replace=False))]


def _libres(scenario: Scenario) -> pl.Expr:
    """Présences ordinaires du second logiciel, que rien d'autre ne touche."""
    return (
        (pl.col("date") >= scenario.profil.bascule)
        & (pl.col("motif") == 0)
        & pl.col("fait").is_null()
        & ~pl.col("protege")
    )


def _surnombre(parcelle: Parcelle, jours: pl.DataFrame, nombre: int) -> tuple[pl.DataFrame, int]:
    """Tout le monde arrive à l'ouverture, quand l'agrément du matin est réduit."""
    fin_du_matin = pl.Series([e.bornes[1] for e in parcelle.reseau])
    debut = pl.Series([e.bornes[0] for e in parcelle.reseau])
    rang = pl.col("etablissement")
    candidats = (
        jours.filter(_libres(parcelle.scenario))
        .with_columns(fin_matin=_prendre(fin_du_matin, rang))
        .group_by(_JOUR)
        .agg(presents=(pl.col("depart") > pl.col("fin_matin")).sum())
        .sort(_JOUR)
    )
    ordinaux = parcelle.calendrier.jours.ordinaux
    colonnes = np.searchsorted(ordinaux, candidats["date"].cast(pl.Int32).to_numpy())
    lignes = candidats["etablissement"].to_numpy()
    matin = np.array([e.matin for e in parcelle.reseau])[lignes]
    places = np.maximum(1, np.round(parcelle.calendrier.autorisees[lignes, colonnes] * matin))
    assez = (candidats["presents"].to_numpy() >= np.ceil(1.15 * places) + 2) & (matin < 1)
    choisis = _tires(candidats.filter(pl.Series(assez)), nombre, parcelle.tirage).select(_JOUR)
    parcelle.plantation.etablissements += [
        ("surnombre", f"{parcelle.reseau[k].code}|{jour.isoformat()}")
        for k, jour in choisis.iter_rows()
    ]
    jours = jours.join(
        choisis.with_columns(plein=True), on=_JOUR, how="left", maintain_order="left"
    ).with_columns(pl.col("plein").fill_null(False))
    avance = pl.col("plein") & (pl.col("motif") == 0)
    return (
        jours.with_columns(
            arrivee=pl.when(avance).then(_prendre(debut, rang).cast(pl.Int16)).otherwise("arrivee"),
            protege=pl.col("protege") | pl.col("plein"),
        )
        .with_columns(realise=pl.when(avance).then(_duree()).otherwise("realise"))
        .drop("plein"),
        len(choisis),
    )


def _prendre(valeurs: pl.Series, rang: pl.Expr) -> pl.Expr:
    return rang.replace_strict(list(range(len(valeurs))), valeurs.to_list(), return_dtype=pl.Int64)


def _duree() -> pl.Expr:
    return (pl.col("depart") - pl.col("arrivee")).cast(pl.Int16)


def _jour_ferme(parcelle: Parcelle, jours: pl.DataFrame, nombre: int) -> tuple[pl.DataFrame, int]:
    """Des présences saisies un jour de fermeture subie."""
    ferme = (
        (pl.col("motif") == MOTIFS.index("fermeture"))
        & (pl.col("date") >= parcelle.scenario.profil.bascule)
        & ~pl.col("ouvert")
    )
    jours = jours.with_row_index("rang")
    rangs = _tires(jours.filter(ferme), nombre, parcelle.tirage)["rang"]
    choisi = pl.col("rang").is_in(rangs.implode())
    debut = _prendre(pl.Series([e.bornes[1] for e in parcelle.reseau]), pl.col("etablissement"))
    return (
        jours.with_columns(
            arrivee=pl.when(choisi).then(debut.cast(pl.Int16)).otherwise("arrivee"),
            depart=pl.when(choisi).then((debut + 240).cast(pl.Int16)).otherwise("depart"),
            realise=pl.when(choisi).then(pl.lit(240, pl.Int16)).otherwise("realise"),
            motif=pl.when(choisi).then(pl.lit(0, pl.Int8)).otherwise("motif"),
            fait=pl.when(choisi).then(pl.lit("presence_jour_ferme")).otherwise("fait"),
        ).drop("rang"),
        len(rangs),
    )


def _double(parcelle: Parcelle, jours: pl.DataFrame, nombre: int) -> tuple[pl.DataFrame, int]:
    """Un enfant de deux établissements est noté dans les deux le même jour."""
    couverts = pl.DataFrame(
        {
            "enfant": parcelle.contrats.enfant.astype(np.int32),
            "autre": parcelle.contrats.etablissement.astype(np.int16),
            "section_autre": parcelle.contrats.section,
            "debut": pl.Series(parcelle.contrats.debut.astype(np.int32)).cast(pl.Date),
            "fin": pl.Series(parcelle.contrats.fin.astype(np.int32)).cast(pl.Date),
        }
    ).filter(
        pl.col("debut") >= parcelle.scenario.profil.bascule,
        pl.col("autre").n_unique().over("enfant") > 1,
    )
    jours = jours.with_row_index("rang")
    deja = jours.select("enfant", "date", autre="etablissement")
    candidats = (
        jours.filter(_libres(parcelle.scenario) & (pl.col("realise") >= 240))
        .join(couverts, on="enfant")
        .filter(
            (pl.col("autre") != pl.col("etablissement")) & pl.col("date").is_between("debut", "fin")
        )
        .join(deja, on=["enfant", "date", "autre"], how="anti")
        .unique("rang", keep="first", maintain_order=True)
        .unique("enfant", keep="first", maintain_order=True)
        .sort("rang")
    )
    lignes = candidats["autre"].to_numpy()
    colonnes = np.searchsorted(
        parcelle.calendrier.jours.ordinaux, candidats["date"].cast(pl.Int32).to_numpy()
    )
    ouvert = parcelle.calendrier.places[lignes, colonnes] > 1
    choisis = _tires(candidats.filter(pl.Series(ouvert)), nombre, parcelle.tirage)
    bornes = [e.bornes for e in parcelle.reseau]
    ajoutes = choisis.with_columns(
        etablissement="autre",
        section="section_autre",
        arrivee=pl.max_horizontal(
            "arrivee", _prendre(pl.Series([b[1] for b in bornes]), pl.col("autre"))
        ).cast(pl.Int16),
        depart=pl.min_horizontal(
            "depart", _prendre(pl.Series([b[2] for b in bornes]), pl.col("autre"))
        ).cast(pl.Int16),
        reserve=pl.lit(0, pl.Int16),
        du=pl.lit(0, pl.Int32),
        fait=pl.lit("double_presence"),
    ).with_columns(realise=_duree())
    touches = pl.col("rang").is_in(choisis["rang"].implode())
    jours = jours.with_columns(
        fait=pl.when(touches).then(pl.lit("double_presence")).otherwise("fait")
    )
    return pl.concat([jours, ajoutes.select(jours.columns)]).drop("rang"), len(choisis)


def _quasi(parcelle: Parcelle, jours: pl.DataFrame, nombre: int) -> tuple[pl.DataFrame, int]:
    """La même présence ressaisie avec d'autres heures."""
    jours = jours.with_row_index("rang")
    choisis = _tires(
        jours.filter(_libres(parcelle.scenario) & (pl.col("realise") >= 180)),
        nombre,
        parcelle.tirage,
    )
    touches = pl.col("rang").is_in(choisis["rang"].implode())
    marque = pl.lit("quasi_doublon")
    ajoutes = choisis.with_columns(
        arrivee=pl.col("arrivee") + 20,
        depart=pl.col("depart") - 10,
        reserve=pl.lit(0, pl.Int16),
        du=pl.lit(0, pl.Int32),
        fait=marque,
    ).with_columns(realise=_duree())
    jours = jours.with_columns(fait=pl.when(touches).then(marque).otherwise("fait"))
    return pl.concat([jours, ajoutes.select(jours.columns)]).drop("rang"), len(choisis)


def _personnelle(parcelle: Parcelle, jours: pl.DataFrame, nombre: int) -> tuple[pl.DataFrame, int]:
    """Un nom et un téléphone dans le commentaire (le texte s'écrit à l'export)."""
    jours = jours.with_row_index("rang")
    rangs = _tires(jours.filter(_libres(parcelle.scenario)), nombre, parcelle.tirage)["rang"]
    touches = pl.col("rang").is_in(rangs.implode())
    return (
        jours.with_columns(
            fait=pl.when(touches).then(pl.lit("donnee_personnelle")).otherwise("fait")
        ).drop("rang"),
        len(rangs),
    )


_GESTES: dict[str, Callable[[Parcelle, pl.DataFrame, int], tuple[pl.DataFrame, int]]] = {
    "surnombre": _surnombre,
    "presence_jour_ferme": _jour_ferme,
    "double_presence": _double,
    "quasi_doublon": _quasi,
    "donnee_personnelle": _personnelle,
}
