"""Portrait public et offre : la zone, celle qu'on choisit, et ce qui n'est pas publié."""

import json
from pathlib import Path

import polars as pl
import pytest

from rtpe_analyse.erreurs import ErreurUsage
from rtpe_analyse.restitution import ouvrir
from tests.unites import outils_restitution as outils
from tests.unites.outils_restitution import PERIODE, Ouvrir, ligne, lu, nombre, ratio

ANNEE = {"pas": "annee", "periode": "2022", "millesime": "2022", "source": "Cnaf, jeu"}
EN_2020 = {**ANNEE, "periode": "2020", "millesime": "2020"}
EN_2017 = {**ANNEE, "periode": "2017", "millesime": "2017"}
PARTIEL = {"statut": "a_verifier"}


def modes(maille: str, zone: str, psu: float, enfants: float) -> list[dict]:
    mode = {"ventilation": "mode", **ANNEE}
    return [
        ratio("B1", maille, zone, psu, enfants, modalite="eaje_psu", **mode),
        ratio("B1", maille, zone, psu / 2, enfants, modalite="assistantes_maternelles", **mode),
    ]


def public() -> list[dict]:
    return [
        # L'activité du trimestre, pour que la période existe.
        nombre("P1", "territoire", "T1", 100),
        nombre("S3", "territoire", "T1", 9000, **ANNEE),
        nombre("S3", "territoire", "T2", 4000, **ANNEE),
        nombre("S3", "departement", "D", 15000, **ANNEE),
        nombre("S15", "departement", "D", 120, **ANNEE),
        nombre("S1", "territoire", "T1", 500, **ANNEE),
        nombre("S1", "territoire", "T1", 520, **EN_2020),
        nombre("S1n", "territoire", "T1", 546, **EN_2020),
        nombre("S7", "territoire", "T1", 442, **EN_2020),
        ratio("S12", "territoire", "T1", 546, 520, **EN_2020),
        ratio("S13", "territoire", "T1", 442, 520, **EN_2020),
        nombre("S14", "territoire", "T1", 300, **ANNEE),
        nombre("B1u", "territoire", "T1", 200, **ANNEE),
        ratio("B1r", "territoire", "T1", 40, 500, **ANNEE),
        ratio("B1", "territoire", "T1", 300, 500, **ANNEE),
        ratio("B1", "territoire", "T2", 90, 200, **ANNEE),
        ratio("B1", "departement", "D", 5000, 10000, **{**ANNEE, **PARTIEL}),
        *modes("territoire", "T1", 200, 500),
        *modes("territoire", "T2", 60, 200),
    ]


def test_l_absence_se_montre_a_cote_du_chiffre(monde: Ouvrir) -> None:
    texte = lu(monde(public()).portrait())
    assert "Population (habitants) S3 9 000 15 000 2022 1" in texte
    assert (
        "Publiés pour le département seulement : Assistantes maternelles agréées, 120 personnes "
        "(2022)." in texte
    )


def test_la_zone_comparee_est_au_choix(monde: Ouvrir) -> None:
    rapport = monde(public(), comparaison="territoire:T2")
    assert "Population (habitants) S3 9 000 4 000" in lu(rapport.portrait())
    assert "15,0 de plus que le territoire Sud (45,0)" in lu(rapport.couverture())
    assert "Population (habitants) S3 9 000 15 000" in lu(rapport.portrait("departement"))


@pytest.mark.parametrize(
    ("comparaison", "attendu"),
    [
        ("T2", "non comprise"),
        ("etablissement:E001", "non comprise"),
        ("territoire:T9", "Territoire « T9 » inconnu."),
        ("commune:00000", "Commune « 00000 » inconnue."),
    ],
)
def test_une_comparaison_inconnue_est_refusee(
    monde: Ouvrir, comparaison: str, attendu: str
) -> None:
    with pytest.raises(ErreurUsage, match=attendu):
        monde(public(), comparaison=comparaison)


def test_les_trois_estimations_et_le_choix(monde: Ouvrir) -> None:
    texte = lu(monde(public()).enfants_de_moins_de_3_ans())
    # 546 / 520 = 1,05 ; 442 / 520 = 0,85.
    assert "546 +5,0 546 2020" in texte
    assert "442 −15,0 442 2020" in texte
    assert "Le nombre retenu est celui du taux de couverture" in texte
    assert "c'est aussi le plus récent : 500 enfants (2022)" in texte
    assert "donnent 5,0 % d'enfants de plus" in texte
    assert "La Caf en connaît 85,0 %" in texte


