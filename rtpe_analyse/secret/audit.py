"""Vérifier, par programmation linéaire, qu'aucune cellule masquée ne se reconstitue."""

from collections.abc import Mapping, Sequence

import polars as pl

from rtpe_analyse.indicateurs import indicateurs_declares
from rtpe_analyse.secret.cellules import CLE, replier, sommes_de, tableaux_de
from rtpe_analyse.secret.masquage import Somme

_PRECISION = 1e-6


def cellules_deductibles(
    avant: pl.DataFrame, apres: pl.DataFrame, indicateur: str
) -> list[tuple[str, ...]]:
    """Cellules masquées d'un indicateur qu'un lecteur peut recalculer exactement.

    Le lecteur connaît les valeurs lisibles, les sommes du tableau, et que rien n'est
    négatif. Une cellule se reconstitue si son minimum égale son maximum, et sa valeur ; nulle,
    elle se lit toujours (elle n'a pu être masquée qu'avec une autre) et n'est pas comptée. Les
    sommes d'un comptage distinct sont des bornes : ce qu'elles font déduire peut être faux.

    Args:
        avant: table de calcul, avec `parents`.
        apres: la même, protégée ; ce qui n'y est pas publié n'est pas examiné.
        indicateur: code d'un indicateur additif, ou d'un comptage distinct.

    Returns:
        Les clés (`CLE`) des cellules reconstituables ; vide si le secret tient.
    """
    trouvees = []
    choix = pl.col("indicateur") == indicateur
    declare = indicateurs_declares()[indicateur]
    lus = apres.filter(choix).select(*CLE, lu="numerateur")
    ensemble = (
        replier(
            avant.filter(choix, pl.col("numerateur").is_not_null())
            .join(lus, on=CLE)
            .with_columns(au_trimestre=pl.lit(declare.au_trimestre))
        )
        .group_by(CLE)
        .agg(pl.col("lu", "numerateur").max(), pl.col("parents", "au_trimestre").first())
        .with_columns(plusieurs_cases=pl.lit(declare.plusieurs_cases))
        .sort(CLE)
    )
    for tranche in tableaux_de(ensemble):
        valeurs = enumerate(tranche["lu"].to_list())
        connues = {rang: float(v) for rang, v in valeurs if v is not None}
        trouvees += [
            tranche.select(CLE).row(rang)
            for rang, lue in deductibles(connues, len(tranche), sommes_de(tranche)).items()
            if (vraie := tranche["numerateur"][rang])
            and abs(lue - vraie) < _PRECISION * max(1.0, vraie)
        ]
    return trouvees


def deductibles(
    connues: Mapping[int, float], nombre: int, sommes: Sequence[Somme]
) -> dict[int, float]:
    """Cellules inconnues que les sommes déterminent, par rang, et la valeur qu'elles en donnent.

    Args:
        connues: valeur de chaque cellule lisible, par rang.
        nombre: nombre de cellules.
        sommes: totaux et parts ; toutes les valeurs sont positives ou nulles.
    """
    import numpy as np
    from scipy.optimize import linprog

    inconnues = [rang for rang in range(nombre) if rang not in connues]
    colonne = {rang: j for j, rang in enumerate(inconnues)}
    lignes, seconds = [], []
    for somme in sommes:
        ligne, second = np.zeros(len(inconnues)), 0.0
        for cellule, signe in [
            *((c, 1.0) for c in somme.parts),
            *((c, -1.0) for c in somme.totaux),
        ]:
            if cellule in colonne:
                ligne[colonne[cellule]] += signe
            else:
                second -= signe * connues[cellule]
        if ligne.any():
            lignes.append(ligne)
            seconds.append(second)
    if not lignes:
        return {}
    trouvees = {}
    for rang in inconnues:
        cout = np.zeros(len(inconnues))
        cout[colonne[rang]] = 1.0
        bornes = [
            linprog(signe * cout, A_eq=np.array(lignes), b_eq=seconds, bounds=(0, None))
            for signe in (1.0, -1.0)
        ]
        bas, haut = bornes[0], bornes[1]
        if bas.status == 0 and haut.status == 0 and -haut.fun - bas.fun < _PRECISION:
            trouvees[rang] = bas.fun
    return trouvees
