"""États, alertes datées, facturation, contrats, encadrement, baisse de places."""

import pytest
from bs4 import BeautifulSoup

from rtpe_analyse.restitution import Restitution, formats
from tests.unites.outils_restitution import AN_DERNIER, Ouvrir, lu, masque, nombre, ratio

CUMUL = {"ventilation": "cumul", "modalite": "annee"}


def lignes_de(contenu: Restitution) -> dict[str, list[str]]:
    """En-tête de ligne → cases, espaces simples."""
    corps = BeautifulSoup(contenu.html, "html.parser").tbody
    return {
        tr.th.text.replace("\u00a0", " "): [
            td.text.replace("\u202f", " ").replace("\u00a0", " ") for td in tr("td")
        ]
        for tr in corps("tr")
    }


def test_les_quatre_etats_vont_jusqu_aux_trimestres_a_venir(monde: Ouvrir) -> None:
    lignes = [
        ratio("O3", "territoire", "T1", 600, 1000),
        ratio("O4", "territoire", "T1", 500, 1000),
        ratio("O1", "territoire", "T1", 50, 1000, periode="2026-T4", statut="a_verifier"),
        ratio("O3", "territoire", "T1", 550, 1000, periode="2026-T4"),
        masque("O2", "territoire", "T1", periode="2026-T4"),
        nombre("P1", "territoire", "T1", 30),
    ]
    lues = lignes_de(monde(lignes).etats())
    assert lues["3e trimestre 2026"] == ["n.d.", "n.d.", "60,0", "50,0"]
    # À venir : pas de réalisé, la case est vide et non « n.d. ».
    assert lues["4e trimestre 2026 (à venir)"] == ["5,0(p)", "s", "55,0", ""]


def test_les_alertes_portent_leurs_dates_et_leur_mesure(monde: Ouvrir) -> None:
    def date(code: str, zone: str, jour: str, **champs: float) -> dict:
        cle = {"ventilation": "date", "modalite": jour}
        return ratio(code, "etablissement", zone, champs["num"], champs["den"], **cle)

    lignes = [
        nombre("A1", "etablissement", "E001", 2),
        nombre("A2", "etablissement", "E001", 1),
        nombre("A1", "etablissement", "E002", 0),
        nombre("A2", "etablissement", "E002", 0),
        masque("A1", "etablissement", "E003"),
        nombre("A2", "etablissement", "E003", 0),
        nombre("A1", "territoire", "T1", 2),
        date("A1", "E001", "2026-09-21", num=35, den=1),
        date("A1", "E001", "2026-09-08", num=34, den=1),
        date("A2", "E001", "2026-09-07", num=1040, den=1000),
        date("A1", "E003", "2026-09-15", num=12, den=1),
    ]
    contenu = monde(lignes).alertes_datees()
    lues = lignes_de(contenu)
    assert lues["Les Lutins"] == ["2", "08/09 (34), 21/09 (35)", "1", "07/09 (104 %)"]
    # Le compte est masqué : ses dates ne le redisent pas.
    assert lues["Pomme d'Api & Cie"][:2] == ["s", ""]
    assert "La Ronde" not in lues
    assert "Sans aucune alerte : 1 établissement." in lu(contenu)


def test_sans_alerte_le_calme_se_dit(monde: Ouvrir) -> None:
    calmes = [nombre(c, "etablissement", "E001", 0) for c in ("A1", "A2")]
    assert "Ni jour de surnombre" in lu(monde(calmes).alertes_datees())
    assert "non calculables" in lu(monde([nombre("P1", "territoire", "T1", 1)]).alertes_datees())


def test_la_courbe_montre_la_zone_degressive(monde: Ouvrir) -> None:
    lignes = [
        ratio("G3", "etablissement", zone, facture, 1000, **CUMUL)
        for zone, facture in (("E001", 1040), ("E002", 1110))
    ]
    figure = monde(lignes).courbe_de_facturation()
    assert figure.genre == "figure"
    assert "zone dégressive, de 107 à 120" in figure.html
    assert "111,0" in figure.html


