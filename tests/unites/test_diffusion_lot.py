"""Le lot : plan, échecs isolés, reprise, reproductibilité, interruption propre."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import nbformat
import pytest

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.diffusion import lot as module_lot
from rtpe_analyse.diffusion.demande import Demande, EchecRapport
from rtpe_analyse.diffusion.lot import BilanLot, a_refaire, executer_lot
from rtpe_analyse.diffusion.verification import liens, verifier_page
from rtpe_analyse.erreurs import ErreurDonneesManquantes, ErreurUsage
from rtpe_analyse.modeles import Periode
from rtpe_analyse.tableaux import empreinte_octets
from tests.unites.outils_diffusion import (
    CELLULE_PARAMETRES,
    FIGURE,
    IMPORTS,
    code,
    ecrire_carnet,
    ecrire_indicateurs,
    parametres,
    texte,
)

T3 = Periode.lire("2026-T3")
SYNTHESE = CELLULE_PARAMETRES.replace("territoire =", "departement =")
CARTOUCHE = (
    'Restitution("cartouche", f"<p>{territoire}</p>", alt="cartouche",'
    ' details={"statut": "provisoire" if territoire == "T2" else "definitif"})'
)


class FauxMoteur:
    """Rend une sortie de restitution ; échoue pour les (zone, carnet) dits. Compte ses appels."""

    def __init__(self, *echecs: tuple[str, str], provisoire: bool = False) -> None:
        self.echecs = echecs
        self.provisoire = provisoire
        self.appels: list[tuple[str, str]] = []

    def __call__(self, demande: Demande) -> nbformat.NotebookNode:
        p = demande.parametres
        cle = (str(p.get("territoire") or p.get("departement")), demande.carnet.nom)
        self.appels.append(cle)
        if cle in self.echecs:
            raise EchecRapport("erreur KeyError.", cellule=4)
        carnet = nbformat.reads(demande.carnet.contenu.decode(), as_version=4)
        fiche = {"genre": "cartouche", "statut": "provisoire" if self.provisoire else "definitif"}
        carnet.cells[1].outputs = [
            nbformat.from_dict(
                {
                    "output_type": "execute_result",
                    "execution_count": 1,
                    "data": {"text/html": f"<p>{cle}</p>"},
                    "metadata": {"text/html": {"rtpe": fiche}},
                }
            )
        ]
        return carnet


@pytest.fixture
def lieux(tmp_path: Path) -> Lieux:
    carnets = tmp_path / "carnets"
    ecrire_carnet(carnets, "occupation", [parametres()], titre="Occupation")
    ecrire_carnet(carnets, "besoins", [parametres()], titre="Besoins")
    ecrire_carnet(carnets, "synthese", [parametres(SYNTHESE)], titre="Synthèse")
    return ecrire_indicateurs(tmp_path)


@pytest.fixture
def lancer(
    lieux: Lieux, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[BilanLot, FauxMoteur]]:
    def lancer(*echecs: tuple[str, str], provisoire: bool = False, **options: object):
        moteur = FauxMoteur(*echecs, provisoire=provisoire)
        monkeypatch.setattr(module_lot, "MoteurNoyau", lambda _: moteur)
        options = {"moteur": "noyau", **options}
        options = {"dossier_carnets": tmp_path / "carnets", **options}
        return executer_lot(lieux, T3, **options), moteur

    return lancer


TOUS = ["T1 / besoins", "T1 / occupation", "T2 / besoins", "T2 / occupation", "D / synthese"]


def test_plan_complet_puis_plus_rien_a_faire(lancer, lieux: Lieux) -> None:
    vus: list[tuple[str, int, int]] = []
    bilan, moteur = lancer(progres=lambda *a: vus.append(a))
    assert bilan.faits == TOUS
    assert [(rang, total) for _, rang, total in vus] == [(i, 5) for i in range(1, 6)]
    assert sorted(nom for nom, *_ in vus) == sorted(TOUS)
    racine = lieux.rapports / "2026-T3"
    assert bilan.portail == racine / "index.html"
    pages = {p.relative_to(racine).as_posix() for p in racine.rglob("*.html")}
    assert pages == {
        "index.html",
        "T1/besoins.html",
        "T1/occupation.html",
        "T2/besoins.html",
        "T2/occupation.html",
        "departement_D/synthese.html",
    }
    bilan, moteur = lancer()
    assert (bilan.faits, bilan.a_jour, moteur.appels) == ([], TOUS, [])
    assert bilan.phrase == "Rapports : 5 déjà à jour, rien à refaire."


def test_restreindre_le_lot(lancer) -> None:
    assert lancer(territoires=["T2"])[0].faits == ["T2 / besoins", "T2 / occupation"]
    assert lancer(carnets=["synthese"])[0].faits == ["D / synthese"]
    bilan, _ = lancer(territoires=["T1"], carnets=["occupation", "synthese"])
    assert bilan.faits == ["T1 / occupation"]
    assert bilan.a_jour == ["D / synthese"]


def test_ne_refaire_que_ce_qui_change(lancer, lieux: Lieux, tmp_path: Path) -> None:
    lancer()
    ecrire_carnet(tmp_path / "carnets", "besoins", [parametres(), texte("Un mot.")], titre="B")
    assert lancer()[0].faits == ["T1 / besoins", "T2 / besoins"]
    assert lancer(edition=date(2026, 11, 1), carnets=["synthese"])[0].faits == ["D / synthese"]
    assert lancer(edition=date(2026, 11, 1), carnets=["synthese"])[0].faits == []
    page = lieux.rapports / "2026-T3" / "T1" / "occupation.html"
    page.write_text(page.read_text() + " ")
    assert lancer(territoires=["T1"])[0].faits == ["T1 / occupation"]
    page.unlink()
    assert lancer(territoires=["T1"])[0].faits == ["T1 / occupation"]
    ecrire_indicateurs(tmp_path, completude=0.5)
    assert lancer(territoires=["T1"])[0].faits == ["T1 / besoins", "T1 / occupation"]


def test_l_etat_juge_un_rapport_comme_il_a_ete_demande(
    lancer, lieux: Lieux, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Une comparaison ou une date choisies ne périment rien ; un carnet changé, si."""
    monkeypatch.setattr(module_lot, "CARNETS", tmp_path / "carnets")
    avec = CELLULE_PARAMETRES + '\ncomparaison = "departement"'
    ecrire_carnet(tmp_path / "carnets", "besoins", [parametres(avec)], titre="Besoins")
    lancer(comparaison="zonage:Z1", edition=date(2026, 11, 1))
    assert a_refaire(lieux, T3, "interne") == {}
    ecrire_carnet(tmp_path / "carnets", "synthese", [parametres(SYNTHESE)], titre="Autre")
    assert a_refaire(lieux, T3, "interne") == {"D / synthese": ["carnet"]}
    assert lancer()[0].faits == TOUS


