"""Prévision, rétro-test, entonnoir, signaux : ce qu'ils disent, et ce qu'ils taisent."""

import random

import pytest

from rtpe_analyse.methodes.concurrentes import MOYENNE
from rtpe_analyse.modeles import Periode
from rtpe_analyse.restitution import Rapport
from tests.unites import outils_restitution
from tests.unites.outils_restitution import (
    PERIODE,
    ZONES,
    Ouvrir,
    ligne,
    lu,
    masque,
    ratio,
)

DERNIERE = Periode.lire(PERIODE)


@pytest.fixture(autouse=True)
def definitions(monkeypatch: pytest.MonkeyPatch) -> None:
    autres = {
        "N4": ("Enfants présents prévus", "enfants", 1, "previsions"),
        "N4o": ("Taux prévu de la semaine", "%", 1, "previsions"),
        "N8": ("Taux provisoire", "%", 1, "previsions"),
    }
    monkeypatch.setattr(
        outils_restitution, "DEFINITIONS", {**outils_restitution.DEFINITIONS, **autres}
    )


def prevues(*centres: float, intervalle: float | None = 0.03) -> list[dict]:
    """N1 des trimestres qui suivent, et T1 des cinq connus, à 60 %."""
    lignes = [
        ratio("T1", "territoire", "T1", 600, 1000, periode=str(DERNIERE.decaler(-n)))
        for n in range(5)
    ]
    for rang, centre in enumerate(centres, 1):
        bornes = {"centre": centre}
        if intervalle is not None:
            bornes |= {"bas": centre - intervalle, "haut": centre + intervalle}
        lignes += [
            ligne(
                "N1",
                "territoire",
                "T1",
                periode=str(DERNIERE.decaler(rang)),
                ventilation="prevision",
                modalite=modalite,
                numerateur=v,
                valeur=v,
                source="même période de l'an dernier",
            )
            for modalite, v in bornes.items()
        ]
    return lignes


def test_la_prevision_dit_le_niveau_et_l_intervalle(monde: Ouvrir) -> None:
    contenu = monde(prevues(0.62, 0.65)).prevision()
    assert contenu.genre == "figure"
    titre = lu(contenu)
    assert "est attendu à 65,0 % au 1er trimestre 2027 (entre 62,0 et 68,0 %)" in titre
    assert "même période de l'an dernier" in titre


def test_sans_intervalle_la_prevision_n_en_invente_pas(monde: Ouvrir) -> None:
    assert "entre" not in monde(prevues(0.62, 0.65, intervalle=None)).prevision().titre


def test_d_un_trimestre_ancien_on_ne_prevoit_pas(monde: Ouvrir) -> None:
    """Au 2e trimestre 2026, le 3e est connu : le 4e n'en est pas la prévision."""
    contenu = monde(prevues(0.62, 0.65), periode="2026-T2").prevision()
    assert contenu.genre == "encadre"
    assert "dernière période connue" in lu(contenu)


@pytest.mark.parametrize("lignes", [[], prevues()], ids=["rien", "rien de prévu"])
def test_sans_prevision_une_phrase(monde: Ouvrir, lignes: list[dict]) -> None:
    contenu = monde([*lignes, ratio("T4", "territoire", "T1", 1, 2)]).prevision()
    assert contenu.genre == "encadre"


def test_une_prevision_masquee_ne_montre_rien(monde: Ouvrir) -> None:
    lignes = prevues() + [
        masque(
            "N1",
            "territoire",
            "T1",
            periode=str(DERNIERE.decaler(n)),
            ventilation="prevision",
            modalite=m,
        )
        for n in (1, 2)
        for m in ("bas", "centre", "haut")
    ]
    assert "987" not in lu(monde(lignes).prevision())


@pytest.mark.parametrize("quand", [DERNIERE, DERNIERE.decaler(-3)])
def test_une_prevision_ne_redonne_pas_un_taux_masque(monde: Ouvrir, quand: Periode) -> None:
    """Prévoir comme l'an dernier, ou comme au dernier trimestre, ce serait le dire."""
    lignes = [
        x
        for x in prevues(0.62, 0.65)
        if not (x["indicateur"] == "T1" and x["periode"] == str(quand))
    ]
    lignes.append(masque("T1", "territoire", "T1", periode=str(quand)))
    assert "62,0" not in lu(monde(lignes).prevision())


@pytest.mark.parametrize("ans", [2, 3])
def test_une_moyenne_de_trois_ans_ne_redonne_pas_un_taux_masque(monde: Ouvrir, ans: int) -> None:
    """Les deux autres années lues, la moyenne dirait la troisième."""
    lignes = [
        x | {"source": MOYENNE} if x["indicateur"] == "N1" else x for x in prevues(0.62, 0.65)
    ]
    ancienne = str(DERNIERE.decaler(1 - 4 * ans))
    assert "65,0" in lu(monde(lignes).prevision())
    lignes.append(masque("T1", "territoire", "T1", periode=ancienne))
    assert "65,0" not in lu(monde(lignes).prevision())


