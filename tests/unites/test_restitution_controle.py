"""La carte de contrôle d'une série : le signal, son histoire, et quand elle ne se dresse pas."""

from collections.abc import Sequence

import numpy as np
import pytest

from rtpe_analyse.methodes.cartes_de_controle import PERIODES_ENTRE_FAUX_SIGNAUX, ajuster_carte
from rtpe_analyse.modeles import Periode
from tests.unites.outils_restitution import PERIODE, Ouvrir, lu, masque, ratio

DERNIERE = Periode.lire(PERIODE)
SAISON = (0.02, 0.04, -0.06, 0.0)
FREMISSEMENT = (0.0, 0.0, 0.0, 0.0, 0.01, -0.01, 0.01, -0.01)


def suite(
    niveaux: Sequence[float | None],
    taille: float = 1000,
    maille: str = "territoire",
    zone: str = "T1",
) -> list[dict]:
    """T1 jusqu'au trimestre du rapport, saison ajoutée."""
    return [
        ratio(
            "T1",
            maille,
            zone,
            taille * (niveau + SAISON[rang % 4]),
            taille,
            periode=str(DERNIERE.decaler(rang + 1 - len(niveaux))),
        )
        for rang, niveau in enumerate(niveaux)
        if niveau is not None
    ]


def calme(n: int) -> list[float]:
    """Une saison pure et un frémissement d'un point, une année sur deux."""
    return [0.6 + FREMISSEMENT[r % 8] for r in range(n)]


def test_une_serie_calme_reste_dans_ses_limites(monde: Ouvrir) -> None:
    """Seize trimestres, douze écarts, en points : + − + − | − + − + | + − + −, de 1 chacun.

    Onze étendues : 2 points neuf fois, 0 d'une année à l'autre (deux fois) ; leur moyenne est
    18 / 11 = 1,636 et les limites 0 ± 3 × 1,636 / 1,1284 = ± 4,35.
    """
    contenu = monde(suite(calme(16))).controle("T1")
    assert contenu.genre == "figure"
    assert "reste dans la variation ordinaire, entre −4,4 points et +4,4 points" in lu(contenu)
    assert "Aucun signal sur 11 périodes passées" in lu(contenu)
    assert "approximatives" in lu(contenu)


def test_une_chute_fait_signal_et_dit_sa_regle(monde: Ouvrir) -> None:
    niveaux = calme(16)
    niveaux[-1] -= 0.15
    contenu = monde(suite(niveaux)).controle("T1")
    # Dernier écart : − 1 − 15 points.
    assert "(−16,0 points) sort de la variation ordinaire, entre" in lu(contenu)


def test_huit_trimestres_du_meme_cote_font_signal_sans_sortir(monde: Ouvrir) -> None:
    """Quinze écarts comparables : sept autour de + 1 point, huit autour de − 1, à un demi près.

    Étendues d'un point : écart type 1 / 1,1284 = 0,89 ; aucun ne passe deux écarts types.
    """
    ecarts = np.repeat([0.01, -0.01], [12, 8]) + np.resize([0.005, -0.005], 20)
    niveaux = [0.6] * 4
    for ecart in ecarts:
        niveaux.append(niveaux[-4] + ecart)
    contenu = monde(suite(niveaux)).controle("T1")
    assert "reste dans ses limites mais fait signal : huit périodes de suite" in lu(contenu)


def test_du_detail_aux_agregats_l_ecart_ne_se_juge_pas(monde: Ouvrir) -> None:
    """Douze trimestres d'agrégats à 60 %, puis douze de détail à 75 % : aucun écart de 15."""
    niveaux = [n + 0.15 * (r >= 12) for r, n in enumerate(calme(24))]
    detail = [
        ratio("P3", "territoire", "T1", 9, 10, periode=str(DERNIERE.decaler(-n))) for n in range(12)
    ]
    texte = lu(monde([*suite(niveaux), *detail]).controle("T1"))
    assert "4e trimestre 2023 non jugé : des agrégats au détail" in texte
    assert "15" not in texte.partition("Chiffres de la figure")[2].replace("2015", "")


def test_un_signal_passe_se_raconte_sans_accuser_le_trimestre(monde: Ouvrir) -> None:
    """Une chute au 4e trimestre 2024 : signal alors, et un autre, inverse, un an après.

    Vingt trimestres depuis le 4e de 2021, le premier comparable est le 1er de 2023.
    """
    niveaux = [*calme(12), *calme(8)]
    niveaux[12] -= 0.2
    texte = lu(monde(suite(niveaux)).controle("T1"))
    assert "reste dans la variation ordinaire" in texte
    assert "Signaux sur 14 périodes passées : T4 2024 et T4 2025." in texte


