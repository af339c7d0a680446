"""L'indice de besoin dans un rapport : phrases, tableau, carte, quartiers, ce qui manque."""

import pytest

from rtpe_analyse.restitution import Rapport
from tests.unites import outils_restitution as outils
from tests.unites.outils_restitution import Ouvrir, lu, nombre

ANNEE = {"pas": "annee", "periode": "2022", "millesime": "2022"}
CODES = [f"9900{n}" for n in range(1, 10)]
DECLARES = {
    "B2": ("Indice de besoin", "points", 1, "indice"),
    "B2b": ("Rang de besoin, borne basse", "rang", 0, "indice"),
    "B2h": ("Rang de besoin, borne haute", "rang", 0, "indice"),
    "B2p": ("Probabilité de dépasser", "%", 0, "indice"),
    "B2l": ("Taux lissé", "%", 1, "indice"),
    "B2c": ("Composante du besoin", "%", 1, "indice"),
}


@pytest.fixture
def neuf_communes(monde: Ouvrir, monkeypatch: pytest.MonkeyPatch) -> Ouvrir:
    """Neuf communes, dont trois du territoire T1 ; trois IRIS dans la première."""
    for code, declare in DECLARES.items():
        monkeypatch.setitem(outils.DEFINITIONS, code, declare)
    gardees = [z for z in outils.ZONES if z[0] not in ("commune", "etablissement")]
    communes = [("commune", c, f"Ville {c[-1]}", "D", c, None, None) for c in CODES]
    creches = [
        ("etablissement", f"E00{n}", f"Crèche {n}", "T1", f"9900{n}", "collectif", None)
        for n in (1, 2, 3)
    ]
    iris = [
        ("iris", f"99001010{n}", f"Quartier {n}", "99001", "99001", None, None) for n in (1, 2, 3)
    ]
    monkeypatch.setattr(outils, "ZONES", [*gardees, *communes, *creches, *iris])
    return monde


def place(code: str, indice: float, bas: int, haut: int, **reste: object) -> list[dict]:
    return [
        nombre(c, "commune", code, v, **{**ANNEE, **reste})
        for c, v in (("B2", indice), ("B2b", bas), ("B2h", haut))
    ]


def monde_classe() -> list[dict]:
    """T1 : la ville 1 toujours dans le tiers (3 sur 9), la 2 selon les poids, la 3 jamais."""
    rangs = {"1": (120, 1, 2), "2": (110, 2, 5), "3": (95, 6, 8)}
    rangs |= {str(n): (109.5 - n, 3, 9) for n in range(4, 10)}
    lignes = [x for n, r in rangs.items() for x in place(f"9900{n}", *r)]
    return [
        *lignes,
        *(composante("commune", c, "emploi", 0.7) for c in CODES),
        *(composante("commune", c, "offre", 0.5) for c in CODES[1:]),
    ]


def composante(maille: str, zone: str, code: str, valeur: float, quoi: str = "B2c") -> dict:
    return nombre(quoi, maille, zone, valeur, **ANNEE, ventilation="composante", modalite=code)


def rapport(neuf_communes: Ouvrir, lignes: list[dict]) -> Rapport:
    return neuf_communes([nombre("P1", "territoire", "T1", 30), *lignes])


def test_la_phrase_dit_ce_qui_ne_depend_pas_des_poids(neuf_communes: Ouvrir) -> None:
    texte = lu(rapport(neuf_communes, monde_classe()).indice_de_besoin())
    assert (
        "1 commune sur 3 est dans le tiers du département le plus en besoin, quels que soient "
        "les poids : Ville 1." in texte
    )
    assert "1 commune y entre ou en sort selon les poids : Ville 2." in texte
    assert "1 autre n'y est jamais." in texte


def test_la_composante_inconnue_est_dite(neuf_communes: Ouvrir) -> None:
    texte = lu(rapport(neuf_communes, monde_classe()).indice_de_besoin())
    assert "places pour 100 enfants, tous modes (Ville 1)" in texte


def test_le_tableau_donne_le_rang_et_son_intervalle(neuf_communes: Ouvrir) -> None:
    contenu = rapport(neuf_communes, monde_classe()).communes_par_besoin()
    texte = lu(contenu)
    assert contenu.genre == "tableau"
    # Ville 1 : indice 120,0, 1re sur 9, 1 à 2 selon les poids, offre non disponible.
    assert "Ville 1 120,0 1 1 à 2" in texte
    assert "Ville 3 95,0" in texte
    assert "Ville 4" not in texte
    assert "poids 20" in texte


def test_la_carte_montre_tout_le_departement(neuf_communes: Ouvrir) -> None:
    contenu = rapport(neuf_communes, monde_classe()).carte_de_besoin()
    assert "Ville 9 100,5" in lu(contenu)
    assert "rang 3 à 9 sur 9" in lu(contenu)


def quartier(n: int, indice: float, bas: int, haut: int) -> list[dict]:
    zone = f"99001010{n}"
    return [
        nombre(c, "iris", zone, v, **ANNEE)
        for c, v in (("B2", indice), ("B2b", bas), ("B2h", haut))
    ] + [
        composante("iris", zone, "monoparentalite", 0.3, "B2l"),
        composante("iris", zone, "monoparentalite", 0.99, "B2p"),
    ]


def test_les_quartiers_toujours_dans_le_tiers_du_besoin(neuf_communes: Ouvrir) -> None:
    """Trois quartiers, donc un par tiers : le 1 y reste (1 à 1), le 2 en sort selon les poids."""
    lignes = [*quartier(1, 120, 1, 1), *quartier(2, 110, 1, 3), *quartier(3, 90, 2, 3)]
    texte = lu(rapport(neuf_communes, lignes).quartiers_surs())
    # Taux lissé 30,0 %, probabilité 99 % de dépasser le département.
    assert "Quartier 1 Ville 1 1 30,0 99" in texte
    assert "Quartier 2" not in texte
    assert "Quartiers retenus : 1 sur 3." in texte


def test_aucun_quartier_sur_se_dit(neuf_communes: Ouvrir) -> None:
    lignes = [*quartier(1, 120, 1, 2), *quartier(2, 110, 1, 3), *quartier(3, 90, 2, 3)]
    texte = lu(rapport(neuf_communes, lignes).quartiers_surs())
    assert "Aucun quartier (IRIS) n'est dans le tiers du département le plus en besoin" in texte


def test_un_rang_inconnu_n_est_pas_un_rang_sur(neuf_communes: Ouvrir) -> None:
    lignes = [nombre("B2", "iris", "990010101", 120, **ANNEE)]
    assert "Aucun quartier (IRIS)" in lu(rapport(neuf_communes, lignes).quartiers_surs())


def test_sans_indice_chaque_contenu_le_dit(neuf_communes: Ouvrir) -> None:
    vide = rapport(neuf_communes, [])
    for contenu in (vide.indice_de_besoin(), vide.carte_de_besoin(), vide.communes_par_besoin()):
        assert "n'est pas calculé" in lu(contenu)
    assert "Aucun taux d'IRIS" in lu(vide.quartiers_surs())
    assert "Aucun taux d'IRIS" in lu(vide.carte_des_probabilites("monoparentalite"))


def test_une_annee_posterieure_au_rapport_n_est_pas_montree(neuf_communes: Ouvrir) -> None:
    futures = [x for c in CODES for x in place(c, 100, 1, 9, periode="2040")]
    assert "n'est pas calculé" in lu(rapport(neuf_communes, futures).indice_de_besoin())
