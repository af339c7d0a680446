"""Tableaux : légende, portée, signes, et rien de ce qui est masqué."""

from bs4 import BeautifulSoup

from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.mesures import DIFFUSABLE, POUR_CENT, Definition, Mesure
from rtpe_analyse.restitution.phrases import comparaison
from rtpe_analyse.restitution.tableaux import (
    Cellule,
    Colonne,
    Ligne,
    Tableau,
    cellule,
    cellule_ecart,
    colonne_ecart,
    texte_ecart,
)

T1 = Definition("T1", "Taux d'occupation <réel>", "%", 1)


def soupe(tableau: Tableau) -> BeautifulSoup:
    return BeautifulSoup(tableau.html(), "html.parser")


def tableau(*cellules: Cellule, colonnes: list[Colonne] | None = None) -> Tableau:
    entetes = colonnes or [Colonne(f"c{i}") for i in range(len(cellules))]
    return Tableau("Titre & légende", "Zone", entetes, [Ligne("Nord <T1>", list(cellules))])


def test_un_tableau_a_legende_portees_et_region_nommee() -> None:
    lu = soupe(tableau(Cellule("1"), colonnes=[Colonne.pour(T1)]))
    assert lu.caption.text == "Titre & légende"
    assert [th["scope"] for th in lu.thead.find_all("th")] == ["col", "col"]
    assert lu.tbody.th["scope"] == "row"
    region = lu.find(role="region")
    assert region["tabindex"] == "0"
    assert "Titre & légende" in region["aria-label"]
    assert lu.find("a")["href"] == "#def-T1"


def test_tout_texte_est_echappe() -> None:
    lu = soupe(tableau(Cellule("<script>x</script>"), colonnes=[Colonne.pour(T1)]))
    assert lu.find("script") is None
    assert "<réel>" in lu.thead.text
    assert lu.tbody.th.text == "Nord <T1>"


def test_les_groupes_couvrent_leurs_colonnes() -> None:
    colonnes = [Colonne("seule"), *Colonne.avec_ecart(T1)]
    lu = soupe(tableau(Cellule("1"), Cellule("2"), Cellule("3"), colonnes=colonnes))
    haut, bas = lu.thead.find_all("tr")
    groupe = haut.find("th", scope="colgroup")
    assert groupe["colspan"] == "2"
    assert groupe.a["href"] == "#def-T1"
    assert [th.get("rowspan") for th in haut.find_all("th")] == ["2", "2", None]
    assert len(bas.find_all("th")) == 2
    assert "points" in bas.text
    largeur = sum(int(th.get("colspan", 1)) for th in haut.find_all("th"))
    assert largeur == len(lu.tbody.tr.find_all(["th", "td"]))


def test_chaque_absence_a_son_signe_et_sa_legende() -> None:
    cas = {
        "masque_primaire": ("s", "masqué (secret statistique)"),
        "masque_secondaire": ("s", "masqué (secret statistique)"),
        "non_calculable": ("///", "non calculable"),
        "absent": ("n.d.", "non disponible"),
    }
    for statut, (signe, sens) in cas.items():
        lu = soupe(tableau(cellule(Mesure(T1, statut))))
        assert lu.td.abbr.text == signe
        assert sens in lu.td.abbr["title"]
        assert sens in lu.find(class_="rtpe-legende").text
    assert soupe(tableau(Cellule("1"))).find(class_="rtpe-legende") is None


def test_une_valeur_partielle_se_lit_et_se_signale() -> None:
    lu = soupe(tableau(cellule(Mesure(T1, "a_verifier", 0.5))))
    assert lu.td.text == "50,0(p)"
    assert "partiel" in lu.find(class_="rtpe-legende").text


def test_l_ecart_d_une_part_est_en_points_et_se_tait_avec_le_repere() -> None:
    ici, avant = Mesure(T1, "diffusable", 0.623), Mesure(T1, "diffusable", 0.602)
    assert cellule_ecart(ici, avant).texte == "+2,1"
    masque = Mesure(T1, "masque_primaire")
    assert cellule_ecart(ici, masque) == Cellule(signe=formats.SIGNE_MASQUE)
    assert cellule_ecart(masque, avant) == Cellule(signe=formats.SIGNE_MASQUE)


def test_les_nombres_sont_alignes_et_les_textes_non() -> None:
    colonnes = [Colonne("n"), Colonne("texte", nombre=False)]
    lu = soupe(tableau(Cellule("1"), Cellule("a"), colonnes=colonnes))
    nombre, texte = lu.tbody.find_all("td")
    assert nombre["class"] == ["rtpe-nb"]
    assert not texte.has_attr("class")


def test_un_rapport_pour_100_enfants_n_est_pas_un_pourcentage() -> None:
    """3,1 places de moins pour 100 enfants : ni « % », ni « points »."""
    definition = Definition("B1", "Taux de couverture", POUR_CENT, 1)
    ici, la = (Mesure(definition, DIFFUSABLE, v) for v in (0.508, 0.539))
    assert str(ici) == "50,8\u00a0pour 100 enfants"
    assert comparaison(ici, la, "le département") == "3,1 de moins que le département (53,9)"
    assert colonne_ecart(definition).unite == POUR_CENT
    assert texte_ecart(-0.031, definition) == "−3,1"


def test_un_tableau_replie_garde_son_titre_et_ses_lignes() -> None:
    tableau = Tableau("Années", "Quoi", [Colonne("2022")], [Ligne("Places", [Cellule("3")])])
    replie = tableau.replier()
    assert replie.html.startswith('<details class="rtpe-donnees rtpe-replie">')
    assert tableau.rendre().html in replie.html


def test_l_en_tete_d_une_ligne_mene_a_sa_definition() -> None:
    ligne = Ligne("Places", [Cellule("3")], code="S14")
    assert 'href="#def-S14"' in Tableau("T", "Q", [Colonne("2022")], [ligne]).html()