def test_sans_taux_de_couverture_les_naissances_sont_retenues(monde: Ouvrir) -> None:
    sans = [x for x in public() if x["indicateur"] not in ("S1", "S12", "S13")]
    texte = lu(monde(sans).enfants_de_moins_de_3_ans())
    assert "n'est pas publié pour cette zone : le nombre retenu est celui des naissances" in texte
    assert "546 enfants (2020)" in texte


def test_aucune_estimation_se_dit(monde: Ouvrir) -> None:
    assert "Aucune des trois n'est publiée" in lu(
        monde([nombre("P1", "territoire", "T1", 1)]).enfants_de_moins_de_3_ans()
    )


def test_les_enfants_sans_place_ne_sont_pas_un_besoin(monde: Ouvrir) -> None:
    texte = lu(monde(public()).ecart_d_accueil())
    assert "500 enfants de moins de 3 ans pour 300 places de tous les modes : 200 enfants" in texte
    assert "Ce n'est pas un besoin" in texte
    assert "offrait 8,0 places pour 100 enfants de moins de 3 ans fin 2022, sur les 60,0" in texte


def test_le_reseau_d_exemple_se_dit_fictif_face_a_la_population(monde: Ouvrir) -> None:
    """Le réseau fictif rapporté à des enfants réels : la phrase même doit le dire."""
    fictif = "Le réseau suivi (fictif : réseau d'exemple, population réelle) offrait"
    assert fictif in lu(monde(public(), trace={"jeu": "exemple"}).ecart_d_accueil())
    assert "fictif" not in lu(monde(public(), trace={"jeu": "reel"}).ecart_d_accueil())


def test_la_tendance_dit_les_places_et_les_enfants(monde: Ouvrir) -> None:
    """60 % contre 50 % : places de 275 à 300 (+9,1 %), enfants de 550 à 500 (−9,1 %)."""
    avant = [
        ratio("B1", "territoire", "T1", 275, 550, **EN_2017),
        nombre("S14", "territoire", "T1", 275, **EN_2017),
        nombre("S1", "territoire", "T1", 550, **EN_2017),
    ]
    figure = monde([*public(), *avant]).couverture_dans_le_temps()
    assert figure.genre == "figure"
    assert "De 50,0 places pour 100 enfants de moins de 3 ans en 2017 à 60,0 en 2022" in lu(figure)
    assert "les places +9,1 % ; les enfants de moins de 3 ans −9,1 %" in lu(figure)
    alt = "Tous les modes, de 50,0 pour 100 enfants en 2017 à 60,0 pour 100 enfants en 2022"
    assert alt in lu(figure)


def test_une_seule_annee_ne_fait_pas_une_tendance(monde: Ouvrir) -> None:
    assert "Pas assez d'années publiées" in lu(monde(public()).couverture_dans_le_temps())
    assert "Pas assez d'années publiées" in lu(monde(public()).naissances())


def test_les_naissances_a_communes_constantes(monde: Ouvrir) -> None:
    nees = [
        nombre("S2", "territoire", "T1", 160, **ANNEE),
        nombre("S2c", "territoire", "T1", 150, **ANNEE),
        nombre("S2", "territoire", "T1", 200, **EN_2017),
        nombre("S2c", "territoire", "T1", 180, **EN_2017),
        ratio("S2v", "territoire", "T1", -40, 200, **ANNEE),
    ]
    figure = monde([*public(), *nees]).naissances()
    assert "160 naissances en 2022 : baisse de 20,0 % sur 5 ans" in lu(figure)
    assert "2017 : 180 naissances ; 2022 : 150 naissances" in lu(figure)
    assert "publiées chaque année : 150 naissances en 2022, sur 160." in lu(figure)


