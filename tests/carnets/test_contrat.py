"""Le contrat des carnets de rapport (CONTRIBUER.md), vérifié sur chaque carnet par `ast`."""

import ast
import copy
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from rtpe_analyse.chemins import CARNETS
from rtpe_analyse.restitution import Rapport

COMMUNS = ("periode", "niveau", "edition")
FACULTATIF = "comparaison"
ZONES = ("territoire", "departement", "etablissement")
INTERDITS = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda),
    *(ast.For, ast.While, ast.AsyncFor, ast.If, ast.IfExp, ast.Try, ast.With, ast.BinOp),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Subscript, ast.JoinedStr),
)
DETOURS = {"pl", "pd", "sns", "plt", "np", "polars", "pandas", "seaborn", "matplotlib", "open"}
DETOURS |= {"filter", "group_by", "groupby", "join", "read_csv", "read_parquet", "exec", "eval"}
FIN = "## Champ, sources, définitions, limites"


def source(cellule: dict[str, Any]) -> str:
    return "".join(cellule["source"])


def etiquettes(cellule: dict[str, Any]) -> list[str]:
    return cellule["metadata"].get("tags", [])


def manquements(carnet: dict[str, Any]) -> list[str]:
    """Tout ce en quoi un carnet s'écarte du contrat ; liste vide s'il le tient."""
    cellules = carnet["cells"]
    codes = [c for c in cellules if c["cell_type"] == "code"]
    fautes = [
        *_forme(carnet, cellules, codes),
        *_titres(cellules),
        *_parametres(cellules[1]),
        *_ouverture(cellules[2]),
        *_paires(cellules[3:]),
    ]
    for cellule in codes:
        fautes += _interdits(source(cellule))
    return fautes


def _forme(
    carnet: dict[str, Any], cellules: list[dict[str, Any]], codes: list[dict[str, Any]]
) -> list[str]:
    ids = [c.get("id", "") for c in cellules]
    fautes = []
    if (carnet["nbformat"], carnet["nbformat_minor"]) != (4, 5):
        fautes.append("format autre que 4.5")
    if len(set(ids)) != len(ids) or not all(re.fullmatch(r"[a-z0-9-]{2,64}", i) for i in ids):
        fautes.append("identifiants de cellule absents, répétés ou instables")
    if any(c["outputs"] or c["execution_count"] is not None for c in codes):
        fautes.append("sortie enregistrée")
    if sum("parameters" in etiquettes(c) for c in cellules) != 1:
        fautes.append("il faut une cellule « parameters » et une seule")
    return fautes


def _titres(cellules: list[dict[str, Any]]) -> list[str]:
    textes = [source(c) for c in cellules if c["cell_type"] == "markdown"]
    niveaux = [len(m) for t in textes for m in re.findall(r"^(#+) ", t, flags=re.MULTILINE)]
    fautes = []
    if cellules[0]["cell_type"] != "markdown" or not source(cellules[0]).startswith("# "):
        fautes.append("le carnet ne commence pas par son titre")
    if not source(cellules[0]).rstrip().endswith("?"):
        fautes.append("la question n'est pas posée")
    if niveaux.count(1) != 1:
        fautes.append("il faut un titre de niveau 1 et un seul")
    if any(apres > avant + 1 for avant, apres in pairwise(niveaux)):
        fautes.append("un niveau de titre est sauté")
    return fautes


def _parametres(cellule: dict[str, Any]) -> list[str]:
    if cellule["cell_type"] != "code" or etiquettes(cellule) != ["parameters"]:
        return ["la deuxième cellule n'est pas celle des paramètres"]
    noms = []
    for ligne in source(cellule).splitlines():
        corps = ast.parse(ligne).body
        if len(corps) != 1 or not isinstance(corps[0], ast.Assign):
            return ["un paramètre par ligne, rien d'autre"]
        affectation = corps[0]
        if not isinstance(affectation.value, ast.Constant) or "  # " not in ligne:
            return ["un paramètre est un littéral commenté"]
        noms.append(affectation.targets[0].id)  # type: ignore[attr-defined]
    attendus = [sorted([zone, *COMMUNS]) for zone in ZONES]
    siens = sorted(nom for nom in noms if nom != FACULTATIF)
    return [] if siens in attendus else ["paramètres manquants ou en trop"]