def test_une_seule_barre_ne_fait_pas_une_figure(monde: Ouvrir) -> None:
    seule = monde([ratio("G3", "etablissement", "E001", 104, 100, **CUMUL)])
    contenu = seule.courbe_de_facturation()
    assert contenu.genre == "encadre"
    assert "Une seule valeur à montrer : Les Lutins, 104,0 %." in lu(contenu)


def test_les_rapprochements_donnent_l_ecart_et_sa_part(monde: Ouvrir) -> None:
    def valeur(code: str, v: float) -> dict:
        cle = {"ventilation": "grandeur", "modalite": "heures_facturees"}
        return nombre(code, "territoire", "T1", v, periode="2025", pas="annee", **cle)

    lignes = [valeur("G5n", 10200), valeur("G5d", 10000), valeur("G5", 200)]
    lues = lignes_de(monde([*lignes, nombre("P1", "territoire", "T1", 1)]).rapprochements())
    # 200 / 10 000 = 2,0 %.
    assert lues["Heures facturées 2025 (h), la déclaration à la Caf"] == [
        *("10 200", "10 000"),
        *("+200", "+2,0"),
    ]


def test_la_structure_donne_nombre_part_et_repere(monde: Ouvrir) -> None:
    def age(maille: str, zone: str, modalite: str, n: float, **cle: str) -> dict:
        return nombre("E4", maille, zone, n, ventilation="age", modalite=modalite, **cle)

    lignes = [
        nombre("E4", "territoire", "T1", 40),
        nombre("E4", "departement", "D", 200),
        age("territoire", "T1", "0 an", 10),
        age("territoire", "T1", "1 an", 30),
        age("territoire", "T1", "0 an", 12, periode=AN_DERNIER),
        age("departement", "D", "0 an", 60),
    ]
    lues = lignes_de(monde(lignes).structure())
    assert lues["Âge : 0 an"] == ["10", "25,0", "12", "30,0"]
    assert lues["Ensemble"] == ["40", "100,0", "n.d.", "100,0"]


def test_les_mouvements_concluent_par_le_solde(monde: Ouvrir) -> None:
    lignes = [
        nombre("E7", "territoire", "T1", 12),
        nombre("E8", "territoire", "T1", 20),
        nombre("E7", "territoire", "T1", 5, periode="2026-T2"),
        masque("E8", "territoire", "T1", periode="2026-T2"),
    ]
    figure = monde(lignes).mouvements()
    titre = figure.titre.replace("\u00a0", " ")
    assert titre == "12 entrées et 20 sorties au 3e trimestre 2026 : 8 enfants de moins qu'au début"
    assert "sorties, masqué (secret statistique)" in lu(figure)
    cachee = monde([*lignes[1:], masque("E7", "territoire", "T1")]).mouvements()
    assert "sont masquées" in cachee.titre


def test_les_places_liberables_se_donnent_en_fourchette(monde: Ouvrir) -> None:
    cle = {"ventilation": "age", "modalite": "2 ans"}
    lignes = [
        nombre("E9", "territoire", "T1", 8.0, **cle),
        nombre("E9h", "territoire", "T1", 9.5, **cle),
        nombre("E9", "territoire", "T1", 8.0),
        nombre("E9h", "territoire", "T1", 10.0),
        masque("E9", "etablissement", "E001"),
        nombre("E9h", "etablissement", "E001", 3.0),
    ]
    lues = lignes_de(monde(lignes).liberables())
    assert lues["Territoire Nord"] == ["8,0 à 9,5", "8,0 à 10,0"]
    # Une borne masquée masque la fourchette.
    assert lues["Les Lutins"] == ["n.d.", "s"]


