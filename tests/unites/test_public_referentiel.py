"""Le référentiel compilé de petits fichiers : doublons, nomenclature en place, absences."""

from datetime import date
from pathlib import Path

import pytest

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.erreurs import ErreurDonneesManquantes
from rtpe_analyse.indicateurs.valeurs_publiques import provenance
from rtpe_analyse.nettoyage.referentiel import lieux_publics, recevoir_et_compiler
from rtpe_analyse.nomenclatures.communes import lire_communes
from rtpe_analyse.nomenclatures.publiques import lire_fiche, lire_referentiel
from rtpe_analyse.propres import lire_propre
from tests.specifications.outils import Jeu, etablissement

ESSAIS = Path(__file__).parent.parent / "donnees" / "publics"
RECU_LE = date(2026, 11, 23)
COMMUNES = """\
insee_com,insee_dep,commune_article,code_postal,lat,lng,population_2021,naissances_2022
01004,01,Ville-Fictive,01500,45.9601,5.37212,14000,150
01004,01,Ville-Fictive,01501,45.9601,5.37212,14000,150
01365,01,La Petite-Ville,01700,45.8,5.1,900,
"""
EN_PLACE = """\
code,nom,departement,latitude,longitude,population,valide_du,valide_au
01004,Ville Ancienne,01,45.9,5.3,13000,1943-01-01,
02999,Voisine,02,49.1,3.2,500,1943-01-01,2019-12-31
"""
FICHE_EN_PLACE = 'titre: "Communes"\nsources: [{fichier: ancien.csv}]\nlimites: ["Ancienne."]\n'


@pytest.fixture
def communes(tmp_path: Path) -> Path:
    fichier = tmp_path / "communes_pop2021_naissances2022.csv"
    fichier.write_text(COMMUNES, encoding="utf-8")
    return fichier


@pytest.fixture
def lieux(tmp_path: Path) -> Lieux:
    return Lieux(tmp_path / "donnees", tmp_path / "rapports", "reel")


def test_une_commune_a_deux_codes_postaux_compte_une_fois(communes: Path, lieux: Lieux):
    _, bilan, _ = recevoir_et_compiler(lieux, [communes], recu_le=RECU_LE)
    # Une commune, une population, des naissances : la seconde ligne n'apporte rien.
    ecartees = dict(bilan.table.select("table", "ecartees").iter_rows())
    assert ecartees == {"pub_communes": 1, "pub_communes_annee": 2}
    table = lire_referentiel(lieux.referentiel, "communes_annee")
    ville = table.filter(commune="01004")
    assert dict(ville.select("annee", "population").iter_rows()) == {2021: 14000, 2022: None}
    assert dict(ville.select("annee", "naissances").iter_rows()) == {2021: None, 2022: 150}
    assert lire_communes(lieux)["code"].to_list() == ["01004", "01365"]


def test_deux_lignes_contradictoires_d_une_commune_sont_dites(communes: Path, lieux: Lieux):
    communes.write_text(COMMUNES.replace("01501,45.9601,5.37212,14000", "01501,45.9601,5.37212,99"))
    recevoir_et_compiler(lieux, [communes], recu_le=RECU_LE)
    table = lire_referentiel(lieux.referentiel, "communes_annee")
    assert table.filter(commune="01004", annee=2021)["population"].to_list() == [14000]
    limites = lire_fiche(lieux.referentiel, "communes_annee")["limites"]
    assert any(limite.startswith("1 chiffre") for limite in limites)


def test_la_nomenclature_en_place_se_complete_sans_se_recrire(communes: Path, lieux: Lieux):
    lieux.referentiel.mkdir(parents=True)
    (lieux.referentiel / "communes.csv").write_text(EN_PLACE)
    (lieux.referentiel / "communes.fiche.yaml").write_text(FICHE_EN_PLACE)
    recevoir_et_compiler(lieux, [communes], recu_le=RECU_LE)
    lignes = lire_communes(lieux).select("code", "nom", "population", "latitude").rows()
    assert lignes == [
        ("01004", "Ville Ancienne", 13000, 45.9),
        ("01365", "La Petite-Ville", 900, 45.8),
        ("02999", "Voisine", 500, 49.1),
    ]
    fiche = lire_fiche(lieux.referentiel, "communes")
    assert [s.get("fichier") or s["source"] for s in fiche["sources"]] == [
        "ancien.csv",
        "insee_communes",
    ]
    assert fiche["limites"][0] == "Ancienne."


def test_places_et_taux_de_deux_fichiers_donnent_les_enfants(lieux: Lieux):
    fichiers = [
        ESSAIS / "cnaf_places_noms_courts_2021.csv",
        ESSAIS / "cnaf_taux_libelles_2021.csv",
    ]
    recevoir_et_compiler(lieux, fichiers, recu_le=RECU_LE)
    table = lire_referentiel(lieux.referentiel, "communes_annee")
    # 585 places pour un taux de 58,5 : 1 000 enfants ; l'autre ville n'a pas de places publiées.
    assert table.filter(commune="01004")["enfants_moins_3_estimes"].to_list() == [1000]
    assert table.filter(commune="01053")["enfants_moins_3_estimes"].to_list() == [None]
    assert table.filter(commune="01053")["taux_couverture_global_pct"].to_list() == [24]