@pytest.mark.parametrize(
    ("niveaux", "dite"),
    [
        ([], "8 périodes comparables à la même période de l'an dernier ; il n'y en a aucune."),
        (calme(1), "il n'y en a aucune."),
        (calme(11), "il y en a 7."),
        ([0.6] * 20, "L'écart sur un an est constant"),
        ([0.0] * 20, "L'écart sur un an est constant"),
        ([0.6 if r % 8 < 4 else None for r in range(20)], "il n'y en a aucune."),
    ],
    ids=["vide", "une", "courte", "constante", "nulle", "trouée"],
)
def test_sans_carte_une_phrase(monde: Ouvrir, niveaux: list[float | None], dite: str) -> None:
    contenu = monde([*suite(niveaux), ratio("T4", "territoire", "T1", 1, 2)]).controle("T1")
    assert contenu.genre == "encadre"
    assert dite in lu(contenu)


def test_une_serie_masquee_ne_montre_aucun_nombre(monde: Ouvrir) -> None:
    lignes = [
        masque("T1", "territoire", "T1", periode=str(DERNIERE.decaler(-n))) for n in range(16)
    ]
    contenu = monde(lignes).controle("T1")
    assert contenu.genre == "encadre"
    assert "secret statistique" in lu(contenu)
    assert "987" not in lu(contenu)


def test_un_trimestre_masque_n_a_pas_d_ecart(monde: Ouvrir) -> None:
    lignes = [x for x in suite(calme(20)) if x["periode"] != PERIODE]
    contenu = monde([*lignes, masque("T1", "territoire", "T1")]).controle("T1")
    assert "pas d'écart sur un an à juger au 3e trimestre 2026" in lu(contenu)
    assert "987" not in lu(contenu)


def test_un_trimestre_masque_dit_pourquoi_deux_ecarts_manquent(monde: Ouvrir) -> None:
    """Masqué au 3e trimestre 2024 : ni son écart, ni celui de l'année d'après."""
    lignes = [x for x in suite(calme(20)) if x["periode"] != "2024-T3"]
    cache = masque("T1", "territoire", "T1", periode="2024-T3")
    texte = lu(monde([*lignes, cache]).controle("T1"))
    for quand in ("2024", "2025"):
        assert f"3e trimestre {quand} masqué : l'écart donnerait une valeur masquée" in texte
    assert "987" not in texte


def test_la_crise_sanitaire_ne_se_compare_pas(monde: Ouvrir) -> None:
    """23 trimestres depuis 2021 : 2021 et 2022 (comparée à 2021) n'entrent pas."""
    texte = lu(monde(suite(calme(23))).controle("T1"))
    assert "1er trimestre 2023" in texte
    assert "4e trimestre 2022" not in texte


def test_la_saison_retiree_par_l_an_dernier_n_invente_pas_de_signal() -> None:
    """Séries saisonnières sans changement : pas plus de signaux que ce que la note annonce."""
    alea = np.random.default_rng(3)
    signaux = periodes = 0
    for _ in range(400):
        brute = np.tile(alea.normal(0, 4, 4), 6)[:20] + alea.standard_normal(20)
        carte = ajuster_carte(brute[4:] - brute[:-4])
        assert carte is not None
        signaux += len(carte.signaux)
        periodes += 16
    assert signaux / periodes < 1 / PERIODES_ENTRE_FAUX_SIGNAUX


def test_les_etablissements_qui_font_signal_sont_nommes(monde: Ouvrir) -> None:
    """E001 chute, E002 est calme, E003 n'a pas de série : deux jugés, 2 / 122 = 0,02 par hasard."""
    chute = calme(16)
    chute[-1] -= 0.15
    lignes = [
        *suite(chute, maille="etablissement", zone="E001"),
        *suite(calme(16), maille="etablissement", zone="E002"),
    ]
    texte = lu(monde(lignes).controle_des_etablissements("T1"))
    assert "sur 2 établissements jugés, 1 fait signal ; le hasard seul en donnerait moins" in texte
    assert "Les Lutins : l'écart sur un an (−16,0 points) sort de la variation ordinaire" in texte
    assert "La Ronde" not in texte
    assert "1 n'est pas jugé : établissement ouvert ou fermé depuis peu" in texte


def test_sans_signal_aucun_etablissement_n_est_nomme(monde: Ouvrir) -> None:
    texte = lu(
        monde(suite(calme(16), maille="etablissement", zone="E001")).controle_des_etablissements(
            "T1"
        )
    )
    assert "sur 1 établissement jugé, aucun ne fait signal" in texte
    assert "Lutins" not in texte


def test_sans_serie_aucun_etablissement_n_est_juge(monde: Ouvrir) -> None:
    texte = lu(monde(suite(calme(16))).controle_des_etablissements("T1"))
    assert "Aucun établissement n'est jugé" in texte
