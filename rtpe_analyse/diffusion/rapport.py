"""Un rapport, de la demande au fichier : exécuter, vérifier, convertir, vérifier, écrire.

Rien n'est écrit avant la dernière vérification : un échec laisse le rapport précédent intact
et se note à côté.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from rtpe_analyse import __version__
from rtpe_analyse.diffusion.demande import Demande, EchecRapport, Moteur
from rtpe_analyse.diffusion.gabarits import Contexte
from rtpe_analyse.diffusion.manifeste import COURTE, Donnees, Manifeste
from rtpe_analyse.diffusion.plan import Travail
from rtpe_analyse.diffusion.verification import (
    situer_le_defaut,
    verifier_page,
    verifier_sorties,
)
from rtpe_analyse.erreurs import ErreurRtpe
from rtpe_analyse.modeles import Periode
from rtpe_analyse.restitution import formats
from rtpe_analyse.tableaux import ecrire_texte, empreinte_octets

Compositeur = Callable[[Travail, Manifeste], tuple[str, bool]]


def avec_moteur(moteur: Moteur) -> Compositeur:
    """`composer` avec un moteur donné."""
    return lambda travail, manifeste: composer(travail, manifeste, moteur)


def produire(travail: Travail, donnees: Donnees, jeu: str, compositeur: Compositeur) -> Manifeste:
    """Produit un rapport et son manifeste, ou note son échec.

    Args:
        travail: rapport du plan.
        donnees: indicateurs lus, pour la traçabilité.
        jeu: `exemple` ou `reel`.
        compositeur: ce qui rend la page (voir `avec_moteur`, ou `MoteurChaud.composer`).

    Returns:
        Le manifeste écrit, de statut `reussi` ou `echec` ; aucune erreur n'est levée.
    """
    manifeste = _manifeste(travail, donnees, jeu)
    try:
        page, provisoire = compositeur(travail, manifeste)
    except EchecRapport as echec:
        raison = str(echec)
    except ErreurRtpe as erreur:
        raison = f"Erreur hors des cellules : {erreur}"
    except Exception as erreur:
        # Une erreur imprévue d'un rapport n'arrête pas les autres ; son message peut citer
        # des valeurs, seul son nom est gardé.
        raison = f"Erreur imprévue hors des cellules : {type(erreur).__name__}."
    else:
        empreinte = empreinte_octets(page.encode())
        fini = replace(manifeste, provisoire=provisoire, empreinte_html=empreinte)
        ecrire_texte(travail.page, page)
        fini.ecrire(travail.manifeste)
        travail.echec.unlink(missing_ok=True)
        return fini
    rate = replace(manifeste, statut="echec", raison=raison)
    rate.ecrire(travail.echec)
    return rate


def composer(travail: Travail, manifeste: Manifeste, moteur: Moteur) -> tuple[str, bool]:
    """La page d'un rapport, et s'il se dit provisoire ; n'écrit rien.

    Raises:
        EchecRapport: exécution, sorties ou page refusées.
    """
    from rtpe_analyse.diffusion import exportateur

    execute = moteur(travail.demande)
    provisoire = verifier_sorties(execute)
    page = exportateur.convertir(execute, _contexte(travail, manifeste, provisoire))
    try:
        verifier_page(page)
    except EchecRapport:
        situer_le_defaut(execute)
        raise
    return page, provisoire


def _manifeste(travail: Travail, donnees: Donnees, jeu: str) -> Manifeste:
    demande: Demande = travail.demande
    return Manifeste(
        statut="reussi",
        carnet=demande.carnet.nom,
        titre=demande.carnet.titre,
        maille=travail.zone.maille,
        zone=travail.zone.code,
        libelle=travail.zone.libelle,
        jeu=jeu,
        version=__version__,
        edition=str(demande.parametres["edition"]),
        empreinte_carnet=demande.carnet.empreinte,
        empreinte_indicateurs=donnees.empreinte,
        parametres=demande.parametres,
        indicateurs=donnees.fichiers,
        bruts=donnees.bruts,
        regles=donnees.regles,
    )


def _contexte(travail: Travail, manifeste: Manifeste, provisoire: bool) -> Contexte:
    return Contexte(
        zone=travail.zone.libelle,
        periode=formats.periode(Periode.lire(str(manifeste.parametres["periode"]))),
        edition=formats.jour(date.fromisoformat(manifeste.edition)),
        version=manifeste.version,
        niveau=str(manifeste.parametres["niveau"]),
        fictif=manifeste.jeu == "exemple",
        provisoire=provisoire,
        donnees=manifeste.empreinte_indicateurs[:COURTE],
        carnet=manifeste.empreinte_carnet[:COURTE],
        parametres=manifeste.parametres,
        regles=manifeste.regles,
    )
