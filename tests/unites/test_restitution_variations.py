"""La variation sur un an : la phrase, la figure, le partage, le secret, ce qui manque."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from rtpe_analyse.nomenclatures import liste_fermee
from rtpe_analyse.restitution import formats, ouvrir
from tests.unites.outils_restitution import (
    AN_DERNIER,
    PERIODE,
    Ouvrir,
    ligne,
    lu,
    masque,
    nombre,
    ratio,
)

EFFETS = {
    "personnel": -2.0,
    "travaux": 0.0,
    "autre": 0.0,
    "subie_sans_cause": 0.0,
    "ouverture_hors_calendrier": 0.0,
    "attribution": 0.04,
    "temps_contractuel": -1.4,
    "presence": 0.3,
    "composition": -0.04,
}


def variation(
    maille: str = "territoire", zone: str = "T1", sauf: dict[str, float] | None = None
) -> list[dict]:
    """Tous les effets d'une zone, et T1 les deux années."""
    effets = {**EFFETS, **(sauf or {})}
    if maille == "etablissement":
        del effets["composition"]
    return [
        *taux(maille, zone),
        *(
            nombre("V1", maille, zone, v, ventilation="effet", modalite=m)
            for m, v in effets.items()
        ),
    ]


def taux(maille: str, zone: str) -> list[dict]:
    return [
        ratio("T1", maille, zone, 600, 1000),
        ratio("T1", maille, zone, 631, 1000, periode=AN_DERNIER),
    ]


def test_tous_les_effets_sont_dessines() -> None:
    assert set(EFFETS) == set(liste_fermee("effets_variation"))


def test_la_phrase_nomme_les_effets_du_plus_grand_au_plus_petit(monde: Ouvrir) -> None:
    contenu = monde(variation()).decomposition()
    assert contenu.genre == "figure"
    moins = formats.MOINS
    assert contenu.titre.replace(formats.INSECABLE, " ") == (
        f"Le taux d'occupation réel varie de {moins}3,1 points sur un an : "
        f"{moins}2,0 fermetures faute de personnel, {moins}1,4 temps contractuel par place "
        "attribuée, +0,3 présence rapportée au contrat"
    )


def test_la_figure_ne_dessine_pas_un_effet_qui_s_arrondit_a_zero(monde: Ouvrir) -> None:
    contenu = monde(variation()).decomposition()
    dessin = contenu.html.partition("<details")[0]
    assert "attribué" not in dessin.partition("<svg")[2].replace("attribuée", "")
    # Le tableau, lui, les dit tous.
    assert "Places sans enfant attribué" in lu(contenu)


def test_l_effet_propre_et_la_composition_se_separent(monde: Ouvrir) -> None:
    contenu = monde(variation(sauf={"composition": -1.0})).decomposition()
    texte = lu(contenu)
    assert "Effet propre aux établissements : −3,1 points" in texte
    assert "effet de composition (leur poids) : −1,0 point" in texte


def test_un_etablissement_n_a_pas_de_composition(monde: Ouvrir) -> None:
    rapport = monde(variation("etablissement", "E001"), etablissement="E001")
    contenu = rapport.decomposition()
    assert contenu.genre == "figure"
    assert "composition" not in lu(contenu)


def test_des_effets_qui_se_compensent_ne_font_pas_une_hausse(monde: Ouvrir) -> None:
    sauf = {"personnel": -2.0, "temps_contractuel": 2.0, "presence": 0.0}
    contenu = monde(variation(sauf=sauf)).decomposition()
    assert "stable sur un an, mais des effets se compensent" in contenu.titre


def test_sans_effet_visible_une_phrase(monde: Ouvrir) -> None:
    contenu = monde(variation(sauf=dict.fromkeys(EFFETS, 0.0))).decomposition()
    assert contenu.genre == "encadre"
    assert "aucun effet ne se détache" in lu(contenu)


@pytest.mark.parametrize("lignes", [[], taux("territoire", "T1")])
def test_sans_decomposition_une_phrase(monde: Ouvrir, lignes: list[dict]) -> None:
    rapport = monde([*lignes, ratio("T4", "territoire", "T1", 1, 2)])
    for contenu in (rapport.decomposition(), rapport.decomposition_par_etablissement()):
        assert contenu.genre == "encadre"
        assert "ne se décompose pas" in lu(contenu)


def test_des_contrats_manquants_se_disent(monde: Ouvrir) -> None:
    lignes = taux("territoire", "T1") + [
        ligne("V1", "territoire", "T1", ventilation="effet", modalite=m, statut="non_calculable")
        for m in EFFETS
    ]
    assert "contrats n'ont pas été reçus" in lu(monde(lignes).decomposition())


@pytest.mark.parametrize("quand", [PERIODE, AN_DERNIER])
def test_un_taux_masque_une_des_deux_annees_masque_les_effets(monde: Ouvrir, quand: str) -> None:
    """La somme des effets donnerait l'écart, donc le taux masqué."""
    lignes = [x for x in variation() if not (x["indicateur"] == "T1" and x["periode"] == quand)]
    contenu = monde([*lignes, masque("T1", "territoire", "T1", periode=quand)]).decomposition()
    assert "secret statistique" in lu(contenu)
    assert "2,0" not in lu(contenu)


def test_des_effets_masques_ne_montrent_aucun_nombre(monde: Ouvrir) -> None:
    lignes = taux("territoire", "T1") + [
        masque("V1", "territoire", "T1", ventilation="effet", modalite=m) for m in EFFETS
    ]
    contenu = monde(lignes).decomposition()
    assert "secret statistique" in lu(contenu)
    assert "987" not in lu(contenu)