def test_le_portail_n_est_recrit_que_si_ce_qu_il_dit_change(lancer, lieux: Lieux) -> None:
    portail = lancer()[0].portail
    ecrit = portail.stat().st_ino
    assert lancer()[0].a_jour == TOUS
    assert portail.stat().st_ino == ecrit
    dit = portail.read_text()
    portail.write_text("abîmé")
    lancer()
    assert portail.read_text() == dit
    for fichier in (portail.parent / "T2").glob("besoins.*"):
        fichier.unlink()
    lancer(territoires=["T1"])
    assert "T2/besoins.html" not in portail.read_text()


def test_un_code_change_tout_est_a_refaire(lancer, monkeypatch: pytest.MonkeyPatch) -> None:
    lancer()
    monkeypatch.setattr(module_lot, "empreinte_code", lambda *_: "autre")
    assert lancer()[0].faits == TOUS


def test_un_echec_n_arrete_pas_les_autres_et_garde_la_page_d_avant(lancer, lieux: Lieux) -> None:
    lancer()
    page = lieux.rapports / "2026-T3" / "T1" / "occupation.html"
    avant = page.read_bytes()
    bilan, _ = lancer(("T1", "occupation"), edition=date(2026, 11, 1))
    assert bilan.faits == [n for n in TOUS if n != "T1 / occupation"]
    assert bilan.echecs == [("T1 / occupation", "Cellule 4 : erreur KeyError.")]
    assert page.read_bytes() == avant
    portail = bilan.portail.read_text()
    assert "Cellule 4\u00a0: erreur KeyError." in portail
    assert "en échec" in portail
    assert "page de l'édition du 5\xa0octobre 2026, gardée" in portail
    # Relancer ne refait que lui, et son échec s'efface.
    bilan, moteur = lancer(edition=date(2026, 11, 1))
    assert moteur.appels == [("T1", "occupation")]
    assert "en échec" not in bilan.portail.read_text()
    assert not list(lieux.rapports.rglob("*.echec.json"))


