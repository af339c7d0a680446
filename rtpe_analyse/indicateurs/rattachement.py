"""Où est un établissement, et quand : commune, territoire, département, mois par mois."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.modeles import ORDRE_DES_MAILLES
from rtpe_analyse.nomenclatures import departements as departements_officiels
from rtpe_analyse.nomenclatures.communes import FICHIER_COMMUNES, departement_de, lire_communes
from rtpe_analyse.nomenclatures.iris import lire_iris
from rtpe_analyse.propres import lire_admis

SANS_TERRITOIRE = "hors_territoire"
SANS_COMMUNE = "hors_commune"
SANS_DEPARTEMENT = "hors_departement"


def en_vigueur(jours: pl.DataFrame, validites: pl.DataFrame, cles: list[str]) -> pl.DataFrame:
    """Joint à chaque jour la ligne en vigueur, la plus récente si plusieurs le sont.

    Deux lignes de même début se contredisent : celle qui finit le plus tard est retenue.

    Args:
        jours: table portant `cles` et `date`, sans doublon de ces colonnes.
        validites: table portant `cles`, `valide_du`, `valide_au` (inclus, vide : en cours)
            et ce qu'il faut rapporter.
        cles: colonnes d'appariement.

    Returns:
        Une ligne par jour au plus : un jour sans ligne en vigueur n'y est pas.
    """
    return (
        jours.select(*cles, "date")
        .join(validites, on=cles)
        .filter(
            pl.col("date") >= pl.col("valide_du"),
            pl.col("valide_au").is_null() | (pl.col("date") <= pl.col("valide_au")),
        )
        .sort("valide_du", pl.col("valide_au").fill_null(date.max))
        .unique([*cles, "date"], keep="last", maintain_order=True)
    )


def rattacher(table: pl.DataFrame, lieux: Lieux) -> pl.DataFrame:
    """Ajoute `commune`, `territoire` et `departement`, au mois de chaque ligne.

    Un établissement compte tout un mois là où il était au premier jour de ce mois, ou à sa
    première date connue du mois s'il ouvre en cours de route. Les heures facturées n'existent
    qu'au mois : rattacher les présences et les capacités au jour mettrait, le mois d'un
    changement de territoire, le numérateur et le dénominateur d'un taux dans deux territoires.

    Args:
        table: table portant `etablissement` et `date`.
        lieux: dossiers du jeu.

    Returns:
        La table augmentée. Un établissement sans territoire ce mois-là va dans
        `hors_territoire` (de même `hors_commune`, `hors_departement`) : la somme des
        territoires reste le total, et le manque se voit.
    """
    mois = pl.col("date").dt.truncate("1mo").alias("_mois")
    ou = table.select("etablissement", mois).unique()
    registre = (
        lire_admis(lieux, "etablissements")
        .select("etablissement", "valide_du", "valide_au", "commune")
        .collect()
    )
    territoires = (
        lire_admis(lieux, "territoires")
        .select("etablissement", "valide_du", "valide_au", "territoire")
        .collect()
    )
    for validites, colonne in ((registre, "commune"), (territoires, "territoire")):
        trouve = _au_mois(ou, validites).select("etablissement", "_mois", colonne)
        ou = ou.join(trouve, on=["etablissement", "_mois"], how="left")
    ou = ou.with_columns(
        pl.col("commune").fill_null(_commune_connue(registre)),
        pl.col("territoire").fill_null(SANS_TERRITOIRE),
    ).with_columns(
        departement=departement_de(pl.col("commune")).fill_null(departement_du_reseau(registre)),
        commune=pl.col("commune").fill_null(SANS_COMMUNE),
    )
    return (
        table.with_columns(mois)
        .join(
            ou, on=["etablissement", "_mois"], how="left", nulls_equal=True, maintain_order="left"
        )
        .drop("_mois")
    )


def _au_mois(mois: pl.DataFrame, validites: pl.DataFrame) -> pl.DataFrame:
    """Joint à chaque établissement × mois la ligne en vigueur le plus tôt dans le mois."""
    debut = pl.col("_mois")
    return (
        mois.select("etablissement", "_mois")
        .join(validites, on="etablissement")
        .filter(
            pl.col("valide_du") <= debut.dt.month_end(),
            pl.col("valide_au").is_null() | (pl.col("valide_au") >= debut),
        )
        # Au premier jour si plusieurs lignes le couvrent, la plus récente ; sinon la première.
        .with_columns(_des_le_premier=pl.col("valide_du") <= debut)
        .sort(
            "_des_le_premier",
            pl.when("_des_le_premier")
            .then(-pl.col("valide_du").to_physical())
            .otherwise(pl.col("valide_du").to_physical()),
            descending=[True, False],
        )
        .unique(["etablissement", "_mois"], keep="first", maintain_order=True)
    )


def departement_du_reseau(registre: pl.DataFrame) -> str:
    """Le département de tous les établissements s'ils n'en ont qu'un, sinon aucun."""
    connus = registre.select(departement_de(pl.col("commune"))).drop_nulls().to_series().unique()
    return str(connus[0]) if len(connus) == 1 else SANS_DEPARTEMENT


