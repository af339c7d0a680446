"""Famille « typologie » : communes et IRIS rangés en classes, et ce que valent celles-ci."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.erreurs import ErreurDonneesManquantes
from rtpe_analyse.indicateurs.composantes import (
    COMPOSANTES,
    MAILLES_COMPAREES,
    THEME,
    lire_composantes,
)
from rtpe_analyse.indicateurs.presences import CONNU
from rtpe_analyse.indicateurs.zones_comparees import assembler, declarer, origine_de, ranger
from rtpe_analyse.methodes.indice import standardiser
from rtpe_analyse.methodes.typologie import Typologie, construire_typologie
from rtpe_analyse.reglementation import valeur

GRAINE = 7
"""Graine des rééchantillons : mêmes données, mêmes stabilités."""
_AXES_MONTRES = 2
_CHAMP = (
    "Communes et IRIS d'un département dont toutes les variables sont publiées ; les autres ne "
    "sont pas classés. Variables : naissances (à l'IRIS, moins de 15 ans), emploi, familles "
    "monoparentales, pauvreté, chômage, places en crèche et accueil individuel (à l'IRIS, "
    "logement social)."
)
_SOURCE = "référentiel public communes_annee, iris_annee"
_METHODE = (
    "Variables centrées et réduites, analyse en composantes principales (axes portant 80 % de "
    "l'inertie), classification ascendante hiérarchique de Ward. Nombre de classes : là où le "
    "gain d'inertie chute le plus. "
)
_LIMITES = (
    "Une classe résume : deux communes d'une même classe diffèrent encore, et un territoire "
    "change souvent par degrés plus que par groupes (lire la stabilité). "
)


_declarer = partial(declarer, limites=_LIMITES, champ=_CHAMP, source=_SOURCE)
INDICATEURS = (
    _declarer(
        "B7",
        "Classe",
        _METHODE + "Numéro de la classe, de 1 à k le long du premier axe ; au département, par "
        "maille, effectif de chaque classe.",
        decimales=0,
    ),
    _declarer(
        "B7a",
        "Coordonnée sur un axe",
        "Position de la zone sur chaque axe principal.",
        decimales=2,
    ),
    _declarer(
        "B7r",
        "Liaison d'une variable à un axe",
        "Corrélation de la variable et de la coordonnée des zones ; le signe d'un axe est "
        "arbitraire, fixé par sa variable la plus liée.",
        decimales=2,
    ),
    _declarer(
        "B7m",
        "Moyenne d'une classe",
        "Moyenne simple de la variable sur les zones de la classe, et sur toutes les zones "
        "classées.",
        unite="%",
        decimales=1,
    ),
    _declarer(
        "B7e",
        "Écart d'une classe",
        "Moyenne de la classe moins celle des zones classées, en écarts types.",
        unite="écarts types",
        decimales=2,
    ),
    _declarer(
        "B7q",
        "Qualité de la typologie",
        "Part d'inertie de chaque axe ; gain d'inertie et silhouette moyenne selon le nombre de "
        "classes ; stabilité de chaque classe (Jaccard moyen sur cent rééchantillons, au moins "
        "0,75 si stable) et de l'ensemble (Rand ajusté moyen).",
        decimales=2,
    ),
)
_PAR_CODE = {i.code: i for i in INDICATEURS}


@dataclass(frozen=True)
class _Tableau:
    """Les zones d'un département à une maille, et leur typologie."""

    maille: str
    departement: str
    zones: list[str]
    variables: list[str]
    valeurs: np.ndarray[Any, np.dtype[np.float64]]
    typologie: Typologie | None


_Case = tuple[str, str, str, str, str, float | None]
_SCHEMA = {
    **dict.fromkeys(("indicateur", "maille", "zone", "ventilation", "modalite"), pl.String),
    "numerateur": pl.Float64,
}


def calculer_typologie(lieux: Lieux, le: date) -> pl.DataFrame:
    """Classe de chaque commune et de chaque IRIS, axes, profils et qualité des classes.

    Returns:
        Table vide si le référentiel public n'a pas été compilé. Une zone non classée a une
        ligne B7 non calculable ; un département de trop peu de zones n'a que de celles-là.
        Au département, `ventilation` commence par la maille (`commune`, `iris`).
    """
    tables = []
    for maille in MAILLES_COMPAREES:
        try:
            lues = lire_composantes(lieux, le, maille)
        except ErreurDonneesManquantes:
            continue
        retenues = [c.code for c in COMPOSANTES[maille] if c.typologie]
        lues = lues.filter(pl.col("composante").is_in(retenues))
        for (departement,), siennes in lues.group_by("departement", maintain_order=True):
            tableau = _tableau(siennes, maille, str(departement), retenues, le)
            tables += _ranger(tableau, siennes)
    return assembler(tables)


