"""Le calendrier du personnel : les professionnels que demandent les enfants attendus."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.encadrement import JOUR, agents_par_quart
from rtpe_analyse.indicateurs.modele import Indicateur, NonAgregeable
from rtpe_analyse.indicateurs.panels import MAILLES_SUIVIES
from rtpe_analyse.indicateurs.parts import PERIODE, etat
from rtpe_analyse.indicateurs.pointes import (
    AN,
    marcheurs,
    pointes,
    rapports_de_pointe,
    regles_des_semaines,
)
from rtpe_analyse.indicateurs.presences import CONNU, EN_PARTIE
from rtpe_analyse.indicateurs.previsions import calculer_previsions
from rtpe_analyse.indicateurs.professionnels import BORNES, professionnels_necessaires
from rtpe_analyse.indicateurs.rattachement import rattacher
from rtpe_analyse.indicateurs.table import ordonner, parents_de, poser, vide
from rtpe_analyse.propres import lire_admis
from rtpe_analyse.reglementation import valeur

SEMAINE = "semaine"
_PREVUS = "N4"
_LUNDI = pl.col("date").dt.truncate("1w")
_SOURCES = {
    "sans_heures": "heures d'arrivée ou de départ manquantes",
    "sans_marcheurs": "part de marcheurs non déclarée",
    "sans_mode": "mode d'encadrement non déclaré",
}

INDICATEURS = (
    Indicateur(
        code="N7",
        libelle="Professionnels nécessaires à la pointe de la semaine",
        unite="professionnels",
        agregation=NonAgregeable("necessaires"),
        numerateur="professionnels présents ensemble qu'exige l'instant le plus chargé",
        champ="Semaines à venir jusqu'à deux trimestres ; jours prévus au calendrier.",
        definition="Enfants attendus par jour (N4) × ce dont la pointe de la semaine dépasse "
        "d'ordinaire la moyenne depuis un an, arrondi à l'enfant supérieur ; puis la règle "
        "d'encadrement de l'établissement (un pour 5 et un pour 8, ou un pour 6 ; deux au moins), "
        "arrondie au professionnel supérieur. Les bornes réunissent l'incertitude de N4 et "
        "celle de la pointe, comme deux erreurs indépendantes. "
        "Une zone additionne ses établissements.",
        source="N4, pointages, sections, établissements, agréments ; règles d'encadrement datées",
        limites="Un nombre de personnes ensemble à un instant, ni un nombre de postes ni un "
        "planning : l'ouverture, la fermeture, les pauses et les absences s'y ajoutent. Part de "
        "marcheurs, mode ou heures inconnus : borne haute, « à vérifier ». La part de marcheurs "
        "est celle des treize dernières semaines. Une fourchette de zone est la somme de celles "
        "de ses établissements : elle est large.",
        contributeur="presents_recents",
        entraine_par="T1",
        sens="neutre",
    ),
    Indicateur(
        code="R6",
        libelle="Professionnels présents ensemble, au plus, dans la semaine",
        unite="professionnels",
        agregation=NonAgregeable("presents_ensemble"),
        numerateur="agents encadrants présents au quart d'heure le mieux pourvu de la semaine",
        champ="52 semaines avant chaque semaine à venir ; personnel hors encadrement exclu.",
        definition="Plus grand nombre d'agents encadrants présents au même quart d'heure, toutes "
        "qualifications ensemble. Une zone additionne ses "
        "établissements.",
        source="présences d'agents",
        limites="Une semaine sans présences d'agents, ou dont un jour est illisible, est "
        "inconnue ; une zone dont un établissement ouvert cette semaine-là est inconnu est « à "
        "vérifier ». Des effectifs présents, jamais des personnes.",
        contributeur="encadrants",
        nature="agents",
        sens="neutre",
    ),
)


def calculer_avenir(lieux: Lieux, le: date) -> pl.DataFrame:
    """La famille « prévisions » : ce qu'on attend, et les professionnels que cela demande.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté.

    Returns:
        `calculer_previsions`, puis N7 et R6 : une seule prévision hebdomadaire sert aux deux.
    """
    attendu = calculer_previsions(lieux, le)
    return pl.concat([attendu, calculer_besoins_personnel(lieux, le, attendu)])


def calculer_besoins_personnel(lieux: Lieux, le: date, prevues: pl.DataFrame) -> pl.DataFrame:
    """N7 et R6, pour chaque semaine que N4 prévoit.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté ; les règles d'encadrement sont celles du lundi de chaque semaine.
        prevues: lignes de N4 à la maille établissement au moins (ventilations `semaine_bas`,
            `semaine_centre`, `semaine_haut` ; modalité : le lundi), avec `parents`.

    Returns:
        Table de calcul avant secret. N7 : établissement, territoire, département, mêmes clés que
        N4 ; une borne que N4 n'a pas est non calculable. R6 : mêmes zones, ventilation `semaine`,
        le lundi d'il y a 52 semaines, au trimestre de ce lundi.
    """
    n4 = prevues.filter(
        pl.col("indicateur") == _PREVUS, pl.col("maille") == "etablissement"
    ).with_columns(date=pl.col("modalite").str.to_date())
    if not n4.height:
        return vide()
    niveau = float(valeur("conventions", "intervalle_prevision_pct", le)) / 100
    besoins = _besoins(lieux, le, _en_semaines(n4), niveau)
    agents = _agents(lieux, le, besoins.select(JOUR))
    return pl.concat(
        [
            _poser(INDICATEURS[0], _en_lignes(besoins), lieux),
            _poser(INDICATEURS[1], agents, lieux).drop_nulls("numerateur"),
        ]
    )


def _en_semaines(n4: pl.DataFrame) -> pl.DataFrame:
    """`etablissement, date, enfants_bas, enfants_centre, enfants_haut, effectif`."""
    parts = [
        n4.filter(pl.col("ventilation") == f"{SEMAINE}_{borne}").select(
            "date", pl.col("valeur").alias(f"enfants_{borne}"), etablissement="zone"
        )
        for borne in BORNES
    ]
    effectifs = n4.group_by("date", etablissement="zone").agg(pl.col("effectif").min())
    for part in parts:
        effectifs = effectifs.join(part, on=JOUR, how="left")
    return effectifs


def _besoins(lieux: Lieux, le: date, semaines: pl.DataFrame, niveau: float) -> pl.DataFrame:
    rapports = rapports_de_pointe(pointes(lieux, le), niveau)
    decrites = (
        semaines.join(rapports, on="etablissement", how="left")
        .join(marcheurs(lieux, le), on="etablissement", how="left")
        .join(regles_des_semaines(lieux, semaines), on=JOUR, how="left")
        .with_columns(_a_la_pointe())
    )
    # La borne haute vaut pour qui ne marche pas : seul le mode 5_8 en dépend.
    trop_peu = pl.col("marcheurs_min").is_null() | (
        pl.col("marcheurs_min") < pl.col("marcheurs_max")
    )
    return professionnels_necessaires(decrites).with_columns(
        pl.col("sans_heures").fill_null(False),
        sans_mode=pl.col("mode").is_null(),
        sans_marcheurs=(pl.col("mode") == "5_8").fill_null(False) & trop_peu,
    )


def _a_la_pointe() -> list[pl.Expr]:
    """Des enfants par jour aux enfants ensemble à la pointe ; deux erreurs indépendantes."""
    centre, rapport = pl.col("enfants_centre"), pl.col("pointe_centre")
    marges = {
        borne: (
            ((pl.col(f"enfants_{borne}") - centre) * rapport).pow(2)
            + (centre * (pl.col(f"pointe_{borne}") - rapport)).pow(2)
        ).sqrt()
        for borne in ("bas", "haut")
    }
    return [
        (centre * rapport - marges["bas"]).clip(0).alias("enfants_bas"),
        (centre * rapport).alias("enfants_centre"),
        (centre * rapport + marges["haut"]).alias("enfants_haut"),
    ]


def _en_lignes(besoins: pl.DataFrame) -> pl.DataFrame:
    """Une ligne par établissement × semaine × borne, avec ce qu'on ignore."""
    manque = pl.any_horizontal(list(_SOURCES)) & (pl.col("haut") != 0).fill_null(True)
    raisons = pl.when(manque).then(
        pl.concat_str(
            [pl.when(c).then(pl.lit(texte)) for c, texte in _SOURCES.items()],
            separator=" ; ",
            ignore_nulls=True,
        )
    )
    return pl.concat(
        besoins.select(
            *JOUR,
            "effectif",
            nombre=borne,
            ventilation=pl.lit(f"{SEMAINE}_{borne}"),
            modalite=pl.col("date").dt.to_string("%Y-%m-%d"),
            etat=pl.when(manque).then(EN_PARTIE).otherwise(CONNU),
            source=raisons,
        )
        for borne in BORNES
    )


