"""Masques entraînés d'une famille à l'autre : ce qui rendrait une valeur masquée se masque.

La somme des effets d'une variation (V1) est l'écart de T1 sur un an, celle de V2 son écart avec
une autre zone ; une prévision (N1) peut recopier le T1 de l'an dernier ou le dernier connu. Deux
cumuls de l'année qui se suivent (G3r) diffèrent d'un mois. Un T1 masqué, ou les heures d'un T3,
seraient donc rendus par eux, dans un autre fichier que le leur.
"""

from collections.abc import Iterator
from datetime import date

import polars as pl

from rtpe_analyse.indicateurs import indicateurs_declares
from rtpe_analyse.indicateurs.cumuls import CUMUL
from rtpe_analyse.indicateurs.modele import NonAgregeable
from rtpe_analyse.modeles import Pas, Periode

SECONDAIRE = "masque_secondaire"
_QUAND = ["pas", "periode"]
_ZONE = ["maille", "zone"]
# « territoire:T2:presence » : la ligne parle aussi de cette zone.
_AUTRE_ZONE = r"^(?<maille>[a-z]+):(?<zone>[^:]+):"


def entrainer(protegee: pl.DataFrame, meneuses: pl.DataFrame | None) -> pl.DataFrame:
    """Masque les lignes qui rendraient une valeur masquée d'un indicateur meneur.

    Une ligne se masque si son meneur (`Indicateur.entraine_par`) l'est pour sa zone, ou pour la
    zone que nomme sa modalité, à l'une de ces périodes : la sienne ; pour une variation ou une
    prévision (`NonAgregeable`), la même de l'an dernier et, si la sienne est à venir, la dernière
    connue et les mois déjà connus de son trimestre ; pour un cumul ou une année, toutes celles
    qu'ils contiennent. Sans aucune ligne du meneur, tout se masque.

    Args:
        protegee: table déjà protégée, au schéma des indicateurs.
        meneuses: tables protégées où chercher les meneurs, en plus de `protegee`.

    Returns:
        La table, dans le même ordre ; une ligne entraînée perd numérateur, dénominateur, valeur
        et effectif, et son statut devient `masque_secondaire`.
    """
    declares = indicateurs_declares()
    liens = {c: i.entraine_par for c, i in declares.items() if i.entraine_par}
    lignes = protegee.with_row_index("rang")
    entrainees: list[int] = []
    for meneur in sorted(set(liens.values())):
        suivies = lignes.filter(
            pl.col("indicateur").is_in([c for c, m in liens.items() if m == meneur]),
            pl.col("numerateur").is_not_null(),
        )
        if suivies.height:
            tables = [t for t in (protegee, meneuses) if t is not None and t.height]
            connues = pl.concat(tables, how="vertical").filter(
                pl.col("indicateur") == meneur, pl.col("ventilation") == ""
            )
            sommes = [c for c, i in declares.items() if not isinstance(i.agregation, NonAgregeable)]
            somme = pl.col("indicateur").is_in(sommes)
            entrainees += _rendent(suivies.filter(~somme), connues)
            entrainees += _rendent(suivies.filter(somme), connues, ailleurs=False)
    masque = pl.col("rang").is_in(entrainees)
    nombres = [pl.col(c) for c in ("numerateur", "denominateur", "valeur", "effectif")]
    return lignes.with_columns(
        *(pl.when(~masque).then(c).alias(c.meta.output_name()) for c in nombres),
        statut=pl.when(masque).then(pl.lit(SECONDAIRE)).otherwise("statut"),
    ).select(protegee.columns)


def _rendent(suivies: pl.DataFrame, connues: pl.DataFrame, *, ailleurs: bool = True) -> list[int]:
    """Rangs des lignes qui rendraient une valeur masquée, `ailleurs` (zone, date) aussi ou non."""
    if connues.is_empty():
        return suivies["rang"].to_list()
    masquees = connues.filter(pl.col("statut").str.starts_with("masque"))
    if ailleurs:
        autres = suivies.with_columns(
            pl.col("modalite").str.extract_groups(_AUTRE_ZONE).struct.field(*_ZONE)
        ).drop_nulls(_ZONE)
        suivies = pl.concat([suivies, autres])
    return (
        suivies.join(_periodes_liees(suivies, connues, ailleurs), on=[*_QUAND, "ventilation"])
        .join(masquees.rename({"periode": "liee"}), on=[*_ZONE, "liee"], how="semi")["rang"]
        .unique()
        .to_list()
    )


def _periodes_liees(suivies: pl.DataFrame, connues: pl.DataFrame, ailleurs: bool) -> pl.DataFrame:
    """`pas, periode, ventilation, liee` : les périodes dont une ligne peut rendre la valeur."""
    dernieres = dict(connues.group_by("pas").agg(pl.col("periode").max()).iter_rows())
    cle = [*_QUAND, "ventilation"]
    liees: list[tuple[str, str, str, str]] = []
    for pas, texte, ventilation in suivies.select(cle).unique().iter_rows():
        if pas == "annee" or ventilation == CUMUL:
            siennes = list(_depuis_janvier(pas, texte))
        elif not ailleurs:
            siennes = [texte]
        else:
            siennes = [texte, str(Periode.lire(texte).an_dernier)]
            if pas in dernieres and texte > dernieres[pas]:
                mois = Periode.contenant(Periode.lire(texte).debut, "mois")
                siennes.append(dernieres[pas])
                siennes += [str(mois.decaler(n)) for n in range(3)] if pas != "mois" else []
        liees += [(pas, texte, ventilation, liee) for liee in siennes]
    return pl.DataFrame(liees, schema=dict.fromkeys((*cle, "liee"), pl.String), orient="row")


def _depuis_janvier(pas: str, texte: str) -> Iterator[str]:
    """Mois et trimestres que contient une année, ou le cumul qui s'arrête à cette période."""
    fin = date(int(texte), 12, 31) if pas == "annee" else Periode.lire(texte).fin
    pas_fins: tuple[Pas, ...] = ("mois", "trimestre")
    for plus_fin in pas_fins:
        periode = Periode.contenant(date(fin.year, 1, 1), plus_fin)
        while periode.fin <= fin:
            yield str(periode)
            periode = periode.decaler(1)
