"""Colonnes calculées avant jugement : ce qu'une attente ne peut pas dire seule.

Ces colonnes s'ajoutent à la table jugée, ligne à ligne ; Great Expectations juge ensuite
chaque ligne. Elles portent l'unicité du grain, les références entre tables, les
recouvrements de périodes, les âges, les écarts et les constats (`constat_<code>`).
"""

from collections.abc import Callable

import polars as pl

from rtpe_analyse.controles.entrees import Entrees
from rtpe_analyse.controles.tarifs import avec_recalcul
from rtpe_analyse.schemas import TABLES

# Constats qui tiennent à une ligne, puis à un jour d'établissement, puis à son mois.
_PAR_LIGNE = {
    "pointages": (
        "presence_jour_ferme",
        "double_presence",
        "quasi_doublon",
        "donnee_personnelle",
        "presence_hors_activite",
        "presence_sans_contrat",
    ),
    "factures": ("facture_inferieur_realise", "tarif_ecart"),
    "agrements": ("agrement_chevauchant", "agrement_concurrent"),
    "contrats": ("contrat_chevauchant",),
    "plannings": ("planning_hors_ouverture",),
    "ouvertures": ("agrement_absent",),
    "etablissements": ("commune_inconnue",),
    "familles": ("commune_inconnue",),
    "demandes": ("commune_inconnue",),
    "zonages": ("commune_inconnue", "iris_introuvable"),
}
_PAR_JOUR = {"pointages": ("surnombre",)}
_PAR_MOIS = {"pointages": ("mois_recopie",)}

_REFERENCES = {
    "enfants": (("famille", "familles"),),
    "contrats": (("enfant", "enfants"),),
    "plannings": (("contrat", "contrats"),),
    "pointages": (("enfant", "enfants"),),
    "factures": (("enfant", "enfants"),),
    "objectifs": (("territoire", "territoires"),),
}
# Le seul indicateur piloté qui se compte ; les autres sont des parts, au plus 150 %.
_EFFECTIF = "E1"
_PART_PLAUSIBLE = (1, 150)


def dependances(table: str) -> tuple[str, ...]:
    """Registres dont dépendent les colonnes calculées d'une table."""
    return tuple(cible for _, cible in _REFERENCES.get(table, ()))


def completer(entrees: Entrees, table: str, partition: str) -> pl.DataFrame:
    """Une partition propre et ses colonnes calculées.

    Args:
        entrees: entrées de l'exécution.
        table: table propre.
        partition: nom de la partition.

    Returns:
        La table, plus `cle_unique` (le grain ne se répète pas dans la partition ; absent
        si son premier terme est vide),
        `<colonne>_connu` (la référence existe ; absent si la référence est vide),
        `periode_disjointe` (aucun recouvrement de validité pour le même sujet),
        `constat_<code>`, et les colonnes propres à la table.
    """
    lignes = entrees.partition(table, partition)
    grain = TABLES[table].grain
    # Sans son premier terme (usager sans matricule), le grain ne désigne personne.
    designe = pl.col(grain[0]).is_not_null()
    lignes = lignes.with_columns(cle_unique=pl.when(designe).then(pl.struct(grain).is_unique()))
    for colonne, cible in _REFERENCES.get(table, ()):
        connus = entrees.registre(cible)[colonne].unique().implode()
        lignes = lignes.with_columns(pl.col(colonne).is_in(connus).alias(f"{colonne}_connu"))
    if {"valide_du", "valide_au"} <= set(lignes.columns) and table != "agrements":
        lignes = _periodes(lignes, table)
    if table in _PROPRES:
        lignes = _PROPRES[table](entrees, lignes)
    return _marquer(entrees, lignes, table, partition)


def _periodes(lignes: pl.DataFrame, table: str) -> pl.DataFrame:
    sujet = [c for c in TABLES[table].grain if c != "valide_du"]
    fin_precedente = (
        pl.col("valide_au").fill_null(pl.date(9999, 12, 31)).cum_max().shift(1).over(sujet)
    )
    return lignes.sort(*sujet, "valide_du", "_fichier", "_ligne").with_columns(
        periode_disjointe=(pl.col("valide_du") > fin_precedente).fill_null(True)
    )


