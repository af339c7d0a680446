"""La façade : contenus, bords (rien, masqué, sans année précédente), refus en français."""

import json
import re
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup

from rtpe_analyse.chemins import CARNETS
from rtpe_analyse.erreurs import ErreurUsage
from rtpe_analyse.restitution import Restitution, ouvrir
from tests.unites.outils_restitution import (
    AN_DERNIER,
    DEFINITIONS,
    PERIODE,
    Ouvrir,
    appels,
    lu,
    masque,
    nombre,
    ratio,
)

CARNETS_DE_RAPPORT = sorted(f.stem for f in CARNETS.glob("*.ipynb"))
LEURRES = ("987654", "876543", "765432")


def simple() -> list[dict]:
    """Un territoire, un an d'écart, le département : 60 % → 62 %, contre 65 %."""
    return [
        ratio("T1", "territoire", "T1", 6200, 10000),
        ratio("T1", "territoire", "T1", 6000, 10000, periode=AN_DERNIER),
        ratio("T1", "departement", "D", 65000, 100000),
        ratio("T4", "territoire", "T1", 6200, 8000),
        ratio("T4", "territoire", "T1", 6000, 8000, periode=AN_DERNIER),
        ratio("P3", "territoire", "T1", 8000, 10000),
        ratio("P3", "territoire", "T1", 8000, 10000, periode=AN_DERNIER),
        nombre("P1", "territoire", "T1", 120),
        nombre("P1", "departement", "D", 480),
        nombre("H0", "territoire", "T1", 10000),
        nombre("H1", "territoire", "T1", 6200),
        ratio("Q1", "territoire", "T1", 98, 100),
        ratio("T1", "etablissement", "E001", 620, 1000),
    ]


def test_l_essentiel_dit_niveau_evolution_et_cause(monde: Ouvrir) -> None:
    texte = lu(monde(simple()).essentiel())
    assert "occupées à 62,0 % de leur capacité prévue, en hausse de 2,0 points sur un an" in texte
    assert "3,0 points de moins que le département (65,0 %)" in texte
    # P3 n'a pas bougé : toute la hausse (77,5 − 75) × 0,8 = 2 points vient de l'occupation.
    assert "Cette hausse vient de l'occupation des places ouvertes (+2,0 points)" in texte
    assert "l'ouverture des places n'y est presque pour rien (0,0 point)" in texte


def test_un_petit_effet_qui_pese_dans_une_petite_variation_se_dit(monde: Ouvrir) -> None:
    autres = [x for x in simple() if (x["indicateur"], x["maille"]) != ("T1", "territoire")]
    lignes = [
        *(x for x in autres if x["indicateur"] not in ("T4", "P3")),
        ratio("T1", "territoire", "T1", 589148, 1000000),
        ratio("T1", "territoire", "T1", 600000, 1000000, periode=AN_DERNIER),
        ratio("T4", "territoire", "T1", 742, 1000),
        ratio("T4", "territoire", "T1", 750, 1000, periode=AN_DERNIER),
        ratio("P3", "territoire", "T1", 794, 1000),
        ratio("P3", "territoire", "T1", 800, 1000, periode=AN_DERNIER),
    ]
    texte = lu(monde(lignes).essentiel())
    # (79,4 − 80) × (74,2 + 75) / 2 = −0,45 point, soit 41 % de 58,9 − 60 = −1,1 point.
    assert "puis de l'ouverture des places (−0,4 point)" in texte


def test_la_cause_se_tait_quand_l_identite_ne_tient_pas(monde: Ouvrir) -> None:
    lignes = [x for x in simple() if (x["indicateur"], x["periode"]) != ("P3", PERIODE)]
    lignes.append(ratio("P3", "territoire", "T1", 9000, 10000))
    assert "vient de l'occupation" not in lu(monde(lignes).essentiel())


def test_deux_causes_contraires_se_disent_contraires(monde: Ouvrir) -> None:
    # P3 passe de 0,8 à 0,9 et T4 de 0,75 à 0,62 / 0,9 : T1 passe de 60 à 62 %.
    lignes = [x for x in simple() if x["indicateur"] not in ("P3", "T4") or x["periode"] != PERIODE]
    lignes += [
        ratio("P3", "territoire", "T1", 9000, 10000),
        ratio("T4", "territoire", "T1", 6200, 9000),
    ]
    texte = lu(monde(lignes).essentiel())
    # Ouverture : 0,1 × (0,6889 + 0,75) / 2 = 7,2 points ; occupation : −0,0611 × 0,85 = −5,2.
    assert "Cette hausse vient de l'ouverture des places (+7,2 points)" in texte
    assert "l'occupation des places ouvertes a joué en sens inverse (−5,2 points)" in texte


