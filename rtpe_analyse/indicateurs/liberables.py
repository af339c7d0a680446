"""Places libérables au prochain 1er septembre, en fourchette (E9, E9h)."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.ages import modalites_age, tranche_age
from rtpe_analyse.indicateurs.agregation import calculer, compter, sommer_zones
from rtpe_analyse.indicateurs.modele import Additif, Indicateur
from rtpe_analyse.indicateurs.parts import (
    DETAIL_AU_TRIMESTRE,
    HORS_DETAIL_COMMUNAL,
    en_parts_de_fin,
    etat,
    periodes_de_fin,
)
from rtpe_analyse.indicateurs.presences import EN_PARTIE
from rtpe_analyse.indicateurs.rattachement import rattacher
from rtpe_analyse.indicateurs.sejours import TYPE_INCONNU, au_dernier_jour, prochaine_rentree
from rtpe_analyse.indicateurs.table import CLE_ZONE
from rtpe_analyse.reglementation import valeur
from rtpe_analyse.tableaux import rapport

_CHAMP = (
    "Contrats en vigueur au dernier jour de la période, dont on connaît les heures "
    "hebdomadaires (à défaut le planning)."
)
_LIMITES = (
    "Une place libérée l'est dans son établissement ; la place que l'enfant prendrait ailleurs "
    "n'en est pas déduite. Une période passée se lit avec les fins de contrat connues "
    "aujourd'hui. Un occasionnel sans heures ne tient pas de place. Ventilation au trimestre "
    "seulement, pas à la commune."
)
_SOURCE = (
    "contrats, plannings, enfants ; conventions rentree_mois, scolarisation_ans, "
    "fin_annee_accueil_jours, etp_heures_hebdo_h"
)

LIBERABLES = Indicateur(
    code="E9",
    libelle="Places libérables à la prochaine rentrée, borne basse",
    unite="ETP",
    agregation=Additif("libere"),
    numerateur="heures hebdomadaires des départs assurés / heures d'un temps plein",
    champ=_CHAMP,
    definition="Équivalents temps plein des enfants qui entreront à l'école à la prochaine "
    "rentrée (trois ans dans l'année civile, sauf contrat déjà signé pour l'année suivante) et "
    "de ceux dont le séjour finit avant l'été ; par âge au dernier jour de la "
    "période (ventilation « age »).",
    source=_SOURCE,
    limites=_LIMITES + " Une fin de contrat en juillet ou en août est celle de l'année d'accueil : "
    "elle n'annonce pas à elle seule un départ.",
    contributeur="liberables",
    au_trimestre="fin",
    decimales=1,
)
LIBERABLES_HAUT = Indicateur(
    code="E9h",
    libelle="Places libérables à la prochaine rentrée, borne haute",
    unite="ETP",
    agregation=Additif("libere_haut"),
    numerateur="départs assurés, plus les départs anticipés attendus",
    champ=_CHAMP,
    definition="E9, plus les équivalents temps plein sous contrat de chaque âge multipliés par "
    "son taux de départs anticipés : part de ceux sous contrat à la même date des années "
    "passées, dans tout le réseau, qui n'y étaient plus à la rentrée suivante sans avoir l'âge "
    "de l'école (à défaut d'un enfant de cet âge, le taux de tous les âges).",
    source=_SOURCE + ", recul_departs_ans",
    limites=_LIMITES + " Non calculable tant qu'aucune rentrée passée n'est connue. Un départ "
    "anticipé déjà connu peut y compter deux fois : c'est une borne haute.",
    contributeur="liberables+sous_contrat",
    decimales=1,
)

INDICATEURS = (LIBERABLES, LIBERABLES_HAUT)
_ENFANT = ["etablissement", "unite"]


def calculer_liberables(
    lieux: Lieux,
    le: date,
    contrats: pl.DataFrame,
    sejours: pl.DataFrame,
    mensuels: pl.DataFrame,
    etats: pl.DataFrame,
) -> pl.DataFrame:
    """E9 et E9h, toutes mailles, mois et trimestres échus au jour `le`.

    Args:
        lieux: dossiers du jeu (rattachements).
        le: date d'arrêté ; une rentrée est connue si elle ne lui est pas postérieure.
        contrats: table de `sejours.contrats_suivis`.
        sejours: table de `sejours.sejours`.
        mensuels: table de `sejours.par_mois`.
        etats: table de `sejours.etats_des_contrats`.

    Returns:
        Table au schéma de calcul, ensemble et, au trimestre, ventilation `age`. Un
        établissement dont un contrat régulier n'a ni heures ni planning est connu en partie.
    """
    en_cours = au_dernier_jour(mensuels)
    enfants = partants(_enfants(en_cours, le), contrats, sejours, le)
    mesures = enfants.group_by("etablissement", "date", "age").agg(
        libere_tuh=pl.col("tuh").filter("part").sum(), total_tuh=pl.col("tuh").sum()
    )
    cadre = _cadre(mesures, _etats(en_cours, etats), modalites_age(le))
    parts = en_parts_de_fin([cadre], lieux, le)
    sommes = sommer_zones(parts, ["libere_tuh", "total_tuh"])
    temps_plein = float(valeur("conventions", "etp_heures_hebdo_h", le))
    comptages = {
        nom: table.filter(DETAIL_AU_TRIMESTRE).select(
            *CLE_ZONE,
            (pl.col("h") / temps_plein).alias(nom),
            pl.col(etat("ensemble")).alias(etat(nom)),
        )
        for nom, table in (
            ("libere", sommes.with_columns(h="libere_tuh")),
            ("libere_haut", _hausser(sommes, _taux_de_depart(enfants, le))),
        )
    }
    parts = parts.filter(DETAIL_AU_TRIMESTRE)
    tous = _decrits(en_cours.with_columns(age=_age(le)), lieux, le)
    quittants = _decrits(enfants.filter("part"), lieux, le)
    effectifs = {
        "liberables": compter(parts, quittants, "liberables", "libere_tuh"),
        "sous_contrat": compter(parts, tous, "sous_contrat", "libere_tuh"),
    }
    return calculer(INDICATEURS, parts, comptages, effectifs).filter(HORS_DETAIL_COMMUNAL)


def _age(le: date) -> pl.Expr:
    return tranche_age(pl.col("naissance"), pl.col("date"), le)


def _enfants(en_cours: pl.DataFrame, le: date) -> pl.DataFrame:
    """Un enfant par établissement et fin de mois : ses heures, et la rentrée qui suit."""
    return (
        en_cours.filter(pl.col("contrat_tuh").is_not_null())
        .group_by(*_ENFANT, "date")
        .agg(pl.col("naissance").first(), tuh=pl.col("contrat_tuh").sum())
        .with_columns(rentree=prochaine_rentree(pl.col("date"), le), age=_age(le))
    )


def partants(
    enfants: pl.DataFrame, contrats: pl.DataFrame, sejours: pl.DataFrame, le: date
) -> pl.DataFrame:
    """Qui, des enfants sous contrat un jour donné, n'y sera plus à la rentrée qui suit.

    Args:
        enfants: `etablissement, unite, date, naissance, rentree` (voir `prochaine_rentree`).
        contrats: table de `sejours.contrats_suivis`.
        sejours: table de `sejours.sejours`.
        le: date à laquelle lire les conventions.

    Returns:
        La table augmentée de `fin` (du séjour), `ecole` (rentrée de l'année de l'école, sauf
        contrat signé pour la suite) et `part` (départ assuré : l'école, ou un séjour qui
        finit avant l'été).
    """
    naissance_limite = pl.col("rentree").dt.year() - int(
        valeur("conventions", "scolarisation_ans", le)
    )
    ete = pl.duration(days=valeur("conventions", "fin_annee_accueil_jours", le))
    interruption = pl.duration(days=valeur("conventions", "interruption_max_jours", le))
    signes = (
        enfants.join(contrats.select(*_ENFANT, "debut", "fin"), on=_ENFANT)
        .filter(
            pl.col("debut") > pl.col("date"),
            pl.col("debut") <= pl.col("rentree") + interruption,
            pl.col("fin") >= pl.col("rentree"),
        )
        .select(*_ENFANT, "date", signe=True)
        .unique()
    )
    a_l_age = (pl.col("naissance").dt.year() <= naissance_limite).fill_null(False)
    return (
        enfants.join(sejours.select(*_ENFANT, "debut", "fin"), on=_ENFANT)
        .filter(pl.col("debut") <= pl.col("date"), pl.col("fin") >= pl.col("date"))
        .drop("debut")
        .join(signes, on=[*_ENFANT, "date"], how="left")
        .with_columns(ecole=a_l_age & pl.col("signe").is_null())
        .with_columns(part=pl.col("ecole") | (pl.col("fin") < pl.col("rentree") - ete))
        .drop("signe")
    )


def _etats(en_cours: pl.DataFrame, etats: pl.DataFrame) -> pl.DataFrame:
    """État de chaque fin de mois : en partie si un contrat régulier n'a pas d'heures."""
    cle = ["etablissement", "date"]
    sans_heures = en_cours.filter(
        pl.col("contrat_tuh").is_null(), pl.col("type_accueil").is_in(["regulier", TYPE_INCONNU])
    )
    manques = sans_heures.select(cle).unique().with_columns(manque=pl.lit(EN_PARTIE))
    return (
        etats.with_columns(date=pl.col("mois").dt.month_end())
        .join(manques, on=cle, how="left")
        .select(*cle, etat=pl.max_horizontal("etat", "manque"))
    )


def _cadre(mesures: pl.DataFrame, etats: pl.DataFrame, ages: tuple[str, ...]) -> pl.DataFrame:
    """Mesures de chaque établissement × fin de mois × âge, et l'ensemble ; zéro s'il n'y a rien."""
    noms = ["libere_tuh", "total_tuh"]
    par_age = (
        etats.join(pl.DataFrame({"age": ages}), how="cross")
        .join(mesures, on=["etablissement", "date", "age"], how="left")
        .with_columns(pl.col(noms).fill_null(0))
    )
    ensemble = par_age.group_by("etablissement", "date", "etat").agg(pl.col(noms).sum())
    return pl.concat(
        table.select(
            "etablissement",
            "date",
            *noms,
            *(pl.col("etat").alias(etat(m)) for m in noms),
            ventilation=pl.lit(ventilation),
            modalite=modalite,
        )
        for table, ventilation, modalite in (
            (ensemble, "", pl.lit("")),
            (par_age, "age", pl.col("age")),
        )
    )


def _taux_de_depart(enfants: pl.DataFrame, le: date) -> pl.DataFrame:
    """`pas, periode, modalite, taux, taux_de_tous` : départs anticipés des années passées."""
    anticipe = ~pl.col("ecole") & (pl.col("fin") < pl.col("rentree"))
    observes = (
        enfants.filter(pl.col("rentree") <= le)
        .group_by("date", "age")
        .agg(presents=pl.col("tuh").sum(), partis=pl.col("tuh").filter(anticipe).sum())
    )
    recul = int(valeur("conventions", "recul_departs_ans", le))
    attendus = pl.concat(
        observes.with_columns(pl.col("date").dt.offset_by(f"{ans}y").dt.month_end())
        for ans in range(1, recul + 1)
    )
    sommes = [pl.col(nom).sum().cast(pl.Float64) for nom in ("partis", "presents")]
    taux = attendus.group_by("date", modalite="age").agg(taux=rapport(*sommes))
    de_tous = attendus.group_by("date").agg(taux_de_tous=rapport(*sommes))
    return periodes_de_fin(taux.join(de_tous, on="date", how="full", coalesce=True), le).drop(
        "date"
    )


def _hausser(sommes: pl.DataFrame, taux: pl.DataFrame) -> pl.DataFrame:
    """Borne haute `h` de chaque zone, âge par âge, et leur somme pour l'ensemble."""
    zone = ["maille", "zone", "pas", "periode"]
    de_tous = taux.select("pas", "periode", "taux_de_tous").unique()
    attendu = pl.coalesce("taux", "taux_de_tous") * pl.col("total_tuh")
    par_age = (
        sommes.filter(pl.col("ventilation") == "age")
        .join(taux.drop("taux_de_tous"), on=["pas", "periode", "modalite"], how="left")
        .join(de_tous, on=["pas", "periode"], how="left")
        # Sans aucun enfant de cet âge, aucun départ : nul besoin d'un taux.
        .with_columns(
            h=pl.col("libere_tuh")
            + pl.when(pl.col("taux_de_tous").is_not_null()).then(
                pl.when(pl.col("total_tuh") == 0).then(0.0).otherwise(attendu)
            )
        )
        .sort(CLE_ZONE)
    )
    h = pl.col("h")
    ensemble = par_age.group_by(zone, maintain_order=True).agg(
        h=pl.when(h.null_count() == 0).then(h.sum())
    )
    return pl.concat(
        [
            par_age.select(*CLE_ZONE, "h", etat("ensemble")),
            sommes.filter(pl.col("ventilation") == "")
            .join(ensemble, on=zone, how="left")
            .select(*CLE_ZONE, "h", etat("ensemble")),
        ]
    )


def _decrits(enfants: pl.DataFrame, lieux: Lieux, le: date) -> pl.DataFrame:
    """Unités à dénombrer, dans l'ensemble et par âge."""
    situes = rattacher(enfants, lieux)
    return periodes_de_fin(
        pl.concat(
            situes.with_columns(ventilation=pl.lit(v), modalite=pl.col(v) if v else pl.lit(""))
            for v in ("", "age")
        ),
        le,
    )