@pytest.mark.parametrize(
    ("contenues", "jugees", "dite", "tue"),
    [
        (7, 8, "Sur 8 trimestres passés", "trop étroit"),
        (7, 8, "7 dans l'intervalle, pour 6 promis", "trop étroit"),
        (6, 7, "Trop peu de prévisions passées", "Sur 7"),
        (8, 18, "l'intervalle est trop étroit", "Trop peu"),
    ],
)
def test_le_retro_test(monde: Ouvrir, contenues: int, jugees: int, dite: str, tue: str) -> None:
    """Huit trimestres au moins ; 8 sur 18 à 80 % visés, l'intervalle est trop étroit."""
    lignes = [*prevues(), ratio("N3", "territoire", "T1", contenues, jugees)]
    texte = lu(monde(lignes).retro_test())
    assert dite in texte
    assert tue not in texte
    assert "fabriquées" in texte


def test_sans_retro_test_une_phrase(monde: Ouvrir) -> None:
    assert "Trop peu" in lu(monde(prevues(0.6)).retro_test())


def reseau(
    monkeypatch: pytest.MonkeyPatch, monde: Ouvrir, taux: dict[str, float], code: str = "T4"
) -> Rapport:
    """Des établissements du territoire T1, chacun de 10 000 heures-places."""
    zones = [z for z in ZONES if z[0] != "etablissement"]
    zones += [("etablissement", c, f"Crèche {c}", "T1", "99001", "collectif", None) for c in taux]
    monkeypatch.setattr(outils_restitution, "ZONES", zones)
    return monde([ratio(code, "etablissement", c, 10000 * v, 10000) for c, v in taux.items()])


def ordinaires(n: int) -> dict[str, float]:
    hasard = random.Random(5)
    return {f"E{rang:03d}": 0.6 + hasard.gauss(0, 0.005) for rang in range(n)}


def test_un_reseau_ordinaire_n_accuse_personne(
    monde: Ouvrir, monkeypatch: pytest.MonkeyPatch
) -> None:
    rapport = reseau(monkeypatch, monde, ordinaires(20))
    assert "Aucune n'est dans la zone" in lu(rapport.signaux())
    assert "Ni classement, ni note" in lu(rapport.entonnoir("T4"))


def test_un_etablissement_hors_norme_est_nomme(
    monde: Ouvrir, monkeypatch: pytest.MonkeyPatch
) -> None:
    rapport = reseau(monkeypatch, monde, {**ordinaires(20), "E099": 0.30})
    assert "Crèche E099 (30,0 %) sort des limites" in rapport.entonnoir("T4").titre.replace(
        "\u202f", " "
    )
    assert "Crèche E099" in lu(rapport.signaux())


@pytest.mark.parametrize(
    "taux",
    [
        {"E001": 0.6},
        {f"E{n:03d}": 0.6 for n in range(4)},
        {f"E{n:03d}": 0.6 for n in range(8)},
        {f"E{n:03d}": 0.0 for n in range(8)},
        {f"E{n:03d}": 1.0 for n in range(8)},
    ],
    ids=["un seul", "quatre", "tous égaux", "tous nuls", "tous pleins"],
)
@pytest.mark.parametrize("code", ["T1", "T4"])
def test_un_petit_reseau_ou_un_reseau_plat_donne_une_phrase(
    monde: Ouvrir, monkeypatch: pytest.MonkeyPatch, taux: dict[str, float], code: str
) -> None:
    rapport = reseau(monkeypatch, monde, taux, code)
    contenu, phrases = rapport.entonnoir(code), lu(rapport.signaux())
    assert "sort des limites" not in lu(contenu)
    assert "attendus à sa taille" not in phrases
    assert phrases


def test_sans_rien_une_phrase(monde: Ouvrir) -> None:
    rapport = monde([ratio("P3", "territoire", "T1", 1, 2)])
    assert rapport.entonnoir("T4").genre == "encadre"
    assert "Trop peu d'établissements" in lu(rapport.signaux())


def test_un_etablissement_masque_n_est_pas_dans_l_entonnoir(
    monde: Ouvrir, monkeypatch: pytest.MonkeyPatch
) -> None:
    reseau(monkeypatch, monde, ordinaires(8))
    masquee, *lisibles = ordinaires(8)
    lignes = [masque("T4", "etablissement", masquee)]
    lignes += [ratio("T4", "etablissement", c, 6000, 10000) for c in lisibles]
    contenu = monde(lignes).entonnoir("T4")
    assert f"Crèche {masquee}" not in lu(contenu)
    assert "987" not in lu(contenu)


def test_l_alerte_dit_sa_regle_son_chiffre_son_histoire_et_son_taux_d_erreur(
    monde: Ouvrir, monkeypatch: pytest.MonkeyPatch
) -> None:
    reseau(monkeypatch, monde, ordinaires(20))
    hors_norme = {**ordinaires(20), "E099": 0.30}
    zones = [z for z in ZONES if z[0] != "etablissement"]
    zones += [
        ("etablissement", c, f"Crèche {c}", "T1", "99001", "collectif", None) for c in hors_norme
    ]
    monkeypatch.setattr(outils_restitution, "ZONES", zones)
    lignes = [ratio("T4", "etablissement", c, 10000 * v, 10000) for c, v in hors_norme.items()]
    avant = str(DERNIERE.decaler(-1))
    lignes.append(ratio("T4", "etablissement", "E099", 5900, 10000, periode=avant))
    texte = lu(monde(lignes).signaux()).replace("\u202f", " ").replace("\xa0", " ")
    assert "Règle : s'écarter de l'entonnoir" in texte
    assert "Taux de fausses alertes mesuré : sur 200 réseaux" in texte
    assert "de 30,0 %" in texte
    assert "Avant : 59,0 %" in texte


