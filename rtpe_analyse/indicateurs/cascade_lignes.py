"""La cascade d'un établissement et d'un mois : toutes ses lignes, leur état, leurs témoins."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.erreurs import ErreurControle
from rtpe_analyse.indicateurs.attentes import promesses
from rtpe_analyse.indicateurs.calendrier import capacites
from rtpe_analyse.indicateurs.cascade_enfants import ABSENCE, enfants_jours, engagements_reunis
from rtpe_analyse.indicateurs.cascade_places import (
    AGREE,
    HORS_CALENDRIER,
    OUVERT,
    PREVU,
    places_attribuees,
    places_du_jour,
)
from rtpe_analyse.indicateurs.engagements import bornes, contrats, cumuler
from rtpe_analyse.indicateurs.presences import (
    CONNU,
    EN_PARTIE,
    INCONNU,
    TIERS_PAR_MINUTE,
    mois_attendus,
    realise,
)

NON_ATTRIBUE, ATTRIBUE = "non_attribue", "attribue"
TEMPS_PARTIEL, SURCONTRAT = "temps_partiel", "surcontractualisation"
CONTRACTUALISE, PRESENT = "contractualise", "present"
_JOUR = ["etablissement", "date"]


@dataclass(frozen=True)
class Lignes:
    """Les lignes de tous les établissements, mois par mois (posées au premier du mois).

    Attributes:
        valeurs: `etablissement, date, ligne, valeur_tuh` (tiers de millionième d'heure,
            signé) ; une ligne absente vaut zéro.
        mois: `etablissement, date, place_tuh` (durée d'une place agréée dans le mois),
            `places__etat` et `enfants__etat` (états des deux moitiés de la cascade).
        absences: `etablissement, date, motif, unite, absence_tuh`.
        population: `etablissement, date, unite` : enfants sous contrat ou présents.
    """

    valeurs: pl.DataFrame
    mois: pl.DataFrame
    absences: pl.DataFrame
    population: pl.DataFrame


def etablir(lieux: Lieux, le: date) -> Lignes:
    """Établit la cascade de chaque établissement et mois échu ou entamé au jour `le`.

    Raises:
        ErreurControle: la cascade ne se raccorde pas à H0 ou à H1, calculés autrement.
    """
    table = capacites(lieux, le)
    places = places_du_jour(lieux, le, table)
    ouverts = places.filter("ouvert").select(_JOUR)
    engages = contrats(lieux)
    par_enfant, occasionnels, absences, population = [], [], [], []
    for enfants in enfants_jours(lieux, le, engages, ouverts):
        par_enfant.append(_par_jour(enfants))
        occasionnels.append(
            enfants.filter((pl.col("prevu_tuh") > 0) & ~pl.col("tient"))
            .group_by(_JOUR)
            .len("venus")
        )
        absences.append(_absences(enfants))
        population.append(enfants.select(*_JOUR[:1], _mois(), "unite").unique())
    jours = _concatener(par_enfant, _SCHEMA_JOURS)
    titulaires = _titulaires(
        lieux, le, engages, ouverts, _concatener(occasionnels, {**_CLE, "venus": pl.UInt32})
    )
    attribues = places_attribuees(lieux, le, ouverts, titulaires)
    valeurs = pl.concat(
        [_lignes_des_places(places), _lignes_des_contrats(places, attribues, jours), _ecarts(jours)]
    )
    mois = _etats(lieux, le, table, places, engages)
    lignes = Lignes(
        valeurs.group_by(*_JOUR, "ligne").agg(pl.col("valeur_tuh").sum()).sort(*_JOUR, "ligne"),
        mois,
        _concatener(
            absences, {**_CLE, "motif": pl.String, "unite": pl.String, "absence_tuh": pl.Int64}
        ),
        _concatener(population, {**_CLE, "unite": pl.String}),
    )
    _raccorder(lignes, lieux, le, table)
    return lignes


_CLE: dict[str, pl.DataType | type[pl.DataType]] = {"etablissement": pl.String, "date": pl.Date}
_SCHEMA_JOURS: dict[str, pl.DataType | type[pl.DataType]] = {
    **_CLE,
    "ligne": pl.String,
    "prevu_tuh": pl.Int64,
    "realise_tuh": pl.Int64,
    "ecart_tuh": pl.Int64,
}


def _concatener(
    tables: list[pl.DataFrame], schema: dict[str, pl.DataType | type[pl.DataType]]
) -> pl.DataFrame:
    return pl.concat(tables) if tables else pl.DataFrame(schema=schema)


def _mois() -> pl.Expr:
    return pl.col("date").dt.truncate("1mo").alias("date")


def _par_jour(enfants: pl.DataFrame) -> pl.DataFrame:
    """Sommes par jour et par ligne ; ce qui s'est passé comme prévu n'a pas de ligne."""
    return enfants.group_by(*_JOUR, "ligne").agg(
        pl.col("prevu_tuh", "realise_tuh", "ecart_tuh").sum()
    )


def _absences(enfants: pl.DataFrame) -> pl.DataFrame:
    return (
        enfants.filter(pl.col("ligne") == ABSENCE)
        .group_by("etablissement", _mois(), "motif", "unite")
        .agg(absence_tuh=-pl.col("ecart_tuh").sum())
    )


def _titulaires(
    lieux: Lieux,
    le: date,
    engages: pl.DataFrame,
    ouverts: pl.DataFrame,
    occasionnels: pl.DataFrame,
) -> pl.DataFrame:
    """Enfants qui tiennent une place chaque jour ouvert : `etablissement, date, titulaires`."""
    reunis = engagements_reunis(engages).filter("tient")
    acceptees = promesses(lieux, le, engages)
    un = pl.lit(1, pl.Int64).alias("n")
    evenements = pl.concat(
        bornes(t.with_columns(un), ["etablissement"], ["n"]) for t in (reunis, acceptees)
    )
    return (
        cumuler(evenements, ouverts, ["etablissement"], ["n"])
        .join(occasionnels, on=_JOUR, how="left")
        .select(*_JOUR, titulaires=pl.col("n") + pl.col("venus").fill_null(0).cast(pl.Int64))
    )


def _lignes_des_places(places: pl.DataFrame) -> pl.DataFrame:
    perdues = pl.col("agree_min") - pl.col("ouvert_min") + pl.col("hors_min")
    morceaux = [
        places.select(*_JOUR, ligne=pl.lit(nom), minutes=pl.col(colonne))
        for nom, colonne in (
            (AGREE, "agree_min"),
            (PREVU, "prevu_min"),
            (HORS_CALENDRIER, "hors_min"),
            (OUVERT, "ouvert_min"),
        )
    ]
    morceaux.append(
        places.filter(pl.col("ligne").is_not_null()).select(*_JOUR, "ligne", minutes=-perdues)
    )
    return pl.concat(morceaux).select(
        "etablissement",
        _mois(),
        "ligne",
        valeur_tuh=pl.col("minutes").fill_null(0) * TIERS_PAR_MINUTE,
    )


def _lignes_des_contrats(
    places: pl.DataFrame, attribues: pl.DataFrame, jours: pl.DataFrame
) -> pl.DataFrame:
    """De l'ouvert au contractualisé, jour par jour."""
    prevus = jours.group_by(_JOUR).agg(pl.col("prevu_tuh").sum())
    o, a, c = pl.col("ouvert_tuh"), pl.col("attribue_tuh"), pl.col("prevu_tuh")
    du_jour = (
        places.filter("ouvert")
        .select(*_JOUR, ouvert_tuh=pl.col("ouvert_min").fill_null(0) * TIERS_PAR_MINUTE)
        .join(attribues, on=_JOUR, how="left")
        .join(prevus, on=_JOUR, how="left")
        .with_columns(
            attribue_tuh=pl.col("attribue_min").fill_null(0) * TIERS_PAR_MINUTE,
            prevu_tuh=pl.col("prevu_tuh").fill_null(0),
        )
    )
    lignes = {
        NON_ATTRIBUE: a - o,
        ATTRIBUE: a,
        TEMPS_PARTIEL: -pl.max_horizontal(a - c, 0),
        SURCONTRAT: pl.max_horizontal(c - a, 0),
        CONTRACTUALISE: c,
    }
    return pl.concat(
        du_jour.select(
            "etablissement", _mois(), ligne=pl.lit(nom), valeur_tuh=valeur.cast(pl.Int64)
        )
        for nom, valeur in lignes.items()
    )


def _ecarts(jours: pl.DataFrame) -> pl.DataFrame:
    ecarts = jours.drop_nulls("ligne").select(
        "etablissement", _mois(), "ligne", valeur_tuh="ecart_tuh"
    )
    presents = jours.select(
        "etablissement", _mois(), ligne=pl.lit(PRESENT), valeur_tuh="realise_tuh"
    )
    return pl.concat([ecarts, presents])


def _etats(
    lieux: Lieux,
    le: date,
    table: pl.DataFrame,
    places: pl.DataFrame,
    engages: pl.DataFrame,
) -> pl.DataFrame:
    """Ce qu'on sait de chaque moitié, par établissement et mois attendu, ou de présence.

    Hors activité et sans calendrier, rien n'est agréé : une présence y est un jour fermé.
    """
    cle = ["etablissement", "date"]
    attendus = mois_attendus(lieux, le, table).rename({"mois": "date"}).with_columns(attendu=True)
    des_places = places.group_by("etablissement", _mois()).agg(
        place_tuh=pl.col("place_min").sum() * TIERS_PAR_MINUTE,
        non_declare=(pl.col("ouvert_min").null_count() > 0),
    )
    des_presences = (
        realise(lieux, le, table)
        .group_by("etablissement", _mois())
        .agg(presences=pl.col("realise_min__etat").max())
    )
    jours = attendus.select(*cle[:1], date=pl.col("date").dt.month_end())
    en_cours = cumuler(
        bornes(
            engages.with_columns(
                contrats=pl.lit(1, pl.Int64), manquants=pl.col("manquant").cast(pl.Int64)
            ),
            ["etablissement"],
            ["contrats", "manquants"],
        ),
        jours,
        ["etablissement"],
        ["contrats", "manquants"],
    ).with_columns(_mois())
    connus_ailleurs = engages.select("etablissement").unique().with_columns(a_des_contrats=True)
    sans_acte = (
        table.filter(pl.col("h0_min").is_null())
        .select("etablissement", _mois())
        .unique()
        .with_columns(sans_acte=True)
    )
    inconnu = pl.any_horizontal(
        pl.col("attendus").is_null() & pl.col("attendu").fill_null(False),
        pl.col("non_declare", "sans_acte").fill_null(False),
    )
    return (
        attendus.join(des_places, on=cle, how="left")
        .join(des_presences, on=cle, how="full", coalesce=True)
        .join(en_cours, on=cle, how="left")
        .join(connus_ailleurs, on="etablissement", how="left")
        .join(sans_acte, on=cle, how="left")
        .select(
            *cle,
            pl.col("place_tuh").fill_null(0),
            places__etat=pl.when(inconnu).then(INCONNU).otherwise(CONNU),
            enfants__etat=pl.when(
                inconnu
                | pl.col("presences").is_null()
                | (pl.col("a_des_contrats").is_null() & (pl.col("attendus") > 0))
            )
            .then(INCONNU)
            .otherwise(
                pl.max_horizontal(
                    "presences",
                    pl.when(pl.col("manquants") > 0).then(EN_PARTIE).otherwise(CONNU),
                )
            ),
        )
        .sort(cle)
    )


def _raccorder(lignes: Lignes, lieux: Lieux, le: date, table: pl.DataFrame) -> None:
    """Prévu = H0 et présent = H1, par deux autres chemins, pour chaque mois connu."""
    h0 = table.group_by("etablissement", _mois()).agg(temoin=pl.col("h0_min").sum())
    h1 = (
        realise(lieux, le, table)
        .group_by("etablissement", _mois())
        .agg(temoin=pl.col("realise_min").sum())
    )
    for nom, colonne, temoins in ((PREVU, "places__etat", h0), (PRESENT, "enfants__etat", h1)):
        connus = lignes.mois.filter(pl.col(colonne) != INCONNU).select(_JOUR)
        confrontes = (
            connus.join(lignes.valeurs.filter(pl.col("ligne") == nom), on=_JOUR, how="left")
            .join(temoins, on=_JOUR, how="left")
            .with_columns(pl.col("valeur_tuh", "temoin").fill_null(0))
        )
        fautifs = confrontes.filter(pl.col("valeur_tuh") != pl.col("temoin") * TIERS_PAR_MINUTE)
        if fautifs.height:
            raise ErreurControle(
                f"La cascade ne se raccorde pas : « {nom} » diffère de son autre calcul pour "
                f"{fautifs.height} établissement(s) × mois.",
                "Signaler ce message à qui maintient l'outil : une heure est comptée deux fois.",
            )
