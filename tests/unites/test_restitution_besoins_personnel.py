"""Le calendrier du personnel : où il faut plus de monde, où les congés se posent, et le secret."""

from datetime import date, timedelta

import pytest

from rtpe_analyse.modeles import Periode
from tests.unites import outils_restitution
from tests.unites.outils_restitution import Ouvrir, ligne, lu, masque, nombre

LUNDI = date(2026, 10, 5)


@pytest.fixture(autouse=True)
def definitions(monkeypatch: pytest.MonkeyPatch) -> None:
    autres = {
        "N4": ("Enfants présents prévus", "enfants", 1, "previsions"),
        "N7": ("Professionnels nécessaires", "professionnels", 0, "previsions"),
        "R6": ("Professionnels présents ensemble", "professionnels", 0, "previsions"),
    }
    monkeypatch.setattr(
        outils_restitution, "DEFINITIONS", {**outils_restitution.DEFINITIONS, **autres}
    )


@pytest.fixture(name="monde")
def fixture_monde(monde: Ouvrir) -> Ouvrir:
    """Le monde d'essai, où deux trimestres sont échus."""
    places = [nombre("P1", "territoire", "T1", 10, periode=p) for p in ("2026-T2", "2026-T3")]
    return lambda lignes, **reste: monde([*places, *lignes], **reste)


def semaines(
    *hauts: float | None,
    zone: str = "E001",
    maille: str = "etablissement",
    debut: date = LUNDI,
    **reste,
) -> list[dict]:
    """N4 et N7 de semaines successives : la borne haute donnée, un de moins au centre et en bas."""
    lignes = []
    for rang, haut in enumerate(hauts):
        lundi = debut + timedelta(weeks=rang)
        quand = {"periode": str(Periode.contenant(lundi, "trimestre")), "modalite": str(lundi)}
        for borne, n in (("bas", 2), ("centre", 1), ("haut", 0)):
            besoin = None if haut is None else max(0.0, haut - n)
            for code, v in (("N4", besoin and 6 * besoin), ("N7", besoin)):
                champs = {**quand, "ventilation": f"semaine_{borne}", **reste}
                lignes.append(ligne(code, maille, zone, numerateur=v, valeur=v, **champs))
    return lignes


def presents(*nombres: int, debut: date = LUNDI, statut: str = "diffusable") -> list[dict]:
    """R6 des mêmes semaines de l'an passé."""
    lundis = [debut + timedelta(weeks=n - 52) for n in range(len(nombres))]
    return [
        nombre(
            *("R6", "etablissement", "E001", n),
            ventilation="semaine",
            modalite=str(lundi),
            periode=str(Periode.contenant(lundi, "trimestre")),
            statut=statut,
        )
        for lundi, n in zip(lundis, nombres, strict=True)
    ]


@pytest.fixture(name="fiche")
def fixture_fiche(monde: Ouvrir) -> Ouvrir:
    """L'établissement E001."""
    return lambda lignes, **reste: monde(lignes, etablissement="E001", **reste)


def test_les_semaines_a_renforcer_et_celles_des_conges(fiche: Ouvrir) -> None:
    """Au plus 5, 5, 7, 7, 5, 3, 0, 5 ; attendu un de moins : ordinaire 4, renfort 6, congés 2."""
    texte = lu(fiche(semaines(5, 5, 7, 7, 5, 3, 0, 5)).conges_et_renforts())
    assert "D'ordinaire, 4 professionnels ensemble (5 au plus)" in texte
    assert "Il en faut plus, jusqu'à 6 attendus : du 19 au 30 octobre." in texte
    assert "sans risque prévisible, même à la borne haute : du 9 au 13 novembre." in texte
    assert "Fermé au calendrier annoncé : du 16 au 20 novembre." in texte
    # 80 % d'intervalle : la borne haute est dépassée une fois sur dix.
    assert "moins de 10 fois sur 100" in texte


