"""La première page de la direction et ses tableaux par territoire : chiffres, secret, absences."""

from pathlib import Path

import polars as pl
import pytest

from rtpe_analyse.restitution import ouvrir
from rtpe_analyse.restitution.rapport import Rapport
from tests.unites.outils_restitution import (
    AN_DERNIER,
    PERIODE,
    Ouvrir,
    ecrire_dossier,
    lu,
    masque,
    nombre,
    ratio,
)
from tests.unites.test_restitution_cascade import cascade
from tests.unites.test_restitution_variations import variation

TERRITOIRES = {"T1": "Territoire Nord", "T2": "Territoire Sud", "T3": "Territoire Est"}
CUMUL = {"ventilation": "cumul", "modalite": "annee"}


@pytest.fixture(name="departement")
def fixture_departement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ouvrir:
    """Ouvre la synthèse d'un département de trois territoires, ou d'aucun."""

    def ouvrir_sur(lignes: list[dict], *, sans_territoire: bool = False) -> Rapport:
        complet = [ratio("Q1", "departement", "D", 98, 100), *lignes]
        dossier = ecrire_dossier(tmp_path, complet)
        zones = pl.read_parquet(dossier / "zones.parquet")
        if sans_territoire:
            zones = zones.filter(pl.col("maille").is_in(["departement", "commune"]))
        else:
            troisieme = zones.filter(pl.col("zone") == "T2").with_columns(
                zone=pl.lit("T3"), libelle=pl.lit("Territoire Est")
            )
            zones = pl.concat([zones, troisieme])
        zones.write_parquet(dossier / "zones.parquet")
        monkeypatch.setenv("RTPE_DONNEES", str(dossier))
        return ouvrir(departement="D", periode=PERIODE, edition="2026-10-15")

    return ouvrir_sur


def reponses() -> list[dict]:
    """Demandes : 40, 10 et 50 sur 100 ; réponses favorables : 60, 80 et 20 %."""
    actives = {"T1": 40, "T2": 10, "T3": 50}
    favorables = {"T1": 60, "T2": 80, "T3": 20}
    return [
        nombre("D1", "departement", "D", 100),
        nombre("D1", "departement", "D", 90, periode=AN_DERNIER),
        ratio("D2", "departement", "D", 160, 300),
        *(nombre("D1", "territoire", z, n) for z, n in actives.items()),
        *(ratio("D2", "territoire", z, n, 100) for z, n in favorables.items()),
    ]


def test_l_occupation_se_partage_entre_effet_propre_et_composition(departement: Ouvrir) -> None:
    """63,1 → 60,0 : −3,1 points, dont −2,5 de composition, donc −0,6 dans les établissements."""
    lignes = variation("departement", "D", {"composition": -2.5, "personnel": 0.46})
    texte = lu(departement(lignes).messages())
    assert "occupées à 60,0 % de leur capacité prévue, en baisse de 3,1 points sur un an" in texte
    assert "−0,6 point dans les établissements, −2,5 points par leur poids" in texte


def test_les_territoires_extremes_et_celui_qui_change_le_plus(departement: Ouvrir) -> None:
    lignes = []
    for zone, (ici, avant) in {"T1": (50, 52), "T2": (70, 69), "T3": (60, 50)}.items():
        lignes.append(ratio("T1", "territoire", zone, ici, 100))
        lignes.append(ratio("T1", "territoire", zone, avant, 100, periode=AN_DERNIER))
    texte = lu(departement(lignes).messages())
    assert "va de 50,0 % (Territoire Nord) à 70,0 % (Territoire Sud)" in texte
    assert "elle change le plus dans Territoire Est (+10,0 points sur un an)" in texte