def test_le_jeu_courant_cede_a_l_ancien_les_communes_qu_il_ne_publie_pas(lieux: Lieux):
    fichiers = [ESSAIS / "cnaf_taux_noms_courts_2021.csv", ESSAIS / "TAUXCOUV2021.csv"]
    recevoir_et_compiler(lieux, fichiers, recu_le=RECU_LE)
    table = lire_referentiel(lieux.referentiel, "communes_annee")
    taux = dict(table.select("commune", "taux_couverture_global_pct").iter_rows())
    assert taux == {"01004": 58.5, "01365": 31.4}
    # Les deux restent dans la table propre, chacun sous sa source.
    propre = lire_propre(lieux_publics(lieux), "pub_communes_annee").collect()
    globaux = propre.filter(commune="01004", variable="taux_couverture_global_pct")
    assert sorted(globaux["valeur"]) == [57.9, 58.5]


def test_sans_fichier_public_rien_n_est_ecrit(lieux: Lieux):
    with pytest.raises(ErreurDonneesManquantes):
        recevoir_et_compiler(lieux, [], recu_le=RECU_LE)
    assert not lieux.referentiel.exists()
    with pytest.raises(ErreurDonneesManquantes):
        lire_referentiel(lieux.referentiel, "communes_annee")


def test_une_position_absente_se_comble_sans_rien_changer_d_autre(communes: Path, lieux: Lieux):
    """Le code officiel a d'abord nommé la commune ; la liste qui la situe arrive après."""
    lieux.referentiel.mkdir(parents=True)
    sans_position = EN_PLACE.replace("45.9,5.3,13000", ",,")
    (lieux.referentiel / "communes.csv").write_text(sans_position)
    (lieux.referentiel / "communes.fiche.yaml").write_text(FICHE_EN_PLACE)
    recevoir_et_compiler(lieux, [communes], recu_le=RECU_LE)
    lignes = lire_communes(lieux).select("code", "nom", "population", "latitude").rows()
    assert lignes[0] == ("01004", "Ville Ancienne", 14000, 45.9601)
    assert lignes[2] == ("02999", "Voisine", 500, 49.1)


def test_un_reseau_dont_le_departement_n_a_aucun_chiffre_se_dit(communes: Path, tmp_path: Path):
    """Le référentiel d'un autre département a remplacé celui du réseau."""
    jeu = Jeu(tmp_path)
    jeu.ecrire("etablissements", [etablissement("A", "01004"), etablissement("B", "94033")])
    _, _, bilan = recevoir_et_compiler(jeu.lieux, [communes], recu_le=RECU_LE)
    (dite,) = bilan.remarques
    assert dite.startswith("le jeu exemple a des établissements")
    assert "(94)" in dite


FICHE_PAR_ANNEE = """\
sources:
- {source: insee_communes, producteur: "Insee, mis en forme", jeu: Communes}
- {source: insee_comparateur, producteur: Insee, jeu: Comparateur}
variables:
  naissances: {sources: {insee_communes: [2022], insee_comparateur: [2020]}}
"""


@pytest.mark.parametrize(
    ("colonne", "annee", "attendue"),
    [
        ("naissances", 2022, "Insee, Communes"),
        ("naissances", 2020, "Insee, Comparateur"),
        ("naissances", 2021, ""),
        ("naissances", None, "Insee, Communes ; Insee, Comparateur"),
        # Trois années de naissances, dont celle de 2021, que personne ne publie.
        ("naissances_trois_ans", 2022, "Insee, Communes ; Insee, Comparateur"),
        ("naissances_avant", 2025, "Insee, Comparateur"),
    ],
)
def test_la_provenance_est_celle_de_l_annee(lieux: Lieux, colonne, annee, attendue):
    ecrire_fiche(lieux, FICHE_PAR_ANNEE)
    assert provenance(lieux, [colonne], annee=annee) == attendue


def test_une_fiche_sans_le_detail_par_annee_cite_les_sources_possibles(lieux: Lieux):
    sans = FICHE_PAR_ANNEE[: FICHE_PAR_ANNEE.index("  naissances:")]
    ecrire_fiche(lieux, sans + "  naissances: {annees: [2020, 2022]}\n")
    assert provenance(lieux, ["naissances"], annee=2022) == "Insee, Communes ; Insee, Comparateur"


def ecrire_fiche(lieux: Lieux, texte: str) -> None:
    lieux.referentiel.mkdir(parents=True)
    (lieux.referentiel / "communes_annee.fiche.yaml").write_text(texte, encoding="utf-8")
