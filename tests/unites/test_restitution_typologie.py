"""La typologie dans un rapport : classes en mots, profils, plan des axes, ce qui manque."""

from dataclasses import replace

import pytest

from rtpe_analyse.restitution import Rapport
from rtpe_analyse.restitution.classes import decrire
from rtpe_analyse.restitution.mesures import Definition, Mesure
from tests.unites import outils_restitution as outils
from tests.unites.outils_restitution import Ouvrir, ligne, lu, nombre

ANNEE = {"pas": "annee", "periode": "2022", "millesime": "2022"}
CODES = [f"9900{n}" for n in range(1, 8)]
VARIABLES = ("bas_revenus", "offre_collective")
DECLARES = {
    "B7": ("Classe", "", 0, "typologie"),
    "B7a": ("Coordonnée sur un axe", "", 2, "typologie"),
    "B7r": ("Liaison à un axe", "", 2, "typologie"),
    "B7m": ("Moyenne d'une classe", "%", 1, "typologie"),
    "B7e": ("Écart d'une classe", "écarts types", 2, "typologie"),
    "B7q": ("Qualité de la typologie", "", 2, "typologie"),
}


@pytest.fixture
def sept_communes(monde: Ouvrir, monkeypatch: pytest.MonkeyPatch) -> Ouvrir:
    """Sept communes, dont deux du territoire T1 ; deux IRIS dans la première."""
    for code, declare in DECLARES.items():
        monkeypatch.setitem(outils.DEFINITIONS, code, declare)
    gardees = [z for z in outils.ZONES if z[0] not in ("commune", "etablissement")]
    communes = [("commune", c, f"Ville {c[-1]}", "D", c, None, None) for c in CODES]
    creches = [
        ("etablissement", f"E00{n}", f"Crèche {n}", "T1", f"9900{n}", "collectif", None)
        for n in (1, 2)
    ]
    iris = [("iris", f"99001010{n}", f"Quartier {n}", "99001", "99001", None, None) for n in (1, 2)]
    monkeypatch.setattr(outils, "ZONES", [*gardees, *communes, *creches, *iris])
    return monde


def au_departement(code: str, ventilation: str, modalite: str, valeur: float) -> dict:
    precisions = {"ventilation": ventilation, "modalite": modalite}
    return nombre(code, "departement", "D", valeur, **ANNEE, **precisions)