def test_la_couverture_ne_se_compare_qu_a_autant_de_communes(departement: Ouvrir) -> None:
    """40 en 2017 sur 3 communes, 44 en 2018 et 50 en 2022 sur 4 : seule 2018 se compare."""
    lignes = []
    for annee, places, communes in (("2017", 40, 3), ("2018", 44, 4), ("2022", 50, 4)):
        quand = {"pas": "annee", "periode": annee, "millesime": annee}
        lignes.append(ratio("B1", "departement", "D", places, 100, **quand))
        lignes.append(ratio("S17", "departement", "D", communes, 5, **quand))
    texte = lu(departement(lignes).messages())
    assert "50,0 places" in texte
    assert "(44,0 en 2018)" in texte


def test_les_demandes_disent_le_niveau_l_ecart_et_les_extremes(departement: Ouvrir) -> None:
    texte = lu(departement(reponses()).messages())
    assert "100 demandes actives sont sans réponse, en hausse de 10 demandes sur un an" in texte
    assert "de 20,0 % (Territoire Est) à 80,0 % (Territoire Sud)" in texte


def test_ce_qui_est_masque_est_nomme_et_tait_son_nombre(departement: Ouvrir) -> None:
    texte = lu(departement([masque("T1", "departement", "D")]).messages())
    assert "Masqué par le secret statistique : taux d'occupation réel." in texte
    assert "987" not in texte


def test_sans_aucun_chiffre_la_page_le_dit(departement: Ouvrir) -> None:
    rapport = departement([])
    assert "Ni activité, ni besoin, ni demande" in lu(rapport.messages())
    assert "n'ouvre de décision" in lu(rapport.decisions_possibles())


def test_la_perte_se_situe_la_ou_elle_pese_en_part_des_heures_agreees(departement: Ouvrir) -> None:
    """Temps partiel 1 200 h sur 10 000 : 12 % ; 2 000 au Sud (20 %), 600 à l'Est (6 %)."""
    pertes = {"T1": -1200, "T2": -2000, "T3": -600}
    lignes = cascade("departement", "D")
    for zone, heures in pertes.items():
        suite = 5800 + heures + 100
        reste = {"contractualise": suite, "present": suite - 700}
        lignes += cascade("territoire", zone, {"temps_partiel": heures, **reste})
    texte = lu(departement(lignes).decisions_possibles())
    assert "la première perte est « Temps partiel non complété » (1 200 h, 12,0 places)" in texte
    assert "d'abord dans Territoire Sud (20,0 % des heures agréées, 12,0 % dans" in texte
    # Manque de personnel : 400 h partout, donc 4 % ; le premier dans l'ordre des codes.
    assert "« Manque de personnel » (400 h, 4,0 places)" in texte


def test_un_territoire_illisible_empeche_de_dire_ou_la_perte_pese(departement: Ouvrir) -> None:
    lignes = [*cascade("departement", "D"), *cascade("territoire", "T1")]
    texte = lu(departement(lignes).decisions_possibles())
    assert "« Temps partiel non complété »" in texte
    assert "d'abord dans" not in texte


def test_les_demandes_s_orientent_vers_le_territoire_le_moins_servi(departement: Ouvrir) -> None:
    texte = lu(departement(reponses()).decisions_possibles())
    assert "Territoire Est a le moins de réponses favorables (20,0 %, 53,3 % dans" in texte
    assert "et 50 demandes sans réponse (50 % du département)" in texte


def test_un_taux_masque_ne_designe_personne(departement: Ouvrir) -> None:
    lignes = [x for x in reponses() if not (x["indicateur"] == "D2" and x["zone"] == "T3")]
    texte = lu(departement([*lignes, masque("D2", "territoire", "T3")]).decisions_possibles())
    # À deux lisibles, nommer le dernier reviendrait à classer.
    assert "Où orienter" not in texte
    assert "987" not in texte


