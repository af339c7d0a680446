"""Places à attribuer à la rentrée, par âge et jour de la semaine (D7)."""

from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.indicateurs.ages import modalites_age, tranche_age
from rtpe_analyse.indicateurs.agregation import calculer, compter
from rtpe_analyse.indicateurs.liberables import partants
from rtpe_analyse.indicateurs.modele import Additif, Indicateur
from rtpe_analyse.indicateurs.parts import HORS_DETAIL_COMMUNAL, en_parts, etat, periodes
from rtpe_analyse.indicateurs.presences import CONNU, EN_PARTIE
from rtpe_analyse.indicateurs.rattachement import rattacher
from rtpe_analyse.indicateurs.sejours import au_dernier_jour, prochaine_rentree

JOURS_DE_SEMAINE = range(1, 6)
VENTILATION = "age_jour"
_BOUGENT = "changent_de_place"
_PAS = ("trimestre",)
_FIN_DE_TRIMESTRE = pl.col("date").dt.month() % 3 == 0

A_ATTRIBUER = Indicateur(
    code="D7",
    libelle="Places à attribuer à la rentrée, à structure d'âges constante",
    unite="journées",
    agregation=Additif("journees"),
    numerateur="journées de place par semaine que les enfants présents laisseront à la rentrée",
    champ="Enfants dont le planning est connu, sous contrat au dernier jour du "
    "trimestre ; du lundi au vendredi.",
    definition="Enfants attendus ce jour de la semaine dans la tranche d'âge où l'année d'accueil "
    "les a trouvés (leur âge à la dernière rentrée), moins ceux qui y seront à la prochaine : ni "
    "partis à l'école, ni sortis avant l'été, une tranche plus haut. La somme des âges est le "
    "nombre des départs ; un nombre négatif dit que plus d'enfants montent dans la tranche "
    "qu'elle n'en perd.",
    source="contrats, plannings, enfants ; conventions rentree_mois, scolarisation_ans, "
    "fin_annee_accueil_jours",
    limites="Suppose que l'établissement garde autant d'enfants de chaque âge : réorganiser les "
    "sections déplace ces places d'un âge à l'autre. Les places déjà promises (D9) n'en sont pas "
    "déduites, les places vides aujourd'hui n'y sont pas. Sans détail par commune.",
    contributeur=_BOUGENT,
    plusieurs_cases=True,
)
_ENFANT = ["etablissement", "unite"]
_CASE = ["etablissement", "date", "ventilation", "modalite"]


def calculer_places_a_attribuer(
    lieux: Lieux,
    le: date,
    contrats: pl.DataFrame,
    sejours: pl.DataFrame,
    mensuels: pl.DataFrame,
    etats: pl.DataFrame,
) -> pl.DataFrame:
    """D7, toutes mailles, trimestres échus au jour `le`.

    Args:
        lieux: dossiers du jeu (rattachements).
        le: date d'arrêté.
        contrats: table de `sejours.contrats_suivis`.
        sejours: table de `sejours.sejours`.
        mensuels: table de `sejours.par_mois`.
        etats: table de `sejours.etats_des_contrats`.

    Returns:
        Table au schéma de calcul, ensemble et ventilation `age_jour` (« 1 an|3 » : un an, le
        mercredi). L'effectif d'une case compte les enfants qui la quittent ou y entrent. Un
        établissement dont un enfant n'a pas de planning est connu en partie.
    """
    en_cours = au_dernier_jour(mensuels).filter(_FIN_DE_TRIMESTRE)
    mouvements = _mouvements(en_cours, contrats, sejours, le)
    cases = mouvements.group_by(_CASE).agg(journees=pl.col("journees").sum())
    parts = en_parts([_cadre(cases, en_cours, etats, le)], lieux, le, _PAS)
    bougent = rattacher(mouvements.filter(pl.col("journees") != 0), lieux)
    effectifs = {_BOUGENT: compter(parts, periodes(bougent, le, _PAS), _BOUGENT, "journees")}
    return calculer([A_ATTRIBUER], parts, effectifs=effectifs).filter(HORS_DETAIL_COMMUNAL)


def modalite(age: str, jour: int) -> str:
    """La modalité d'une tranche d'âge un jour de semaine (1 : lundi)."""
    return f"{age}|{jour}"


def _mouvements(
    en_cours: pl.DataFrame, contrats: pl.DataFrame, sejours: pl.DataFrame, le: date
) -> pl.DataFrame:
    """Ce que chaque enfant laisse (+1) ou prend (−1) dans chaque case, et dans l'ensemble."""
    enfants = (
        en_cours.filter(pl.col("jours").is_not_null())
        .group_by(*_ENFANT, "date")
        .agg(pl.col("naissance").first(), pl.col("jours").bitwise_or())
        .with_columns(rentree=prochaine_rentree(pl.col("date"), le))
    )
    suivis = partants(enfants, contrats, sejours, le)
    jours = pl.concat(
        suivis.filter(pl.col("jours") & (1 << (jour - 1)) > 0).with_columns(jour=pl.lit(str(jour)))
        for jour in JOURS_DE_SEMAINE
    )
    naissance = pl.col("naissance")
    occupe, occupera = (
        jours.filter(filtre).select(
            *_ENFANT,
            "date",
            ventilation=pl.lit(VENTILATION),
            modalite=pl.format("{}|{}", tranche_age(naissance, quand, le), "jour"),
            journees=pl.lit(signe, pl.Int64),
        )
        for filtre, quand, signe in (
            (pl.lit(True), pl.col("rentree").dt.offset_by("-1y"), 1),
            (~pl.col("part"), pl.col("rentree"), -1),
        )
    )
    cases = (
        pl.concat([occupe, occupera]).group_by(*_ENFANT, *_CASE[1:]).agg(pl.col("journees").sum())
    )
    ensemble = cases.group_by(*_ENFANT, "date").agg(pl.col("journees").sum())
    vide = {"ventilation": pl.lit(""), "modalite": pl.lit("")}
    return pl.concat([cases, ensemble.with_columns(**vide).select(cases.columns)])


def _cadre(
    cases: pl.DataFrame, en_cours: pl.DataFrame, etats: pl.DataFrame, le: date
) -> pl.DataFrame:
    """Chaque établissement × fin de mois × case, zéro s'il n'y a rien."""
    toutes = pl.DataFrame(
        [("", "")]
        + [(VENTILATION, modalite(a, j)) for a in modalites_age(le) for j in JOURS_DE_SEMAINE],
        schema=["ventilation", "modalite"],
        orient="row",
    )
    cle = ["etablissement", "date"]
    sans_planning = (
        en_cours.filter(pl.col("jours").is_null()).select(cle).unique().with_columns(manque=True)
    )
    return (
        etats.with_columns(date=pl.col("mois").dt.month_end())
        .filter(_FIN_DE_TRIMESTRE)
        .join(sans_planning, on=cle, how="left")
        .with_columns(
            etat=pl.max_horizontal("etat", pl.when("manque").then(EN_PARTIE).otherwise(CONNU))
        )
        .join(toutes, how="cross")
        .join(cases, on=_CASE, how="left")
        .select(*_CASE, pl.col("journees").fill_null(0), pl.col("etat").alias(etat("journees")))
    )