def _ouverture(cellule: dict[str, Any]) -> list[str]:
    if cellule["cell_type"] != "code":
        return ["la troisième cellule n'ouvre pas le rapport"]
    corps = ast.parse(source(cellule)).body
    imports, suite = corps[:-1], corps[-1]
    if not imports or not all(
        isinstance(i, ast.ImportFrom) and (i.module or "").split(".")[0] == "rtpe_analyse"
        for i in imports
    ):
        return ["on n'importe que rtpe_analyse"]
    appel = suite.value if isinstance(suite, ast.Assign) else None
    if not (isinstance(appel, ast.Call) and ast.unparse(appel.func) == "ouvrir"):
        return ["la troisième cellule n'ouvre pas le rapport"]
    if appel.args or not all(
        isinstance(k.value, ast.Name) and k.arg == k.value.id for k in appel.keywords
    ):
        return ["le rapport s'ouvre avec les paramètres, et eux seuls"]
    return []


def _paires(cellules: list[dict[str, Any]]) -> list[str]:
    fautes = []
    if len(cellules) % 2:
        fautes.append("les cellules ne vont pas par paires")
    for texte, code in zip(cellules[::2], cellules[1::2], strict=False):
        if (texte["cell_type"], code["cell_type"]) != ("markdown", "code"):
            fautes.append("une paire est une phrase puis un appel")
            continue
        phrases = [b for b in source(texte).split("\n\n") if not b.startswith("#")]
        if len(phrases) != 1 or not phrases[0].endswith(".") or "\n" in phrases[0]:
            fautes.append("une paire commence par une phrase, et une seule")
        if not _appel_montre(source(code)):
            fautes.append("une cellule est un appel du rapport, qui s'affiche")
    fin = [source(c) for c in cellules[-4:]]
    if len(fin) < 4 or not fin[0].startswith(FIN) or fin[1] != "rapport.definitions()":
        fautes.append("la fin « Champ, sources, définitions, limites » manque")
    return fautes


def _appel_montre(code: str) -> bool:
    corps = ast.parse(code).body
    if len(corps) != 1 or not isinstance(corps[0], ast.Expr):
        return False
    appel = corps[0].value
    if not isinstance(appel, ast.Call) or not isinstance(appel.func, ast.Attribute):
        return False
    methode = getattr(Rapport, appel.func.attr, None)
    arguments = [*appel.args, *(k.value for k in appel.keywords)]
    return (
        ast.unparse(appel.func.value) == "rapport"
        and methode is not None
        and not appel.func.attr.startswith("_")
        and all(_texte_ou_parametre(a) for a in arguments)
    )


def _texte_ou_parametre(argument: ast.expr) -> bool:
    if isinstance(argument, ast.Name):
        return argument.id == FACULTATIF
    return isinstance(argument, ast.Constant) and isinstance(argument.value, str)


def _interdits(code: str) -> list[str]:
    fautes = []
    for noeud in ast.walk(ast.parse(code)):
        if isinstance(noeud, INTERDITS):
            fautes.append(f"{type(noeud).__name__} n'a pas sa place dans un carnet")
        nom = getattr(noeud, "id", None) or getattr(noeud, "attr", None)
        if nom in DETOURS:
            fautes.append(f"« {nom} » n'a pas sa place dans un carnet")
        if isinstance(noeud, ast.Import):
            fautes.append("on n'importe que rtpe_analyse")
        if isinstance(noeud, ast.Constant):
            if isinstance(noeud.value, int | float) and not isinstance(noeud.value, bool):
                fautes.append("un nombre écrit en dur")
            elif isinstance(noeud.value, str) and re.search(r"[/\\]|\.\w{2,7}$", noeud.value):
                fautes.append("un chemin")
    return fautes


def lire(nom: str) -> dict[str, Any]:
    return json.loads((CARNETS / f"{nom}.ipynb").read_text(encoding="utf-8"))


NOMS = sorted(f.stem for f in CARNETS.glob("*.ipynb"))


