"""Une commande mal écrite : une phrase française, un remède, le bon code, jamais de trace."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from typer.main import get_command

from rtpe_analyse.cli import app

ANGLAIS = (
    *("traceback", "error", "invalid", "should be", "missing", "unexpected", "must be"),
    *("no such", "required", "default", "show this", "does not", "greater", "did you mean"),
)


def lancer(*arguments: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if k != "RTPE_TRACE"} | {"COLUMNS": "300"}
    return subprocess.run(
        [sys.executable, "-m", "rtpe_analyse", *arguments],
        capture_output=True,
        text=True,
        env=env,
        check=False,
        timeout=120,
    )


@cache
def commandes() -> tuple[str, ...]:
    """Toutes les commandes, celles des groupes comprises : « etude publier »."""
    trouvees = []
    for nom, commande in get_command(app).commands.items():
        trouvees.append(nom)
        trouvees += [f"{nom} {sous}" for sous in getattr(commande, "commands", ())]
    return tuple(trouvees)


FAUTES = {
    "option inconnue": (["rapports", "--periodee", "2026-T3"], 2, "Option inconnue"),
    "commande inconnue": (["raports"], 2, "Vouliez-vous dire « rapports »\u00a0?"),
    "carnet inconnu": (["rapports", "--carnet", "besoin_territoire"], 2, "« besoins_territoire »"),
    "comparaison mal écrite": (["rapports", "--comparaison", "Z1"], 2, "non comprise"),
    "sous-commande inconnue": (["etude", "effacer"], 2, "Commande inconnue"),
    "période fausse": (["rapports", "--periode", "2026-T9"], 2, "Période « 2026-T9 »"),
    "période d'étude fausse": (["etude", "publier", "x.ipynb", "--periode", "2026"], 2, "Période"),
    "argument manquant": (["recevoir"], 2, "Il manque l'argument"),
    "option manquante": (["purger"], 2, "Il manque l'option"),
    "valeur manquante": (["recevoir", "--source"], 2, "demande une valeur"),
    "argument en trop": (["etat", "a"], 2, "Argument en trop : (a)"),
    "arguments en trop": (["etat", "a", "b"], 2, "Argument en trop : (a b)"),
    "nombre faux": (["exemple", "--graine", "abc"], 2, "nombre entier"),
    "nombre trop petit": (["exemple", "--echelle", "0"], 2, "il faut au moins 1"),
    "nombre trop grand": (["rapports", "--ouvriers", "99"], 2, "il faut au plus 32"),
    "jeu inconnu": (["etat", "--jeu", "autre"], 2, "n'est pas une des valeurs possibles"),
    "date fausse": (["purger", "--avant", "31/12/2025"], 2, "AAAA-MM-JJ"),
    "jour impossible": (["recevoir", "x.csv", "--recu-le", "2026-02-30"], 2, "AAAA-MM-JJ"),
    "fichier absent à décrire": (["decrire", "absent.csv"], 3, "ne s'ouvre pas"),
}
AVEC_DOSSIER = {
    "fichier absent": (["recevoir", "absent.csv"], 3, "1 fichier(s) refusé(s)"),
    "jeu vide": (["calculer", "--jeu", "exemple"], 8, "rtpe exemple --petit"),
    "jeu vide, rapports": (["rapports", "--jeu", "exemple"], 8, "rtpe exemple --petit"),
    "jeu vide, étude": (["etude", "nouvelle", "Essai"], 8, "rtpe calculer"),
    "formats inconnus": (["exemple", "--formats", "pdf"], 2, "Formats « pdf »"),
    "descripteur absent": (["recevoir", "x.csv", "--descripteur", "absent.yaml"], 4, "absent"),
    "source inconnue": (["recevoir", "x.csv", "--source", "rien"], 4, "rien"),
    "aucun chiffre public": (["referentiel"], 8, "Aucun chiffre public"),
}


def en_francais(dit: subprocess.CompletedProcess[str], code: int, phrase: str) -> None:
    assert dit.returncode == code, dit.stdout + dit.stderr
    tout = dit.stdout + dit.stderr
    assert phrase in tout
    assert dit.stderr.startswith("Erreur : ")
    assert "À faire : " in dit.stderr
    assert not [mot for mot in ANGLAIS if mot in tout.casefold()], tout


@pytest.mark.parametrize("faute", FAUTES)
def test_une_faute_se_dit_en_francais(faute: str) -> None:
    arguments, code, phrase = FAUTES[faute]
    en_francais(lancer(*arguments), code, phrase)


@pytest.mark.parametrize("faute", AVEC_DOSSIER)
def test_une_demande_impossible_se_dit_en_francais(faute: str, tmp_path: Path) -> None:
    arguments, code, phrase = AVEC_DOSSIER[faute]
    (tmp_path / "donnees" / "referentiel").mkdir(parents=True)
    dossiers = ["--donnees", str(tmp_path / "donnees"), "--sortie", str(tmp_path / "rapports")]
    en_francais(lancer(*arguments, *dossiers), code, phrase)


@pytest.mark.parametrize("commande", ["rapports", "nettoyer", "etat", "etude nouvelle Essai"])
def test_un_dossier_de_donnees_mal_tape_n_est_pas_cree(commande: str, tmp_path: Path) -> None:
    dossiers = ["--donnees", str(tmp_path / "donnes"), "--sortie", str(tmp_path / "rapports")]
    en_francais(lancer(*commande.split(), *dossiers), 8, "n'existe pas")
    (tmp_path / "donnes").mkdir()
    en_francais(lancer(*commande.split(), *dossiers), 8, "n'est pas un dossier de données")
    assert [f.name for f in tmp_path.rglob("*")] == ["donnes"]


def test_un_dossier_vide_est_refuse(tmp_path: Path) -> None:
    (tmp_path / "vide").mkdir()
    dit = lancer("recevoir", str(tmp_path / "vide"), "--donnees", str(tmp_path / "donnees"))
    en_francais(dit, 3, "Aucun fichier à recevoir")


def test_l_aide_generale_nomme_toutes_les_commandes() -> None:
    dit = lancer("--help")
    assert dit.returncode == 0
    assert len(commandes()) >= 12
    assert not [c for c in commandes() if c.split()[0] not in dit.stdout]
    assert "rtpe exemple --petit" in dit.stdout
    assert not [mot for mot in ANGLAIS if mot in dit.stdout.casefold()]


@pytest.mark.parametrize("commande", commandes())
def test_chaque_aide_est_en_francais_avec_un_exemple(commande: str) -> None:
    dit = lancer(*commande.split(), "--help")
    assert dit.returncode == 0
    apres = dit.stdout.split("Exemple", 1)
    assert len(apres) == 2 and f"rtpe {commande}" in apres[1], dit.stdout
    assert not [mot for mot in ANGLAIS if mot in dit.stdout.casefold()], dit.stdout


def test_referentiel_dit_ce_qui_est_compile(tmp_path: Path) -> None:
    fichier = tmp_path / "communes_pop2021_naissances2022.csv"
    fichier.write_text(
        "insee_com,insee_dep,commune_article,code_postal,lat,lng,population_2021,naissances_2022\n"
        "01004,01,Ville-Fictive,01500,45.9601,5.37212,14000,150\n",
        encoding="utf-8",
    )
    dossiers = ["--donnees", str(tmp_path / "donnees"), "--sortie", str(tmp_path / "rapports")]
    dit = lancer("referentiel", str(fichier), "--recu-le", "2026-11-23", *dossiers)
    assert dit.returncode == 0, dit.stdout + dit.stderr
    assert "1 fichier(s) reçu(s)" in dit.stdout
    # Une population (2021) et des naissances (2022) : deux années d'une commune.
    assert "communes_annee.csv (2 lignes)" in dit.stdout
    assert "Jamais reçus : iris.csv, iris_annee.csv" in dit.stdout
    fiche = tmp_path / "donnees" / "referentiel" / "communes_annee.fiche.yaml"
    assert "2026-11-23" in fiche.read_text(encoding="utf-8")