def _pointages(entrees: Entrees, lignes: pl.DataFrame) -> pl.DataFrame:
    naissances = (
        entrees.registre("enfants").select("enfant", "mois_naissance").unique("enfant", keep="any")
    )
    rang_mois = pl.col("date").dt.year() * 12 + pl.col("date").dt.month()
    rang_naissance = pl.col("mois_naissance").dt.year() * 12 + pl.col("mois_naissance").dt.month()
    present = pl.col("arrivee_min").is_not_null() | (pl.col("realise_min") > 0)
    return lignes.join(naissances, on="enfant", how="left").with_columns(
        # Seul le mois est connu : l'écart de mois est l'âge atteint au plus tôt.
        age_mois=rang_mois - rang_naissance,
        depart_si_arrivee=pl.col("arrivee_min").is_null() == pl.col("depart_min").is_null(),
        ecart_duree_min=(
            pl.col("realise_min") - (pl.col("depart_min") - pl.col("arrivee_min"))
        ).abs(),
        absent_et_present=pl.col("motif_absence").is_not_null() & present.fill_null(False),
    )


def _factures(_: Entrees, lignes: pl.DataFrame) -> pl.DataFrame:
    attendu = pl.col("heures_facturees_h") * pl.col("tarif_eur")
    return avec_recalcul(lignes).with_columns(
        ecart_montant_eur=(pl.col("montant_eur") - attendu).abs().round(4),
    )


def _ouvertures(_: Entrees, lignes: pl.DataFrame) -> pl.DataFrame:
    return lignes.with_columns(
        cause_manquante=~pl.col("ouvert") & pl.col("prevu") & pl.col("cause").is_null()
    )


def _demandes(_: Entrees, lignes: pl.DataFrame) -> pl.DataFrame:
    refusee = (pl.col("decision") == "refusee").fill_null(False)
    return lignes.with_columns(
        decision_datee=pl.col("decision").is_null() == pl.col("date_decision").is_null(),
        motif_sans_refus=pl.col("motif_refus").is_not_null() & ~refusee,
    )


def _usagers(_: Entrees, lignes: pl.DataFrame) -> pl.DataFrame:
    annees = [pl.col(c).dt.year() == pl.col("annee") for c in ("premier_jour", "dernier_jour")]
    return lignes.with_columns(jours_dans_annee=pl.all_horizontal(annees))


def _declarations(_: Entrees, lignes: pl.DataFrame) -> pl.DataFrame:
    return lignes.with_columns(
        arrete_dit=(pl.col("nature") != "actualise") | pl.col("arrete_au").is_not_null(),
        arrete_dans_annee=pl.col("arrete_au").dt.year() == pl.col("annee"),
    )


def _zonages(_: Entrees, lignes: pl.DataFrame) -> pl.DataFrame:
    unites = [pl.col(c).is_not_null() for c in ("commune", "iris")]
    return lignes.with_columns(unite_dite=pl.any_horizontal(unites))


def _passages(_: Entrees, lignes: pl.DataFrame) -> pl.DataFrame:
    part = pl.col("part").fill_null(1.0)
    return lignes.with_columns(part_reprise=part.sum().over("ancien", "effet"))


def _objectifs(_: Entrees, lignes: pl.DataFrame) -> pl.DataFrame:
    dites = [pl.col(c).is_not_null() for c in ("etablissement", "territoire")]
    part = pl.col("indicateur") != _EFFECTIF
    return lignes.with_columns(
        zone_dite=pl.sum_horizontal(dites) == 1,
        part_plausible=pl.when(part).then(pl.col("cible").is_between(*_PART_PLAUSIBLE)),
    )


_PROPRES: dict[str, Callable[[Entrees, pl.DataFrame], pl.DataFrame]] = {
    "passages": _passages,
    "zonages": _zonages,
    "pointages": _pointages,
    "factures": _factures,
    "ouvertures": _ouvertures,
    "demandes": _demandes,
    "usagers_filoue": _usagers,
    "declarations_caf": _declarations,
    "objectifs": _objectifs,
}


def _marquer(entrees: Entrees, lignes: pl.DataFrame, table: str, partition: str) -> pl.DataFrame:
    constats = entrees.constats(table, partition)
    ligne = ["_fichier", "_ligne", *(["date"] if "date" in lignes.columns else [])]
    etendues = (
        (_PAR_LIGNE, ligne),
        (_PAR_JOUR, ["etablissement", "date"]),
        (_PAR_MOIS, ["etablissement"]),
    )
    constats = constats.rename({"fichier": "_fichier", "ligne": "_ligne"})
    for codes_par_table, cle in etendues:
        codes = codes_par_table.get(table, ())
        if not codes:
            continue
        marques = (
            constats.filter(pl.col("code").is_in(codes))
            .group_by(cle)
            .agg((pl.col("code") == code).any().alias(f"constat_{code}") for code in codes)
        )
        lignes = lignes.join(marques, on=cle, how="left").with_columns(
            pl.col(f"constat_{code}").fill_null(False) for code in codes
        )
    return lignes
