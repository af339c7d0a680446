"""Rappel et précision de 100 % : ce que la chaîne a trouvé est exactement ce qui a été semé."""

import polars as pl
import pytest

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.nomenclatures import motifs
from tests.conftest import Chaine

pytestmark = pytest.mark.lent
CLES = ["fichier", "ligne", "lieu", "code", "issue"]


def _noms(lieux: Lieux) -> pl.DataFrame:
    """Empreinte courte → nom du fichier, d'après les fiches."""
    from rtpe_analyse.sources import lister_fiches

    return pl.DataFrame(
        [(f.empreinte_courte, f.chemin.name) for f in lister_fiches(lieux)],
        schema={"fichier": pl.String, "nom": pl.String},
        orient="row",
    )


def _trouves(lieux: Lieux) -> pl.DataFrame:
    vide = pl.DataFrame(schema=dict.fromkeys(CLES, pl.String)).cast({"ligne": pl.Int64})
    morceaux = [vide]
    for dossier, issue in (
        (lieux.rejets, None),
        (lieux.corrections, "corrige"),
        (lieux.constats, "constat"),
    ):
        for chemin in dossier.glob("*/*.parquet"):
            table = pl.read_parquet(chemin)
            if issue is not None:
                table = table.with_columns(issue=pl.lit(issue))
            morceaux.append(table.select(CLES).cast({"ligne": pl.Int64}))
    trouves = pl.concat(morceaux).join(_noms(lieux), on="fichier", how="left")
    refuses = pl.read_parquet(lieux.rejets / "fichiers_refuses.parquet").select(
        "fichier",
        ligne=pl.lit(0, pl.Int64),
        lieu=pl.lit(""),
        code="code",
        issue=pl.lit("refuse"),
    )
    trouves = trouves.with_columns(fichier=pl.coalesce("nom", "fichier")).select(CLES)
    return pl.concat([trouves, refuses])


def _verite(lieux: Lieux) -> pl.DataFrame:
    return pl.read_parquet(lieux.racine / "verite.parquet").select(CLES).cast({"ligne": pl.Int64})


def test_la_verite_seme_chaque_sorte_de_salete(chaine: Chaine) -> None:
    semes = set(_verite(chaine.lieux)["code"])
    attendus = {
        *("fichier_html", "fichier_tronque", "colonne_cle_absente"),
        *("date_impossible", "date_future", "depart_avant_arrivee", "heure_ambigue"),
        *("total", "doublon_exact", "doublon_entre_fichiers"),
        *("espace_milliers", "heure_en_h", "code_tronque", "bom", "bourrage", "nom_de_lieu"),
        *("surnombre", "presence_jour_ferme", "facture_inferieur_realise", "double_presence"),
        *("commune_inconnue", "quasi_doublon", "mois_vide", "mois_double", "mois_recopie"),
        *("donnee_personnelle", "presence_sans_contrat", "tarif_ecart", "agrement_concurrent"),
        *("contrat_chevauchant", "planning_hors_ouverture"),
    }
    assert attendus <= semes
    assert semes <= set(motifs())


def test_tout_ce_qui_est_seme_est_trouve_et_rien_d_autre(chaine: Chaine) -> None:
    verite = _verite(chaine.lieux)
    # Les codes que l'exemple ne sème pas sont hors de cette épreuve.
    trouves = _trouves(chaine.lieux).filter(pl.col("code").is_in(verite["code"].unique().to_list()))
    manques = verite.join(trouves, on=CLES, how="anti")
    de_trop = trouves.join(verite, on=CLES, how="anti")
    assert manques.group_by("code").len().rows() == []
    assert de_trop.group_by("code").len().rows() == []
