"""Produire les rapports d'un trimestre, en parallèle, sans refaire ce qui est à jour."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from rtpe_analyse.chemins import CARNETS, Lieux
from rtpe_analyse.diffusion.demande import DELAI
from rtpe_analyse.diffusion.execution import MoteurNoyau
from rtpe_analyse.diffusion.interruption import Interrupteur
from rtpe_analyse.diffusion.manifeste import (
    PROGRAMME,
    Donnees,
    Manifeste,
    lire_donnees,
    lire_manifeste,
)
from rtpe_analyse.diffusion.plan import Travail, dossier_des_rapports, planifier
from rtpe_analyse.diffusion.portail import ecrire_portail
from rtpe_analyse.diffusion.rapport import Compositeur, avec_moteur, produire
from rtpe_analyse.erreurs import ErreurUsage
from rtpe_analyse.etapes import empreinte_code, marquer, raisons_de_refaire
from rtpe_analyse.modeles import Niveau, Periode
from rtpe_analyse.tableaux import empreinte_fichier, empreinte_octets

Progres = Callable[[str, int, int], None]
ChoixMoteur = Literal["auto", "chaud", "noyau"]

_BIBLIOTHEQUES = ("polars", "matplotlib", "seaborn", "babel", "nbconvert", "mistune")


@dataclass
class BilanLot:
    """Ce qu'un lot a fait.

    Attributes:
        portail: page d'accueil du trimestre.
        faits: noms des rapports produits.
        a_jour: noms des rapports déjà à jour.
        echecs: (nom, raison) de chaque rapport en échec.
    """

    portail: Path
    faits: list[str] = field(default_factory=list)
    a_jour: list[str] = field(default_factory=list)
    echecs: list[tuple[str, str]] = field(default_factory=list)

    @property
    def phrase(self) -> str:
        """Le bilan en une phrase."""
        if not self.faits and not self.echecs:
            return f"Rapports : {len(self.a_jour)} déjà à jour, rien à refaire."
        return (
            f"Rapports : {len(self.faits)} faits, {len(self.a_jour)} déjà à jour, "
            f"{len(self.echecs)} en échec."
        )


def executer_lot(
    lieux: Lieux,
    periode: Periode,
    *,
    territoires: Sequence[str] | None = None,
    etablissements: Sequence[str] | None = None,
    carnets: Sequence[str] | None = None,
    comparaison: str = "",
    niveau: Niveau = "interne",
    edition: date | None = None,
    ouvriers: int | None = None,
    progres: Progres | None = None,
    dossier_carnets: Path = CARNETS,
    delai: float = DELAI,
    moteur: ChoixMoteur = "auto",
) -> BilanLot:
    """Produit les rapports d'une période, leurs manifestes et le portail.

    Args:
        lieux: dossiers du jeu ; les territoires viennent de `indicateurs/zones.parquet`.
        periode: trimestre (ou mois) des rapports.
        territoires: codes voulus ; tous si absent (voir `plan.planifier`).
        etablissements: codes des fiches voulues (voir `plan.planifier`).
        carnets: noms voulus ; tous ceux du dossier si absent.
        comparaison: zone à laquelle les portraits se comparent (`zonage:Z1`) ; vide, celle
            qu'écrit chaque carnet.
        niveau: niveau de secret des indicateurs lus.
        edition: date imprimée ; celle de la dernière réception si absente, jamais l'horloge.
        ouvriers: rapports produits en même temps ; le nombre de processeurs, au plus 8.
        progres: appelé avec (dernier rapport, nombre de finis, total).
        dossier_carnets: dossier des carnets de rapport.
        delai: durée maximale d'un rapport, en secondes.
        moteur: `chaud` (processus issus d'un serveur déjà chargé), `noyau` (un noyau Jupyter
            par rapport, la référence) ou `auto` : chaud là où il existe.

    Returns:
        Le bilan ; un rapport en échec y figure et n'arrête pas les autres.

    Raises:
        ErreurUsage: demande mal formée, avant toute exécution ; moteur chaud demandé là où
            il n'existe pas.
        ErreurDonneesManquantes: indicateurs absents.
        KeyboardInterrupt: après arrêt de tous les noyaux ; les rapports finis sont gardés.
    """
    donnees = lire_donnees(lieux, niveau)
    plan = planifier(
        lieux,
        periode,
        territoires=territoires,
        etablissements=etablissements,
        carnets=carnets,
        comparaison=comparaison,
        niveau=niveau,
        edition=edition or donnees.recu_le,
        dossier_carnets=dossier_carnets,
        delai=delai,
    )
    dossier = dossier_des_rapports(lieux, periode, niveau)
    bilan = BilanLot(dossier / "index.html")
    a_faire = [t for t in plan if raisons(t, donnees)]
    bilan.a_jour += [t.nom for t in plan if t not in a_faire]
    interrupteur = Interrupteur()
    compositeur = _compositeur(moteur, lieux, interrupteur) if a_faire else None
    nombre = min(ouvriers or min(os.cpu_count() or 1, 8), max(len(a_faire), 1))
    resultats: dict[str, Manifeste] = {}
    with ThreadPoolExecutor(nombre) as ouvrage:
        futurs = {
            ouvrage.submit(_faire, t, donnees, lieux.jeu, compositeur): t
            for t in a_faire
            if compositeur is not None
        }
        try:
            for futur in _au_fil_de_l_eau(futurs):
                nom = futurs[futur].nom
                resultats[nom] = futur.result()
                if progres:
                    progres(nom, len(bilan.a_jour) + len(resultats), len(plan))
        except BaseException:
            # Ctrl-C (ou un affichage qui casse) : les noyaux sont à nous, on les arrête.
            interrupteur.couper()
            ouvrage.shutdown(wait=True, cancel_futures=True)
            raise
    for nom in (t.nom for t in a_faire):
        if resultats[nom].statut == "reussi":
            bilan.faits.append(nom)
        else:
            bilan.echecs.append((nom, resultats[nom].raison))
    ecrire_portail(lieux, periode, niveau, donnees)
    return bilan


def raisons(travail: Travail, donnees: Donnees) -> list[str]:
    """Pourquoi un rapport est à refaire ; liste vide s'il est à jour.

    Un rapport absent, modifié à la main ou dont le dernier essai a échoué est à refaire.
    """
    manifeste = lire_manifeste(travail.manifeste)
    if manifeste is None or not travail.page.exists():
        return ["jamais fait"]
    if travail.echec.exists():
        return ["dernier essai en échec"]
    if empreinte_fichier(travail.page) != manifeste.empreinte_html:
        return ["page modifiée"]
    return raisons_de_refaire(travail.temoin, _ingredients(travail, donnees))


def a_refaire(lieux: Lieux, periode: Periode, niveau: Niveau) -> dict[str, list[str]]:
    """Rapports d'une période que la même commande referait, et pourquoi ; rien n'est lancé.

    Un rapport fait avec une comparaison ou une date d'édition choisies se juge avec elles.

    Args:
        lieux: dossiers du jeu.
        periode: période des rapports.
        niveau: niveau de secret.

    Raises:
        ErreurDonneesManquantes: indicateurs absents.
    """
    donnees = lire_donnees(lieux, niveau)
    plan = planifier(
        lieux,
        periode,
        territoires=None,
        etablissements=None,
        carnets=None,
        niveau=niveau,
        edition=donnees.recu_le,
        dossier_carnets=CARNETS,
        delai=DELAI,
    )
    demandes = map(_comme_demande, plan)
    return {t.nom: pourquoi for t in demandes if (pourquoi := raisons(t, donnees))}


def _comme_demande(travail: Travail) -> Travail:
    """Le même rapport, avec les paramètres choisis la dernière fois qu'il a été fait."""
    fait = lire_manifeste(travail.manifeste)
    if fait is None:
        return travail
    demande = travail.demande
    choisis = {n: v for n, v in fait.parametres.items() if n in demande.carnet.parametres}
    return replace(travail, demande=replace(demande, parametres=demande.parametres | choisis))


