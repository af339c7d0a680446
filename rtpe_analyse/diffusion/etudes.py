"""Les études ponctuelles : en créer une d'après le modèle, la publier comme un rapport.

Une étude est libre dans ses calculs, pas dans ce qu'elle montre : ne se publient que les
contenus rendus par `rapport`, passés par le secret statistique. Fabriquer soi-même un
contenu de restitution est donc refusé, comme toute sortie brute.
"""

import ast
import json
from datetime import date
from pathlib import Path

from rtpe_analyse.chemins import CARNETS, Lieux
from rtpe_analyse.diffusion.carnets import Carnet, Valeur, lire_carnet, verifier_parametres
from rtpe_analyse.diffusion.demande import DELAI, Demande, EchecRapport
from rtpe_analyse.diffusion.execution import MoteurNoyau
from rtpe_analyse.diffusion.gabarits import GABARIT, ancre
from rtpe_analyse.diffusion.manifeste import lire_donnees
from rtpe_analyse.diffusion.plan import Travail, Zone, lire_zones
from rtpe_analyse.diffusion.rapport import avec_moteur, produire
from rtpe_analyse.erreurs import ErreurRapport, ErreurUsage
from rtpe_analyse.modeles import Niveau, Periode
from rtpe_analyse.tableaux import ecrire_texte

ETUDES = CARNETS / "etudes"
_MODELE = GABARIT / "etude.json"
_FACADE = "rtpe_analyse.restitution"
_OUVERTS = {"ouvrir", "Rapport"}
_FABRIQUES = {"Restitution", "_repr_mimebundle_"}


def creer_etude(
    titre: str, *, territoire: str, periode: str, edition: str, dossier: Path = ETUDES
) -> Path:
    """Crée une étude vide d'après le modèle.

    Args:
        titre: titre de l'étude ; le fichier prend ses lettres sans accents.
        territoire: code écrit dans les paramètres.
        periode: trimestre écrit dans les paramètres.
        edition: date d'édition écrite dans les paramètres (AAAA-MM-JJ).
        dossier: où l'écrire.

    Returns:
        Le fichier écrit ; rien n'est jamais écrasé.

    Raises:
        ErreurUsage: titre vide, ou étude du même nom déjà là.
    """
    titre = " ".join(titre.split())
    if not any(c.isalnum() for c in titre):
        raise ErreurUsage("Le titre de l'étude est vide.", 'rtpe etude nouvelle "titre"')
    chemin = dossier / f"{ancre(titre, set()).replace('-', '_')}.ipynb"
    if chemin.exists():
        raise ErreurUsage(
            f"L'étude {chemin.name} existe déjà.", "Choisir un autre titre : rien n'est écrasé."
        )
    carnet = json.loads(_MODELE.read_text(encoding="utf-8"))
    mots = {"titre": titre, "territoire": territoire, "periode": periode, "edition": edition}
    for cellule in carnet["cells"][:2]:
        for nom, mot in mots.items():
            cellule["source"] = [s.replace(f"{{{nom}}}", mot) for s in cellule["source"]]
    ecrire_texte(chemin, f"{json.dumps(carnet, ensure_ascii=False, indent=1)}\n")
    return chemin


