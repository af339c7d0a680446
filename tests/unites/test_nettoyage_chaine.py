"""Nettoyer un jeu entier : conservation, reprise, refus, doublons, corrections déclarées."""

import stat
from pathlib import Path

import polars as pl
import pytest

from rtpe_analyse.erreurs import ErreurConservation, ErreurDonneesManquantes, ErreurUsage
from rtpe_analyse.nettoyage import nettoyer
from rtpe_analyse.nettoyage.etats import dossier_lus
from rtpe_analyse.propres import lire_propre, partitions
from rtpe_analyse.sources import Fiche, lister_fiches, purger
from tests.unites.essais_nettoyage import Essai, ligne


@pytest.fixture
def essai(tmp_path: Path) -> Essai:
    return Essai(tmp_path)


def _fiche(essai: Essai, nom: str) -> Fiche:
    (fiche,) = [f for f in lister_fiches(essai.lieux) if f.nom == nom]
    return fiche


def _declarer(essai: Essai, texte: str) -> None:
    (essai.lieux.racine / "corrections_declarees.yaml").write_text(texte, encoding="utf-8")


def test_chaque_ligne_lue_se_retrouve(essai: Essai) -> None:
    essai.recevoir(
        "pointages_2026-09.csv",
        [
            ligne(),
            ligne(),  # doublon exact
            ligne(enfant="A2", jour="31/09/2026"),
            ligne(enfant="A3", arrivee="8,30"),
            ligne(enfant="A4", arrivee="8h30"),
            "Total;;;;;;;;9,00",
        ],
    )
    bilan = nettoyer(essai.lieux)
    comptes = bilan.table.filter(pl.col("table") == "pointages").row(0, named=True)
    assert {c: comptes[c] for c in ("lues", "propres", "rejetees", "ecartees", "corrigees")} == {
        "lues": 6,
        "propres": 2,
        "rejetees": 2,
        "ecartees": 2,
        "corrigees": 1,
    }
    rejets = essai.traces(essai.lieux.rejets)
    assert rejets.select("ligne", "code", "issue").sort("ligne").rows() == [
        (3, "doublon_exact", "ecarte"),
        (4, "date_impossible", "rejete"),
        (5, "heure_ambigue", "rejete"),
        (7, "total", "ecarte"),
    ]
    assert "6 propres" not in bilan.phrase and "2 rejetées" in bilan.phrase


def test_les_etablissements_passent_d_abord_et_font_foi(essai: Essai) -> None:
    essai.recevoir(
        "pointages_2026-09.csv",
        [ligne(etablissement="LE NID"), ligne(etablissement="E22"), ligne(etablissement="E9")],
    )
    nettoyer(essai.lieux)
    propres = lire_propre(essai.lieux, "pointages").collect()
    # « E22 » n'est pas un doublon de « LE NID » pour le lecteur, mais l'est une fois nettoyé.
    assert propres["etablissement"].to_list() == ["E022"]
    codes = essai.traces(essai.lieux.rejets)["code"].sort().to_list()
    assert codes == ["code_inconnu", "doublon_exact"]
    assert lire_propre(essai.lieux, "etablissements").collect()["commune"].to_list() == [
        "95219",
        "95219",
    ]


def test_les_partitions_sont_des_mois_et_les_doublons_se_cherchent_entre_fichiers(
    essai: Essai,
) -> None:
    essai.recevoir("pointages_2026-08.csv", [ligne(jour="31/08/2026"), ligne()])
    essai.recevoir("pointages_2026-09.csv", [ligne(), ligne(enfant="A2")])
    nettoyer(essai.lieux)
    assert sorted(partitions(essai.lieux, "pointages")) == ["2026-08", "2026-09"]
    septembre = pl.read_parquet(partitions(essai.lieux, "pointages")["2026-09"])
    aout = _fiche(essai, "pointages_2026-08.csv").empreinte_courte
    sept = _fiche(essai, "pointages_2026-09.csv").empreinte_courte
    assert septembre.select("_fichier", "_ligne").rows() == [(aout, 3), (sept, 3)]
    ecarts = essai.traces(essai.lieux.rejets).select("fichier", "ligne", "lieu", "code", "issue")
    assert ecarts.rows() == [(sept, 2, "", "doublon_entre_fichiers", "ecarte")]


def test_un_second_passage_ne_refait_rien(essai: Essai) -> None:
    essai.recevoir("pointages_2026-09.csv", [ligne()])
    premier = nettoyer(essai.lieux)
    avant = essai.etat_des_sorties()
    second = nettoyer(essai.lieux)
    assert (premier.traites, premier.repris) == (2, 0)
    assert (second.traites, second.repris, second.partitions) == (0, 2, ())
    assert second.table.equals(premier.table)
    assert essai.etat_des_sorties() == avant


def test_seules_les_partitions_touchees_sont_reecrites(essai: Essai) -> None:
    essai.recevoir("pointages_2026-08.csv", [ligne(jour="31/08/2026")])
    nettoyer(essai.lieux)
    essai.recevoir("pointages_2026-09.csv", [ligne()])
    assert nettoyer(essai.lieux).partitions == ("pointages/2026-09",)