def test_un_nombre_partiel_ne_se_compare_pas_a_un_nombre_complet(monde: Ouvrir) -> None:
    lignes = [
        *simple(),
        nombre("E1", "territoire", "T1", 200),
        nombre("E1", "territoire", "T1", 90, periode=AN_DERNIER, statut="a_verifier"),
    ]
    rapport = monde(lignes)
    assert "une partie des établissements manque" in lu(rapport.essentiel())
    assert "110" not in lu(rapport.chiffres())
    assert "110" not in lu(rapport.enfants())


def test_les_chiffres_de_tete_donnent_l_ecart_et_la_place(monde: Ouvrir) -> None:
    texte = lu(monde(simple()).chiffres())
    assert "120" in texte
    assert "25 % du département" in texte
    assert "pas de valeur un an plus tôt" in texte


def test_le_rapport_est_provisoire_sous_le_seuil_date(monde: Ouvrir) -> None:
    def statut(recus: int) -> str:
        lignes = [x for x in simple() if x["indicateur"] != "Q1"]
        rapport = monde([*lignes, ratio("Q1", "territoire", "T1", recus, 1000)])
        return str(rapport.cartouche().details["statut"])

    assert statut(980) == "definitif"
    assert statut(979) == "provisoire"


def test_sans_completude_le_rapport_est_provisoire_et_le_dit(monde: Ouvrir) -> None:
    rapport = monde([x for x in simple() if x["indicateur"] != "Q1"])
    assert rapport.cartouche().details["statut"] == "provisoire"
    assert "complétude des données inconnue" in lu(rapport.cartouche())


def test_chaque_figure_a_une_alternative_et_un_tableau(monde: Ouvrir) -> None:
    contenus = [c for c in appels(monde(simple())).values() if c.genre == "figure"]
    assert len(contenus) >= 2
    for contenu in contenus:
        page = BeautifulSoup(contenu.html, "html.parser")
        assert contenu.alt in page.desc.text
        assert len(page.details.table.find_all("tr")) > 1


def test_aucun_contenu_ne_porte_de_titre_de_page(monde: Ouvrir) -> None:
    for nom, contenu in appels(monde(simple())).items():
        assert not re.search(r"<h[1-6]\b", contenu.html), nom
        assert "<script" not in contenu.html, nom


def _tout_masque() -> list[dict]:
    zones = (("territoire", "T1"), ("departement", "D"), ("etablissement", "E001"))
    lignes = [
        masque(c, m, z, periode=p)
        for c in DEFINITIONS
        for m, z in zones
        for p in (PERIODE, AN_DERNIER)
        if c != "B1"
    ]
    lignes += [masque("B1", m, z, pas="annee", periode="2022") for m, z in zones]
    lignes += [masque("D1", "territoire", "T1", ventilation="age", modalite="1 an")]
    lignes += [masque("F1", "territoire", "T1", ventilation="jour_heure", modalite="1-08:00")]
    return lignes


def test_ce_qui_est_masque_ne_se_lit_nulle_part(monde: Ouvrir) -> None:
    contenus = appels(monde(_tout_masque()))
    for nom, contenu in contenus.items():
        donnees, fiche = contenu._repr_mimebundle_()
        ecrit = re.sub(r"\s", "", json.dumps([donnees, fiche], ensure_ascii=False))
        assert not any(leurre in ecrit for leurre in LEURRES), nom
        assert contenu.genre != "figure", nom
    assert "secret statistique" in lu(contenus["essentiel"])
    assert "masqué" in lu(contenus["chiffres"])
    assert contenus["activite"].genre == "tableau"


def test_un_masque_au_milieu_des_autres_n_entraine_que_lui(monde: Ouvrir) -> None:
    lignes = [*simple(), masque("T1", "etablissement", "E002"), masque("E1", "territoire", "T1")]
    rapport = monde(lignes)
    tableau = BeautifulSoup(rapport.activite().html, "html.parser")
    rangs = {tr.th.text: [td.text for td in tr.find_all("td")] for tr in tableau.tbody("tr")}
    assert rangs["Les Lutins"][3] == "62,0"
    assert rangs["La Ronde"][3] == "s"
    texte = lu(rapport.essentiel())
    assert "Masqué par le secret statistique : enfants accueillis." in texte
    assert "les enfants accueillis sont" not in texte


