"""La cascade : marches, première perte, bornes, secret ; la somme redonne l'écart."""

import pytest
from bs4 import BeautifulSoup

from rtpe_analyse.nomenclatures import liste_fermee
from rtpe_analyse.restitution.marches import lire_cascades
from tests.unites.outils_restitution import Ouvrir, lu, masque, nombre

# Une place agréée de la période : 100 h. 10 000 h agréées, soit 100 places.
HEURES_PAR_PLACE = 100.0
MARCHES = {
    "agree": 10000,
    "annuelle": -2500,
    "ferie": -500,
    "prevu": 7000,
    "personnel": -400,
    "subie_sans_cause": -100,
    "ouvert": 6500,
    "non_attribue": -700,
    "attribue": 5800,
    "temps_partiel": -1200,
    "surcontractualisation": 100,
    "contractualise": 4700,
    "absence": -900,
    "depassement": 200,
    "present": 4000,
}
# 6 500 − 3 000 = 3 500 ; 3 500 − 1 200 + 100 = 2 400 ; 2 400 − 900 + 200 = 1 700.
PEU_ATTRIBUE = {"non_attribue": -3000, "attribue": 3500, "contractualise": 2400, "present": 1700}
NIVEAUX = {"agree", "prevu", "ouvert", "attribue", "contractualise", "present"}


def cascade(
    maille: str = "territoire", zone: str = "T1", sauf: dict[str, float] | None = None
) -> list[dict]:
    """Toutes les marches d'une zone, en heures et en équivalents-places."""
    valeurs = {**MARCHES, **(sauf or {})}
    lignes = []
    code = "K1"
    for modalite in sorted(liste_fermee("lignes_cascade")):
        heures = valeurs.get(modalite.partition("_")[2], 0)
        cle = {"ventilation": "cascade", "modalite": modalite}
        lignes.append(nombre(code, maille, zone, heures, **cle))
        lignes.append(nombre(f"{code}p", maille, zone, heures / HEURES_PAR_PLACE, **cle))
        if modalite.endswith("_ouvert"):
            code = "K2"
    return lignes


def masquer_enfants(lignes: list[dict]) -> list[dict]:
    return [
        masque(
            x["indicateur"], x["maille"], x["zone"], ventilation="cascade", modalite=x["modalite"]
        )
        if x["indicateur"].startswith("K2")
        else x
        for x in lignes
    ]


def test_la_cascade_conclut_en_places_et_nomme_la_premiere_perte(monde: Ouvrir) -> None:
    figure = monde(cascade()).cascade()
    titre = figure.titre.replace("\u00a0", " ").replace("\u202f", " ")
    # 10 000 h / 100 = 100 places ; 4 000 h / 100 = 40 ; 2 500 h / 100 = 25.
    assert titre == (
        "Sur l'équivalent de 100,0 places agréées, 40,0 accueillent un enfant ; première perte : "
        "« Fermeture annuelle » (2 500 h, 25,0 places)"
    )
    dessin = BeautifulSoup(figure.html, "html.parser")
    alternative = dessin.svg.desc.text.replace("\u00a0", " ").replace("\u202f", " ")
    assert "Temps partiel non complété : −1 200 h · −12,0 places" in alternative
    assert "Dépassements d'horaire : +200 h · +2,0 places" in alternative
    # Les marches nulles (travaux, pont…) ne sont ni dessinées ni dites.
    assert "Travaux" not in alternative


def test_la_somme_des_marches_montrees_est_l_ecart_de_l_agree_au_present(monde: Ouvrir) -> None:
    table = BeautifulSoup(monde(cascade()).cascade().html, "html.parser").details.table
    lus = {
        ligne.th.text: float(
            ligne.td.text.replace("\u202f", "").replace("−", "-").replace(",", ".")
        )
        for ligne in table.tbody("tr")
    }
    libelles = {k.partition("_")[2]: v for k, v in liste_fermee("lignes_cascade").items()}
    niveaux = {libelles[c] for c in NIVEAUX}
    causes = sum(v for nom, v in lus.items() if nom not in niveaux)
    # −2 500 − 500 − 400 − 100 − 700 − 1 200 + 100 − 900 + 200 = −6 000 = 4 000 − 10 000.
    assert causes == -6000
    assert causes == lus[libelles["present"]] - lus[libelles["agree"]]


def test_une_cascade_partielle_se_ferme_sans_preter_a_une_cause(monde: Ouvrir) -> None:
    # La moitié des établissements n'a pas d'activité connue : 6 500 − 700 ne fait pas 3 000.
    enfants = {"attribue": 3000, "contractualise": 1900, "present": 1200}
    rapport = monde(cascade(sauf=enfants))
    lue = lire_cascades(rapport._contexte, "territoire", ["T1"])["T1"]
    manque = lue.lire("sans_suite")
    assert manque is not None
    # 3 000 − (6 500 − 700) = −2 800 h, soit 28 places.
    assert (manque.heures.valeur, manque.places.valeur) == (-2800, -28)
    assert sum(m.heures.valeur or 0 for m in lue.causes) == 1200 - 10000
    assert lue.premiere is None
    assert "l'activité d'une partie des établissements manque" in lu(rapport.premiere_perte())
    assert "Suite inconnue" in rapport.cascade().html