def test_l_ordre_de_reception_est_indifferent_a_l_octet_pres(tmp_path: Path) -> None:
    fichiers = {
        "pointages_2026-08.csv": [ligne(jour="31/08/2026"), ligne()],
        "pointages_2026-09.csv": [ligne(), ligne(enfant="A2", arrivee="8h30")],
    }
    sorties = []
    for rang, noms in enumerate((sorted(fichiers), sorted(fichiers, reverse=True))):
        essai = Essai(tmp_path / str(rang))
        for nom in noms:
            essai.recevoir(nom, fichiers[nom])
            nettoyer(essai.lieux)
        sorties.append(essai.etat_des_sorties())
    assert sorties[0] and sorties[0] == sorties[1]


def test_un_changement_du_registre_relit_les_fichiers_qui_en_dependent(essai: Essai) -> None:
    essai.recevoir("pointages_2026-09.csv", [ligne(etablissement="E033")])
    assert nettoyer(essai.lieux).total("rejetees") == 1
    essai.recevoir_registre(
        ["Code;Nom;Commune;Valide du", "E033;La Ruche;95219;01/01/2026"], "registre_bis.csv"
    )
    bilan = nettoyer(essai.lieux)
    assert (bilan.traites, bilan.total("rejetees")) == (2, 0)


def test_une_fiche_disparue_emporte_ses_sorties(essai: Essai) -> None:
    essai.recevoir("pointages_2026-08.csv", [ligne(jour="31/08/2026"), ligne()])
    essai.recevoir("pointages_2026-09.csv", [ligne(), ligne(enfant="A2", jour="31/09/2026")])
    nettoyer(essai.lieux)
    fiche = _fiche(essai, "pointages_2026-08.csv")
    fiche.chemin.unlink()
    fiche.chemin_fiche.unlink()
    bilan = nettoyer(essai.lieux)
    assert sorted(partitions(essai.lieux, "pointages")) == ["2026-09"]
    assert not dossier_lus(essai.lieux, fiche.empreinte_courte).exists()
    # Ce qui était un doublon de l'autre fichier redevient une ligne propre.
    assert essai.traces(essai.lieux.rejets)["code"].to_list() == ["date_impossible"]
    assert bilan.table.filter(pl.col("table") == "pointages")["propres"].to_list() == [1]


def test_un_brut_purge_garde_ses_sorties(essai: Essai) -> None:
    essai.recevoir("pointages_2026-09.csv", [ligne()])
    nettoyer(essai.lieux)
    purger(_fiche(essai, "pointages_2026-09.csv"))
    nettoyer(essai.lieux)
    assert lire_propre(essai.lieux, "pointages").collect().height == 1


def test_un_contenu_purge_puis_recu_sous_un_autre_nom_compte_une_fois(essai: Essai) -> None:
    essai.recevoir("pointages_2026-09.csv", [ligne(), ligne(enfant="A2")])
    nettoyer(essai.lieux)
    purger(_fiche(essai, "pointages_2026-09.csv"))
    essai.recevoir("pointages_2026-09_bis.csv", [ligne(), ligne(enfant="A2")])
    bilan = nettoyer(essai.lieux)
    assert bilan.table.filter(pl.col("table") == "pointages")["propres"].to_list() == [2]


def test_un_fichier_reduit_a_son_entete_est_un_fichier_de_zero_ligne(essai: Essai) -> None:
    essai.recevoir("pointages_2026-09.csv", [])
    bilan = nettoyer(essai.lieux).table.filter(pl.col("table") == "pointages")
    assert bilan.select("lues", "propres").rows() == [(0, 0)]


def test_un_fichier_abime_depuis_sa_reception_n_arrete_pas_les_autres(essai: Essai) -> None:
    essai.recevoir("pointages_2026-08.csv", [ligne(jour="31/08/2026")])
    essai.recevoir("pointages_2026-09.csv", [ligne()])
    _fiche(essai, "pointages_2026-08.csv").chemin.write_bytes(b"\x00\x01\x02" * 50)
    bilan = nettoyer(essai.lieux)
    assert [nom for nom, _, _ in bilan.refuses] == ["pointages_2026-08.csv"]
    refus = pl.read_parquet(essai.lieux.rejets / "fichiers_refuses.parquet")
    assert refus["fichier"].to_list() == ["pointages_2026-08.csv"]
    assert lire_propre(essai.lieux, "pointages").collect().height == 1


def test_un_passage_interrompu_se_reprend(essai: Essai, monkeypatch: pytest.MonkeyPatch) -> None:
    from rtpe_analyse.nettoyage import atelier

    for mois in ("2026-07", "2026-08", "2026-09"):
        essai.recevoir(f"pointages_{mois}.csv", [ligne(jour=f"01/{mois[5:]}/2026")])
    vrai, faits = atelier.traiter, []

    def couper(fiche: Fiche, *suite: object) -> object:
        if len(faits) == 2:
            raise KeyboardInterrupt
        faits.append(fiche.nom)
        return vrai(fiche, *suite)  # type: ignore[arg-type]

    monkeypatch.setattr(atelier, "traiter", couper)
    with pytest.raises(KeyboardInterrupt):
        nettoyer(essai.lieux)
    monkeypatch.setattr(atelier, "traiter", vrai)
    bilan = nettoyer(essai.lieux)
    assert (bilan.traites, bilan.repris) == (2, 2)
    assert lire_propre(essai.lieux, "pointages").collect().height == 3