def test_l_encadrement_ne_porte_que_des_agregats(monde: Ouvrir) -> None:
    lignes = [
        ratio("R1", "etablissement", "E001", 5, 100),
        ratio("R1", "territoire", "T1", 5, 100),
        ratio("R3", "territoire", "T1", 45, 100, pas="mois", periode="2026-08"),
        ratio("R3", "territoire", "T1", 40, 100),
    ]
    rapport = monde(lignes)
    assert lignes_de(rapport.encadrement())["Les Lutins"][0] == "5,0"
    # La qualification se lit au mois, jamais au trimestre.
    assert lignes_de(rapport.qualifications())["Territoire Nord"] == ["45,0"]


def test_une_baisse_de_places_nomme_fermeture_agrement_et_depart(monde: Ouvrir) -> None:
    lignes = [
        nombre("P1", "territoire", "T1", 100),
        nombre("P1", "territoire", "T1", 150, periode=AN_DERNIER),
        nombre("P1", "etablissement", "E001", 30),
        nombre("P1", "etablissement", "E001", 35, periode=AN_DERNIER),
    ]
    texte = lu(monde(lignes).essentiel())
    # 150 − 100 = 50 : 5 d'agrément réduit (35 − 30), 45 parties ailleurs.
    assert "Les places agréées passent de 150 à 100 sur un an" in texte
    assert "des agréments réduits (5 places)" in texte
    assert "des établissements passés à un autre territoire (45 places)" in texte
    hausse = [lignes[0], nombre("P1", "territoire", "T1", 90, periode=AN_DERNIER)]
    assert "passent de" not in lu(monde(hausse).essentiel())


def test_une_baisse_dit_aussi_les_places_gagnees_ailleurs(monde: Ouvrir) -> None:
    lignes = [
        nombre("P1", "territoire", "T1", 100),
        nombre("P1", "territoire", "T1", 120, periode=AN_DERNIER),
        nombre("P1", "etablissement", "E001", 30),
        nombre("P1", "etablissement", "E001", 60, periode=AN_DERNIER),
        nombre("P1", "etablissement", "E002", 70),
        nombre("P1", "etablissement", "E002", 60, periode=AN_DERNIER),
    ]
    # 120 − 100 = 20 : 30 d'agrément réduit (60 − 30), moins 10 gagnées (70 − 60).
    texte = lu(monde(lignes).essentiel())
    assert "des agréments réduits (30 places) ; en sens inverse, 10 places de plus (" in texte


def test_une_fermeture_est_nommee_dans_la_baisse(
    monde: Ouvrir, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rtpe_analyse.restitution.contexte import Contexte

    monkeypatch.setattr(Contexte, "evenements", {"E002": "Fermé le 31/07/2026"})
    lignes = [
        nombre("P1", "territoire", "T1", 60),
        nombre("P1", "territoire", "T1", 90, periode=AN_DERNIER),
        nombre("P1", "etablissement", "E002", 30, periode=AN_DERNIER),
    ]
    texte = lu(monde(lignes).essentiel())
    assert "de 90 à 60 sur un an : La Ronde (fermé le 31/07/2026, 30 places de moins)." in texte


@pytest.mark.parametrize(
    ("ecrit", "attendu"),
    [
        ("Oui ; non : 3 % ?", "Oui\u202f; non\u00a0: 3\u202f%\u202f?"),
        ("« Absences »", "«\u00a0Absences\u00a0»"),
        ("a:b;c", "a:b;c"),
        ("<style>p :hover { x: y ; }</style> a : b", None),
    ],
)
def test_la_ponctuation_double_ne_se_separe_pas(ecrit: str, attendu: str | None) -> None:
    rendu = formats.insecables(ecrit)
    if attendu is None:
        assert rendu == "<style>p :hover { x: y ; }</style> a\u00a0: b"
    else:
        assert rendu == attendu
    assert formats.insecables(rendu) == rendu
