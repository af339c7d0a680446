"""Instants de la journée et durées, en minutes.

`8,30` vaut 8 h 18 (centièmes) ou 8 h 30 : sans unité déclarée par le descripteur, la valeur
est refusée (`heure_ambigue`), jamais devinée. `8:30` et `8h30` ne trompent personne.
"""

import polars as pl

from rtpe_analyse.nettoyage.cellules import BLANCS, MILLIERS, correction, erreur, lecture

MINUTES_PAR_JOUR = 24 * 60
_UNITES_NOMBRES = frozenset({"centiemes", "minutes"})
_DEUX_POINTS = r"^(\d{1,5}):([0-5]\d)(?::[0-5]\d(?:\.\d+)?)?$"
_EN_H = r"^(\d{1,5})\s*[hH]\s*([0-5]\d)?(?:\s*(?:mn|min)?)$"
_DECIMAL = r"^(\d+)(?:[,.](\d+))?$"


def lire_instants(bruts: pl.Series, formes: tuple[str, ...]) -> pl.DataFrame:
    """Minutes depuis minuit, de 0 à 1440 (24:00).

    Args:
        bruts: écritures distinctes.
        formes: formes déclarées : `hh:mm`, `hhmm`, `8h30`, `centiemes`, `hh,mm`, `minutes`,
            `fraction` (partie de jour d'un tableur). `8:30` et `8h30` se lisent toujours.

    Returns:
        `valeur` en Int64 ; motifs `heure_illisible`, `heure_ambigue` ; correction `heure_en_h`
        quand « h » n'était pas la forme déclarée.
    """
    minutes = _minutes(pl.col("brut"), formes)
    valeur = pl.when(minutes.is_between(0, MINUTES_PAR_JOUR)).then(minutes)
    return lecture(bruts, valeur, _faute(pl.col("brut"), minutes), _corrige_h(formes))


def lire_durees(bruts: pl.Series, unites: tuple[str, ...]) -> pl.DataFrame:
    """Durées en minutes, au-delà de 24 heures comprises (`1234:30`).

    Args:
        bruts: écritures distinctes.
        unites: unités déclarées : `centiemes` (8,50 = 8 h 30), `hh,mm`, `hhmm`, `hh:mm`,
            `minutes`, `8h30`.

    Returns:
        `valeur` en Int64 (les centièmes sont arrondis à la minute, le demi vers le haut) ;
        motifs `heure_illisible`, ou `nombre_illisible` si l'unité déclarée est un nombre, et
        `heure_ambigue` ; corrections `heure_en_h`, `espace_milliers`.
    """
    texte = pl.col("brut")
    milliers = texte.str.contains(MILLIERS)
    net = pl.when(milliers).then(texte.str.replace_all(BLANCS, "")).otherwise(texte)
    # Zéro est zéro dans toutes les unités : lui seul se lit sans déclaration.
    nul = net.str.contains(r"^0+(?:[,.]0*)?$")
    minutes = pl.when(nul).then(pl.lit(0, pl.Int64)).otherwise(_minutes(net, unites))
    corrige = pl.when(milliers).then(correction("espace_milliers")).otherwise(_corrige_h(unites))
    en_nombre = bool(unites) and set(unites) <= _UNITES_NOMBRES
    illisible = "nombre_illisible" if en_nombre else "heure_illisible"
    return lecture(bruts, minutes, _faute(net, minutes, illisible), corrige)


def _minutes(texte: pl.Expr, formes: tuple[str, ...]) -> pl.Expr:
    """Premier sens admis, dans l'ordre des formes déclarées ; absent si aucun."""
    candidats = [_paire(texte, _DEUX_POINTS), _paire(texte, _EN_H)]
    candidats += [_LECTEURS[f](texte) for f in formes if f in _LECTEURS]
    return pl.coalesce(candidats)


def _faute(texte: pl.Expr, minutes: pl.Expr, illisible: str = "heure_illisible") -> pl.Expr:
    """Un nombre que rien ne déclare est ambigu ; le reste est illisible."""
    ambigu = minutes.is_null() & texte.str.contains(_DECIMAL)
    return pl.when(ambigu).then(erreur("heure_ambigue")).otherwise(erreur(illisible))


def _corrige_h(formes: tuple[str, ...]) -> pl.Expr:
    en_h = pl.col("brut").str.contains(_EN_H) & pl.lit("8h30" not in formes)
    return pl.when(en_h).then(correction("heure_en_h"))


def _groupe(texte: pl.Expr, motif: str, rang: int) -> pl.Expr:
    return texte.str.extract(motif, rang).cast(pl.Int64, strict=False)


def _paire(texte: pl.Expr, motif: str) -> pl.Expr:
    return _groupe(texte, motif, 1) * 60 + _groupe(texte, motif, 2).fill_null(0)


def _centiemes(texte: pl.Expr) -> pl.Expr:
    heures = texte.str.replace(",", ".", literal=True)
    lu = pl.when(texte.str.contains(_DECIMAL)).then(heures).cast(pl.Float64, strict=False)
    # 0,001 h près : 8,325 h = 499,5 min ne doit pas tomber à 499 par la représentation binaire.
    return (lu * 60 + 1e-6).round(0, mode="half_away_from_zero").cast(pl.Int64)


def _fraction(texte: pl.Expr) -> pl.Expr:
    lu = texte.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
    jour = pl.when(texte.str.contains(_DECIMAL) & lu.is_between(0, 1)).then(lu)
    return (jour * MINUTES_PAR_JOUR).round(0).cast(pl.Int64)


_LECTEURS = {
    "centiemes": _centiemes,
    "hh,mm": lambda texte: _paire(texte, r"^(\d{1,5})[,.]([0-5]\d)$"),
    "hhmm": lambda texte: _paire(texte, r"^(\d{1,2})([0-5]\d)$"),
    "minutes": lambda texte: _groupe(texte, r"^(\d+)(?:[,.]0*)?$", 1),
    "fraction": _fraction,
}