def _tableau(
    siennes: pl.DataFrame, maille: str, departement: str, retenues: list[str], le: date
) -> _Tableau:
    large = siennes.pivot("composante", index="zone", values="valeur").sort("zone")
    # Une variable que la source ne publie pour personne ne prive pas les autres de classes.
    variables = [c for c in retenues if c in large.columns and large[c].count()]
    nombres = large.select(variables).fill_null(float("nan"))
    valeurs = nombres.to_numpy().astype(np.float64).reshape(len(large), len(variables))
    typologie = construire_typologie(
        valeurs,
        classes_au_plus=int(valeur(THEME, "classes_au_plus", le)),
        reechantillons=int(valeur(THEME, "reechantillons", le)),
        graine=GRAINE,
    )
    return _Tableau(maille, departement, large["zone"].to_list(), variables, valeurs, typologie)


def _ranger(tableau: _Tableau, siennes: pl.DataFrame) -> list[pl.DataFrame]:
    periode = str(siennes["annee"].max())
    origine = origine_de(siennes)
    cases = pl.DataFrame(list(_cases(tableau)), schema=_SCHEMA, orient="row")
    return [
        ranger(
            _PAR_CODE[code],
            lignes.with_columns(pl.lit(CONNU).alias("etat"), **origine),
            maille,
            periode,
        )
        for (code, maille), lignes in cases.group_by("indicateur", "maille", maintain_order=True)
        if isinstance(code, str) and isinstance(maille, str)
    ]


def _cases(tableau: _Tableau) -> Iterator[_Case]:
    typologie, maille = tableau.typologie, tableau.maille
    if typologie is None:
        yield from (("B7", maille, zone, "", "", None) for zone in tableau.zones)
        return
    classes = np.full(len(tableau.zones), np.nan)
    classes[typologie.classees] = typologie.classement.classes
    for zone, classe in zip(tableau.zones, classes, strict=True):
        yield "B7", maille, zone, "", "", float(classe)
    classees = [z for z, oui in zip(tableau.zones, typologie.classees, strict=True) if oui]
    coordonnees = typologie.axes.coordonnees[:, :_AXES_MONTRES]
    for zone, suite in zip(classees, coordonnees, strict=True):
        yield from (
            ("B7a", maille, zone, "axe", str(axe), float(x)) for axe, x in enumerate(suite, 1)
        )
    for code, ventilation, modalite, nombre in _au_departement(tableau, typologie):
        lieu = ("departement", tableau.departement)
        yield code, *lieu, f"{maille}{ventilation}", modalite, nombre


def _au_departement(
    tableau: _Tableau, typologie: Typologie
) -> Iterable[tuple[str, str, str, float]]:
    utiles = [v for v, oui in zip(tableau.variables, typologie.utiles, strict=True) if oui]
    gardees = tableau.valeurs[typologie.classees][:, typologie.utiles]
    reduites = standardiser(gardees, np.ones(len(utiles)))
    classes = typologie.classement.classes
    yield from _par_variable("B7m", "", utiles, gardees.mean(axis=0))
    for numero in range(1, typologie.classement.nombre + 1):
        membres = classes == numero
        yield "B7", "_classe", str(numero), float(membres.sum())
        yield from _par_variable("B7m", f"_{numero}", utiles, gardees[membres].mean(axis=0))
        yield from _par_variable("B7e", f"_{numero}", utiles, reduites[membres].mean(axis=0))
        yield "B7q", "_stabilite", str(numero), float(typologie.stabilites[numero - 1])
    for axe in range(_AXES_MONTRES):
        yield from _par_variable("B7r", f"_{axe + 1}", utiles, typologie.axes.correlations[:, axe])
    for rang, part in enumerate(typologie.axes.parts, 1):
        yield "B7q", "_axe", str(rang), float(part)
    for nombre, gain in typologie.classement.gains.items():
        yield "B7q", "_gain", str(nombre), gain
        yield "B7q", "_silhouette", str(nombre), typologie.classement.silhouettes[nombre]
    yield "B7q", "_rand", "", typologie.rand


def _par_variable(
    code: str, ventilation: str, variables: list[str], nombres: Iterable[float]
) -> Iterator[tuple[str, str, str, float]]:
    for variable, nombre in zip(variables, nombres, strict=True):
        yield code, ventilation, variable, float(nombre)