def test_un_territoire_sans_donnees_donne_des_phrases(monde: Ouvrir) -> None:
    contenus = appels(monde(simple(), territoire="T2"))
    assert "Aucune donnée d'activité" in lu(contenus["essentiel"])
    assert {c.genre for c in contenus.values()} <= {
        *("cartouche", "phrase", "chiffres", "encadre", "tableau", "methode", "figure")
    }
    # T2 n'a rien : seule la figure des territoires, qui parle du département, se dessine.
    dessins = {n for n, c in contenus.items() if c.genre == "figure"}
    assert dessins <= {"petits_multiples"}


def test_un_dossier_presque_vide_ne_leve_rien(monde: Ouvrir) -> None:
    rapport = monde([nombre("P1", "territoire", "T2", 10)], trace={"jeu": "reel"})
    for nom, contenu in appels(rapport).items():
        assert contenu.html, nom
        assert contenu.alt, nom


def test_sans_annee_precedente_la_phrase_le_dit(monde: Ouvrir) -> None:
    rapport = monde([x for x in simple() if x["periode"] == PERIODE])
    assert "pas de valeur un an plus tôt" in lu(rapport.essentiel())
    assert "Un an plus tôt" not in lu(rapport.activite())
    assert "1 trimestre disponible" in lu(rapport.serie("T1"))


def test_la_serie_commence_a_la_premiere_valeur_connue(monde: Ouvrir) -> None:
    lignes = [
        nombre("D1", "territoire", "T1", 3, periode="2024-T1"),
        *simple(),
        masque("T1", "territoire", "T1", periode="2025-T4"),
    ]
    figure = BeautifulSoup(monde(lignes).serie("T1").html, "html.parser")
    lignes_lues = [(tr.th.text, tr.td.text) for tr in figure.tbody("tr")]
    assert lignes_lues == [
        ("3e trimestre 2025", "60,0"),
        ("4e trimestre 2025", "s"),
        ("3e trimestre 2026", "62,0"),
    ]


def test_la_semaine_conclut_par_le_sommet_et_le_jour_creux(monde: Ouvrir) -> None:
    def case(modalite: str, num: float, den: float) -> dict:
        cle = {"ventilation": "jour_heure", "modalite": modalite}
        return ratio("F1", "territoire", "T1", num, den, **cle)

    # Mardi : 40 / 100 puis 900 / 1000, soit 85 % ; lundi : 80 / 100 puis 80 / 100, soit 80 %.
    pleines = [
        case("1-09:00", 80, 100),
        case("1-09:30", 80, 100),
        case("2-09:00", 40, 100),
        case("2-09:30", 900, 1000),
    ]
    titre = lu(monde([*simple(), *pleines]).semaine())
    # Mardi, 9 h : (40 + 900) / 1 100 = 85 % ; l'heure réunit ses quarts d'heure.
    assert "culmine le mardi à 9 h (85 %)" in titre
    assert "le jour le moins occupé est le lundi" in titre
    cle = {"ventilation": "jour_heure", "modalite": "3-09:00"}
    titre = monde([*simple(), *pleines, masque("F1", "territoire", "T1", **cle)]).semaine().titre
    assert titre.startswith("Parmi les créneaux lisibles")
    assert "moins occupé" not in titre


def test_un_age_que_personne_ne_demande_n_encombre_pas(monde: Ouvrir) -> None:
    """30 et 10 demandes sur 40 ; aucune à 3 ans et plus : deux lignes, pas trois."""
    ages = {"0 an": 10, "1 an": 30, "3 ans et plus": 0, "inconnu": 0}
    lignes = [
        nombre("D1", "territoire", "T1", v, ventilation="age", modalite=m) for m, v in ages.items()
    ]
    rapport = monde([*simple(), nombre("D1", "territoire", "T1", 40), *lignes])
    texte = lu(rapport.demandes_par_age())
    assert "d'abord « 1 an » (75,0 % des demandes)" in texte
    assert "3 ans et plus" not in texte
    assert "Non précisé" not in texte


def test_une_repartition_masquee_ne_conclut_pas(monde: Ouvrir) -> None:
    def age(modalite: str, n: float) -> dict:
        return nombre("D1", "territoire", "T1", n, ventilation="age", modalite=modalite)

    total = nombre("D1", "territoire", "T1", 40)
    pleine = monde([*simple(), total, age("1 an", 30), age("0 an", 10)]).demandes_par_age()
    assert "d'abord «\u00a01 an\u00a0» (75,0" in pleine.titre
    cle = {"ventilation": "age", "modalite": "2 ans"}
    cachee = monde(
        [*simple(), total, age("0 an", 10), masque("D1", "territoire", "T1", **cle)]
    ).demandes_par_age()
    assert "une partie est masquée" in cachee.titre
    assert "d'abord" not in cachee.titre
    vide = monde([*simple(), nombre("D1", "territoire", "T1", 0), age("0 an", 0)])
    assert vide.demandes_par_age().genre == "encadre"