def test_une_ligne_perdue_arrete_tout(essai: Essai) -> None:
    essai.recevoir("pointages_2026-09.csv", [ligne(), ligne(enfant="A2")])
    nettoyer(essai.lieux)
    chemin = partitions(essai.lieux, "pointages")["2026-09"]
    pl.read_parquet(chemin).head(1).write_parquet(chemin)
    with pytest.raises(ErreurConservation, match="2 lignes lues, mais 1 propres"):
        nettoyer(essai.lieux)


def test_une_ligne_apparue_arrete_tout(essai: Essai) -> None:
    essai.recevoir("pointages_2026-09.csv", [ligne()])
    nettoyer(essai.lieux)
    chemin = partitions(essai.lieux, "pointages")["2026-09"]
    table = pl.read_parquet(chemin)
    pl.concat([table, table.with_columns(_fichier=pl.lit("inconnu"))]).write_parquet(chemin)
    with pytest.raises(ErreurConservation, match="n'est plus là"):
        nettoyer(essai.lieux)


def test_les_traces_sont_lisibles_de_leur_seul_proprietaire(essai: Essai) -> None:
    essai.recevoir("pointages_2026-09.csv", [ligne(arrivee="8h00"), ligne(), ligne(jour="x")])
    nettoyer(essai.lieux)
    traces = [*essai.lieux.rejets.rglob("*.parquet"), *essai.lieux.corrections.rglob("*.parquet")]
    assert len(traces) == 2
    assert {stat.S_IMODE(f.stat().st_mode) for f in traces} == {0o600}


def test_sans_referentiel_des_communes_le_message_le_dit(essai: Essai) -> None:
    (essai.lieux.referentiel / "communes.csv").unlink()
    with pytest.raises(ErreurDonneesManquantes, match="référentiel des communes"):
        nettoyer(essai.lieux)


def test_l_avancement_va_jusqu_au_bout(essai: Essai) -> None:
    essai.recevoir("pointages_2026-09.csv", [ligne()])
    pas: list[tuple[str, int, int]] = []
    nettoyer(essai.lieux, progres=lambda *p: pas.append(p))
    assert ("pointages_2026-09.csv", 2, 2) in pas


CORRECTION = """
- table: pointages
  cle: {etablissement: E001, date: 2026-09-01}
  colonne: depart_min
  avant: "07:10"
  apres: "17:10"
  motif: heures inversées, confirmé par la directrice
  date: 2026-09-20
"""


def test_une_correction_declaree_sauve_la_ligne_et_se_trace(essai: Essai) -> None:
    essai.recevoir("pointages_2026-09.csv", [ligne(depart="07:10")])
    _declarer(essai, CORRECTION)
    bilan = nettoyer(essai.lieux)
    assert bilan.total("rejetees") == 0
    assert lire_propre(essai.lieux, "pointages").collect()["depart_min"].to_list() == [17 * 60 + 10]
    traces = essai.traces(essai.lieux.corrections)
    assert traces.select("ligne", "colonne", "code", "avant", "apres").rows() == [
        (2, "depart_min", "declaree", "430", "1030")
    ]


def test_une_correction_declaree_repare_une_cellule_illisible(essai: Essai) -> None:
    essai.recevoir("pointages_2026-09.csv", [ligne(depart="8,30")])
    _declarer(essai, CORRECTION.replace('avant: "07:10"', "avant: null"))
    assert nettoyer(essai.lieux).total("rejetees") == 0


def test_une_correction_sans_objet_arrete_le_nettoyage(essai: Essai) -> None:
    essai.recevoir("pointages_2026-09.csv", [ligne(depart="07:10")])
    _declarer(essai, CORRECTION)
    nettoyer(essai.lieux)
    _declarer(essai, CORRECTION.replace("07:10", "07:11"))
    with pytest.raises(ErreurConservation, match=r"n° 1 \(pointages.depart_min\)"):
        nettoyer(essai.lieux)


@pytest.mark.parametrize(
    ("avant", "apres", "message"),
    [
        ("table: pointages", "table: inconnue", "table inconnue"),
        ("colonne: depart_min", "colonne: prenom", "colonne inconnue"),
        ("motif: heures inversées, confirmé par la directrice", "", "mal écrites"),
        ('avant: "07:10"', "avant: sept heures", "type de sa colonne"),
        ("date: 2026-09-20", "date: 2026-09-20\n  date: 2026-09-21", "YAML"),
    ],
)
def test_une_correction_mal_ecrite_est_refusee(
    essai: Essai, avant: str, apres: str, message: str
) -> None:
    _declarer(essai, CORRECTION.replace(avant, apres))
    with pytest.raises(ErreurUsage, match=message):
        nettoyer(essai.lieux)
