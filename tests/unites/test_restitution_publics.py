"""Public accueilli et population : phrases avec intervalle, masques, absences."""

from tests.unites.outils_restitution import Ouvrir, lu, masque, nombre, ratio


def publics(nom: str, part: float, ecart: float, bas: float, haut: float, **reste) -> list[dict]:
    cle = {"ventilation": "public", "modalite": nom}
    population = part - ecart / 100
    return [
        ratio("B4a", "territoire", "T1", part * 1000, 1000, **cle),
        nombre("B4", "territoire", "T1", ecart, **cle, **reste),
        nombre("B4b", "territoire", "T1", bas, **cle, **reste),
        nombre("B4h", "territoire", "T1", haut, **cle, **reste),
        ratio(
            "B4p",
            "territoire",
            "T1",
            population * 1000,
            1000,
            pas="annee",
            periode="2022",
            millesime="2022",
            **cle,
        ),
    ]


def test_un_ecart_net_donne_son_sens_et_ses_bornes(monde: Ouvrir) -> None:
    rapport = monde(publics("monoparentaux", 0.25, -6.0, -9.0, -2.5))
    texte = lu(rapport.ecarts_de_public())
    assert "inférieure de 6,0 points à celle de la population" in texte
    assert "25,0 % des accueillis, 31,0 % dans la population" in texte
    assert "de 2,5 à 9,0 points" in texte
    tableau = lu(rapport.public_accueilli())
    assert "−6,0 [−9,0 ; −2,5]" in tableau
    assert "moins présent que dans la population" in tableau


def test_un_intervalle_qui_contient_zero_ne_conclut_pas(monde: Ouvrir) -> None:
    rapport = monde(publics("qpv", 0.12, 1.0, -2.0, 4.0))
    texte = lu(rapport.ecarts_de_public())
    assert "ne se distingue pas" in texte
    assert "entre −2,0 et +4,0 points" in texte
    assert "sans écart sûr" in lu(rapport.public_accueilli())


def test_le_masque_ne_laisse_ni_part_ni_ecart(monde: Ouvrir) -> None:
    cle = {"ventilation": "public", "modalite": "qpv"}
    masques = [masque(c, "territoire", "T1", **cle) for c in ("B4a", "B4", "B4b", "B4h")]
    rapport = monde(
        [*masques, *publics("qpv", 0.1, 0.0, 0.0, 0.0)[4:], nombre("P1", "territoire", "T1", 60)]
    )
    assert "secret statistique" in lu(rapport.ecarts_de_public())
    texte = lu(rapport.public_accueilli())
    assert "10,0" in texte
    assert "987" not in texte


def test_ce_qui_manque_est_nomme(monde: Ouvrir) -> None:
    rapport = monde(publics("monoparentaux", 0.25, -6.0, -9.0, -2.5))
    assert "Sans comparaison possible : bas revenus et quartier prioritaire" in lu(
        rapport.ecarts_de_public()
    )
    vide = monde([nombre("P1", "territoire", "T1", 60)])
    assert "ne se compare pas" in lu(vide.public_accueilli())
    assert "ne se compare pas" in lu(vide.ecarts_de_public())
