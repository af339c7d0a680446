"""Ce que dit `rtpe etat` : une ligne par étape, avec ce qui a changé."""

from collections import Counter
from itertools import islice

from rtpe_analyse import propres, sources
from rtpe_analyse.chemins import Lieux
from rtpe_analyse.cli.calcul import EtatDesCalculs
from rtpe_analyse.erreurs import ErreurRtpe
from rtpe_analyse.modeles import Periode
from rtpe_analyse.schemas import TABLES
from rtpe_analyse.sources import Fiche

Ligne = tuple[str, str, str]


def lignes_d_etat(lieux: Lieux) -> list[Ligne]:
    """Étape, état, détail ; aucune étape n'est lancée et rien n'est écrit."""
    fiches = sources.lister_fiches(lieux)
    if not fiches:
        return [("Réception", "vide", "Aucun fichier reçu : rtpe recevoir DOSSIER")]
    par_source = Counter(f.source for f in fiches)
    purges = sum(not f.chemin.exists() for f in fiches)
    detail = ", ".join(f"{source} : {n}" for source, n in sorted(par_source.items()))
    lignes = [
        ("Réception", f"{len(fiches)} fichiers", detail + (f" ; {purges} purgés" if purges else ""))
    ]
    lignes.append(_cle(lieux))
    lignes.append(_nettoyage(lieux))
    lignes.append(_controles(lieux))
    lignes += _calcul(lieux, fiches)
    lignes += _rapports(lieux)
    return lignes


def _cle(lieux: Lieux) -> Ligne:
    try:
        sources.cle_du_jeu(lieux, creer=False)
    except ErreurRtpe as erreur:
        return ("Clé des pseudonymes", "à vérifier", f"{erreur} {erreur.remede}")
    publique = "publique (exemple)" if lieux.jeu == "exemple" else "locale, à sauvegarder"
    return ("Clé des pseudonymes", "en place", publique)


def _nettoyage(lieux: Lieux) -> Ligne:
    from rtpe_analyse.nettoyage import fichiers_a_nettoyer

    restants = fichiers_a_nettoyer(lieux)
    tables = [t for t in TABLES if propres.partitions(lieux, t)]
    if restants:
        raisons = ", ".join(sorted({r for _, rs in restants for r in rs}))
        return ("Nettoyage", "à refaire", f"{len(restants)} fichier(s) : {raisons}")
    return ("Nettoyage", "à jour", f"{len(tables)} tables propres : {', '.join(tables)}")


def _controles(lieux: Lieux) -> Ligne:
    from rtpe_analyse.controles import reste_a_juger

    if restantes := reste_a_juger(lieux):
        return ("Contrôles", "à refaire", f"{restantes} partition(s) ou fichier(s) à juger")
    return ("Contrôles", "à jour", "")


def _calcul(lieux: Lieux, fiches: list[Fiche]) -> list[Ligne]:
    etat = EtatDesCalculs(lieux, fiches)
    raisons = {famille: etat.raisons(famille) for famille in etat.familles}
    raisons["contexte des rapports"] = etat.raisons_du_contexte()
    lignes = [
        (f"Indicateurs, {quoi}", "à refaire", _abreger(pourquoi))
        for quoi, pourquoi in raisons.items()
        if pourquoi
    ]
    return lignes or [("Indicateurs", "à jour", f"{len(etat.familles)} familles")]


def _abreger(raisons: list[str]) -> str:
    return ", ".join(islice(raisons, 5)) + ("…" if len(raisons) > 5 else "")


def _rapports(lieux: Lieux) -> list[Ligne]:
    lignes = []
    for dossier in sorted(p.parent for p in lieux.rapports.glob("*/index.html")):
        html = sum(1 for _ in dossier.rglob("*.html")) - 1
        lignes.append((f"Rapports {dossier.name}", f"{html} rapports", str(dossier / "index.html")))
        lignes += _rapports_a_refaire(lieux, dossier.name)
    lignes = lignes or [("Rapports", "aucun", "rtpe rapports")]
    if etudes := sum(1 for _ in lieux.rapports.glob("etudes/*.html")):
        lignes.append(("Études", f"{etudes} publiées", str(lieux.rapports / "etudes")))
    return lignes


def _rapports_a_refaire(lieux: Lieux, nom: str) -> list[Ligne]:
    """Ce qu'un nouveau lot referait dans un dossier de rapports, et pourquoi."""
    from rtpe_analyse.diffusion import a_refaire

    periode, _, niveau = nom.partition("_")
    try:
        restants = a_refaire(lieux, Periode.lire(periode), "diffusion" if niveau else "interne")
    except ErreurRtpe as erreur:
        return [(f"Rapports {nom}", "à refaire", str(erreur))]
    if not restants:
        return [(f"Rapports {nom}", "à jour", "")]
    raisons = sorted({r for pourquoi in restants.values() for r in pourquoi})
    return [(f"Rapports {nom}", "à refaire", f"{len(restants)} : {_abreger(raisons)}")]