def test_nos_totaux_a_cote_des_valeurs_publiees(monde: Ouvrir) -> None:
    publies = [
        nombre("B1p", "departement", "D", 0.54, **{**ANNEE, "source": "Caf, lettre"}),
        nombre("S14p", "departement", "D", 5100, **{**ANNEE, "source": "Caf, lettre"}),
        nombre("S14", "departement", "D", 5000, **ANNEE),
        ratio("S17", "departement", "D", 3, 4, **ANNEE),
    ]
    lignes = [x for x in public() if x["indicateur"] != "B1" or x["zone"] != "D"]
    lignes.append(ratio("B1", "departement", "D", 5380, 10000, **ANNEE))
    texte = lu(monde([*lignes, *publies]).valeurs_publiees())
    assert (
        "54 pour 100 enfants selon Caf, lettre, 53,8 pour 100 enfants par notre calcul : la même"
        in texte
    )
    assert "5 100 places selon Caf, lettre, 5 000 places par notre calcul" in texte
    assert "soit 100 places de moins" in texte
    assert "ne publie pas les places en 2022 : 1 sur 4, Bourg-Fictif" in texte


def test_sans_valeur_publiee_le_contenu_le_dit(monde: Ouvrir) -> None:
    assert "Aucune valeur publiée n'est donnée" in lu(monde(public()).valeurs_publiees())


def test_les_millesimes_se_lisent_en_colonnes(monde: Ouvrir) -> None:
    texte = lu(monde(public()).portrait_dans_le_temps())
    assert "Chiffre public 2020 2022" in texte
    assert "Enfants de moins de 3 ans (enfants) 520 500" in texte
    assert "Population (habitants) n.d. 9 000" in texte


def test_le_portrait_d_une_commune(monde: Ouvrir) -> None:
    lignes = [*public(), nombre("S3", "commune", "99001", 6000, **ANNEE)]
    rapport = monde(lignes, territoire="", commune="99001")
    assert "Chiffre public Bourg-Fictif Département" in lu(rapport.portrait())
    assert "Population (habitants) S3 6 000 15 000" in lu(rapport.portrait())


def test_le_portrait_d_un_zonage_a_cheval(monde: Ouvrir, tmp_path: Path) -> None:
    """Sans département, il se compare à ce que le lecteur choisit."""
    monde([*public(), nombre("S3", "zonage", "Z1", 7000, **ANNEE)])
    dossier = tmp_path / "indicateurs"
    zones = pl.read_parquet(dossier / "zones.parquet")
    zonage = pl.DataFrame([{"maille": "zonage", "zone": "Z1", "libelle": "Plateau"}])
    pl.concat([zones, zonage], how="diagonal").write_parquet(dossier / "zones.parquet")
    (dossier / "zonages.json").write_text(json.dumps({"Z1": ["99001", "980010101"]}))
    seul = ouvrir(zonage="Z1", periode=PERIODE)
    assert "Chiffre public Zonage Plateau Millésime" in lu(seul.portrait())
    compare = ouvrir(zonage="Z1", periode=PERIODE, comparaison="territoire:T2")
    assert "Population (habitants) S3 7 000 4 000" in lu(compare.portrait())
    assert "Les places de cette zone ne sont pas publiées." in lu(compare.couverture())


def test_une_zone_comparee_sans_aucun_chiffre_n_a_pas_de_colonne(monde: Ouvrir) -> None:
    sans = [x for x in public() if x["zone"] != "T2"]
    texte = lu(monde(sans, comparaison="territoire:T2").portrait())
    assert "Chiffre public Territoire Nord Millésime" in texte
    assert "Aucun de ces chiffres n'est publié pour le territoire Sud : rien à comparer." in texte


def test_un_chiffre_que_la_source_ne_publie_pas_est_non_disponible(monde: Ouvrir) -> None:
    """« /// » dirait un dénominateur nul : la commune a des places, on ne sait pas combien."""
    muette = ligne("S14", "territoire", "T1", **{**ANNEE, "statut": "non_calculable"})
    lignes = [x for x in public() if (x["indicateur"], x["zone"]) != ("S14", "T1")]
    ailleurs = nombre("S14", "departement", "D", 5000, **ANNEE)
    texte = lu(monde([*lignes, muette, ailleurs]).portrait())
    assert "Places d'accueil offertes (places) S14 n.d. 5 000" in texte
    assert "///" not in texte


def test_sans_aucun_chiffre_ici_le_portrait_le_dit_plutot_qu_un_tableau_vide(
    monde: Ouvrir,
) -> None:
    ailleurs = [x for x in public() if x["zone"] == "D" or x["indicateur"] == "P1"]
    portrait = monde(ailleurs).portrait()
    assert portrait.genre == "encadre"
    assert "Aucun chiffre public n'est disponible pour cette zone" in lu(portrait)


