"""Chaque règle à ses bornes, chaque changement la veille, le jour, le lendemain, et les refus."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtpe_analyse import reglementation as r
from rtpe_analyse.erreurs import ErreurReglementation

EN_2026 = date(2026, 3, 1)


# ---- prix plafond -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("taux", "attendu"),
    [
        ("90", "10"),
        ("107", "10"),
        ("110", "9.40"),  # 10 + (7,40 − 10) × 3 / 13 = 10 − 0,60
        ("113.5", "8.70"),  # à mi-pente
        ("120", "7.40"),
        ("130", "7.40"),
    ],
)
def test_prix_plafond_lineaire_depuis_2025(taux: str, attendu: str) -> None:
    prix = r.prix_plafond(taux, date(2025, 1, 1), p107=10, p120="7.40")
    assert prix == pytest.approx(Decimal(attendu), abs=Decimal("1e-20"))


@pytest.mark.parametrize(
    ("taux", "attendu"), [("107", 10), ("107.01", 9), ("117", 9), ("117.01", 8), ("130", 8)]
)
def test_prix_plafond_par_paliers_jusqu_en_2024(taux: str, attendu: int) -> None:
    prix = r.prix_plafond(taux, date(2024, 12, 31), p107=10, p117=9, p120=8)
    assert prix == attendu


def test_prix_plafond_la_veille_le_jour_le_lendemain() -> None:
    jours = (date(2024, 12, 31), date(2025, 1, 1), date(2025, 1, 2))
    assert [r.prix_plafond(118, j, p107=10, p117=9, p120=8) for j in jours] == [
        8,
        Decimal(10) - Decimal(2) * 11 / 13,
        Decimal(10) - Decimal(2) * 11 / 13,
    ]


def test_un_prix_inconnu_est_refuse_et_dit_ou_chercher() -> None:
    with pytest.raises(ErreurReglementation, match="2025") as refus:
        r.prix_plafond(110, date(2025, 6, 1))
    assert "donnees/reglementation/psu.yaml" in refus.value.remede
    assert "Barème annuel Cnaf" in refus.value.remede


@given(st.decimals(0, 300, places=3))
def test_le_prix_plafond_ne_monte_jamais_et_reste_entre_ses_bornes(taux: Decimal) -> None:
    prix = r.prix_plafond(taux, EN_2026, p107=10, p120=7)
    assert 7 <= prix <= 10
    assert r.prix_plafond(taux + 1, EN_2026, p107=10, p120=7) <= prix


def test_le_complement_de_l_utilisateur_ajoute_sans_remplacer() -> None:
    livrees = {"prix_plafond_bas_eur": r.serie("psu", "prix_plafond_bas_eur")}
    entree = "{effet: 2030-01-01, valeur: 12.34, reference: Barème 2030, certitude: lu, "
    texte = "theme: psu\nvaleurs:\n  prix_plafond_bas_eur:\n    - " + entree
    texte += "verifie_le: 2030-02-01}\n"
    complete = r.completer(livrees, texte, "psu")
    assert [v.valeur for v in complete["prix_plafond_bas_eur"].valeurs] == [Decimal("12.34")]
    with pytest.raises(ErreurReglementation, match="Clé inconnue"):
        r.completer(livrees, texte.replace("prix_plafond_bas_eur", "prix"), "psu")
    deux_fois = r.completer(livrees, texte, "psu")
    with pytest.raises(ErreurReglementation, match="incohérent"):
        r.completer(deux_fois, texte, "psu")


# ---- participations ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("jours", "attendus"),
    [
        # 9 999 € × 0,06 %, puis plafond de 5 300 € × 0,0605 %.
        ((date(2019, 8, 31), date(2019, 9, 1), date(2019, 9, 2)), ("2.92", "3.21", "3.21")),
        # 5 300 × 0,0605 %, puis 5 600 × 0,0610 %.
        ((date(2019, 12, 31), date(2020, 1, 1), date(2020, 1, 2)), ("3.21", "3.42", "3.42")),
        # 5 600 × 0,0610 %, puis 5 800 × 0,0615 %.
        ((date(2020, 12, 31), date(2021, 1, 1), date(2021, 1, 2)), ("3.42", "3.57", "3.57")),
        # 5 800 × 0,0615 %, puis 6 000 × 0,0619 %.
        ((date(2021, 12, 31), date(2022, 1, 1), date(2022, 1, 2)), ("3.57", "3.71", "3.71")),
        # 6 000 × 0,0619 %, puis 7 000 × 0,0619 %.
        ((date(2024, 8, 31), date(2024, 9, 1), date(2024, 9, 2)), ("3.71", "4.33", "4.33")),
    ],
)
def test_tarif_maximal_a_chaque_changement(
    jours: tuple[date, ...], attendus: tuple[str, ...]
) -> None:
    tarifs = [r.participation_horaire(9999, 1, j) for j in jours]
    assert tarifs == [Decimal(a) for a in attendus]


def test_la_micro_creche_suit_le_collectif_depuis_septembre_2019() -> None:
    jours = (date(2019, 8, 31), date(2019, 9, 1), date(2019, 9, 2))
    taux = [r.taux_effort(1, j, accueil="micro_creche") for j in jours]
    assert taux == [Decimal("0.05"), Decimal("0.0605"), Decimal("0.0605")]


@pytest.mark.parametrize(
    ("enfants", "attendu"),
    [(1, "0.0619"), (2, "0.0516"), (3, "0.0413"), (4, "0.0310"), (7, "0.0310"), (8, "0.0206")],
)
def test_tranches_collectives_de_2022(enfants: int, attendu: str) -> None:
    assert r.taux_effort(enfants, date(2022, 1, 1)) == Decimal(attendu)


@pytest.mark.parametrize(
    ("enfants", "attendu"),
    [(1, "0.0516"), (2, "0.0413"), (3, "0.0310"), (5, "0.0310"), (6, "0.0206")],
)
def test_tranches_familiales_de_2022(enfants: int, attendu: str) -> None:
    assert r.taux_effort(enfants, date(2022, 1, 1), accueil="familial") == Decimal(attendu)


def test_au_dela_de_dix_enfants_le_dernier_taux_et_un_avertissement() -> None:
    with pytest.warns(UserWarning, match="sources divergent"):
        assert r.taux_effort(11, EN_2026) == Decimal("0.0206")


@given(
    st.decimals(0, 20000, places=2),
    st.integers(1, 10),
    st.sampled_from(["collectif", "micro_creche", "familial", "parental"]),
)
def test_le_tarif_croit_avec_les_ressources_et_decroit_avec_les_enfants(
    ressources: Decimal, enfants: int, accueil: str
) -> None:
    def tarif(res: Decimal, nombre: int) -> Decimal:
        return r.participation_horaire(res, nombre, EN_2026, accueil=accueil, arrondi="aucun")

    assert tarif(ressources, enfants) <= tarif(ressources + 100, enfants)
    if enfants < 10:
        assert tarif(ressources, enfants + 1) <= tarif(ressources, enfants)


# ---- encadrement ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("non_marcheurs", "marcheurs", "globale", "par_groupe"),
    [
        (5, 8, 2, 2),
        (6, 8, 3, 3),  # 1,2 + 1 = 2,2
        (6, 9, 3, 4),  # 1,2 + 1,125 = 2,325 ; 2 + 2
        (11, 17, 5, 6),  # 2,2 + 2,125 = 4,325 ; 3 + 3
        (0, 17, 3, 3),  # 2,125
    ],
)
def test_encadrement_5_8(non_marcheurs: int, marcheurs: int, globale: int, par_groupe: int) -> None:
    assert r.encadrement_requis(non_marcheurs, marcheurs) == globale
    assert r.encadrement_requis(non_marcheurs, marcheurs, calcul="par_groupe") == par_groupe


def test_micro_creche_un_seul_professionnel_jusqu_a_trois_enfants() -> None:
    requis = [r.encadrement_requis(n, 0, mode="6", micro_creche=True) for n in (0, 1, 3, 4)]
    assert requis == [0, 1, 1, 2]


@given(st.integers(0, 100), st.integers(0, 100))
def test_par_groupe_demande_au_moins_autant(nm: int, m: int) -> None:
    globale = r.encadrement_requis(nm, m)
    assert globale <= r.encadrement_requis(nm, m, calcul="par_groupe") <= globale + 1


def test_direction_la_veille_le_jour_le_lendemain_du_volet_micro_creche() -> None:
    jours = (date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 2))
    assert [r.direction_requise(12, j) for j in jours] == [
        Decimal("0.2"),
        Decimal("0.5"),
        Decimal("0.5"),
    ]
    attendus = [(13, "0.5"), (25, "0.75"), (40, "1"), (60, "1.75")]
    assert [r.direction_requise(p, EN_2026) for p, _ in attendus] == [
        Decimal(e) for _, e in attendus
    ]


def test_referent_sante_par_categorie_et_par_tranche_complete() -> None:
    places = [12, 13, 25, 40, 60, 79, 80, 99, 100]
    heures = [10, 20, 30, 40, 50, 50, 60, 60, 70]
    assert [r.heures_referent_sante(p, EN_2026) for p in places] == heures


# ---- bonus ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "attendu"),
    [
        (0, 0),
        (4, 900),  # 4 % × 15 % × 15 000 = 90 € par place
        (5, 2250),  # 5 % × 30 % × 15 000 = 225
        ("7.5", "3375"),  # 7,5 % × 30 % × 15 000 = 337,50
        (8, 5400),  # 8 % × 45 % × 15 000 = 540
        (50, 13000),  # plafond : 1 300 par place
    ],
)
def test_bonus_inclusion(part: int | str, attendu: int | str) -> None:
    assert r.bonus_inclusion_handicap(part, 15000, 10, EN_2026) == Decimal(attendu)


def test_bonus_mixite_a_chaque_changement() -> None:
    jours = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 2))
    assert [r.bonus_mixite_sociale("0.80", 1, j) for j in jours] == [800, 2100, 2100]


def test_bonus_attractivite_n_existe_pas_avant_2024() -> None:
    with pytest.raises(ErreurReglementation):
        r.bonus_attractivite(20, date(2023, 12, 31))
    assert r.bonus_attractivite(20, date(2024, 1, 1)) == 9500


def test_bonus_territoire_dans_ses_bornes() -> None:
    assert r.bonus_territoire(10, 3000, EN_2026) == 30000
    with pytest.raises(ErreurReglementation, match="place nouvelle"):
        r.bonus_territoire(10, 3601, EN_2026)


def test_bonus_trajectoire_par_paliers() -> None:
    montants = [r.bonus_trajectoire(h, 10, EN_2026) for h in ("3.9", 4, 8, 12, 20)]
    assert montants == [0, 1000, 2000, 3000, 3000]


# ---- refus ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "appel",
    [
        lambda: r.participation_horaire(-1, 1, EN_2026),
        lambda: r.participation_horaire("beaucoup", 1, EN_2026),
        lambda: r.participation_horaire(float("nan"), 1, EN_2026),
        lambda: r.participation_horaire(3000, 0, EN_2026),
        lambda: r.participation_horaire(3000, 1, EN_2026, enfants_aeeh=2),
        lambda: r.participation_horaire(3000, 1, EN_2026, accueil="halte"),
        lambda: r.participation_horaire(3000, 1, EN_2026, arrondi="au pif"),
        lambda: r.participation_horaire(3000, 1, date(2017, 12, 31)),
        lambda: r.mensualite(100, 0, 2),
        lambda: r.mensualite(100, 12, 2, arrondi_heures="0"),
        lambda: r.prix_plafond(110, date(2013, 12, 31), p107=10, p120=8),
        lambda: r.psu(1000, 10, EN_2026),
        lambda: r.psu(1000, 10, EN_2026, plafond=10, taux_regime=2),
        lambda: r.journees_pedagogiques(4, 20, EN_2026, montant_horaire=6),
        lambda: r.bonus_inclusion_handicap(101, 100, 10, EN_2026),
        lambda: r.bonus_attractivite(10, EN_2026, gestion="autre"),
        lambda: r.categorie_eaje(0, EN_2026),
        lambda: r.categorie_eaje(10, date(2021, 8, 31)),
        lambda: r.encadrement_requis(-1, 0),
        lambda: r.encadrement_requis(1, 0, mode="7"),
        lambda: r.encadrement_requis(1, 0, calcul="au pif"),
        lambda: r.part_qualification(11, 10),
        lambda: r.qualification_conforme(4, 10, date(2022, 12, 31)),
    ],
)
def test_une_entree_impossible_est_refusee_en_clair(appel: Callable[[], object]) -> None:
    with pytest.raises(ErreurReglementation):
        appel()


def test_la_mensualite_exacte_divise_en_dernier() -> None:
    # 1 h / 3 × 0,015 € = 0,005 € : arrondi au centime supérieur.
    assert r.mensualite(1, 3, "0.015") == Decimal("0.01")
    # 128,1818 h × 2 € : 256,36 ; au centième tronqué 128,18 × 2 = 256,36.
    assert r.mensualite(30 * 47, 11, 2, arrondi_heures="troncature") == Decimal("256.36")