def test_une_marche_faussee_rompt_l_egalite(monde: Ouvrir) -> None:
    rapport = monde(cascade(sauf={"absence": -901}))
    lue = lire_cascades(rapport._contexte, "territoire", ["T1"])["T1"]
    causes = sum(m.heures.valeur or 0 for m in lue.causes if m.code != "sans_suite")
    assert causes == -6001
    # L'heure de trop se voit : une marche sans cause la rend.
    assert lue.partielle


def test_le_texte_distingue_les_fermetures_annoncees_et_borne_sans_deviner(monde: Ouvrir) -> None:
    texte = lu(monde(cascade()).premiere_perte())
    assert "« Fermeture annuelle » : 2 500 h, soit l'équivalent de 25,0 places" in texte
    assert "(25 % des heures agréées)" in texte
    assert "hors fermetures annoncées, c'est « Temps partiel non complété » (1 200 h" in texte
    # 400 h enregistrées faute de personnel, 100 h sans cause : entre 400 et 500.
    assert "« Manque de personnel » entre 400 et 500" in texte
    assert "« Travaux » entre 0 et 100" in texte


def test_sans_fermeture_sans_cause_aucune_borne(monde: Ouvrir) -> None:
    lignes = cascade(sauf={"subie_sans_cause": 0, "ouvert": 6600, "non_attribue": -800})
    assert "entre" not in lu(monde(lignes).premiere_perte()).replace("Entre", "")


def test_masquee_la_cascade_s_arrete_aux_places_ouvertes_et_le_dit(monde: Ouvrir) -> None:
    rapport = monde(masquer_enfants(cascade()))
    figure, texte = rapport.cascade(), lu(rapport.premiere_perte())
    assert "65,0 à l'étape" in figure.titre
    for contenu in (lu(figure), texte):
        assert "masquée (secret statistique)" in contenu
        assert "987" not in contenu
    # La plus grande perte lisible n'est peut-être pas la plus grande : on n'en nomme pas.
    assert "La première cause de perte ne se dit pas" in texte
    assert "Fermeture annuelle" not in texte
    assert "première perte" not in figure.titre


def test_sans_cascade_une_phrase_et_pas_de_figure(monde: Ouvrir) -> None:
    contenu = monde([nombre("P1", "territoire", "T1", 10)]).cascade()
    assert contenu.genre == "encadre"
    assert "n'est pas calculable" in contenu.alt


def test_chaque_etablissement_a_sa_premiere_perte(monde: Ouvrir) -> None:
    petite = cascade("etablissement", "E001", PEU_ATTRIBUE)
    cachee = masquer_enfants(cascade("etablissement", "E002"))
    contenu = monde([*cascade(), *petite, *cachee]).cascade_par_etablissement()
    lignes = BeautifulSoup(contenu.html, "html.parser").tbody("tr")
    lues = {li.th.text: [td.text.replace("\u202f", " ") for td in li("td")] for li in lignes}
    assert lues["Les Lutins"][2:5] == ["Places sans enfant attribué", "3 000", "30,0"]
    assert lues["La Ronde"] == ["10 000", *["s"] * 7]
    assert lues["Territoire Nord"][2:] == [
        *("Fermeture annuelle", "2 500", "25,0"),
        *("Temps partiel non complété", "1 200", "12,0"),
    ]


@pytest.mark.parametrize(("total", "attendu"), [(-500.0, True), (0.0, False)])
def test_les_absences_nomment_leur_premier_motif(
    monde: Ouvrir, total: float, attendu: bool
) -> None:
    motifs = [
        nombre("K3", "territoire", "T1", v, ventilation="motif", modalite=m)
        for m, v in (("maladie", 0.6 * total), ("conges", 0.4 * total))
    ]
    texte = lu(monde([*cascade(), *motifs]).premiere_perte())
    # 300 h sur 500 : 60 %.
    assert ("premier motif : « maladie » (60 %)" in texte) is attendu


def test_l_essentiel_dit_masque_ce_qui_l_est(monde: Ouvrir) -> None:
    lignes = [*masquer_enfants(cascade()), masque("T1", "territoire", "T1")]
    texte = lu(monde([*lignes, nombre("E1", "territoire", "T1", 200)]).essentiel())
    assert "une partie de la cascade est masquée" in texte
    assert "Masqué par le secret statistique : taux d'occupation réel." in texte


def test_l_essentiel_nomme_la_premiere_perte(monde: Ouvrir) -> None:
    assert "première cause de perte est « Fermeture annuelle »" in lu(monde(cascade()).essentiel())