def test_une_prevision_plus_large_ne_fait_ni_renfort_ni_conge(fiche: Ouvrir) -> None:
    """Quatre attendus partout ; seule la borne haute monte avec l'échéance : 5, 5, 6, 7, 8."""
    lignes = semaines(5, 5, 5, 5, 5)
    for rang, haut in enumerate((5, 5, 6, 7, 8)):
        lundi = str(LUNDI + timedelta(weeks=rang))
        for x in lignes:
            vise = (x["indicateur"], x["modalite"], x["ventilation"])
            if vise == ("N7", lundi, "semaine_haut"):
                x |= {"numerateur": haut, "valeur": haut}
    texte = lu(fiche(lignes).conges_et_renforts())
    assert "4 professionnels ensemble (6 au plus)" in texte
    assert "Aucune semaine ouverte ne s'en écarte assez." in texte


def test_la_figure_conclut_et_le_tableau_dit_chaque_semaine(fiche: Ouvrir) -> None:
    contenu = fiche(semaines(5, 5, 7, 3)).calendrier_du_personnel()
    assert contenu.genre == "figure"
    texte = lu(contenu)
    assert "4 professionnels ensemble (5 au plus) d'ordinaire" in texte
    assert "davantage pendant 1 semaine et moins pendant 1 semaine" in texte
    assert "Du 5 au 9 octobre 2026" in texte
    assert "2 de plus" in texte
    assert "2 de moins" in texte
    assert "Présents l'an passé" not in texte


def test_une_suite_a_cheval_sur_deux_mois_ou_deux_ans(fiche: Ouvrir) -> None:
    lignes = semaines(5, 5, 5, 7, 7, 5)
    assert "du 26 octobre au 6 novembre." in lu(fiche(lignes).conges_et_renforts())
    lignes = semaines(*[5] * 12, 7, 5)
    assert "du 28 décembre au 1er janvier." in lu(fiche(lignes).conges_et_renforts())


def test_toutes_pareilles(fiche: Ouvrir) -> None:
    texte = lu(fiche(semaines(4, 4, 4)).conges_et_renforts())
    assert "Aucune semaine ouverte ne s'en écarte assez." in texte


def test_la_meme_semaine_de_l_an_passe(fiche: Ouvrir) -> None:
    rapport = fiche([*semaines(5, 5, 7), *presents(6, 3, 7)])
    assert "moins l'an passé que l'attendu : du 12 au 16 octobre." in lu(
        rapport.conges_et_renforts()
    )
    assert "Présents l'an passé" in lu(rapport.calendrier_du_personnel())


def test_des_presences_partielles_ne_se_comparent_pas_au_besoin(fiche: Ouvrir) -> None:
    """Elles se lisent au tableau, marquées, et aucune phrase n'en tire qu'il en manquait."""
    rapport = fiche([*semaines(5, 5, 7), *presents(1, 1, 1, statut="a_verifier")])
    assert "ne sont pas toutes connues" in lu(rapport.conges_et_renforts())
    assert "1 (p)" in lu(rapport.calendrier_du_personnel())


def test_un_agent_isole_ne_se_montre_pas(fiche: Ouvrir) -> None:
    avant = date(2025, 10, 6)
    cache = masque(
        *("R6", "etablissement", "E001"),
        ventilation="semaine",
        modalite=str(avant),
        periode=str(Periode.contenant(avant, "trimestre")),
    )
    rapport = fiche([*semaines(5, 5), cache])
    for contenu in (rapport.calendrier_du_personnel(), rapport.conges_et_renforts()):
        assert "987" not in lu(contenu)
    assert "trop peu nombreuses pour être montrées" in lu(rapport.conges_et_renforts())


def test_ce_qu_on_ignore_est_dit(fiche: Ouvrir) -> None:
    lignes = semaines(5, 5, source="part de marcheurs non déclarée", statut="a_verifier")
    texte = lu(fiche(lignes).conges_et_renforts())
    assert "Ce qu'on ignore est compté au plus haut : part de marcheurs non déclarée" in texte