def test_une_erreur_imprevue_est_un_echec_sans_valeur(
    lancer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def casser(_: object) -> bool:
        raise ValueError("Dupont")

    monkeypatch.setattr("rtpe_analyse.diffusion.rapport.verifier_sorties", casser)
    bilan, _ = lancer(territoires=["T1"], carnets=["occupation"])
    assert bilan.echecs == [("T1 / occupation", "Erreur imprévue hors des cellules : ValueError.")]
    assert "Dupont" not in bilan.portail.read_text()


def test_manifeste(lancer, lieux: Lieux, tmp_path: Path) -> None:
    lancer(territoires=["T2"], carnets=["occupation"])
    cote = lieux.rapports / "2026-T3" / "T2"
    manifeste = json.loads((cote / "occupation.json").read_text())
    assert manifeste["statut"] == "reussi"
    assert manifeste["parametres"] == {
        "territoire": "T2",
        "periode": "2026-T3",
        "niveau": "interne",
        "edition": "2026-10-05",
    }
    page = (cote / "occupation.html").read_bytes()
    assert manifeste["empreinte_html"] == empreinte_octets(page)
    carnet = (tmp_path / "carnets" / "occupation.ipynb").read_bytes()
    assert manifeste["empreinte_carnet"] == empreinte_octets(carnet)
    zones = (lieux.indicateurs / "zones.parquet").read_bytes()
    assert manifeste["indicateurs"]["zones.parquet"] == empreinte_octets(zones)
    assert set(manifeste["indicateurs"]) == {
        "zones.parquet",
        "trace.json",
        "interne/qualite.parquet",
    }
    assert manifeste["bruts"] == ["a" * 64, "b" * 64]
    assert manifeste["regles"] == [
        "secret, seuil, en vigueur depuis le 1er\xa0janvier 2026 (note de service)"
    ]
    assert str(tmp_path) not in (cote / "occupation.json").read_text()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"territoires": ["T9"]}, "Territoire « T9 » inconnu"),
        ({"carnets": ["ocupation"]}, "Carnet « ocupation » inconnu"),
        ({"territoires": ["T1"], "carnets": ["synthese", "inconnu"]}, "« inconnu » inconnu"),
    ],
)
def test_demande_refusee_avant_toute_execution(
    lancer, lieux: Lieux, options: dict[str, object], message: str
) -> None:
    with pytest.raises(ErreurUsage) as erreur:
        lancer(**options)
    assert message in str(erreur.value)
    assert not lieux.rapports.exists()


def test_carnet_au_contrat_incomplet_refuse(lancer, tmp_path: Path) -> None:
    incomplet = parametres(CELLULE_PARAMETRES.replace("niveau =", "nivau ="))
    ecrire_carnet(tmp_path / "carnets", "faux", [incomplet])
    with pytest.raises(ErreurUsage, match="Paramètre « niveau » inconnu du carnet « faux »"):
        lancer()


def test_sans_indicateurs(tmp_path: Path) -> None:
    with pytest.raises(ErreurDonneesManquantes):
        executer_lot(Lieux(tmp_path / "d", tmp_path / "r"), T3)


def test_zone_hors_de_la_periode_et_codes_dangereux(lancer, lieux: Lieux, tmp_path: Path) -> None:
    ecrire_indicateurs(tmp_path, ["../T1", "Nord Est"])
    bilan, _ = lancer(carnets=["occupation"])
    racine = lieux.rapports / "2026-T3"
    assert bilan.faits == ["../T1 / occupation", "Nord Est / occupation"]
    assert {p.parent.name for p in racine.glob("*/*.html")} == {"-T1", "Nord-Est"}
    ecrire_indicateurs(tmp_path, ["Nord Est", "Nord-Est"])
    with pytest.raises(ErreurUsage, match="même rapport"):
        lancer(carnets=["occupation"])
    with pytest.raises(ErreurUsage, match="Aucun rapport"):
        executer_lot(lieux, Periode.lire("2019-T3"), dossier_carnets=tmp_path / "carnets")