def classees(maille: str = "commune", rand: float = 0.5, stables: str = "1") -> list[dict]:
    """Villes 1 à 3 : classe 1, pauvre et sans crèche ; 4 à 6 : classe 2 ; 7 : non classée."""
    zones = CODES[:6] if maille == "commune" else ["990010101"]
    lignes = [nombre("B7", maille, z, 1 + r // 3, **ANNEE) for r, z in enumerate(zones)]
    if maille == "commune":
        lignes.append(ligne("B7", maille, CODES[6], **ANNEE, statut="non_calculable"))
    for numero, signe in (("1", 1), ("2", -1)):
        lignes += [
            au_departement("B7", f"{maille}_classe", numero, 3),
            au_departement("B7m", f"{maille}_{numero}", "bas_revenus", 0.2 + signe * 0.1),
            au_departement("B7m", f"{maille}_{numero}", "offre_collective", 0.3 - signe * 0.1),
            au_departement("B7e", f"{maille}_{numero}", "bas_revenus", signe * 1.2),
            au_departement("B7e", f"{maille}_{numero}", "offre_collective", -signe * 0.6),
            au_departement("B7q", f"{maille}_stabilite", numero, 0.9 if numero in stables else 0.5),
        ]
    lignes += [au_departement("B7m", maille, v, 0.25) for v in VARIABLES]
    lignes += [au_departement("B7q", f"{maille}_gain", k, g) for k, g in (("2", 0.6), ("3", 0.1))]
    lignes += [
        au_departement("B7q", f"{maille}_silhouette", "2", 0.42),
        au_departement("B7q", f"{maille}_rand", "", rand),
        *(au_departement("B7q", f"{maille}_axe", a, p) for a, p in (("1", 0.7), ("2", 0.3))),
        *(
            au_departement("B7r", f"{maille}_{axe}", v, r)
            for axe, v, r in (
                ("1", "bas_revenus", 0.9),
                ("1", "offre_collective", -0.8),
                ("2", "bas_revenus", 0.4),
                ("2", "offre_collective", 0.6),
            )
        ),
    ]
    lignes += [
        nombre("B7a", maille, z, rang - 2.5, **ANNEE, ventilation="axe", modalite=axe)
        for rang, z in enumerate(zones)
        for axe in "12"
    ]
    return lignes


def rapport(sept_communes: Ouvrir, lignes: list[dict]) -> Rapport:
    return sept_communes([nombre("P1", "territoire", "T1", 30), *lignes])


def test_chaque_classe_est_dite_en_mots_avec_les_communes_de_la_zone(
    sept_communes: Ouvrir,
) -> None:
    texte = lu(rapport(sept_communes, classees()).classes())
    assert "Les 6 communes du département" in texte
    assert "1 commune (Ville 7) n'est pas classée" in texte
    assert "Classe A (3 communes) : bas revenus et peu de crèches. Ici : Ville 1 et" in texte
    assert "Classe B (3 communes) : revenus élevés et crèches nombreuses." in texte


def test_deux_classes_aux_memes_traits_ne_portent_pas_le_meme_nom(sept_communes: Ouvrir) -> None:
    lignes = [ligne for ligne in classees() if ligne["indicateur"] != "B7e"]
    ecarts = {"1": (1.7, 1.6), "2": (0.6, 0.8)}
    lignes += [
        au_departement("B7e", f"commune_{numero}", variable, ecart)
        for numero, suite in ecarts.items()
        for variable, ecart in zip(("bas_revenus", "chomage"), suite, strict=True)
    ]
    texte = lu(rapport(sept_communes, lignes).classes())
    assert "Classe A (3 communes) : bas revenus et chômage, plus qu'ailleurs." in texte
    assert "Classe B (3 communes) : chômage et bas revenus." in texte


def test_le_nombre_de_classes_est_justifie(sept_communes: Ouvrir) -> None:
    """Le département le dit, un territoire n'a que faire de la silhouette."""
    territoire = lu(rapport(sept_communes, classees()).classes())
    assert "silhouette" not in territoire
    lignes = [nombre("P1", "departement", "D", 30), *classees()]
    texte = lu(sept_communes(lignes, departement="D", territoire="").classes())
    assert (
        "2 classes, car une de plus n'expliquerait que 10 % des différences en plus, contre 60 % "
        "pour la dernière (silhouette moyenne 0,42)." in texte
    )


@pytest.mark.parametrize(
    ("rand", "stables", "attendu"),
    [
        (0.9, "12", "à 0,90 sur 1 : elles tiennent."),
        (0.5, "1", "à 0,50 sur 1 : seule la classe A est stable."),
        (0.3, "", "à 0,30 sur 1 : aucune n'est stable."),
    ],
)
def test_la_stabilite_est_dite(
    sept_communes: Ouvrir, rand: float, stables: str, attendu: str
) -> None:
    texte = lu(rapport(sept_communes, classees(rand=rand, stables=stables)).classes())
    assert attendu in texte


def test_le_profil_donne_moyennes_ecarts_et_effectifs(sept_communes: Ouvrir) -> None:
    texte = lu(rapport(sept_communes, classees()).profil_des_classes())
    # Ensemble 25,0 ; classe A 30,0 à +1,2 écart type ; classe B 10,0 à −1,2.
    assert "Pauvreté 25,0 30,0 +1,2 10,0 −1,2" in texte
    assert "Nombre de communes 6 3 3" in texte


def test_la_carte_nomme_les_classes_de_la_zone(sept_communes: Ouvrir) -> None:
    texte = lu(rapport(sept_communes, classees()).carte_des_classes())
    assert "Ville 4 Revenus élevés et crèches nombreuses" in texte


def test_le_plan_des_axes_dit_ce_qui_s_oppose(sept_communes: Ouvrir) -> None:
    contenu = rapport(sept_communes, classees()).plan_des_axes()
    assert contenu.genre == "figure"
    titre = contenu.titre.replace("\u202f", " ").replace("\xa0", " ")
    assert titre == (
        "Premier axe (70 % des différences) : pauvreté, à l'opposé de places en crèche pour 100 "
        "enfants"
    )
    texte = lu(contenu)
    assert "Ville 1 (A) coordonnée −2,50 −2,50" in texte


def test_le_plan_est_le_meme_a_chaque_fois(sept_communes: Ouvrir) -> None:
    ouvert = rapport(sept_communes, classees())
    assert ouvert.plan_des_axes().html == ouvert.plan_des_axes().html


def test_les_iris_de_chaque_commune(sept_communes: Ouvrir) -> None:
    texte = lu(rapport(sept_communes, classees("iris")).quartiers_par_classe())
    # Un IRIS en classe A, l'autre sans chiffre.
    assert "Ville 1 1 1" in texte
    assert "1 IRIS n'est pas classé" in lu(rapport(sept_communes, classees("iris")).classes("iris"))


def test_sans_typologie_chaque_contenu_le_dit(sept_communes: Ouvrir) -> None:
    vide = rapport(sept_communes, [])
    for contenu in (
        vide.classes(),
        vide.carte_des_classes(),
        vide.profil_des_classes(),
        vide.plan_des_axes(),
        vide.quartiers_par_classe(),
    ):
        assert "n'est pas calculée" in lu(contenu)


def test_un_profil_sans_ecart_marque_est_proche_de_la_moyenne() -> None:
    faible = Mesure(Definition("B7e", "Écart"), "diffusable", 0.4)
    assert decrire({"chomage": faible}, "commune") == "profil proche de la moyenne"
    fort = replace(faible, valeur=-0.5)
    assert decrire({"chomage": fort, "offre_collective": faible}, "commune") == "peu de chômage"


def test_trois_traits_au_plus_les_plus_marques_d_abord() -> None:
    modele = Mesure(Definition("B7e", "Écart"), "diffusable", 0)
    ecarts = {"chomage": 0.6, "emploi": -2.0, "bas_revenus": 1.0, "monoparentalite": 0.9}
    mesures = {v: replace(modele, valeur=e) for v, e in ecarts.items()}
    assert decrire(mesures, "commune") == (
        "parents moins souvent en emploi, bas revenus et familles monoparentales"
    )
