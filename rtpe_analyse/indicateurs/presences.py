"""Ce que disent les pointages et les factures, et ce qu'ils ne disent pas.

Trois états pour une mesure : connue, connue en partie, inconnue. Une présence sans durée
n'est jamais devinée : au-dessus du seuil de complétude de publication, le reste est compté
et la mesure est « en partie » connue ; en dessous, elle est inconnue. Un mois attendu sans
aucun pointage (ou facture) est inconnu, jamais nul.
"""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.rattachement import rattacher
from rtpe_analyse.propres import lire_admis
from rtpe_analyse.reglementation import valeur

CONNU, EN_PARTIE, INCONNU = 0, 1, 2
MICRO_HEURES = 1_000_000
TIERS_PAR_MINUTE = 3 * MICRO_HEURES // 60
_JOUR = ["etablissement", "date"]
_MOIS = ["etablissement", "mois"]


def passages(lieux: Lieux, le: date) -> pl.LazyFrame:
    """Pointages jusqu'au jour `le` inclus, avec l'enfant suivi d'un logiciel à l'autre.

    Returns:
        Une ligne par passage, paresseuse : `etablissement, date, mois, enfant`
        (appariement s'il est connu, sinon pseudonyme du logiciel), `arrivee_min`,
        `depart_min`, `present` (un enfant est venu) et `realise_min` (durée ; à défaut
        départ − arrivée ; 0 pour une absence ; vide si présent sans durée).
    """
    duree = pl.coalesce(
        pl.col("realise_min"),
        pl.col("depart_min") - pl.col("arrivee_min"),
        pl.when(pl.col("motif_absence").is_not_null()).then(0),
    )
    pointages = lire_admis(lieux, "pointages").filter(pl.col("date") <= le)
    return suivre(pointages, lieux).select(
        "etablissement",
        "date",
        "enfant",
        "arrivee_min",
        "depart_min",
        mois=pl.col("date").dt.truncate("1mo"),
        realise_min=duree,
        present=duree.is_null() | (duree > 0),
    )


def suivre(table: pl.LazyFrame, lieux: Lieux) -> pl.LazyFrame:
    """Remplace `enfant` par le pseudonyme d'appariement quand le registre le connaît."""
    connus = (
        lire_admis(lieux, "enfants")
        .filter(pl.col("appariement").is_not_null())
        .group_by("enfant")
        .agg(pl.col("appariement").min())
    )
    return table.join(connus, on="enfant", how="left").with_columns(
        enfant=pl.coalesce("appariement", "enfant")
    )


def mois_attendus(lieux: Lieux, le: date, capacites: pl.DataFrame) -> pl.DataFrame:
    """Mois où l'activité d'un établissement est attendue.

    Args:
        lieux: dossiers du jeu.
        le: date d'arrêté.
        capacites: table de `calendrier.capacites`.

    Returns:
        `etablissement, mois, attendus` : nombre de jours comptés et ouverts ; vide si
        l'établissement est en activité d'après le registre mais sans calendrier ce mois-là.
    """
    du_calendrier = capacites.group_by("etablissement", mois=pl.col("date").dt.truncate("1mo")).agg(
        attendus=((pl.col("jours") == 1) & pl.col("ouvert")).sum().cast(pl.Int64)
    )
    bornes = pl.concat(
        [
            lire_admis(lieux, table).select(
                du=pl.col(colonne).min().dt.truncate("1mo"), au=pl.col(colonne).max()
            )
            for table, colonne in (
                ("ouvertures", "date"),
                ("pointages", "date"),
                ("factures", "mois"),
            )
        ]
    ).select(pl.col("du").min(), pl.col("au").max())
    actifs = (
        activite(lieux)
        .join(bornes.drop_nulls(), how="cross")
        .with_columns(
            debut=pl.max_horizontal("debut", "du").dt.truncate("1mo"),
            fin=pl.min_horizontal("fin", "au", pl.lit(le)),
        )
        .filter(pl.col("debut") <= pl.col("fin"))
        .select("etablissement", mois=pl.date_ranges("debut", "fin", "1mo"))
        .explode("mois")
        .collect()
    )
    return actifs.join(du_calendrier, on=_MOIS, how="full", coalesce=True).sort(_MOIS)


def activite(lieux: Lieux) -> pl.LazyFrame:
    """Bornes d'activité de chaque établissement, d'après le registre.

    Returns:
        `etablissement, debut, fin` (dernier jour, inclus ; vide si en activité).
    """
    return (
        lire_admis(lieux, "etablissements")
        .group_by("etablissement")
        .agg(
            debut=pl.coalesce(pl.col("ouverture").min(), pl.col("valide_du").min()),
            fin=pl.coalesce(
                pl.col("fermeture").max(),
                pl.when(pl.col("valide_au").null_count() == 0).then(pl.col("valide_au").max()),
            ),
        )
    )