def _commune_connue(registre: pl.DataFrame) -> pl.Expr:
    """La première commune d'un établissement, pour un jour hors de ses dates de validité."""
    premieres = registre.sort("valide_du").unique("etablissement", keep="first")
    return pl.col("etablissement").replace_strict(
        premieres["etablissement"], premieres["commune"], default=None, return_dtype=pl.String
    )


def construire_zones(lieux: Lieux) -> pl.DataFrame:
    """Toutes les zones connues, à leur dernière description.

    Args:
        lieux: dossiers du jeu.

    Returns:
        `maille, zone, libelle, parent, commune, type_accueil, latitude, longitude (degrés
        WGS84, communes et IRIS), valide_du, valide_au, evenement`. Le parent d'un
        établissement est son dernier territoire, celui d'une commune ou d'un territoire son
        département, celui d'un IRIS sa commune, celui d'un zonage son département s'il n'en
        touche qu'un ; `evenement` dit une fermeture, une
        fusion, ou une ouverture postérieure au début du suivi.
    """
    etablissements = _etablissements(lieux)
    communes = (
        _communes(lieux)
        .filter(pl.col("zone").is_in(_communes_citees(lieux, etablissements)))
        .unique("zone", keep="last", maintain_order=True)
    )
    seul = departement_du_reseau(etablissements)
    par_defaut = pl.lit(None if seul == SANS_DEPARTEMENT else seul, pl.String)
    territoires = (
        etablissements.filter(pl.col("parent").is_not_null())
        .group_by(zone="parent")
        .agg(
            libelle=pl.col("nom_territoire").drop_nulls().last(),
            parent=departement_de(pl.col("commune").drop_nulls()).mode().sort().first(),
            valide_du=pl.col("valide_du").min(),
        )
        .with_columns(
            pl.lit("territoire").alias("maille"),
            pl.col("libelle").fill_null("Sans territoire"),
            pl.col("parent").fill_null(par_defaut),
        )
    )
    departements = (
        pl.concat([communes.select(zone="parent"), territoires.select(zone="parent")])
        .drop_nulls()
        .unique()
        .with_columns(
            pl.lit("departement").alias("maille"),
            # Sans nom officiel (jeu d'essai, code inconnu), le code se lit.
            libelle=pl.col("zone").replace(departements_officiels()),
        )
    )
    vides = pl.DataFrame(schema=_SCHEMA_ZONES)
    return (
        pl.concat(
            [
                vides,
                etablissements,
                communes,
                territoires,
                departements,
                _zonages(lieux),
                _iris(lieux, communes),
            ],
            how="diagonal",
        )
        .select(_SCHEMA_ZONES.names())
        .sort(pl.col("maille").replace_strict(ORDRE_DES_MAILLES), "zone")
    )


_SCHEMA_ZONES = pl.Schema(
    {
        "maille": pl.String(),
        "zone": pl.String(),
        "libelle": pl.String(),
        "parent": pl.String(),
        "commune": pl.String(),
        "type_accueil": pl.String(),
        "latitude": pl.Float64(),
        "longitude": pl.Float64(),
        "valide_du": pl.Date(),
        "valide_au": pl.Date(),
        "evenement": pl.String(),
    }
)


