"""Les études : créées d'après le modèle, publiées si elles ne montrent que du protégé."""

import json
from datetime import date
from pathlib import Path

import pytest

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.diffusion.carnets import lire_carnet
from rtpe_analyse.diffusion.etudes import creer_etude, publier_etude, refuser_fabrication
from rtpe_analyse.erreurs import ErreurRapport, ErreurUsage
from tests.unites.outils_diffusion import code, ecrire_carnet, parametres
from tests.unites.outils_restitution import PERIODE, ecrire_dossier, nombre, ratio

OUVRIR = (
    "from rtpe_analyse.restitution import ouvrir\n"
    "rapport = ouvrir(territoire=territoire, periode=periode, niveau=niveau, edition=edition)"
)
ECRITS = {"territoire": "T1", "periode": PERIODE, "edition": "2026-10-15"}


@pytest.fixture
def lieux(tmp_path: Path) -> Lieux:
    lieux = Lieux(tmp_path / "donnees", tmp_path / "rapports", "exemple")
    lignes = [
        f(code, maille, zone, *valeurs)
        for maille, zone in (("territoire", "T1"), ("territoire", "T2"), ("departement", "D"))
        for f, code, valeurs in ((nombre, "P1", (60.0,)), (ratio, "T1", (800.0, 1000.0)))
    ]
    ecrire_dossier(lieux.racine, lignes)
    return lieux


def test_le_modele_porte_le_titre_et_les_parametres(tmp_path: Path) -> None:
    chemin = creer_etude("  L'été à Créteil :  où ?", dossier=tmp_path, **ECRITS)
    assert chemin == tmp_path / "l_ete_a_creteil_ou.ipynb"
    carnet = lire_carnet(chemin.stem, tmp_path)
    assert carnet.titre == "L'été à Créteil : où ?"
    assert carnet.parametres == ECRITS | {"niveau": "interne"}
    refuser_fabrication(carnet)
    assert "Confidentialité" in chemin.read_text(encoding="utf-8")


def test_rien_n_est_ecrase_et_le_titre_est_obligatoire(tmp_path: Path) -> None:
    creer_etude("Été", dossier=tmp_path, **ECRITS)
    with pytest.raises(ErreurUsage, match="existe déjà"):
        creer_etude("ete", dossier=tmp_path, **ECRITS)
    with pytest.raises(ErreurUsage, match="vide"):
        creer_etude(" ?! ", dossier=tmp_path, **ECRITS)


def test_le_modele_se_publie_tel_quel_avec_son_manifeste(tmp_path: Path, lieux: Lieux) -> None:
    chemin = creer_etude("Essai", dossier=tmp_path, **ECRITS)
    page = publier_etude(lieux, chemin, territoire="T2", edition=date(2026, 11, 2))
    assert page == lieux.rapports / "etudes" / "essai.html"
    assert "fictives" in page.read_text(encoding="utf-8")
    manifeste = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    assert manifeste["parametres"]["territoire"] == "T2"
    assert manifeste["edition"] == "2026-11-02"


def test_une_sortie_brute_est_refusee_et_l_ancienne_page_reste(
    tmp_path: Path, lieux: Lieux
) -> None:
    bonne = [parametres(), code(OUVRIR), code("rapport.cartouche()")]
    ecrire_carnet(tmp_path, "etude", bonne)
    page = publier_etude(lieux, tmp_path / "etude.ipynb")
    avant = page.read_bytes()
    brute = code("import polars as pl\npl.DataFrame({'heures': [12]})")
    ecrire_carnet(tmp_path, "etude", [*bonne, brute])
    with pytest.raises(ErreurRapport, match="Cellule 5 : sortie brute refusée"):
        publier_etude(lieux, tmp_path / "etude.ipynb")
    assert page.read_bytes() == avant


@pytest.mark.parametrize(
    "ligne",
    [
        "from rtpe_analyse.restitution import Restitution",
        "from rtpe_analyse.restitution.objets import phrase",
        "from rtpe_analyse import restitution",
        "import rtpe_analyse.restitution.objets as o",
        "type(rapport.cartouche())('phrase', 'x', 'x', details={'rtpe': 1}), 'rtpe'",
        "class Faux:\n    def _repr_mimebundle_(self, **_): return {}",
        "display({'text/html': 'x'}, raw=True)",
    ],
)
def test_fabriquer_un_contenu_est_refuse(ligne: str, tmp_path: Path) -> None:
    carnet = ecrire_carnet(tmp_path, "etude", [parametres(), code(OUVRIR), code(ligne)])
    with pytest.raises(ErreurRapport, match="Cellule 4 : un contenu est fabriqué"):
        refuser_fabrication(carnet)


def test_boucles_fonctions_et_polars_sont_permis(tmp_path: Path) -> None:
    libre = (
        "import polars as pl\ndef f(x):\n    return [pl.lit(i) for i in x]\nfor _ in f([1]): pass"
    )
    refuser_fabrication(ecrire_carnet(tmp_path, "etude", [parametres(), code(OUVRIR), code(libre)]))


def test_une_commande_de_jupyterlab_est_refusee(tmp_path: Path) -> None:
    carnet = ecrire_carnet(tmp_path, "etude", [parametres(), code("%matplotlib inline")])
    with pytest.raises(ErreurRapport, match="Cellule 3 : la cellule n'est pas du Python"):
        refuser_fabrication(carnet)


def test_zone_inconnue_ou_fichier_absent(tmp_path: Path, lieux: Lieux) -> None:
    chemin = creer_etude("Essai", dossier=tmp_path, **ECRITS)
    with pytest.raises(ErreurUsage, match="Territoire « T9 » inconnu"):
        publier_etude(lieux, chemin, territoire="T9")
    with pytest.raises(ErreurUsage, match="Étude introuvable"):
        publier_etude(lieux, tmp_path / "absente.ipynb")
