"""Les fichiers de l'année et du passé : Filoué et agrégats mensuels anciens."""

from calendar import monthrange
from datetime import date

import numpy as np
import polars as pl
from jours_feries_france import JoursFeries

from rtpe_analyse.exemple.contrats import Contrats
from rtpe_analyse.exemple.depot import Depot, ecrire_registre
from rtpe_analyse.exemple.reseau import Etablissement
from rtpe_analyse.exemple.scenario import Scenario
from rtpe_analyse.exemple.textes import date_fr, decimal_fr
from rtpe_analyse.modeles import Periode

_ETAPE = 14
# Une structure sur trois exporte la variante à colonne IDEQU.
_UNE_SUR = 3


def cumuler(factures: pl.DataFrame, contrats: Contrats) -> pl.DataFrame:
    """Totaux annuels d'un lot, enfant × établissement × année, et bornes du séjour."""
    sejours = (
        pl.DataFrame(
            {
                "enfant": contrats.enfant.astype(np.int32),
                "etablissement": contrats.etablissement.astype(np.int16),
                "debut": pl.Series(contrats.debut.astype(np.int32)).cast(pl.Date),
                "fin": pl.Series(contrats.fin.astype(np.int32)).cast(pl.Date),
            }
        )
        .group_by("enfant", "etablissement")
        .agg(pl.col("debut").min(), pl.col("fin").max())
    )
    return (
        factures.with_columns(annee=pl.col("mois").dt.year())
        .group_by("etablissement", "enfant", "annee")
        .agg(
            pl.col("heures").sum(),
            pl.col("realise").sum(),
            pl.col("montant").sum(),
            pl.col("taux").sort_by("mois").last(),
        )
        .join(sejours, on=["enfant", "etablissement"])
        .sort("etablissement", "enfant", "annee")
    )


def ecrire_filoue(
    scenario: Scenario,
    depot: Depot,
    reseau: list[Etablissement],
    cumuls: pl.DataFrame,
    enfants: pl.DataFrame,
    familles: pl.DataFrame,
) -> None:
    """Écrit un fichier Filoué par année du profil, et sa variante à colonne IDEQU."""
    postes = scenario.communes.select("code", "nom", "code_postal")
    table = (
        cumuls.join(enfants.select("enfant", "famille", "naissance"), on="enfant")
        .join(
            familles.select("famille", "commune", "matricule", "allocataire", "regime"),
            on="famille",
        )
        .join(postes, left_on="commune", right_on="code")
        .sort("annee", "etablissement", "enfant")
    )
    dossiers = pl.Series([e.dossier_afc for e in reseau])
    for annee in scenario.profil.filoue:
        ici = table.filter(pl.col("annee") == annee)
        colonnes = ici.select(
            pl.lit(scenario.reglages["filoue"]["organisme"]).alias("NUMERO_CAF"),
            dossiers.gather(ici["etablissement"]).alias("NUMERO_DOSSIER_AFC"),
            pl.col("allocataire").cast(pl.Int8).alias("TOP_ALLOC"),
            pl.col("matricule").alias("MATRICULE"),
            pl.col("regime").alias("REGIME"),
            date_fr("naissance").alias("DATE_NAISSANCE_INDIVIDU"),
            pl.col("code_postal").alias("CODE_POSTAL_FAMILLE"),
            pl.col("nom").str.to_uppercase().alias("VILLE_FAMILLE"),
            _point(pl.col("heures")).alias("NOMBRE_HEURES_FACTUREES"),
            _point((pl.col("realise") * 100 / 60).round().cast(pl.Int64)).alias(
                "NOMBRE_HEURES_REALISEES"
            ),
            _point(pl.col("montant")).alias("MONTANT_FACTURE"),
            _point((pl.col("montant") * 100 + pl.col("heures") // 2) // pl.col("heures")).alias(
                "MONTANT_HORAIRE"
            ),
            pl.concat_str(
                pl.lit("0."), ((pl.col("taux") + 5) // 10).cast(pl.String).str.zfill(3)
            ).alias("TAUX_EFFORT"),
            date_fr(pl.max_horizontal("debut", pl.date(annee, 1, 1))).alias("PREMIERJOUR"),
            date_fr(pl.min_horizontal("fin", pl.date(annee, 12, 31))).alias("DERNIERJOUR"),
            (pl.col("etablissement") % _UNE_SUR == 0).alias("variante"),
            (pl.col("etablissement").cast(pl.Int64) + 700_000).alias("IDEQU"),
        )
        ordinaires = colonnes.filter(~pl.col("variante")).drop("variante", "IDEQU")
        variante = colonnes.filter("variante").drop("variante")
        ecrire_registre(depot, f"filoue_{annee}.csv", ordinaires)
        ecrire_registre(depot, f"filoue_{annee}_idequ.csv", variante)


def _point(centiemes: pl.Expr) -> pl.Expr:
    return decimal_fr(centiemes).str.replace(",", ".", literal=True)


def ecrire_historique(scenario: Scenario, depot: Depot, reseau: list[Etablissement]) -> None:
    """Écrit les agrégats mensuels des années sans détail, sous une ligne de titre."""
    debut, fin = scenario.reglages["evenements"]["historique"]
    tirage = scenario.tirage(_ETAPE)
    mois = Periode.contenant(debut, "mois")
    lignes = []
    while mois.debut <= fin:
        ouvrables = _jours_ouvrables(mois)
        for e in reseau:
            if e.ouverture > mois.debut:
                continue
            jours = ouvrables - int(tirage.integers(0, 3))
            jours = jours if mois.rang != 8 else max(3, jours - 15)
            matin, plein, soir = e.places_par_plage(e.places, 1)
            b = e.bornes
            minutes = matin * (b[1] - b[0]) + plein * (b[2] - b[1]) + soir * (b[3] - b[2])
            capacite = round(jours * minutes / 60, 2)
            taux = e.remplissage * tirage.normal(0.64, 0.03) * (0.85 if mois.rang in (7, 8) else 1)
            realise = round(capacite * taux, 2)
            facture = round(realise * float(tirage.uniform(1.05, 1.13)), 2)
            enfants = max(1, round(e.places * e.remplissage * 1.2))
            valeurs = (e.code, f"{mois.debut:%m/%Y}", e.places, jours)
            nombres = (f"{v:.2f}".replace(".", ",") for v in (capacite, realise, facture))
            lignes.append(";".join(map(str, (*valeurs, *nombres, enfants))))
        mois = mois.decaler(1)
    entete = (
        "Code établissement;Mois;Places;Jours d'ouverture;Capacité (h);"
        "Heures réalisées;Heures facturées;Enfants"
    )
    nom = f"historique_{debut.year}-{fin.year}.csv"
    depot.ajouter(nom, "Activité des années passées (données fictives)", [entete, *lignes])


def _jours_ouvrables(mois: Periode) -> int:
    feries = set(JoursFeries.for_year(mois.annee).values())
    jours = [
        date(mois.annee, mois.rang, n + 1) for n in range(monthrange(mois.annee, mois.rang)[1])
    ]
    return sum(j.isoweekday() <= 5 and j not in feries for j in jours)