@pytest.fixture
def trois_communes(monkeypatch: pytest.MonkeyPatch) -> None:
    """T1 a trois communes ; T2 a aussi un établissement dans la première."""
    communes = [("commune", f"9900{n}", f"Ville {n}", "D", None, None, None) for n in (1, 2, 3)]
    creches = [
        ("etablissement", f"E00{n}", f"Crèche {n}", "T1", f"9900{n}", "collectif", None)
        for n in (1, 2, 3)
    ]
    partage = ("etablissement", "E004", "Les Pinsons", "T2", "99001", "collectif", None)
    gardees = [z for z in outils.ZONES if z[0] not in ("commune", "etablissement")]
    monkeypatch.setattr(outils, "ZONES", [*gardees, *communes, *creches, partage])


@pytest.mark.usefixtures("trois_communes")
def test_peu_de_communes_se_lisent_a_cote_du_territoire(monde: Ouvrir) -> None:
    """La pauvreté ne s'additionne pas : elle se lit dans les communes, sans valeur au-dessus."""
    lignes = [
        *public(),
        *(nombre("S3", "commune", f"9900{n}", 1000 * n, **ANNEE) for n in (2, 3)),
        *(nombre("S9", "commune", f"9900{n}", n / 10, **ANNEE) for n in (1, 2)),
    ]
    texte = lu(monde(lignes).portrait())
    assert "Territoire Nord Ville 1 Ville 2 Ville 3 Département" in texte
    assert "Population (habitants) S3 9 000 n.d. 2 000 3 000 15 000 2022" in texte
    assert "Taux de pauvreté (%) S9 n.d. 10,0 20,0 n.d. n.d. 2022" in texte


@pytest.mark.usefixtures("trois_communes")
def test_une_commune_de_deux_territoires_est_dite(monde: Ouvrir) -> None:
    dite = "Ville 1 a aussi des établissements du territoire Territoire Sud"
    assert dite in lu(monde(public()).portrait())
    assert "Ville 2 a aussi" not in lu(monde(public()).portrait())


def test_un_territoire_a_cheval_nomme_le_departement_compare(
    monde: Ouvrir, monkeypatch: pytest.MonkeyPatch
) -> None:
    ajouts = [
        ("departement", "E", "Voisinage", None, None, None, None),
        ("commune", "98001", "Outre-Limite", "E", None, None, None),
        ("etablissement", "E009", "Le Nid", "T1", "98001", "collectif", None),
    ]
    monkeypatch.setattr(outils, "ZONES", [*outils.ZONES, *ajouts])
    rapport = monde(public())
    texte = lu(rapport.portrait())
    assert "Bourg-Fictif Département Fictif Millésime" in texte
    assert (
        "À cheval sur Département Fictif et Voisinage : comparé au département Fictif seul."
        in texte
    )
    assert "(Département Fictif) n'est qu'un des 2" in lu(rapport.essentiel_des_besoins())


def test_une_seule_commune_prete_ses_taux_au_territoire(monde: Ouvrir) -> None:
    lignes = [*public(), nombre("S9", "commune", "99001", 0.2, **ANNEE)]
    texte = lu(monde(lignes).portrait())
    assert "Chiffre public Territoire Nord Département" in texte
    assert "Taux de pauvreté (%) S9 20,0" in texte


def test_au_dela_de_six_communes_une_ligne_par_commune(
    monde: Ouvrir, monkeypatch: pytest.MonkeyPatch
) -> None:
    sept = range(1, 8)
    communes = [("commune", f"9900{n}", f"Ville {n}", "D", None, None, None) for n in sept]
    creches = [
        ("etablissement", f"E00{n}", f"Crèche {n}", "T1", f"9900{n}", "collectif", None)
        for n in sept
    ]
    gardees = [z for z in outils.ZONES if z[0] not in ("commune", "etablissement")]
    monkeypatch.setattr(outils, "ZONES", [*gardees, *communes, *creches])
    villes = [nombre("S3", "commune", f"9900{n}", 1000 * n, **ANNEE) for n in sept]
    texte = lu(monde([*public(), *villes]).portrait())
    assert "Chiffre public Territoire Nord Département" in texte
    assert "Chiffre public Ville 1 Ville 2" in texte
    assert "Population (habitants, 2022) S3 1 000 2 000" in texte