def realise(lieux: Lieux, le: date, capacites: pl.DataFrame) -> pl.DataFrame:
    """Minutes réalisées par établissement et jour, et leur état mois par mois.

    Returns:
        `etablissement, date, realise_min` (toutes les présences), `realise_ouverts_min`
        (présences des seuls jours comptés et ouverts, par rapprochement avec le calendrier),
        `presents`, `recus` (1 si au moins un pointage, absence comprise), et les états de
        chacune. Un mois sans pointage porte une ligne à son premier jour : zéro s'il
        n'était pas attendu, vide sinon.
    """
    par_jour = (
        passages(lieux, le)
        .group_by(*_JOUR, "mois")
        .agg(
            pl.col("realise_min").sum(),
            presents=pl.col("present").sum().cast(pl.Int64),
            sans_duree=pl.col("realise_min").null_count().cast(pl.Int64),
        )
        .collect(engine="streaming")
    )
    ouverts = capacites.filter((pl.col("jours") == 1) & pl.col("ouvert")).select(
        *_JOUR, ouvert=pl.lit(True)
    )
    par_mois = par_jour.group_by(_MOIS).agg(pl.col("presents", "sans_duree").sum())
    etats = etats_mensuels(
        par_mois.rename({"sans_duree": "manquants"}), mois_attendus(lieux, le, capacites), le
    )
    jours = par_jour.join(ouverts, on=_JOUR, how="left").select(
        *_JOUR,
        "mois",
        "realise_min",
        "presents",
        realise_ouverts_min=pl.when("ouvert").then("realise_min").otherwise(0),
        recus=pl.lit(1, pl.Int64),
    )
    vides = etats.filter("vide").select(
        *("etablissement", "mois"),
        date="mois",
        **{m: pl.lit(0, pl.Int64) for m in _MESURES},
    )
    return (
        pl.concat([jours, vides.select(jours.columns)])
        .join(etats.select(*_MOIS, "etat"), on=_MOIS, how="left")
        .select(
            *_JOUR,
            *_MESURES,
            *(
                pl.col("etat").alias(f"{m}__etat")
                for m in ("realise_min", "realise_ouverts_min", "presents")
            ),
        )
        .sort(_JOUR)
    )


_MESURES = ("realise_min", "realise_ouverts_min", "presents", "recus")


def etats_mensuels(par_mois: pl.DataFrame, attendus: pl.DataFrame, le: date) -> pl.DataFrame:
    """Ce qu'on sait des présences d'un établissement, mois par mois.

    Args:
        par_mois: `etablissement, mois, presents, manquants` (présences auxquelles il manque
            la durée, ou l'heure).
        attendus: table de `mois_attendus`.
        le: date à laquelle lire le seuil de complétude.

    Returns:
        `etablissement, mois, vide` (aucun pointage), `etat`.
    """
    # En entiers : à la complétude exigée, un mois se publie.
    tolere = 100 - valeur("seuils_alerte", "q1_non_publie_pct", le)
    trop = pl.col("manquants") * 100 > pl.col("presents") * tolere
    return attendus.join(par_mois, on=_MOIS, how="full", coalesce=True).select(
        *_MOIS,
        vide=pl.col("presents").is_null(),
        etat=pl.when(pl.col("presents").is_null())
        .then(_absence_connue())
        .when(trop)
        .then(INCONNU)
        .when(pl.col("manquants") > 0)
        .then(EN_PARTIE)
        .otherwise(CONNU),
    )


def _absence_connue() -> pl.Expr:
    """Rien reçu : zéro si rien n'était attendu, inconnu sinon (ou sans calendrier)."""
    return pl.when(pl.col("attendus") == 0).then(CONNU).otherwise(INCONNU)


def facture(lieux: Lieux, le: date, capacites: pl.DataFrame) -> pl.DataFrame:
    """Heures facturées par établissement et mois, posées au premier du mois.

    Returns:
        `etablissement, date, facture_uh` (millionièmes d'heure) et son état : un mois
        attendu sans aucune facture est inconnu.
    """
    factures = (
        lire_admis(lieux, "factures")
        .filter(pl.col("mois") <= le)
        .group_by(_MOIS)
        .agg(facture_uh=micro_heures("heures_facturees_h").sum())
        .collect()
    )
    return (
        mois_attendus(lieux, le, capacites)
        .join(factures, on=_MOIS, how="full", coalesce=True)
        .select(
            "etablissement",
            date="mois",
            facture_uh=pl.col("facture_uh").fill_null(0),
            facture_uh__etat=pl.when(pl.col("facture_uh").is_null())
            .then(_absence_connue())
            .otherwise(CONNU),
        )
        .sort(_JOUR)
    )


def micro_heures(colonne: str) -> pl.Expr:
    """Des heures décimales en millionièmes d'heure entiers, dont la somme est exacte."""
    return (pl.col(colonne) * MICRO_HEURES).round().cast(pl.Int64)


def frequentation(lieux: Lieux, le: date) -> pl.DataFrame:
    """Présence de chaque enfant, par établissement, rattachement et mois.

    Returns:
        Les quatre zones, `date` (premier du mois), `unite` (l'enfant), `realise_min`
        (durées connues) ; une ligne par enfant venu.
    """
    venus = passages(lieux, le).filter("present")
    ou = rattacher(venus.select(_JOUR).unique().collect(engine="streaming"), lieux)
    return (
        venus.join(ou.lazy(), on=_JOUR)
        .group_by(*_JOUR[:1], "commune", "territoire", "departement", date="mois", unite="enfant")
        .agg(pl.col("realise_min").sum())
        .collect(engine="streaming")
    )


def facturation(lieux: Lieux, le: date) -> pl.DataFrame:
    """Enfants facturés, par établissement, rattachement (au premier du mois) et mois.

    Returns:
        Les quatre zones, `date`, `unite` (l'enfant) ; heures facturées positives.
    """
    factures = lire_admis(lieux, "factures").filter(
        pl.col("mois") <= le, pl.col("heures_facturees_h") > 0
    )
    enfants = (
        suivre(factures, lieux)
        .select("etablissement", date="mois", unite="enfant")
        .unique()
        .collect()
    )
    return rattacher(enfants, lieux)
