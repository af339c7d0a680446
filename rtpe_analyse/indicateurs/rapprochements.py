"""Nos totaux confrontés aux déclarations faites à la Caf (G5) et à Filoué (G6)."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.agregation import calculer, compter, sommer_zones
from rtpe_analyse.indicateurs.cumuls import MESURES, suivi_incomplet
from rtpe_analyse.indicateurs.modele import Additif, Indicateur
from rtpe_analyse.indicateurs.parts import PERIODE, ZONES, etat, rassembler
from rtpe_analyse.indicateurs.presences import (
    CONNU,
    EN_PARTIE,
    INCONNU,
    MICRO_HEURES,
    TIERS_PAR_MINUTE,
    facturation,
    frequentation,
    micro_heures,
)
from rtpe_analyse.indicateurs.rattachement import rattacher
from rtpe_analyse.indicateurs.table import CLE_ZONE, vide
from rtpe_analyse.modeles import MAILLES
from rtpe_analyse.propres import lire_admis

GRANDEURS = ("heures_facturees", "heures_realisees", "enfants")
_ANNEE = ["etablissement", "annee"]


def _trio(
    code: str, autre: str, champ: str, source: str, limites: str
) -> tuple[Indicateur, Indicateur, Indicateur]:
    """L'écart, notre valeur et l'autre valeur : les trois portent les mêmes masques."""

    def declarer(suffixe: str, libelle: str, mesure: str, definition: str) -> Indicateur:
        return Indicateur(
            code=code + suffixe,
            libelle=libelle,
            unite="h ou enfants",
            agregation=Additif(mesure),
            numerateur=libelle[0].lower() + libelle[1:],
            champ=champ,
            definition=definition + " Par grandeur (ventilation « grandeur ») : heures "
            "facturées, heures réalisées, enfants de chaque établissement.",
            source=source,
            limites=limites,
            contributeur="usagers",
        )

    return (
        declarer(
            "",
            f"Écart avec {autre}",
            "ecart",
            f"Notre valeur moins celle de {autre}, établissement par établissement ; une zone "
            "additionne les écarts, qui peuvent se compenser.",
        ),
        declarer("n", f"Notre valeur, à confronter avec {autre}", "notre", "Notre valeur."),
        declarer("d", f"Valeur de {autre}", "leur", f"Valeur de {autre}, telle que reçue."),
    )


_LIMITES = (
    "Une zone n'additionne que les établissements dont les deux valeurs sont connues. Un enfant "
    "accueilli dans deux établissements compte dans chacun. À vérifier l'année où le suivi du "
    "réseau a commencé après janvier."
)

DECLARATIONS = _trio(
    "G5",
    "la déclaration Caf",
    "Par établissement, la dernière déclaration réelle de l'année, à défaut la dernière "
    "actualisée ; nos mois sont ceux qu'elle couvre.",
    "factures, pointages, enfants, declarations_caf",
    _LIMITES + " Une déclaration prévisionnelle n'est pas confrontée. Sans déclaration, ou si "
    "elle est arrêtée après nos données : inconnu, jamais nul.",
)
FILOUE = _trio(
    "G6",
    "Filoué",
    "Années civiles entières, par établissement.",
    "factures, pointages, enfants, usagers_filoue",
    _LIMITES + " Un usager de Filoué sans matricule compte pour un enfant.",
)
INDICATEURS = (*DECLARATIONS, *FILOUE)


def calculer_rapprochements(lieux: Lieux, le: date, mensuelle: pl.DataFrame) -> pl.DataFrame:
    """G5 et G6, avec les deux valeurs de chaque écart, à toutes les mailles.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté.
        mensuelle: table de `cumuls.activite_mensuelle`.

    Returns:
        Table au schéma de calcul, pas `annee` (`2025`), ventilation `grandeur` ;
        `millesime` dit quelle déclaration (`reel 2025-12-31`). Les années sans aucune
        déclaration (sans aucun fichier Filoué) n'y sont pas ; dans les autres, un
        établissement actif sans déclaration est non calculable.
    """
    return pl.concat(
        [
            vide(),
            _confronter(DECLARATIONS, _declarations(lieux), lieux, le, mensuelle),
            _confronter(FILOUE, _filoue(lieux), lieux, le, mensuelle),
        ]
    )


def _declarations(lieux: Lieux) -> pl.DataFrame:
    """Déclaration retenue par établissement et année : réelle, sinon la plus récente."""
    return (
        lire_admis(lieux, "declarations_caf")
        .filter(pl.col("nature").is_in(["reel", "actualise"]))
        .with_columns(
            pl.col("arrete_au").fill_null(
                pl.when(pl.col("nature") == "reel").then(pl.date(pl.col("annee"), 12, 31))
            )
        )
        .filter(pl.col("arrete_au").is_not_null())
        .sort(*_ANNEE, pl.col("nature") == "reel", "arrete_au", "_fichier", "_ligne")
        .unique(_ANNEE, keep="last", maintain_order=True)
        .select(
            *_ANNEE,
            "arrete_au",
            millesime=pl.format("{} {}", "nature", pl.col("arrete_au").dt.to_string("%Y-%m-%d")),
            heures_facturees=micro_heures("heures_facturees_h") * 3,
            heures_realisees=micro_heures("heures_realisees_h") * 3,
            enfants="enfants",
        )
        .collect()
    )


def _filoue(lieux: Lieux) -> pl.DataFrame:
    """Totaux de Filoué par établissement et année ; inconnus si une ligne n'a pas d'heures."""
    usager = pl.coalesce("appariement_caf", pl.format("{}/{}", "_fichier", "_ligne"))
    return (
        lire_admis(lieux, "usagers_filoue")
        .group_by(_ANNEE)
        .agg(
            heures_facturees=(micro_heures("heures_facturees_h") * 3).sum(),
            heures_realisees=(micro_heures("heures_realisees_h") * 3).sum(),
            enfants=usager.n_unique().cast(pl.Int64),
        )
        .with_columns(
            arrete_au=pl.date(pl.col("annee"), 12, 31), millesime=pl.col("annee").cast(pl.String)
        )
        .sort(_ANNEE)
        .collect()
    )


def _confronter(
    trio: tuple[Indicateur, ...],
    leurs: pl.DataFrame,
    lieux: Lieux,
    le: date,
    mensuelle: pl.DataFrame,
) -> pl.DataFrame:
    if leurs.is_empty():
        return vide()
    cadre = (
        _cadre(leurs, lieux, mensuelle)
        .join(
            suivi_incomplet(mensuelle, lieux).with_columns(
                pl.col("annee").cast(pl.Int64), incomplet=pl.lit(True)
            ),
            on=_ANNEE,
            how="left",
        )
        .with_columns(pl.col("incomplet").fill_null(False))
    )
    enfants = _enfants(cadre, lieux, le)
    valeurs = _valeurs(cadre, enfants, mensuelle, le)
    parts = rassembler([valeurs])
    sommes = sommer_zones(parts, ["notre", "leur"])
    en_heures = pl.when(pl.col("modalite") == "enfants").then(1).otherwise(3 * MICRO_HEURES)
    mesures = {"ecart": pl.col("notre") - pl.col("leur"), "notre": pl.col("notre")}
    comptages = {
        nom: sommes.select(
            *CLE_ZONE, (mesure / en_heures).alias(nom), pl.col(etat("ensemble")).alias(etat(nom))
        )
        for nom, mesure in {**mesures, "leur": pl.col("leur")}.items()
    }
    effectifs = {"usagers": _usagers(parts, enfants, valeurs)}
    table = calculer(trio, parts, comptages, effectifs)
    return (
        table.drop("millesime")
        .join(
            _millesimes(cadre), on=["maille", "zone", "periode"], how="left", maintain_order="left"
        )
        .with_columns(pl.col("millesime").fill_null(""))
        .select(table.columns)
    )


def _cadre(leurs: pl.DataFrame, lieux: Lieux, mensuelle: pl.DataFrame) -> pl.DataFrame:
    """Établissements actifs ou déclarés, pour chaque année déclarée, et leurs zones.

    La zone est celle du dernier mois couvert, ou du dernier mois d'activité s'il précède.
    """
    actifs = mensuelle.group_by("etablissement", annee=pl.col("mois").dt.year().cast(pl.Int64)).agg(
        dernier=pl.col("mois").max()
    )
    cites = actifs.filter(pl.col("annee").is_in(leurs["annee"].unique().implode()))
    tous = cites.join(leurs, on=_ANNEE, how="full", coalesce=True).with_columns(
        pl.col("arrete_au").fill_null(pl.date(pl.col("annee"), 12, 31))
    )
    return (
        rattacher(tous.with_columns(date=pl.min_horizontal("arrete_au", "dernier")), lieux)
        .with_columns(periode=pl.col("annee").cast(pl.String))
        .sort(_ANNEE)
    )


def _enfants(cadre: pl.DataFrame, lieux: Lieux, le: date) -> pl.DataFrame:
    """Enfants venus ou facturés les mois couverts : `etablissement, annee, unite` et les zones."""
    vus = pl.concat(
        table.select("etablissement", "date", "unite")
        for table in (frequentation(lieux, le), facturation(lieux, le))
    )
    return (
        vus.with_columns(annee=pl.col("date").dt.year().cast(pl.Int64))
        .join(cadre.drop("date"), on=_ANNEE)
        .filter(pl.col("date").dt.month_end() <= pl.col("arrete_au"))
        .select(*ZONES, "annee", "periode", "unite")
        .unique()
    )


def _valeurs(
    cadre: pl.DataFrame, enfants: pl.DataFrame, mensuelle: pl.DataFrame, le: date
) -> pl.DataFrame:
    """`notre` et `leur` par établissement, année et grandeur, et l'état de la nôtre."""
    facturees, realisees = (etat(m) for m in MESURES)
    notres = (
        mensuelle.with_columns(annee=pl.col("mois").dt.year().cast(pl.Int64))
        .join(cadre.select(*_ANNEE, "arrete_au"), on=_ANNEE)
        .filter(pl.col("mois").dt.month_end() <= pl.col("arrete_au"))
        .group_by(_ANNEE)
        .agg(pl.col(MESURES).sum(), pl.col(facturees, realisees).max())
    )
    comptes = enfants.group_by(_ANNEE).agg(enfants=pl.len().cast(pl.Int64))
    dernier_mois = mensuelle["mois"].max()
    non_couvert = (pl.col("arrete_au") > le) | (
        pl.col("arrete_au").dt.truncate("1mo") > pl.lit(dernier_mois, pl.Date)
    )
    entame = pl.col("arrete_au") != pl.col("arrete_au").dt.month_end()
    commun = (
        pl.when(non_couvert)
        .then(INCONNU)
        .when(entame | pl.col("incomplet"))
        .then(EN_PARTIE)
        .otherwise(CONNU)
    )
    une_seule = pl.when(pl.col(facturees) != pl.col(realisees)).then(EN_PARTIE).otherwise(CONNU)
    des_enfants = pl.max_horizontal(pl.min_horizontal(facturees, realisees), une_seule)
    lus = (
        cadre.rename({grandeur: f"leur_{grandeur}" for grandeur in GRANDEURS})
        .join(notres, on=_ANNEE, how="left")
        .join(comptes, on=_ANNEE, how="left")
        .with_columns(pl.col(facturees, realisees).fill_null(INCONNU))
    )
    return pl.concat(
        lus.select(
            *ZONES,
            "periode",
            pas=pl.lit("annee"),
            ventilation=pl.lit("grandeur"),
            modalite=pl.lit(grandeur),
            notre=mesure.fill_null(0),
            leur=f"leur_{grandeur}",
            notre__etat=pl.max_horizontal(commun, connu),
        )
        for grandeur, mesure, connu in zip(
            GRANDEURS,
            (
                pl.col("facture_uh") * 3,
                pl.col("realise_min") * TIERS_PAR_MINUTE,
                pl.col("enfants"),
            ),
            (pl.col(facturees), pl.col(realisees), des_enfants),
            strict=True,
        )
    )