def provisoires(**bornes: float) -> list[dict]:
    """N8 du 4e trimestre 2026, connu jusqu'au 14 novembre."""
    return [ratio("T4", "territoire", "T1", 1, 2)] + [
        ligne(
            "N8",
            "territoire",
            "T1",
            periode=str(DERNIERE.decaler(1)),
            ventilation="provisoire",
            modalite=modalite,
            numerateur=v,
            valeur=v,
            statut="a_verifier",
            millesime="2026-11-14",
            source="jours restants comme le début du trimestre",
        )
        for modalite, v in bornes.items()
    ]


def test_le_trimestre_en_cours_est_dit_provisoire(monde: Ouvrir) -> None:
    """Du 1er octobre au 14 novembre : 31 + 14 = 45 jours sur 92."""
    texte = lu(monde(provisoires(bas=0.60, centre=0.62, haut=0.64)).trimestre_en_cours())
    assert "Provisoire" in texte
    assert "45 jours sur 92" in texte
    assert "(entre 60,0 et 64,0" in texte
    assert "comme le début du trimestre" in texte


def test_sans_intervalle_le_provisoire_le_dit(monde: Ouvrir) -> None:
    texte = lu(monde(provisoires(centre=0.62)).trimestre_en_cours())
    assert "Sans intervalle" in texte
    assert "entre" not in texte


def test_sans_trimestre_en_cours_une_phrase(monde: Ouvrir) -> None:
    texte = lu(monde([ratio("T4", "territoire", "T1", 1, 2)]).trimestre_en_cours())
    assert texte.strip() == "Aucun jour du 4e trimestre 2026 n'est encore connu : rien à estimer."


def test_un_trimestre_suivant_deja_fini_n_est_pas_a_estimer(monde: Ouvrir) -> None:
    lignes = [ratio("T1", "territoire", "T1", 1, 2, periode=p) for p in ("2026-T2", PERIODE)]
    texte = lu(monde(lignes, periode="2026-T2").trimestre_en_cours())
    assert "Le 3e trimestre 2026 est déjà connu" in texte


def test_un_trimestre_en_cours_masque_ou_trop_peu_connu_le_dit(monde: Ouvrir) -> None:
    n8 = {"periode": "2026-T4", "ventilation": "provisoire", "modalite": "centre"}
    reel = ratio("T1", "territoire", "T1", 1, 2)
    texte = lu(monde([reel, masque("N8", "territoire", "T1", **n8)]).trimestre_en_cours())
    assert "L'estimation du 4e trimestre 2026 est masquée" in texte
    assert "987" not in texte
    muet = ligne("N8", "territoire", "T1", statut="non_calculable", **n8)
    texte = lu(monde([reel, muet]).trimestre_en_cours())
    assert "Trop peu de jours du 4e trimestre 2026 sont connus" in texte


def _semaines(ecart: float) -> list[dict]:
    return [ratio("T4", "territoire", "T1", 1, 2)] + [
        ligne(
            code,
            "territoire",
            "T1",
            periode="2026-T4",
            ventilation=f"semaine_{borne}",
            modalite=lundi,
            numerateur=v,
            valeur=v,
        )
        for code, unite in (("N4", 1.0), ("N4o", 0.01))
        for lundi, centre in (("2026-10-05", 40.0), ("2026-10-12", 52.0))
        for borne, v in (
            ("bas", max(0.0, centre - ecart) * unite),
            ("centre", centre * unite),
            ("haut", (centre + ecart) * unite),
        )
    ]


def test_les_semaines_a_venir_disent_la_plus_chargee(monde: Ouvrir) -> None:
    contenu = monde(_semaines(5)).semaines_a_venir()
    assert "la semaine du 12" in lu(contenu)
    assert "52" in contenu.titre
    assert contenu.genre == "tableau"


def test_des_semaines_que_rien_ne_borne_ne_se_montrent_pas(monde: Ouvrir) -> None:
    contenu = monde(_semaines(60)).semaines_a_venir()
    assert contenu.genre == "encadre"
    assert "Trop peu d'histoire" in lu(contenu)


def test_sans_semaine_prevue_une_phrase(monde: Ouvrir) -> None:
    contenu = monde([ratio("T4", "territoire", "T1", 1, 2)]).semaines_a_venir()
    assert contenu.genre == "encadre"


def test_la_naive_retenue_dit_pourquoi(monde: Ouvrir) -> None:
    assert "aucune autre ne s'est moins trompée" in lu(monde(prevues(0.62, 0.65)).prevision())