def publier_etude(
    lieux: Lieux,
    fichier: Path,
    *,
    periode: str | None = None,
    territoire: str | None = None,
    niveau: Niveau | None = None,
    edition: date | None = None,
    delai: float = DELAI,
) -> Path:
    """Exécute une étude et écrit sa page et son manifeste dans `rapports/<jeu>/etudes/`.

    Args:
        lieux: dossiers du jeu.
        fichier: le carnet de l'étude.
        periode: trimestre ; celui écrit dans l'étude si absent, comme les suivants.
        territoire: code du territoire (ou du département, si l'étude en parle) ; absent et vide
            dans l'étude, la seule zone connue.
        niveau: niveau de secret.
        edition: date imprimée ; celle de la dernière réception si absente, jamais l'horloge.
        delai: durée maximale, en secondes.

    Returns:
        La page HTML.

    Raises:
        ErreurUsage: étude introuvable ou illisible, paramètre ou zone refusés.
        ErreurRapport: exécution en erreur, ou sortie non publiable (la cellule est dite) ; une
            page publiée auparavant reste en place.
        ErreurDonneesManquantes: indicateurs absents.
    """
    if not fichier.is_file() or fichier.suffix != ".ipynb":
        raise ErreurUsage(
            f"Étude introuvable : {fichier}.",
            'Donner un fichier .ipynb ; en créer un : rtpe etude nouvelle "titre".',
        )
    carnet = lire_carnet(fichier.stem, fichier.parent)
    refuser_fabrication(carnet)
    ecrits = carnet.parametres
    quand = periode or ecrits.get("periode")
    ecrite = territoire or ecrits[carnet.maille]
    choisi: dict[str, Valeur | None] = {
        carnet.maille: ecrite or _seule_zone(lieux, carnet.maille, quand),
        "periode": quand,
        "niveau": niveau or ecrits.get("niveau"),
    }
    parametres: dict[str, Valeur] = {n: v for n, v in choisi.items() if v is not None}
    donnees = lire_donnees(lieux, str(parametres.get("niveau")))
    parametres["edition"] = (edition or donnees.recu_le).isoformat()
    verifier_parametres(carnet, parametres)
    zone = _zone(lieux, carnet.maille, parametres)
    page = lieux.rapports / "etudes" / f"{carnet.nom}.html"
    temoin = lieux.travail / "rapports" / "etudes" / f"{carnet.nom}.json"
    demande = Demande(carnet, parametres, lieux.indicateurs, lieux.travail / "noyau", delai)
    manifeste = produire(
        Travail(zone, demande, page, temoin), donnees, lieux.jeu, avec_moteur(MoteurNoyau())
    )
    if manifeste.statut != "reussi":
        raise ErreurRapport(
            f"Étude « {carnet.nom} » non publiée. {manifeste.raison}",
            "Ne montrer que les contenus de rapport ; ouvrir l'étude dans JupyterLab (rtpe labo).",
        )
    return page


def refuser_fabrication(carnet: Carnet) -> None:
    """Refuse une étude qui fabrique ses contenus au lieu de les demander à `rapport`.

    Raises:
        EchecRapport: avec le rang de la cellule.
    """
    for rang, cellule in enumerate(json.loads(carnet.contenu)["cells"], start=1):
        if cellule["cell_type"] != "code":
            continue
        try:
            arbre = ast.parse("".join(cellule["source"]))
        except SyntaxError:
            # Une commande de JupyterLab (« %… ») ou une faute de frappe.
            raise EchecRapport(
                "la cellule n'est pas du Python seul.",
                "Retirer les commandes de JupyterLab (« % », « ! ») avant de publier.",
                cellule=rang,
            ) from None
        if any(_fabrique(noeud) for noeud in ast.walk(arbre)):
            raise EchecRapport(
                "un contenu est fabriqué dans l'étude.",
                "Seuls les contenus de rapport passent par le secret : from "
                "rtpe_analyse.restitution import ouvrir.",
                cellule=rang,
            )


def _fabrique(noeud: ast.AST) -> bool:
    match noeud:
        case ast.Import(names=noms):
            return any(n.name.startswith(_FACADE) for n in noms)
        case ast.ImportFrom(module=module, names=noms):
            ouverts = _OUVERTS if module == _FACADE else set()
            venus = {f"{module}.{n.name}" for n in noms if n.name not in ouverts}
            return any(f"{v}.".startswith(f"{_FACADE}.") for v in venus)
        case ast.Name(id=nom) | ast.Attribute(attr=nom) | ast.FunctionDef(name=nom):
            return nom in _FABRIQUES
        case ast.Constant(value="rtpe") | ast.keyword(arg="raw"):
            return True
    return False


def _seule_zone(lieux: Lieux, maille: str, periode: Valeur | None) -> str:
    """La zone d'une étude qui n'en nomme pas, s'il n'y en a qu'une de sa maille ; sinon rien."""
    zones = lire_zones(lieux, Periode.lire(str(periode)))
    codes = [z.code for z in zones if z.maille == maille]
    return codes[0] if len(codes) == 1 else ""


def _zone(lieux: Lieux, maille: str, parametres: dict[str, Valeur]) -> Zone:
    periode = Periode.lire(str(parametres["periode"]))
    zones = {z.code: z for z in lire_zones(lieux, periode) if z.maille == maille}
    code = str(parametres[maille])
    if code not in zones:
        nom = "Territoire" if maille == "territoire" else "Département"
        raise ErreurUsage(
            f"{nom} « {code} » inconnu au cours de {periode}.",
            f"Codes connus : {', '.join(zones) or 'aucun'}.",
        )
    return zones[code]