def _etablissements(lieux: Lieux) -> pl.DataFrame:
    registre = lire_admis(lieux, "etablissements").collect().sort("etablissement", "valide_du")
    derniers = registre.unique("etablissement", keep="last", maintain_order=True)
    rattaches = (
        lire_admis(lieux, "territoires")
        .sort("etablissement", "valide_du")
        .group_by("etablissement", maintain_order=True)
        .agg(pl.col("territoire", "nom_territoire").last())
        .collect()
    )
    suivi_depuis = lire_admis(lieux, "ouvertures").select(pl.col("date").min()).collect().item()
    ferme = pl.format("Fermé le {}", pl.col("fermeture").dt.strftime("%d/%m/%Y"))
    ouvert = pl.format("Ouvert le {}", pl.col("ouverture").dt.strftime("%d/%m/%Y"))
    return derniers.join(rattaches, on="etablissement", how="left").select(
        pl.lit("etablissement").alias("maille"),
        zone="etablissement",
        libelle="nom",
        parent=pl.col("territoire").fill_null(SANS_TERRITOIRE),
        nom_territoire="nom_territoire",
        commune="commune",
        type_accueil="type_accueil",
        valide_du=pl.col("ouverture").fill_null(pl.col("valide_du")),
        valide_au=pl.col("fermeture").fill_null(pl.col("valide_au")),
        evenement=pl.when(pl.col("fusion_vers").is_not_null())
        .then(pl.format("{}, places reprises par {}", ferme, pl.col("fusion_vers")))
        .when(pl.col("fermeture").is_not_null())
        .then(ferme)
        .when(pl.col("ouverture") > pl.lit(suivi_depuis, pl.Date))
        .then(ouvert),
    )


def _iris(lieux: Lieux, communes: pl.DataFrame) -> pl.DataFrame:
    return (
        lire_iris(lieux)
        .filter(pl.col("commune").is_in(communes["zone"].to_list()))
        .select(
            pl.lit("iris").alias("maille"),
            "latitude",
            "longitude",
            "commune",
            zone="iris",
            libelle="nom",
            parent="commune",
        )
    )


def _zonages(lieux: Lieux) -> pl.DataFrame:
    cite = departement_de(pl.coalesce("iris", "commune")).drop_nulls().unique()
    return (
        lire_admis(lieux, "zonages")
        .sort("zonage", "valide_du")
        .group_by("zonage", maintain_order=True)
        .agg(
            pl.lit("zonage").alias("maille"),
            libelle=pl.col("nom_zonage").last(),
            parent=pl.when(cite.len() == 1).then(cite.first()),
            valide_du=pl.col("valide_du").min(),
        )
        .rename({"zonage": "zone"})
        .collect()
    )


def _communes(lieux: Lieux) -> pl.DataFrame:
    if not (lieux.referentiel / FICHIER_COMMUNES).is_file():
        citees = lire_admis(lieux, "etablissements").select("commune").unique().collect()
        return citees.select(
            pl.lit("commune").alias("maille"),
            zone="commune",
            libelle="commune",
            parent=departement_de(pl.col("commune")),
        )
    return (
        lire_communes(lieux)
        .sort("valide_du", nulls_last=False)
        .select(
            pl.lit("commune").alias("maille"),
            "latitude",
            "longitude",
            "valide_du",
            "valide_au",
            zone="code",
            libelle="nom",
            parent="departement",
        )
    )


def _communes_citees(lieux: Lieux, etablissements: pl.DataFrame) -> list[str]:
    demandes = lire_admis(lieux, "demandes").select("commune").unique().collect()
    departements = set(etablissements.select(departement_de(pl.col("commune"))).to_series())
    connues = _communes(lieux).filter(pl.col("parent").is_in(departements))["zone"]
    citees = (etablissements["commune"], demandes["commune"])
    return sorted({*connues, *(c for suite in citees for c in suite.drop_nulls())})