def _usagers(parts: pl.DataFrame, enfants: pl.DataFrame, valeurs: pl.DataFrame) -> pl.DataFrame:
    """Enfants derrière chaque écart ; à défaut d'un seul chez nous, ceux que l'autre annonce."""
    unites = enfants.join(valeurs.select(*PERIODE, *ZONES).unique(), on=["periode", *ZONES])
    notres = compter(parts, unites, "usagers", None)
    annonces = sommer_zones(parts.filter(pl.col("modalite") == "enfants"), ["leur"]).select(
        "maille", "zone", "periode", "leur"
    )
    return notres.join(annonces, on=["maille", "zone", "periode"], how="left").select(
        *CLE_ZONE,
        etat("usagers"),
        usagers=pl.when(pl.col("usagers") > 0)
        .then("usagers")
        .otherwise(pl.col("leur").fill_null(0).cast(pl.Int64)),
    )


def _millesimes(cadre: pl.DataFrame) -> pl.DataFrame:
    """Déclaration lue par zone et année ; « divers » si elles ne sont pas toutes la même."""
    connus = cadre.filter(pl.col("millesime").is_not_null())
    return pl.concat(
        connus.group_by("periode", zone=maille)
        .agg(
            millesime=pl.when(pl.col("millesime").n_unique() == 1)
            .then(pl.col("millesime").first())
            .otherwise(pl.lit("divers"))
        )
        .with_columns(maille=pl.lit(maille))
        for maille in MAILLES
    )