def test_sans_an_dernier_le_tableau_n_a_pas_de_colonne_d_ecart(monde: Ouvrir) -> None:
    complet = lu(monde(simple()).activite())
    assert "sur 1 an" in complet
    sans = lu(monde([x for x in simple() if x["periode"] == PERIODE]).activite())
    assert "sur 1 an" not in sans
    assert "Aucune valeur un an plus tôt" in sans


def test_une_somme_qui_differe_de_l_ensemble_est_expliquee(monde: Ouvrir) -> None:
    def tableau(premier: float) -> str:
        lignes = [x for x in simple() if x["indicateur"] != "H0"]
        lignes += [
            nombre("H0", "territoire", "T1", 10000),
            nombre("H0", "etablissement", "E001", premier),
            nombre("H0", "etablissement", "E002", 4000),
        ]
        return lu(monde(lignes).activite())

    assert "La somme des lignes diffère" not in tableau(6000)
    assert "La somme des lignes diffère" in tableau(7000)


def test_un_mois_est_une_periode_comme_une_autre(monde: Ouvrir) -> None:
    lignes = [
        ratio("T1", "territoire", "T1", 62, 100, pas="mois", periode="2026-08"),
        ratio("T1", "territoire", "T1", 60, 100, pas="mois", periode="2025-08"),
    ]
    texte = lu(monde(lignes, periode="2026-08").essentiel())
    assert texte.strip().startswith("En août 2026")
    assert "en hausse de 2,0 points sur un an" in texte


@pytest.mark.parametrize(
    ("choix", "message", "remede"),
    [
        ({"territoire": "T9"}, "Territoire « T9 » inconnu", "T1 (Territoire Nord)"),
        ({"territoire": "", "departement": "Z"}, "Département « Z » inconnu", "D (Département"),
        ({"periode": "2031-T1"}, "aucun indicateur calculé", "2025-T3, 2026-T3"),
        ({"periode": "printemps"}, "non comprise", "2026-T3"),
        ({"niveau": "secret"}, "Niveau « secret » inconnu", "interne, diffusion"),
        ({"niveau": "diffusion"}, "Aucun indicateur de niveau diffusion", "rtpe calculer"),
        ({"edition": "hier"}, "Date d'édition « hier »", "2026-10-15"),
        ({"departement": "D"}, "un seul à la fois", "ouvrir"),
    ],
)
def test_un_parametre_inconnu_est_refuse_avec_les_valeurs_possibles(
    monde: Ouvrir, choix: dict, message: str, remede: str
) -> None:
    with pytest.raises(ErreurUsage) as refus:
        monde(simple(), **choix)
    assert message in str(refus.value)
    assert remede in refus.value.remede


def test_sans_la_variable_le_remede_est_dit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RTPE_DONNEES", raising=False)
    with pytest.raises(ErreurUsage, match="RTPE_DONNEES") as refus:
        ouvrir(territoire="T1", periode=PERIODE)
    assert "rtpe" in refus.value.remede


def test_le_seul_departement_connu_est_pris_par_defaut(monde: Ouvrir) -> None:
    rapport = monde(simple(), territoire="")
    assert rapport.cartouche().details["zone"] == "D"
    assert "du département" not in lu(rapport.chiffres())


def test_les_liens_menent_aux_definitions_et_elles_seules(monde: Ouvrir) -> None:
    rapport = monde(simple())
    html = rapport.chiffres().html + rapport.activite().html
    renvois = set(re.findall(r'href="#(def-[^"]+)"', html))
    ancres = set(re.findall(r'id="(def-[^"]+)"', rapport.definitions().html))
    assert renvois <= ancres
    assert "def-D2" not in ancres


def test_les_regles_ne_portent_pas_d_adresse(monde: Ouvrir) -> None:
    regles = [{"theme": "a", "cle": "b", "effet": "2026-01-01", "reference": "https://x.fr/y"}]
    html = monde(simple(), trace={"regles": regles, "bruts": ["f" * 64]}).tracabilite().html
    assert "x.fr/y" in html
    assert "http" not in html
    assert "f" * 64 in html