def test_portail(lancer, lieux: Lieux, tmp_path: Path) -> None:
    bilan, _ = lancer(("T2", "besoins"), provisoire=True)
    page = bilan.portail.read_text()
    verifier_page(page)
    assert liens(page) == [
        "T1/besoins.html",
        "T1/occupation.html",
        "T2/occupation.html",
        "departement_D/synthese.html",
        "../index.html",
    ]
    assert page.count("99,6\u202f%") == 3
    assert "4 provisoires" in page
    assert "1 en échec" in page
    accueil = (lieux.rapports / "index.html").read_text()
    verifier_page(accueil)
    assert liens(accueil) == ["2026-T3/index.html"]
    assert "3e trimestre 2026" in accueil
    # Des données plus récentes, et un lot partiel : les autres rapports restent, dits anciens.
    ecrire_indicateurs(tmp_path, completude=0.9)
    page = lancer(territoires=["T1"])[0].portail.read_text()
    assert "T2/occupation.html" in page
    assert "2 à refaire" in page
    assert "2 à jour" in page


def test_un_dossier_etranger_ne_gene_pas_l_accueil(lancer, lieux: Lieux) -> None:
    (lieux.rapports / "brouillon").mkdir(parents=True)
    (lieux.rapports / "brouillon" / "index.html").write_text("x")
    lancer(carnets=["synthese"])
    assert "brouillon" not in (lieux.rapports / "index.html").read_text()


def test_le_niveau_diffusion_a_son_dossier(lancer, lieux: Lieux) -> None:
    shutil.copytree(lieux.indicateurs / "interne", lieux.indicateurs / "diffusion")
    lancer(carnets=["synthese"])
    bilan, moteur = lancer(carnets=["synthese"], niveau="diffusion")
    assert moteur.appels == [("D", "synthese")]
    assert bilan.portail == lieux.rapports / "2026-T3_diffusion" / "index.html"
    accueil = (lieux.rapports / "index.html").read_text()
    assert liens(accueil) == ["2026-T3_diffusion/index.html", "2026-T3/index.html"]


def test_avec_de_vrais_noyaux_deux_executions_se_valent_a_l_octet(tmp_path: Path) -> None:
    carnets = tmp_path / "carnets"
    cellules = [parametres(), code(IMPORTS), code(CARTOUCHE), texte("## Une section")]
    ecrire_carnet(carnets, "bon", [*cellules, code(FIGURE.format(alt="Un carré"))], titre="Bon")
    ecrire_carnet(carnets, "bavard", [*cellules, code("import sys; print(1, file=sys.stderr)")])
    ecrire_carnet(carnets, "brut", [*cellules, code("1 + 1")])
    ecrire_carnet(carnets, "sans_alt", [*cellules, code(FIGURE.format(alt=" "))])
    lieux = ecrire_indicateurs(tmp_path)
    bilan = executer_lot(lieux, T3, dossier_carnets=carnets, ouvriers=2)
    assert bilan.faits == ["T1 / bon", "T2 / bon"]
    raisons = dict(bilan.echecs)
    assert raisons["T1 / bavard"].startswith("Cellule 6 : un avertissement")
    assert raisons["T1 / brut"] == "Cellule 6 : sortie brute refusée."
    assert raisons["T2 / sans_alt"] == "Cellule 6 : figure sans texte de remplacement."
    premier = (lieux.rapports / "2026-T3" / "T2" / "bon.html").read_bytes()
    assert b"<strong>Provisoire.</strong>" in premier
    assert (
        b"<strong>Provisoire.</strong>"
        not in (lieux.rapports / "2026-T3" / "T1" / "bon.html").read_bytes()
    )
    ailleurs = replace(lieux, sortie=tmp_path / "ailleurs")
    shutil.rmtree(lieux.travail)
    executer_lot(ailleurs, T3, territoires=["T2"], carnets=["bon"], dossier_carnets=carnets)
    for nom in ("bon.html", "bon.json"):
        ici = lieux.rapports / "2026-T3" / "T2" / nom
        la = ailleurs.rapports / "2026-T3" / "T2" / nom
        assert ici.read_bytes() == la.read_bytes()


def test_les_titres_du_portail_sont_echappes(lancer, tmp_path: Path) -> None:
    ecrire_carnet(tmp_path / "carnets", "besoins", [parametres()], titre="<b>Gras</b> & co")
    page = lancer()[0].portail.read_text()
    assert "&lt;b&gt;Gras&lt;/b&gt; &amp; co" in page
    assert not re.search("<b>", page)