@cache
def _bibliotheques() -> str:
    """Versions dont les sorties dépendent ; relues une fois, pas une fois par rapport."""
    return ", ".join(f"{b} {version(b)}" for b in _BIBLIOTHEQUES)


def _ingredients(travail: Travail, donnees: Donnees) -> dict[str, str]:
    demande = travail.demande
    return {
        "carnet": demande.carnet.empreinte,
        "paramètres": empreinte_octets(repr(sorted(demande.parametres.items())).encode()),
        **{f"indicateurs {nom}": empreinte for nom, empreinte in donnees.fichiers.items()},
        "zone": travail.zone.libelle,
        "programme": empreinte_code(*PROGRAMME),
        "bibliothèques": _bibliotheques(),
    }


def _au_fil_de_l_eau(futurs: Iterable[Future[Manifeste]]) -> Iterator[Future[Manifeste]]:
    """Les rapports dans l'ordre où ils finissent, en restant sensible à Ctrl-C.

    Une attente sans limite peut ne jamais être interrompue (Windows, ou signal reçu par un
    autre fil) : on se réveille donc régulièrement.
    """
    restants = set(futurs)
    while restants:
        finis, restants = wait(restants, timeout=0.2, return_when=FIRST_COMPLETED)
        yield from finis


def _compositeur(moteur: ChoixMoteur, lieux: Lieux, interrupteur: Interrupteur) -> Compositeur:
    from rtpe_analyse.diffusion import chaud

    if moteur == "chaud" and not chaud.disponible():
        raise ErreurUsage(
            "Le moteur chaud n'existe que sous Linux.", "Lancer sans --moteur, ou --moteur noyau."
        )
    if moteur == "noyau" or not chaud.disponible():
        return avec_moteur(MoteurNoyau(interrupteur))
    return chaud.MoteurChaud(lieux.travail / "noyau", interrupteur).composer


def _faire(travail: Travail, donnees: Donnees, jeu: str, compositeur: Compositeur) -> Manifeste:
    manifeste = produire(travail, donnees, jeu, compositeur)
    if manifeste.statut == "reussi":
        marquer(travail.temoin, _ingredients(travail, donnees))
    return manifeste
