"""Dates des exports : formats déclarés, mois en toutes lettres, numéros de série de tableur."""

from datetime import date

import polars as pl

from rtpe_analyse.nettoyage.cellules import erreur, lecture

FORMAT_SERIE = "excel"
_ISO = "%Y-%m-%d"
_ISO_MOIS = "%Y-%m"
_ORIGINE_TABLEUR = date(1899, 12, 30)
_ANNEES = (1900, 2200)
_JOUR_NOMME = r"^(?:lun|mar|mer|jeu|ven|sam|dim)[a-z]*\.?\s+"
_MINUIT = r"[ t]00:00(?::00(?:\.0+)?)?z?$"
_MOIS = {
    r"janv[a-z]*\.?": "01",
    r"f[ée]v[a-zé]*\.?": "02",
    r"mars": "03",
    r"avr[a-z]*\.?": "04",
    r"mai": "05",
    r"juin": "06",
    r"juil[a-z]*\.?": "07",
    r"ao[ûu]t": "08",
    r"sept[a-z]*\.?": "09",
    r"oct[a-z]*\.?": "10",
    r"nov[a-z]*\.?": "11",
    r"d[ée]c[a-zé]*\.?": "12",
}


def lire_dates(
    bruts: pl.Series,
    formats: tuple[str, ...],
    *,
    au_plus_tard: date | None = None,
    serie: bool = False,
    mois: bool = False,
) -> pl.DataFrame:
    """Lit des dates selon les formats déclarés, dans l'ordre ; l'ISO `AAAA-MM-JJ` toujours.

    Une année sur deux chiffres n'est lue que par un format `%y` déclaré. Un format sans jour
    (`%m/%Y`, `%B %Y`) donne le premier du mois.

    Args:
        bruts: écritures distinctes.
        formats: formats `strftime` ; `excel` admet les numéros de série de tableur.
        au_plus_tard: dernier jour admis ; au-delà, `date_future`.
        serie: admettre les numéros de série sans déclaration (classeurs).
        mois: ramener la date au premier du mois ; `AAAA-MM` se lit alors aussi.

    Returns:
        `valeur` en Date ; motifs `date_impossible`, `date_future`.
    """
    texte = pl.col("brut").str.to_lowercase().str.replace(_JOUR_NOMME, "").str.replace(_MINUIT, "")
    iso = (_ISO, _ISO_MOIS) if mois else (_ISO,)
    essais = [_essai(texte, f) for f in (*formats, *iso) if f != FORMAT_SERIE]
    if serie or FORMAT_SERIE in formats:
        essais.append(_serie(texte))
    lue = pl.coalesce(essais)
    if mois:
        lue = lue.dt.month_start()
    tardive = pl.lit(False) if au_plus_tard is None else lue > au_plus_tard
    faute = pl.when(tardive).then(erreur("date_future")).otherwise(erreur("date_impossible"))
    return lecture(bruts, pl.when(~tardive).then(lue), faute)


def _essai(texte: pl.Expr, forme: str) -> pl.Expr:
    if "%B" in forme or "%b" in forme:
        for motif, numero in _MOIS.items():
            texte = texte.str.replace(rf"\b{motif}", numero)
        forme = forme.replace("%B", "%m").replace("%b", "%m")
    if "%d" not in forme:
        texte, forme = pl.lit("01 ") + texte, f"%d {forme}"
    lue = texte.str.to_date(forme, strict=False)
    # `%Y` lirait « 25 » comme l'an 25.
    return pl.when(lue.dt.year().is_between(*_ANNEES)).then(lue)


def _serie(texte: pl.Expr) -> pl.Expr:
    jours = texte.str.extract(r"^(\d{5})(?:[.,]0*)?$", 1).cast(pl.Int32, strict=False)
    return pl.lit(_ORIGINE_TABLEUR) + pl.duration(days=jours)
