"""L'essentiel des besoins : chaque phrase vient d'un chiffre, ou n'existe pas."""

from tests.unites.outils_restitution import PERIODE, Ouvrir, lu, masque, nombre, ratio

ANNEE = {"pas": "annee", "periode": "2022", "millesime": "2022"}


def public() -> list[dict]:
    return [
        ratio("Q1", "territoire", "T1", 98, 100),
        ratio("B1", "territoire", "T1", 450, 1000, **ANNEE),
        ratio("B1", "departement", "D", 5000, 10000, **ANNEE),
        ratio("S4", "territoire", "T1", 300, 1000, **ANNEE),
        ratio("S4", "departement", "D", 2500, 10000, **ANNEE),
        ratio("S5", "territoire", "T1", 820, 1000, **ANNEE),
        ratio("S5", "departement", "D", 8000, 10000, **ANNEE),
    ]


def test_l_offre_se_compare_au_departement(monde: Ouvrir) -> None:
    texte = lu(monde(public()).essentiel_des_besoins())
    # 45 % contre 50 % : 5 points de moins.
    assert "offre 45,0 places, tous modes d'accueil, pour 100 enfants de moins de 3 ans" in texte
    assert "5,0 de moins que le département (50,0)" in texte


def test_le_trait_le_plus_ecarte_est_retenu(monde: Ouvrir) -> None:
    """Monoparentales : 30 − 25 = 5 points ; emploi : 82 − 80 = 2 points. Le premier est dit."""
    texte = lu(monde(public()).essentiel_des_besoins())
    assert "la part de familles monoparentales : 30,0 %, 5,0 points de plus" in texte
    assert "en emploi" not in texte


def test_les_naissances_disent_leur_sens(monde: Ouvrir) -> None:
    baisse = ratio("S2v", "territoire", "T1", -80, 1000, **ANNEE)
    texte = lu(monde([*public(), baisse]).essentiel_des_besoins())
    assert "les naissances y ont baissé de 8,0 % sur 5 ans" in texte


def test_une_demande_masquee_ne_se_dit_pas(monde: Ouvrir) -> None:
    texte = lu(monde([*public(), masque("D1", "territoire", "T1")]).essentiel_des_besoins())
    assert "en attente" not in texte
    assert "987654" not in texte
    dite = lu(monde([*public(), nombre("D1", "territoire", "T1", 120)]).essentiel_des_besoins())
    assert "120 demandes sont en attente" in dite


def test_l_incertitude_est_toujours_dite(monde: Ouvrir) -> None:
    texte = lu(monde(public()).essentiel_des_besoins())
    assert "Ce qui reste incertain : les chiffres publics datent de 2022." in texte


def test_rien_a_resumer(monde: Ouvrir) -> None:
    texte = lu(monde([nombre("P1", "territoire", "T1", 12)]).essentiel_des_besoins())
    assert "rien à résumer" in texte
    assert PERIODE not in texte