def _agents(lieux: Lieux, le: date, semaines: pl.DataFrame) -> pl.DataFrame:
    """Agents présents ensemble, 52 semaines avant chaque semaine ; sans nombre, une inconnue.

    Une semaine où l'établissement n'ouvrait aucun jour n'est pas une inconnue : elle n'y est pas.
    """
    avant = semaines.with_columns(pl.col("date") - AN).lazy()
    ouvertes = (
        lire_admis(lieux, "ouvertures")
        .filter("ouvert")
        .select("etablissement", date=_LUNDI)
        .unique()
        .join(avant, on=JOUR, how="semi")
    )
    comptes = (
        agents_par_quart(lieux, le)
        .with_columns(date=_LUNDI)
        .join(avant, on=JOUR, how="semi")
        .group_by(JOUR)
        .agg(pl.col("lisible").all(), nombre=pl.col("encadrants").max())
        .filter("lisible")
        .select(*JOUR, "nombre")
    )
    return (
        ouvertes.join(comptes, on=JOUR, how="full", coalesce=True)
        .sort(JOUR)
        .select(
            *JOUR,
            nombre=pl.col("nombre").cast(pl.Int64),
            effectif=pl.col("nombre").cast(pl.Int64).fill_null(0),
            ventilation=pl.lit(SEMAINE),
            modalite=pl.col("date").dt.to_string("%Y-%m-%d"),
            etat=pl.lit(CONNU),
            source=pl.lit(None, pl.String),
        )
        .collect(engine="streaming")
    )


def _poser(indicateur: Indicateur, lignes: pl.DataFrame, lieux: Lieux) -> pl.DataFrame:
    """Somme les établissements de chaque zone ; un établissement inconnu n'y compte pas."""
    situees = rattacher(lignes, lieux).with_columns(
        pas=pl.lit("trimestre"),
        periode=pl.format("{}-T{}", pl.col("date").dt.year(), pl.col("date").dt.quarter()),
    )
    manque, effectif = pl.col("nombre").is_null(), pl.col("effectif")
    zones = pl.concat(
        situees.group_by(*PERIODE, zone=maille)
        .agg(
            numerateur=pl.when(~manque.all()).then(pl.col("nombre").sum()),
            effectif=pl.when(effectif.null_count() == 0).then(effectif.sum()),
            etat=pl.when(manque.any()).then(EN_PARTIE).otherwise(pl.col("etat").max()),
            source=pl.col("source").drop_nulls().unique().sort().str.join(" ; "),
        )
        .with_columns(maille=pl.lit(maille), denominateur=pl.lit(None, pl.Float64))
        for maille in MAILLES_SUIVIES
    ).rename({"etat": etat("ensemble")})
    return ordonner(poser(indicateur, zones), parents_de(situees))
