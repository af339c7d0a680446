"""Ce que les décisions disent : satisfaction, délai de réponse, motifs de refus (D3 à D5)."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from rtpe_analyse.indicateurs.ages import modalites_age
from rtpe_analyse.indicateurs.agregation import calculer, compter
from rtpe_analyse.indicateurs.cadre_demandes import (
    FAMILLES_DE_DEMANDEURS,
    JOURS,
    LIENS_DES_DEMANDES,
    MAILLES_DES_DECISIONS,
    MAILLES_DES_DEMANDES,
    PUBLICATION_DES_DECISIONS,
    ventiler,
)
from rtpe_analyse.indicateurs.modele import (
    ComptageDistinct,
    Indicateur,
    NonAgregeable,
    RatioDeSommes,
)
from rtpe_analyse.indicateurs.parts import (
    PERIODE,
    croiser,
    etat,
    periodes,
)
from rtpe_analyse.indicateurs.presences import CONNU
from rtpe_analyse.indicateurs.table import CLE_ZONE, ordonner, parents_de, poser
from rtpe_analyse.modeles import MAILLES
from rtpe_analyse.nomenclatures import liste_fermee

_REGLE = (
    "Les demandes d'un même enfant (pseudonyme d'appariement) comptent une fois : sa dernière "
    "décision de la période est retenue, là où elle a été prise."
)
_LIMITES = (
    "Une décision sans date n'y est pas ; un désistement non plus, même après une réponse. Sans "
    "appariement, une demande compte telle quelle. " + MAILLES_DES_DEMANDES
)
_DETAIL = "Les ventilations sont par territoire et département. "
_SOURCE = "demandes"

DELAI_REPONSE = Indicateur(
    code="D3",
    libelle="Délai médian de réponse",
    unite="jours",
    agregation=NonAgregeable("delai"),
    numerateur="jours entre le dépôt et la décision, médiane",
    champ="Enfants dont une demande a été acceptée ou refusée dans la période.",
    definition="La moitié des réponses a été donnée en moins de jours. " + _REGLE,
    source=_SOURCE,
    limites="Une décision antérieure au dépôt n'y est pas. Le délai des demandes encore sans "
    "réponse n'est pas connu : la médiane est celle des réponses données. "
    + PUBLICATION_DES_DECISIONS
    + _LIMITES,
    contributeur="examinees",
    mailles_publiees=MAILLES_DES_DECISIONS,
    sens="baisse_favorable",
)
DELAI_REPONSE_LONG = Indicateur(
    code="D3q",
    libelle="Délai de réponse que neuf demandes sur dix ne dépassent pas",
    unite="jours",
    agregation=NonAgregeable("delai_long"),
    numerateur="jours entre le dépôt et la décision, neuvième décile",
    champ=DELAI_REPONSE.champ,
    definition="Neuf réponses sur dix ont été données en moins de jours. " + _REGLE,
    source=_SOURCE,
    limites=DELAI_REPONSE.limites,
    contributeur="examinees",
    mailles_publiees=MAILLES_DES_DECISIONS,
    sens="baisse_favorable",
)


def _satisfaction(
    code: str, quand: str, champ: str, contributeur: str, mailles: tuple[str, ...] = ()
) -> Indicateur:
    return Indicateur(
        code=code,
        libelle=f"Taux de satisfaction{quand}",
        unite="%",
        agregation=RatioDeSommes("satisfaites", "instruites"),
        numerateur="enfants dont la demande est acceptée",
        denominateur="enfants dont la demande est instruite (acceptée ou refusée)",
        champ=champ,
        definition="Attributions acceptées / demandes instruites. " + _REGLE,
        source=_SOURCE,
        limites="Un taux n'est pas une chance d'obtenir une place : qui n'a pas déposé n'y est "
        "pas. " + (PUBLICATION_DES_DECISIONS if mailles else _DETAIL) + _LIMITES,
        contributeur=contributeur,
        mailles_publiees=mailles,
        part=True,
        decimales=1,
        sens="hausse_favorable",
    )


SATISFACTION = _satisfaction(
    "D4",
    "",
    "Demandes acceptées ou refusées dans la période.",
    "examinees",
    MAILLES_DES_DECISIONS,
)
SATISFACTION_AN = _satisfaction(
    "D4a",
    " sur douze mois",
    "Demandes acceptées ou refusées dans les douze mois qui finissent avec le trimestre.",
    "examinees_an",
)
REFUS = Indicateur(
    code="D5",
    libelle="Demandes refusées sur douze mois",
    unite="demandes",
    agregation=ComptageDistinct("refusees"),
    numerateur="enfants dont la demande est refusée",
    champ="Demandes refusées dans les douze mois qui finissent avec le trimestre.",
    definition="Enfants dont la dernière décision des douze mois est un refus, par motif. "
    + _REGLE,
    source=_SOURCE,
    limites="Un refus sans motif est « inconnu ». Le motif est celui que le logiciel retient, un "
    "seul par demande. " + _DETAIL + _LIMITES,
    contributeur="examinees_an",
    sens="baisse_favorable",
)
DECISIONS = (DELAI_REPONSE, DELAI_REPONSE_LONG, SATISFACTION, SATISFACTION_AN, REFUS)


def calculer_decisions(
    cadre: pl.DataFrame, examinees: pl.DataFrame, fins: pl.DataFrame, le: date
) -> pl.DataFrame:
    """D3, D3q, D4, D4a et D5, toutes mailles.

    Args:
        cadre: table de `cadre_des_zones`.
        examinees: demandes acceptées ou refusées, décrites et situées (`date` : la décision).
        fins: table de `fins_de_periode`.
        le: date d'arrêté.

    Returns:
        Table au schéma de calcul : D3, D3q et D4 au mois et au trimestre, sans ventilation ;
        D4a et D5 au trimestre, ventilées par territoire et département.
    """
    decrites = examinees.with_columns(
        unite="enfant",
        motif=pl.col("motif_refus").fill_null("inconnu"),
        delai=(pl.col("date") - pl.col("depot")).dt.total_days(),
    )
    de_la_periode = ventiler(_dernieres(periodes(decrites, le)), [""])
    de_l_an = _dernieres(_sur_douze_mois(decrites, fins))
    refusees = de_l_an.filter(pl.col("decision") == "refusee")
    ventilations = {
        "age": modalites_age(le),
        "famille": FAMILLES_DE_DEMANDEURS,
        "jours": JOURS,
    }
    au_trimestre = cadre.filter(pl.col("pas") == "trimestre")
    motifs = {"motif": (*liste_fermee("motifs_refus"), "inconnu")}
    par_motif = _detailler(au_trimestre, motifs)
    comptages = {
        "refusees": compter(par_motif, ventiler(refusees, ["", *motifs]), "refusees", None)
    }
    datees = de_la_periode.filter(pl.col("delai") >= 0)
    return pl.concat(
        [
            quantile_des_zones(DELAI_REPONSE, cadre, datees, "delai", 0.5),
            quantile_des_zones(DELAI_REPONSE_LONG, cadre, datees, "delai", 0.9),
            _taux(SATISFACTION, cadre, de_la_periode),
            _taux(
                SATISFACTION_AN,
                _detailler(au_trimestre, ventilations),
                ventiler(de_l_an, ["", *ventilations]),
            ),
            calculer([REFUS], par_motif, comptages, liens=LIENS_DES_DEMANDES),
        ]
    )


def _sur_douze_mois(decisions: pl.DataFrame, fins: pl.DataFrame) -> pl.DataFrame:
    """Chaque décision, répétée pour chaque trimestre dont les douze mois la contiennent."""
    fin, jour = pl.col("fin"), pl.col("date")
    trimestres = fins.filter(pl.col("pas") == "trimestre").rename({"date": "fin"})
    return decisions.join(trimestres, how="cross").filter(
        jour <= fin, jour > fin.dt.offset_by("-1y").dt.month_end()
    )


def _detailler(cadre: pl.DataFrame, ventilations: Mapping[str, tuple[str, ...]]) -> pl.DataFrame:
    """L'ensemble de chaque zone, et chaque modalité des territoires et départements.

    Découper une année de décisions par établissement ou commune masquerait jusqu'au total.
    """
    fines = [pl.lit(None, pl.String).alias(m) for m in ("etablissement", "commune")]
    couples = [(nom, m) for nom, modalites in ventilations.items() for m in modalites]
    return pl.concat([cadre, croiser(cadre.with_columns(fines).unique(), couples)])


def _dernieres(table: pl.DataFrame) -> pl.DataFrame:
    """La dernière décision de chaque enfant dans chaque période."""
    return table.sort("date", "depot", "demande").unique(
        ["pas", "periode", "unite"], keep="last", maintain_order=True
    )


def _taux(indicateur: Indicateur, parts: pl.DataFrame, unites: pl.DataFrame) -> pl.DataFrame:
    acceptees = unites.filter(pl.col("decision") == "acceptee")
    comptages = {
        "instruites": compter(parts, unites, "instruites", None),
        "satisfaites": compter(parts, acceptees, "satisfaites", None),
    }
    return calculer([indicateur], parts, comptages, liens=LIENS_DES_DEMANDES)


def quantile_des_zones(
    indicateur: Indicateur,
    parts: pl.DataFrame,
    unites: pl.DataFrame,
    mesure: str,
    quantile: float,
) -> pl.DataFrame:
    """Quantile d'une durée dans chaque zone ; il ne se somme ni ne se moyenne.

    Args:
        indicateur: déclaration `NonAgregeable`.
        parts: zones et modalités voulues, au format de `en_parts`.
        unites: une ligne par enfant : période, modalité, zones et `mesure`.
        mesure: colonne de la durée.
        quantile: entre 0 et 1 ; entre deux durées, interpolé.

    Returns:
        Table au schéma de calcul ; non calculable dans une zone sans enfant. L'effectif est
        le nombre d'enfants dont la durée est connue.
    """
    tables = []
    for maille in MAILLES:
        cle = [*PERIODE, maille]
        durees = unites.group_by(cle).agg(
            numerateur=pl.col(mesure).quantile(quantile, "linear"),
            effectif=pl.len().cast(pl.Int64),
        )
        zones = parts.filter(pl.col(maille).is_not_null()).select(cle).unique()
        tables.append(
            zones.join(durees, on=cle, how="left")
            .rename({maille: "zone"})
            .with_columns(
                pl.lit(CONNU).alias(etat("ensemble")),
                pl.col("effectif").fill_null(0),
                maille=pl.lit(maille),
                denominateur=pl.lit(None, pl.Float64),
            )
            .select(*CLE_ZONE, "numerateur", "denominateur", "effectif", etat("ensemble"))
        )
    return ordonner(poser(indicateur, pl.concat(tables)), parents_de(parts, LIENS_DES_DEMANDES))