def facturation() -> list[dict]:
    lignes = [
        ratio("G3", "departement", "D", 1120, 1000, **CUMUL),
        nombre("G1", "departement", "D", 50, **CUMUL),
        ratio("G2", "departement", "D", 50, 1120, **CUMUL),
    ]
    for zone, part in {"T1": 2, "T2": 8, "T3": 5}.items():
        lignes.append(ratio("G3", "territoire", zone, 1100, 1000, **CUMUL))
        lignes.append(ratio("G2", "territoire", zone, part, 100, **CUMUL))
    for zone, heures in {"E001": 99, "E002": 107, "E003": 110, "E004": 121}.items():
        lignes.append(ratio("G3", "etablissement", zone, heures, 100, **CUMUL))
    return lignes


def test_la_facturation_compte_les_etablissements_de_chaque_cote(departement: Ouvrir) -> None:
    """99 sous 100 ; 107 n'est pas au-delà de 107 ; 110 en zone dégressive ; 121 au-delà de 120."""
    rapport = departement(facturation())
    texte = lu(rapport.facturation_des_territoires())
    assert "Sur 4 établissements dont le taux se lit : 1 sous 100 % (donnée à expliquer)" in texte
    assert "1 de 100 % à 107 %, 1 en zone dégressive (jusqu'à 120 %) et 1 au-delà" in texte
    assert "non calculable, les prix plafonds de l'année manquent" in texte
    decision = lu(rapport.decisions_possibles())
    assert "50 h sont facturées" in decision
    assert "d'abord dans Territoire Sud (8,0 %)" in decision


def test_le_tableau_d_occupation_separe_les_deux_effets(departement: Ouvrir) -> None:
    """−2,0 − 1,4 + 0,3 + 0,04 − 0,04 = −3,1 ; composition −0,04, donc effet propre −3,06."""
    lignes = [*variation(), ratio("T4", "territoire", "T1", 62, 100)]
    texte = lu(departement(lignes).occupation_des_territoires())
    # Réelle, places ouvertes, variation, effet propre, composition, premier effet.
    attendu = "Territoire Nord 60,0 62,0 −3,1 −3,1 0,0 −2,0 fermetures faute de personnel"
    assert attendu in texte


def test_un_effet_masque_masque_les_trois_colonnes(departement: Ouvrir) -> None:
    lignes = [
        *variation(),
        masque("T1", "territoire", "T2"),
        *[x for x in variation("territoire", "T2") if x["indicateur"] == "V1"],
    ]
    texte = lu(departement(lignes).occupation_des_territoires())
    assert "Territoire Sud s n.d. s s s" in texte


def test_sans_territoire_aucun_contenu_n_accuse_les_donnees(departement: Ouvrir) -> None:
    """Les chiffres publics existent : c'est le découpage qui manque, et rien d'autre."""
    public = {"pas": "annee", "periode": "2022", "millesime": "2022"}
    lignes = [nombre("S3", "departement", "D", 1000, **public)]
    rapport = departement(lignes, sans_territoire=True)
    contenus = [
        rapport.besoins_des_territoires(),
        rapport.territoires(),
        rapport.occupation_des_territoires(),
        rapport.facturation_des_territoires(),
        rapport.petits_multiples("T1"),
        rapport.publics_des_territoires(),
        rapport.demandes_des_territoires(),
        rapport.calendrier_du_personnel(),
        rapport.personnel_par_territoire(),
    ]
    for contenu in contenus:
        assert "Le découpage en territoires n'est pas donné" in lu(contenu), contenu.titre


def test_une_periode_masquee_interrompt_les_courbes_et_se_dit(departement: Ouvrir) -> None:
    lignes = []
    for periode in ("2025-T4", "2026-T1", "2026-T2", "2026-T3"):
        zones = [("territoire", z) for z in TERRITOIRES] + [("departement", "D")]
        for maille, zone in zones:
            cachee = periode == "2026-T1"
            lignes.append(
                masque("T1", maille, zone, periode=periode)
                if cachee
                else ratio("T1", maille, zone, 60, 100, periode=periode)
            )
    contenu = departement(lignes).petits_multiples("T1")
    assert "Trait interrompu : T1 2026, masqué (secret statistique)." in lu(contenu)