def test_sans_intervalle_le_centre_sert(fiche: Ouvrir) -> None:
    lignes = [x for x in semaines(5, 6, 5) if x["ventilation"] == "semaine_centre"]
    assert "4 professionnels ensemble à" in lu(fiche(lignes).conges_et_renforts())
    assert fiche(lignes).calendrier_du_personnel().genre == "figure"


def test_d_un_trimestre_ancien_on_ne_prevoit_pas(fiche: Ouvrir) -> None:
    contenu = fiche(semaines(5, 5), periode="2026-T2").calendrier_du_personnel()
    assert "dernière période connue" in lu(contenu)


@pytest.mark.parametrize("lignes", [[], semaines(None, None), semaines(0, 0)])
def test_sans_prevision_une_phrase(fiche: Ouvrir, monde: Ouvrir, lignes: list[dict]) -> None:
    for rapport in (fiche(lignes), monde(lignes)):
        assert rapport.calendrier_du_personnel().genre == "encadre"
        assert "pas connus" in lu(rapport.conges_et_renforts())
        assert rapport.personnel_par_etablissement().genre == "encadre"


def deux(*autres: float) -> list[dict]:
    """E001 : 5, 7, 5, 3 ; E002 : les nombres donnés ; et leur territoire."""
    siennes = [
        *semaines(5, 7, 5, 3),
        *semaines(*autres, zone="E002"),
    ]
    totaux = [a + b for a, b in zip((5, 7, 5, 3), autres, strict=True)]
    return [*siennes, *semaines(*totaux, zone="T1", maille="territoire")]


def test_un_territoire_ne_compense_pas_un_etablissement_par_un_autre(monde: Ouvrir) -> None:
    """7 au lieu de 5 ici, 2 au lieu de 4 là : le total est le même, il manque deux personnes."""
    rapport = monde(deux(4, 2, 4, 4))
    contenu = rapport.calendrier_du_personnel()
    assert contenu.genre == "figure"
    assert "la semaine du 12 au 16 octobre 2026 : 2 professionnels de plus" in lu(contenu)
    assert "dans 1 établissement" in lu(contenu)


def test_les_semaines_ou_l_on_peut_liberer_du_monde(monde: Ouvrir) -> None:
    """La dernière, l'un tombe à 3 et l'autre reste à 4 : personne n'en demande plus."""
    texte = lu(monde(deux(4, 5, 4, 4)).conges_et_renforts())
    assert "Plus de la moitié des établissements demandent du renfort : du 12 au 16 oct" in texte
    assert "prêter main-forte : du 26 au 30 octobre." in texte


def test_le_total_ne_rend_pas_un_etablissement_masque(monde: Ouvrir) -> None:
    """12 au territoire, moins 5 : les 7 professionnels de l'établissement masqué."""
    quand = {"periode": "2026-T4", "modalite": str(LUNDI), "ventilation": "semaine_haut"}
    total = semaines(12, zone="T1", maille="territoire")
    visible = lu(monde([*semaines(5), *total]).calendrier_du_personnel())
    assert "10 11 12" in visible
    cache = masque("N7", "etablissement", "E002", **quand)
    texte = lu(monde([*semaines(5), *total, cache]).calendrier_du_personnel())
    assert "10 11 12" not in texte
    assert "987" not in texte


def test_un_territoire_calme(monde: Ouvrir) -> None:
    texte = lu(monde(semaines(4, 4, 4)).conges_et_renforts())
    assert "Aucune semaine à venir ne demande plus de monde" in texte


def test_par_etablissement(monde: Ouvrir) -> None:
    texte = lu(monde(semaines(5, 7, 5, 3)).personnel_par_etablissement())
    assert "Les Lutins 4 5 6 du 12 au 16 octobre du 26 au 30 octobre" in texte
    assert "Sans prévision lisible : 2 établissements." in texte
