"""Position sur la courbe de la Psu : taux de facturation, zone dégressive, coût (G1 à G4)."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.erreurs import ErreurReglementation
from rtpe_analyse.indicateurs.agregation import calculer, compter
from rtpe_analyse.indicateurs.contributeurs import compter_presents
from rtpe_analyse.indicateurs.cout_psu import COUT, couts, raison_du_cout_inconnu
from rtpe_analyse.indicateurs.cumuls import (
    ANNEE,
    CUMUL,
    cumuler,
    enfants_factures,
    enfants_presents,
)
from rtpe_analyse.indicateurs.modele import Additif, Indicateur, RatioDeSommes
from rtpe_analyse.indicateurs.parts import etat, periodes_de_fin, rassembler
from rtpe_analyse.indicateurs.presences import TIERS_PAR_MINUTE
from rtpe_analyse.reglementation import valeur

_CHAMP = "Du 1er janvier au dernier jour de la période."
_LIMITES = (
    "Cumul de l'année (ventilation « cumul ») : ne s'additionne pas d'une période à l'autre. "
    "Inconnu dès qu'un mois attendu n'a aucune facture ou aucun pointage ; à vérifier si le "
    "suivi du réseau a commencé en cours d'année. Un établissement compte tout entier là où il "
    "est à la fin de la période."
)
_DEUX = "presents+factures"

INDICATEURS = (
    Indicateur(
        code="G1",
        libelle="Heures facturées dans la zone dégressive",
        unite="h",
        agregation=Additif("zone_tuh"),
        numerateur="heures facturées entre les deux bornes du taux de facturation",
        champ=_CHAMP,
        definition="Par établissement : max(0 ; min(heures facturées ; borne haute × heures "
        "réalisées) − borne basse × heures réalisées). Bornes : 107 et 120 % depuis 2025, 107 et "
        "117 % avant. Une zone additionne ses établissements.",
        source="factures, pointages ; seuils_alerte t3_orange_pct et t3_rouge_pct",
        limites=_LIMITES + " Au-delà de la borne haute, le prix plafond ne baisse plus : ces "
        "heures n'y sont pas.",
        contributeur=_DEUX,
        entraine_par="T3",
        sens="baisse_favorable",
    ),
    Indicateur(
        code="G2",
        libelle="Part des heures facturées dans la zone dégressive",
        unite="%",
        agregation=RatioDeSommes("zone_tuh", "facture_uh"),
        numerateur="heures facturées dans la zone dégressive (G1)",
        denominateur="heures facturées depuis le 1er janvier",
        champ=_CHAMP,
        definition="G1 / heures facturées cumulées.",
        source="factures, pointages ; seuils_alerte t3_orange_pct et t3_rouge_pct",
        limites=_LIMITES,
        contributeur=_DEUX,
        entraine_par="T3",
        decimales=1,
        sens="baisse_favorable",
    ),
    Indicateur(
        code="G3",
        libelle="Taux de facturation, cumul de l'année",
        unite="%",
        agregation=RatioDeSommes("facture_uh", "realise_min"),
        numerateur="heures facturées depuis le 1er janvier",
        denominateur="heures réalisées depuis le 1er janvier",
        champ=_CHAMP,
        definition="Heures facturées / heures réalisées de l'année civile : la position de "
        "l'établissement sur la courbe de la Psu. Sous 100 %, une anomalie à expliquer.",
        source="factures, pointages",
        limites=_LIMITES,
        contributeur=_DEUX,
        entraine_par="T3",
        decimales=1,
        sens="baisse_favorable",
    ),
    Indicateur(
        code="G3f",
        libelle="Heures facturées, cumul de l'année",
        unite="h",
        agregation=Additif("facture_uh"),
        numerateur="heures facturées depuis le 1er janvier",
        champ=_CHAMP,
        definition="H2 cumulé depuis le 1er janvier.",
        source="factures",
        limites=_LIMITES,
        contributeur="factures",
        entraine_par="T3",
        au_trimestre="fin",
    ),
    Indicateur(
        code="G3r",
        libelle="Heures réalisées, cumul de l'année",
        unite="h",
        agregation=Additif("realise_min"),
        numerateur="heures réalisées depuis le 1er janvier",
        champ=_CHAMP,
        definition="H1 cumulé depuis le 1er janvier.",
        source="pointages",
        limites=_LIMITES,
        contributeur="presents",
        entraine_par="T3",
        au_trimestre="fin",
    ),
    COUT,
)


def calculer_position(lieux: Lieux, le: date, mensuelle: pl.DataFrame) -> pl.DataFrame:
    """G1 à G4, toutes mailles, mois et trimestres échus au jour `le`, en ventilation `cumul`.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté.
        mensuelle: table de `cumuls.activite_mensuelle`.
    """
    cumules = cumuler(mensuelle, lieux)
    mesures = (
        couts(cumules)
        .join(bornes_degressives(cumules), on="date", how="left")
        .with_columns(zone_tuh=zone_degressive(), ventilation=pl.lit(CUMUL), modalite=pl.lit(ANNEE))
    )
    les_deux = pl.max_horizontal(etat("facture_uh"), etat("realise_min"))
    mesures = mesures.with_columns(
        les_deux.alias(etat("zone_tuh")), les_deux.alias(etat("cout_centimes"))
    ).drop("bas_pct", "haut_pct")
    parts = rassembler([periodes_de_fin(mesures, le)])
    effectifs = {
        "presents": compter_presents(parts, *enfants_presents(lieux, le, cumules)),
        "factures": compter(parts, enfants_factures(lieux, le, cumules), "factures", "facture_uh"),
    }
    return _dire_pourquoi(calculer(INDICATEURS, parts, effectifs=effectifs))


def _dire_pourquoi(table: pl.DataFrame) -> pl.DataFrame:
    """Écrit dans `source` pourquoi un coût n'est pas calculable."""
    sans_cout = (pl.col("indicateur") == COUT.code) & (pl.col("statut") == "non_calculable")
    annees = table.filter(sans_cout)["periode"].str.head(4).unique().sort().to_list()
    raisons = {annee: raison_du_cout_inconnu(int(annee)) for annee in annees}
    return table.with_columns(
        source=pl.when(sans_cout)
        .then(pl.col("periode").str.head(4).replace_strict(raisons, default=""))
        .otherwise("source")
    )