def test_la_qualite_compte_par_regle_et_dit_quoi_demander(monde: Ouvrir) -> None:
    comptes = [
        {"etablissement": "E001", "mois": "2026-07", "code": "surnombre", "n": 3},
        {"etablissement": "E001", "mois": "2026-09", "code": "surnombre", "n": 2},
        {"etablissement": "E004", "mois": "2026-07", "code": "surnombre", "n": 50},
        {"etablissement": "E001", "mois": "2025-07", "code": "surnombre", "n": 70},
        {"etablissement": None, "mois": "2026-08", "code": "date_impossible", "n": 4},
        {"etablissement": "E002", "mois": "2026-08", "code": "bourrage", "n": 9},
    ]
    rapport = monde(simple(), qualite={"comptes": comptes})
    controles = BeautifulSoup(rapport.controles().html, "html.parser")
    lignes = {tr.th.text: [td.text for td in tr("td")] for tr in controles.tbody("tr")}
    surnombre = next(v for k, v in lignes.items() if "surnombre" in k)
    assert surnombre[2:4] == ["5", "Les Lutins"]
    date = next(v for k, v in lignes.items() if "Date" in k)
    assert date[2:4] == ["4", "fichiers communs au réseau"]
    assert len(lignes) == 2
    assert "9" in lu(rapport.corrections())
    demande = lu(rapport.a_demander())
    assert "Les Lutins (juillet 2026 et septembre 2026)" in demande
    assert "bourrage" not in demande.lower()


@pytest.mark.parametrize(
    ("recus", "statut", "attendu"),
    [
        (1000, "reussi", "publiable"),
        (979, "reussi", "publiable avec réserve"),
        (899, "reussi", "non publiable"),
        (1000, "echec", "non publiable"),
    ],
)
def test_le_verdict_suit_la_completude_et_les_controles(
    monde: Ouvrir, recus: int, statut: str, attendu: str
) -> None:
    lignes = [x for x in simple() if x["indicateur"] != "Q1"]
    verdicts = [
        {"suite": "propre/x", "id": "a", "libelle": "Règle", "severite": "critique"}
        | {"remede": "", "statut": s, "n": 10, "n_inattendus": 0}
        for s in ("reussi", statut)
    ]
    rapport = monde(
        [*lignes, ratio("Q1", "territoire", "T1", recus, 1000)], qualite={"verdicts": verdicts}
    )
    assert rapport.verdict().titre == f"Verdict\u00a0: {attendu}"


def test_une_alerte_cite_le_seuil_et_les_plus_graves_viennent_d_abord(monde: Ouvrir) -> None:
    lignes = [
        *simple(),
        ratio("P3", "etablissement", "E001", 84, 100),
        ratio("P3", "etablissement", "E002", 94, 100),
        ratio("T3", "etablissement", "E003", 121, 100),
    ]
    texte = lu(monde([x for x in lignes if x["maille"] == "etablissement"]).alertes())
    assert "Les Lutins : sur la période, le taux d'ouverture est de 84,0 %, sous 85 %." in texte
    assert "le taux de facturation est de 121,0 %, au-delà de 120 %." in texte
    assert texte.index("Les Lutins") < texte.index("La Ronde")


@pytest.mark.parametrize("style", ["page", ""])
def test_la_feuille_de_style_n_accompagne_que_jupyterlab(
    monde: Ouvrir, monkeypatch: pytest.MonkeyPatch, style: str
) -> None:
    monkeypatch.setenv("RTPE_STYLE", style)
    assert ("<style>" in monde(simple()).cartouche().html) == (style == "")


@pytest.mark.parametrize("nom", CARNETS_DE_RAPPORT)
@pytest.mark.parametrize("lignes", [simple, _tout_masque])
def test_chaque_carnet_s_execute_et_ses_liens_aboutissent(
    monde: Ouvrir, nom: str, lignes: Callable[[], list[dict]]
) -> None:
    monde(lignes())
    carnet = json.loads((CARNETS / f"{nom}.ipynb").read_text(encoding="utf-8"))
    codes = ["".join(c["source"]) for c in carnet["cells"] if c["cell_type"] == "code"]
    portee: dict[str, object] = {}
    for code in codes[:2]:
        exec(code, portee)
    contenus = [eval(code, portee) for code in codes[2:]]
    assert all(isinstance(c, Restitution) for c in contenus)
    html = "".join(c.html for c in contenus)
    ancres = set(re.findall(r'\bid="([^"]+)"', html))
    assert set(re.findall(r'<a [^>]*href="#([^"]+)"', html)) <= ancres
    assert not any(leurre in re.sub(r"\s", "", html) for leurre in LEURRES)