def test_un_etablissement_masque_garde_sa_ligne_sans_nombre(monde: Ouvrir) -> None:
    lignes = [
        *variation("etablissement", "E001"),
        *taux("etablissement", "E002"),
        *(
            masque("V1", "etablissement", "E002", ventilation="effet", modalite=m)
            for m in EFFETS
            if m != "composition"
        ),
    ]
    texte = lu(monde(lignes).decomposition_par_etablissement())
    assert "La Ronde s" in texte
    assert "Les Lutins −3,1" in texte


def test_au_mois_la_variation_ne_se_decompose_pas(monde: Ouvrir) -> None:
    lignes = [ratio("T1", "territoire", "T1", 1, 2, pas="mois", periode="2026-07")]
    contenu = monde(lignes, periode="2026-07").decomposition()
    assert "qu'au trimestre" in lu(contenu)


def test_un_etablissement_ouvert_pendant_l_annee_comparee_le_dit_avec_ses_effets(
    monde: Ouvrir, tmp_path: Path
) -> None:
    """Ouvert en septembre 2025, le 3e trimestre 2025 n'est pas entier : son écart se lit avec."""
    monde(variation("etablissement", "E002"))
    zones = tmp_path / "indicateurs" / "zones.parquet"
    ouvert = pl.col("zone") == "E002"
    pl.read_parquet(zones).with_columns(
        valide_du=pl.when(ouvert).then(date(2025, 9, 1))
    ).write_parquet(zones)
    rapport = ouvrir(territoire="T1", periode=PERIODE, edition="2026-10-15")
    texte = lu(rapport.decomposition_par_etablissement())
    assert "La Ronde −3,1 ouvert le 1er août : −2,0 fermetures faute de personnel" in texte


def test_le_repreneur_dit_de_qui_il_reprend_les_places(monde: Ouvrir, tmp_path: Path) -> None:
    monde(variation("etablissement", "E001"))
    zones = tmp_path / "indicateurs" / "zones.parquet"
    ferme = pl.col("zone") == "E003"
    pl.read_parquet(zones).with_columns(
        valide_au=pl.when(ferme).then(date(2025, 7, 31)),
        evenement=pl.when(ferme)
        .then(pl.lit("Fermé le 31/07/2025, places reprises par E001"))
        .otherwise("evenement"),
    ).write_parquet(zones)
    rapport = ouvrir(territoire="T1", periode=PERIODE, edition="2026-10-15")
    texte = lu(rapport.decomposition_par_etablissement())
    assert "Les Lutins −3,1 reprend les places de Pomme d'Api & Cie : −2,0" in texte
    assert "Pomme d'Api & Cie /// fermé le 31/07/2025, places reprises par Les Lutins" in texte


def test_l_ordre_alphabetique_est_celui_du_francais(monde: Ouvrir, tmp_path: Path) -> None:
    """« Églantines » se range à E, avant « La Ronde », et non après Z."""
    monde([x for code in ("E001", "E002", "E003") for x in variation("etablissement", code)])
    zones = tmp_path / "indicateurs" / "zones.parquet"
    pl.read_parquet(zones).with_columns(
        libelle=pl.when(pl.col("zone") == "E003").then(pl.lit("Églantines")).otherwise("libelle")
    ).write_parquet(zones)
    rapport = ouvrir(territoire="T1", periode=PERIODE, edition="2026-10-15")
    texte = lu(rapport.decomposition_par_etablissement())
    rangs = [texte.index(f"{nom} −3,1") for nom in ("Églantines", "La Ronde", "Les Lutins")]
    assert rangs == sorted(rangs)


def test_des_arrondis_qui_ne_font_pas_le_total_se_disent(monde: Ouvrir) -> None:
    """Quatre effets de −0,26 : chacun s'écrit −0,3, leur somme est −1,0 et non −1,2."""
    sauf = dict.fromkeys(EFFETS, 0.0)
    sauf |= dict.fromkeys(("personnel", "attribution", "temps_contractuel", "presence"), -0.26)
    texte = lu(monde(variation(sauf=sauf)).decomposition())
    assert "les effets affichés font −1,2, leur somme exacte −1,0" in texte


def test_des_arrondis_qui_font_le_total_ne_disent_rien(monde: Ouvrir) -> None:
    assert "arrondi à part" not in lu(monde(variation()).decomposition())


def test_un_effet_partiel_rend_le_total_partiel(monde: Ouvrir) -> None:
    lignes = [
        {**x, "statut": "a_verifier"} if x["modalite"] == "presence" else x for x in variation()
    ]
    texte = lu(monde(lignes).decomposition())
    assert "Variation sur un an −3,1 (p)" in texte


def test_les_autres_effets_nuls_ne_se_citent_pas(monde: Ouvrir) -> None:
    """−2,0, −1,4, +0,3, puis +0,2 et −0,2 qui se compensent."""
    contenu = monde(variation(sauf={"autre": 0.2, "composition": -0.2})).decomposition()
    assert "autres effets" not in contenu.titre


def test_un_etablissement_ouvert_depuis_dit_son_evenement(tmp_path: Path, monde: Ouvrir) -> None:
    monde(variation("etablissement", "E001"))
    zones = tmp_path / "indicateurs" / "zones.parquet"
    ouvert = pl.col("zone") == "E002"
    pl.read_parquet(zones).with_columns(
        valide_du=pl.when(ouvert).then(date(2026, 2, 1))
    ).write_parquet(zones)
    rapport = ouvrir(territoire="T1", periode=PERIODE, edition="2026-10-15")
    assert "La Ronde /// ouvert le 1er août" in lu(rapport.decomposition_par_etablissement())