def bornes_degressives(table: pl.DataFrame) -> pl.DataFrame:
    """Bornes du taux de facturation entre lesquelles le prix plafond baisse, par date.

    Args:
        table: table portant `date`.

    Returns:
        `date, bas_pct, haut_pct` (%, en vigueur au 31 décembre de l'année : la Psu se solde
        sur l'exercice entier) ; vides avant la première règle connue.
    """
    dates = table["date"].unique().sort()
    bornes = [
        [_borne(cle, date(jour.year, 12, 31)) for cle in ("t3_orange_pct", "t3_rouge_pct")]
        for jour in dates
    ]
    return pl.DataFrame(
        {"date": dates, "bas_pct": [b for b, _ in bornes], "haut_pct": [h for _, h in bornes]},
        schema={"date": pl.Date, "bas_pct": pl.Float64, "haut_pct": pl.Float64},
    )


def _borne(cle: str, le: date) -> float | None:
    try:
        return float(valeur("seuils_alerte", cle, le))
    except ErreurReglementation:
        return None


def zone_degressive() -> pl.Expr:
    """Heures facturées entre les deux bornes, en tiers de millionième d'heure (entier exact).

    Lit `facture_uh`, `realise_min`, `bas_pct`, `haut_pct` (au plus deux décimales). Nulles si
    rien n'est réalisé : aucune heure n'est alors sous la borne haute.

    Source : guide Psu (Cnaf, 2014) ; Caf.fr du 15 janvier 2025 (107 à 120 %).
    """
    facture = pl.col("facture_uh") * 3

    def realise_a(pct: str) -> pl.Expr:
        minute = (pl.col(pct) * (TIERS_PAR_MINUTE // 100)).round().cast(pl.Int64)
        return pl.col("realise_min") * minute

    return (pl.min_horizontal(facture, realise_a("haut_pct")) - realise_a("bas_pct")).clip(0)