def test_les_carnets_de_rapport_sont_la() -> None:
    attendus = {
        "besoins_territoire",
        "fiche_eaje",
        "occupation_territoire",
        "preparation_commission",
        "qualite_donnees",
        "synthese_departement",
        "tendances_territoire",
    }
    assert attendus <= set(NOMS)


@pytest.mark.parametrize("nom", NOMS)
def test_chaque_carnet_tient_le_contrat(nom: str) -> None:
    assert manquements(lire(nom)) == []


@pytest.mark.parametrize("nom", NOMS)
def test_chaque_carnet_se_termine_par_un_retour_a_la_ligne_sans_chemin(nom: str) -> None:
    texte = (CARNETS / f"{nom}.ipynb").read_text(encoding="utf-8")
    assert texte.endswith("}\n")
    assert str(Path.home()) not in texte


def _remplacer(rang: int, code: str) -> Any:
    def muter(carnet: dict[str, Any]) -> None:
        carnet["cells"][rang]["source"] = [code]

    return muter


def _ajouter_a(rang: int, **champs: Any) -> Any:
    def muter(carnet: dict[str, Any]) -> None:
        carnet["cells"][rang].update(champs)

    return muter


def _retirer(rang: int) -> Any:
    def muter(carnet: dict[str, Any]) -> None:
        del carnet["cells"][rang]

    return muter


MUTATIONS = {
    "sortie": _ajouter_a(4, outputs=[{"output_type": "stream"}]),
    "rang d'exécution": _ajouter_a(4, execution_count=3),
    "identifiant répété": _ajouter_a(4, id="titre"),
    "étiquette perdue": _ajouter_a(1, metadata={}),
    "question absente": _remplacer(0, "# Titre\n\nPas de question."),
    "second titre": _remplacer(3, "# Encore\n\nUne phrase."),
    "titre sauté": _remplacer(3, "### Trop bas\n\nUne phrase."),
    "deux phrases": _remplacer(3, "Une phrase.\n\nUne autre."),
    "paramètre calculé": _remplacer(1, 'periode = str("2026-T3")  # trimestre'),
    "paramètre sans commentaire": _remplacer(
        1, 'territoire = "T1"\nperiode = "2026-T3"\nniveau = "interne"\nedition = "2026-10-15"'
    ),
    "deux paramètres sur une ligne": _remplacer(1, 'a = "1"; b = "2"  # deux'),
    "paramètre en trop": _remplacer(
        1,
        'territoire = "T1"  # a\nperiode = "x"  # b\nniveau = "y"  # c\n'
        'edition = "z"  # d\nautre = "w"  # e',
    ),
    "import étranger": _remplacer(2, "import polars as pl\n\nrapport = ouvrir()"),
    "zone écrite en dur": _remplacer(
        2, 'from rtpe_analyse.restitution import ouvrir\n\nrapport = ouvrir(territoire="T2")'
    ),
    "définition de fonction": _remplacer(4, "def f(): ..."),
    "boucle": _remplacer(4, "for x in rapport.chiffres(): x"),
    "compréhension": _remplacer(4, "[x for x in rapport.chiffres()]"),
    "filtre": _remplacer(4, 'rapport.chiffres().filter("a")'),
    "lecture de fichier": _remplacer(4, 'open("donnees/x.csv")'),
    "valeur réglementaire": _remplacer(4, "rapport.serie(115)"),
    "chemin": _remplacer(4, 'rapport.serie("donnees/T1.parquet")'),
    "méthode inconnue": _remplacer(4, "rapport.inventee()"),
    "méthode privée": _remplacer(4, "rapport._contexte()"),
    "résultat caché": _remplacer(4, "x = rapport.chiffres()"),
    "deux appels": _remplacer(4, "rapport.chiffres()\nrapport.essentiel()"),
    "fin absente": _remplacer(-4, "Une phrase."),
    "paire rompue": _retirer(3),
}


@pytest.mark.parametrize("faute", MUTATIONS)
def test_chaque_ecart_au_contrat_est_vu(faute: str) -> None:
    carnet = copy.deepcopy(lire("occupation_territoire"))
    MUTATIONS[faute](carnet)
    assert manquements(carnet)
